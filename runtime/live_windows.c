/*
 * live_windows.c - live.h by Windows' event tracing.
 */
#include "live.h"

#include <errno.h>
#include <string.h>

#include "collect.h"

const char live_name[] = "etw";

int
live_open(struct live **live, const struct live_config *config)
{
	(void)config;
	*live = NULL;
	return -ENOSYS;
}

void
live_close(struct live *live)
{
	(void)live;
}

int
live_set_kinds(struct live *live, uint64_t kinds)
{
	(void)live;
	(void)kinds;
	return 0;
}

void
live_exclude(struct live *live, uint32_t pid)
{
	(void)live;
	(void)pid;
}

void
live_include(struct live *live, uint32_t pid)
{
	(void)live;
	(void)pid;
}

int
live_hook(const struct live *live, size_t index, struct live_hook *hook)
{
	(void)live;
	(void)index;
	(void)hook;
	return 0;
}

void
live_feed(const struct live *live, struct live_feed *feed)
{
	(void)live;
	*feed = (struct live_feed){{-1, -1}, 0, 0};
}

int
live_reader_open(struct live_reader **reader, const struct live_feed *feed, struct ring_progress *progress)
{
	(void)reader;
	(void)feed;
	(void)progress;
	return -ENOSYS;
}

struct source *
live_reader_source(const struct live_reader *reader)
{
	(void)reader;
	return NULL;
}

int
live_reader_descriptor(const struct live_reader *reader)
{
	(void)reader;
	return -1;
}

void
live_reader_count(const struct live_reader *reader, uint32_t kind, struct collect_counter *sum)
{
	(void)reader;
	(void)kind;
	memset(sum, 0, sizeof(*sum));
}
