/*
 * runtime_refused_windows.c - the real sessions and event log on a system that has none: under wine StartTraceW and
 * EnableTraceEx2 return success and no event can ever come. Exit code 0: the collector says so, and claims nothing.
 *
 * On Windows itself it fails, since there events do come.
 */
#include <stdio.h>
#include <string.h>

#include "byte_ring.h"
#include "channels.h"
#include "etw_collect.h"
#include "etw_session.h"
#include "evtlog.h"
#include "evtlog_collect.h"
#include "evtlog_shared.h"
#include "os.h"
#include "record.h"
#include "etw_shared.h"

enum { ROOM = 1 << 18 };

static char noted[256];

static void
note(void *data, const char *text)
{
	(void)data;
	snprintf(noted, sizeof noted, "%s", text);
}

static int
check_sessions(void)
{
	struct etw_shared *shared = os_aligned_new(64, (etw_shared_size(ROOM) + 63) / 64 * 64);
	const struct etw_collect_config config = { .sessions = { etw_session_new("rsnl-system"), etw_session_new("rsnl") },
		.memory = shared, .room = ROOM, .kinds = UINT64_MAX };
	struct etw_collect *collect = etw_collect_new(&config);
	char why[256] = "it started";
	int error = etw_collect_start(collect, why, sizeof why);
	const int is_claimed = shared->sessions[0].state != ETW_OFF || shared->sessions[1].state != ETW_OFF;

	printf("sessions: %s\n", why);
	etw_collect_free(collect);
	etw_session_free(config.sessions[0]);
	etw_session_free(config.sessions[1]);
	os_aligned_free(shared);
	return !error || is_claimed || !strstr(why, "no event can come");
}

static int
check_log(void)
{
	struct evtlog_shared *shared = os_aligned_new(64, (evtlog_shared_size(EVTLOG_ROOM_MIN) + 63) / 64 * 64);
	const struct evtlog_collect_config config = { .make = evtlog_new, .memory = shared, .room = EVTLOG_ROOM_MIN,
		.note = note };
	static const struct channel channel = { "System" };
	struct evtlog_collect *collect = evtlog_collect_new(&config);
	int is_refused;

	evtlog_collect_channels(collect, &channel, 1);
	evtlog_collect_turn(collect, os_monotonic_ns());
	is_refused = shared->refused == 1;
	printf("event log: %s\n", noted);
	evtlog_collect_free(collect);
	os_aligned_free(shared);
	return !is_refused || !strstr(noted, "cannot be read");
}

int
main(void)
{
	int failed = check_sessions();

	return check_log() || failed;
}
