/*
 * notify_windows.c - notify.h for Windows' service manager and event log.
 */
#include "notify.h"

#include <stddef.h>
#include <stdio.h>
#include <windows.h>

#include "service_windows.h"

void
notify_ready(const char *status)
{
	(void)status; /* there is no place for it */
	service_tell(SERVICE_RUNNING);
}

void
notify_reloading(void)
{
}

void
notify_stopping(void)
{
	service_tell(SERVICE_STOP_PENDING);
}

void
notify_alive(void)
{
}

uint64_t
notify_interval_ns(void)
{
	return 0;
}

/* By enum agent_level. */
void
notify_log(int level, const char *line)
{
	static const WORD types[] = {EVENTLOG_ERROR_TYPE, EVENTLOG_WARNING_TYPE, EVENTLOG_INFORMATION_TYPE};

	fprintf(stderr, "rsnl: %s\n", line);
	fflush(stderr);
	service_log(types[level < 2 ? level : 2], line);
}
