/*
 * live_windows.c - live.h by Windows' event tracing and event log.
 *
 * Broker's half owns the sessions and subscriptions; it shares with detect's half two pieces of memory, in which their
 * events and counters are.
 */
#include "live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byte_ring.h"
#include "channels.h"
#include "collect.h"
#include "etw.h"
#include "etw_asked.h"
#include "etw_collect.h"
#include "etw_plan.h"
#include "etw_session.h"
#include "evtlog.h"
#include "evtlog_collect.h"
#include "evtlog_shared.h"
#include "memory.h"
#include "os.h"
#include "record.h"
#include "etw_shared.h"
#include "source.h"
#include "source_etw.h"
#include "source_evtlog.h"
#include "source_merge.h"

enum { FD_EVENTS, FD_LOGS };

enum { LOG_ROOM = 4 << 20 };

struct live {
	struct live_config config;
	struct etw_session *sessions[ETW_SESSION_COUNT];
	struct etw_collect *collect;
	struct evtlog_collect *logs;
	int fds[LIVE_FD_MAX]; /* -1: none */
	char bookmarks[512], why[256]; /* why: no session runs; "": they do */
	int error;
};

struct live_reader {
	struct source *source;
	const struct etw_shared *shared;
	const struct evtlog_shared *logs;
};

const char live_name[] = "etw";
const int live_has_json = 1;

/* A ring for each session. */
static size_t
room_of(const struct live_config *config)
{
	return config->ring_size / ETW_SESSION_COUNT;
}

static void
note_session(void *data, enum etw_note which, const char *text)
{
	static const enum live_note notes[] = { [ETW_NOTE_UP] = LIVE_NOTE_GOOD, [ETW_NOTE_SILENT] = LIVE_NOTE_TROUBLE,
		[ETW_NOTE_REFUSED] = LIVE_NOTE_TROUBLE, [ETW_NOTE_ENDED] = LIVE_NOTE_TAMPER };
	const struct live *live = data;

	live->config.note(live->config.data, notes[which], text);
}

static void
note_log(void *data, const char *text)
{
	const struct live *live = data;

	live->config.note(live->config.data, LIVE_NOTE_TROUBLE, text);
}

static int
sessions_open(struct live *live)
{
	struct etw_collect_config config = { .room = room_of(&live->config), .kinds = live->config.kinds, .note = note_session,
		.data = live };

	live->sessions[ETW_SYSTEM] = etw_session_new("rsnl-system");
	live->sessions[ETW_MANIFEST] = etw_session_new("rsnl");
	live->fds[FD_EVENTS] = memory_share(etw_shared_size(config.room), &config.memory);
	if (live->fds[FD_EVENTS] < 0)
		return live->fds[FD_EVENTS];
	memcpy(config.sessions, live->sessions, sizeof config.sessions);
	live->collect = live->sessions[0] && live->sessions[1] ? etw_collect_new(&config) : NULL;
	return live->collect ? etw_collect_start(live->collect, live->why, sizeof live->why) : -ENOMEM;
}

static int
logs_open(struct live *live)
{
	struct evtlog_collect_config config = { .make = evtlog_new, .room = LOG_ROOM, .bookmarks = live->bookmarks,
		.note = note_log, .data = live };

	snprintf(live->bookmarks, sizeof live->bookmarks, "%s/state/bookmarks", live->config.state);
	live->fds[FD_LOGS] = memory_share(evtlog_shared_size(LOG_ROOM), &config.memory);
	if (live->fds[FD_LOGS] < 0)
		return live->fds[FD_LOGS];
	live->logs = evtlog_collect_new(&config);
	return live->logs ? 0 : -ENOMEM;
}

int
live_open(struct live **out, const struct live_config *config)
{
	struct live *live = calloc(1, sizeof *live);

	*out = live;
	if (!live)
		return -ENOMEM;
	live->config = *config;
	live->fds[FD_EVENTS] = live->fds[FD_LOGS] = -1;
	live->error = logs_open(live);
	if (!live->error)
		live->error = sessions_open(live);
	return live->error;
}

void
live_close(struct live *live)
{
	if (!live)
		return;
	evtlog_collect_free(live->logs);
	etw_collect_free(live->collect);
	for (int i = 0; i < ETW_SESSION_COUNT; ++i)
		etw_session_free(live->sessions[i]);
	for (int i = 0; i < LIVE_FD_MAX; ++i)
		os_close(live->fds[i]);
	free(live);
}

static void
set_logs(struct live *live, const char *names)
{
	struct channel *channels = calloc(CHANNELS_MAX, sizeof *channels);
	size_t count = 0, size;

	for (; channels && *names && count < CHANNELS_MAX; names += size + (names[size] == '\n')) {
		size = strcspn(names, "\n");
		if (size && size < CHANNEL_NAME_MAX)
			memcpy(channels[count++].name, names, size);
	}
	if (channels)
		evtlog_collect_channels(live->logs, channels, count);
	free(channels);
}

int
live_set_wanted(struct live *live, uint64_t kinds, const char *logs)
{
	etw_collect_kinds(live->collect, kinds);
	set_logs(live, logs);
	return 0;
}

void
live_turn(struct live *live)
{
	uint64_t now = os_monotonic_ns();

	etw_collect_turn(live->collect, now);
	evtlog_collect_turn(live->logs, now);
}

void
live_exclude(struct live *live, uint32_t pid)
{
	if (live->collect)
		etw_collect_exclude(live->collect, pid);
}

void
live_include(struct live *live, uint32_t pid)
{
	etw_collect_include(live->collect, pid);
}

int
live_hook(const struct live *live, size_t index, struct live_hook *hook)
{
	struct etw_place place;

	if (live && *live->why && !index) {
		*hook = (struct live_hook){ "etw", live->why, live->config.kinds, -live->error };
		return 1;
	}
	if (!live || live->error || !etw_collect_place(live->collect, index, &place))
		return 0;
	*hook = (struct live_hook){ "etw", place.name, place.kinds, place.error };
	return 1;
}

void
live_feed(const struct live *live, struct live_feed *feed)
{
	*feed = (struct live_feed){ .fds = { -1, -1 } };
	if (!live)
		return;
	memcpy(feed->fds, live->fds, sizeof feed->fds);
	feed->ring_size = room_of(&live->config);
	feed->boot_ns = live->config.boot_ns;
}

/* The sources one after the other, and what merges them. */
static int
sources_open(struct live_reader *reader, const struct source_etw_config *config, struct evtlog_shared *logs)
{
	struct source *sources[2];
	int error = source_etw_open(&sources[0], config);

	if (error)
		return error;
	error = source_evtlog_open(&sources[1], logs);
	if (!error)
		error = source_merge_open(&reader->source, sources, 2);
	return error;
}

int
live_reader_open(struct live_reader **out, const struct live_feed *feed, struct ring_progress *progress,
                 struct broker *broker)
{
	struct etw_system system = etw_asked(broker);
	struct source_etw_config config = { .progress = progress, .system = &system, .boot_ns = feed->boot_ns,
		.shared = memory_take(feed->fds[FD_EVENTS], etw_shared_size(feed->ring_size)) };
	struct evtlog_shared *logs = memory_take(feed->fds[FD_LOGS], evtlog_shared_size(LOG_ROOM));
	struct live_reader *reader = calloc(1, sizeof *reader);
	int error = -ENOMEM;

	if (reader && config.shared && logs)
		error = sources_open(reader, &config, logs);
	if (error) {
		free(reader);
		return error;
	}
	reader->shared = config.shared;
	reader->logs = logs;
	*out = reader;
	return 0;
}

struct source *
live_reader_source(const struct live_reader *reader)
{
	return reader->source;
}

/* Nothing says that events are there: Windows hands them over in its own time. */
int
live_reader_descriptor(const struct live_reader *reader)
{
	(void)reader;
	return -1;
}

uint64_t
live_reader_kinds(const struct live_reader *reader)
{
	return reader ? etw_plan_all() : 0;
}

size_t
live_logs(const struct live_reader *reader, const struct pack_tables *tables, char *text)
{
	struct channel *channels = calloc(CHANNELS_MAX, sizeof *channels);
	size_t count = channels ? channels_wanted(tables, live_reader_kinds(reader), channels, CHANNELS_MAX) : 0;
	size_t used = 0, size;

	for (size_t i = 0; i < count; ++i) {
		size = strlen(channels[i].name);
		if (used + size + 2 > LIVE_LOGS_MAX)
			break;
		memcpy(text + used, channels[i].name, size);
		text[used + size] = '\n';
		used += size + 1;
	}
	text[used] = 0;
	free(channels);
	return used;
}

void
live_reader_count(const struct live_reader *reader, uint32_t kind, struct collect_counter *sum)
{
	*sum = (struct collect_counter){ 0 };
	if (!reader)
		return;
	source_etw_count(reader->shared, kind, sum);
	if (kind)
		return;
	sum->lost_scratch += reader->logs->bad + reader->logs->too_large + reader->logs->skipped;
	sum->lost_ring += source_etw_lost(reader->shared);
	sum->produced = sum->lost_ring + sum->lost_scratch;
}
