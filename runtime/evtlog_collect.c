/*
 * evtlog_collect.c - channels, each with its bookmark on the way to the file.
 *
 * A bookmark may be kept once the reader has released all that came before it. So it waits at a position of the ring,
 * one at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byte_ring.h"
#include "channels.h"
#include "evtlog.h"
#include "evtlog_collect.h"
#include "evtlog_shared.h"
#include "os.h"

#define SECOND_NS 1000000000ull

enum { TURN_EVENTS = 256, FILE_MAX = 1 << 20 };

struct reading { /* a channel */
	struct channel channel;
	struct evtlog *log;  /* NULL: refused */
	uint64_t retry_ns;   /* when it is tried again */
	int is_wanted, is_told; /* is_told: that it is refused */
	const uint8_t *text; /* an event that has found no room yet; NULL: none */
	size_t size;
	int has_moved;       /* events came since the waiting bookmark was taken */
	uint64_t position;   /* of the ring, which the waiting bookmark stands for */
	char waiting[EVTLOG_BOOKMARK_MAX], kept[EVTLOG_BOOKMARK_MAX]; /* "": none */
};

struct evtlog_collect {
	struct evtlog_collect_config config;
	struct evtlog_shared *shared;
	struct byte_ring_writer ring;
	struct reading *readings[CHANNELS_MAX];
	size_t count;
	char *file;        /* as it was at the start: lines of channel TAB bookmark; NULL: none */
	int is_changed;    /* what is kept is not yet in the file */
	uint64_t write_ns; /* when it may be written next */
};

static void
note(const struct evtlog_collect *collect, const struct reading *reading, const char *what)
{
	char text[512];

	snprintf(text, sizeof text, "channel %s: %s", reading->channel.name, what);
	if (collect->config.note)
		collect->config.note(collect->config.data, text);
}

/* The bookmark that the file had of a channel. */
static void
recall(const struct evtlog_collect *collect, struct reading *reading)
{
	const size_t name_size = strlen(reading->channel.name);
	const char *line = collect->file, *end;

	for (; line && *line; line = *end ? end + 1 : end) {
		const char *bookmark = line + name_size + 1;

		end = line + strcspn(line, "\n");
		if (!strncmp(line, reading->channel.name, name_size) && line[name_size] == '\t' &&
		    (size_t)(end - bookmark) < sizeof reading->kept)
			memcpy(reading->kept, bookmark, (size_t)(end - bookmark));
	}
}

/* None is taken while an event has found no room: Windows' bookmark is behind that one already. */
static void
take_bookmark(const struct evtlog_collect *collect, struct reading *reading)
{
	if (!reading->has_moved || reading->text)
		return;
	if (reading->log->ops->bookmark(reading->log, reading->waiting, sizeof reading->waiting))
		*reading->waiting = 0;
	reading->position = collect->ring.position;
	reading->has_moved = 0;
}

/* The bookmark that it takes along is where it goes on. */
static void
refuse(struct reading *reading, const struct evtlog_collect *collect)
{
	struct evtlog *log = reading->log;
	char text[64];

	snprintf(text, sizeof text, "cannot be read: %s, error %u", log->call, (unsigned)log->system_error);
	if (!reading->is_told)
		note(collect, reading, text);
	reading->is_told = 1;
	take_bookmark(collect, reading);
	log->ops->close(log);
	reading->log = NULL;
}

static void
open_channel(struct evtlog_collect *collect, struct reading *reading, uint64_t now_ns)
{
	int result;

	reading->retry_ns = now_ns + EVTLOG_RETRY_S * SECOND_NS;
	reading->log = collect->config.make();
	if (!reading->log)
		return;
	result = reading->log->ops->open(reading->log, reading->channel.name,
	                                 *reading->waiting ? reading->waiting : reading->kept);
	if (result < 0) {
		refuse(reading, collect);
		return;
	}
	reading->is_told = 0;
	if (!result)
		return;
	++collect->shared->gaps;
	note(collect, reading, "events are gone that were not read");
}

static void
add_channel(struct evtlog_collect *collect, const struct channel *channel)
{
	struct reading *reading;

	for (size_t i = 0; i < collect->count; ++i) {
		if (strcmp(collect->readings[i]->channel.name, channel->name))
			continue;
		collect->readings[i]->is_wanted = 1;
		return;
	}
	reading = collect->count < CHANNELS_MAX ? calloc(1, sizeof *reading) : NULL;
	if (!reading)
		return;
	reading->channel = *channel;
	reading->is_wanted = 1;
	recall(collect, reading);
	open_channel(collect, reading, os_monotonic_ns());
	collect->readings[collect->count++] = reading;
}

static void
close_channel(struct reading *reading)
{
	if (reading->log)
		reading->log->ops->close(reading->log);
	free(reading);
}

size_t
evtlog_shared_size(size_t room)
{
	return sizeof(struct evtlog_shared) + byte_ring_memory(room);
}

struct evtlog_collect *
evtlog_collect_new(const struct evtlog_collect_config *config)
{
	struct evtlog_collect *collect = calloc(1, sizeof *collect);
	void *file;
	size_t size;

	if (!collect)
		return NULL;
	collect->config = *config;
	collect->shared = config->memory;
	*collect->shared = (struct evtlog_shared){ .room = config->room };
	byte_ring_writer_open(&collect->ring, collect->shared + 1, config->room);
	if (config->bookmarks && !os_read_own_file(config->bookmarks, FILE_MAX, &file, &size)) {
		collect->file = realloc(file, size + 1);
		if (collect->file)
			collect->file[size] = 0;
		else
			free(file);
	}
	return collect;
}

void
evtlog_collect_channels(struct evtlog_collect *collect, const struct channel *channels, size_t count)
{
	size_t i, left = 0;

	for (i = 0; i < collect->count; ++i)
		collect->readings[i]->is_wanted = 0;
	for (i = 0; i < count; ++i)
		add_channel(collect, &channels[i]);
	for (i = 0; i < collect->count; ++i) {
		if (collect->readings[i]->is_wanted)
			collect->readings[left++] = collect->readings[i];
		else
			close_channel(collect->readings[i]);
	}
	collect->count = left;
	collect->shared->channels = (uint32_t)left;
}

/* 1: the event in hand is in the ring, or is left out; 0: there is no room. */
static int
put(struct evtlog_collect *collect, struct reading *reading)
{
	void *entry = byte_ring_reserve(&collect->ring, reading->size, collect->config.room);

	if (!entry && reading->size < collect->config.room / 2)
		return 0;
	if (!entry) {
		++collect->shared->too_large;
		return 1;
	}
	memcpy(entry, reading->text, reading->size);
	++collect->shared->events;
	byte_ring_submit(&collect->ring);
	return 1;
}

/* How many events it moved. */
static size_t
move(struct evtlog_collect *collect, struct reading *reading)
{
	size_t count;

	for (count = 0; reading->log && count < TURN_EVENTS; ++count) {
		int got = reading->text ? 1 : reading->log->ops->next(reading->log, &reading->text, &reading->size);

		if (got < 0)
			refuse(reading, collect);
		if (got <= 0 || !put(collect, reading))
			break;
		reading->text = NULL;
		reading->has_moved = 1;
	}
	return count;
}

/* The bookmark that waits is kept when its time has come; then another one may wait. */
static void
keep(struct evtlog_collect *collect, struct reading *reading)
{
	if (*reading->waiting && byte_ring_released(&collect->ring) >= reading->position) {
		memcpy(reading->kept, reading->waiting, sizeof reading->kept);
		*reading->waiting = 0;
		collect->is_changed = 1;
	}
	if (!*reading->waiting && reading->log)
		take_bookmark(collect, reading);
}

/* A failure is tried again at the next change. */
static void
write_file(struct evtlog_collect *collect)
{
	const size_t room = collect->count * (CHANNEL_NAME_MAX + EVTLOG_BOOKMARK_MAX + 2) + 1;
	char *text = malloc(room);
	size_t used = 0;

	for (size_t i = 0; text && i < collect->count; ++i)
		if (*collect->readings[i]->kept)
			used += (size_t)snprintf(text + used, room - used, "%s\t%s\n", collect->readings[i]->channel.name,
			                         collect->readings[i]->kept);
	if (text && collect->config.bookmarks)
		os_write_file(collect->config.bookmarks, text, used, 0600);
	free(text);
	collect->is_changed = 0;
}

size_t
evtlog_collect_turn(struct evtlog_collect *collect, uint64_t now_ns)
{
	size_t moved = 0;
	uint32_t refused = 0;

	for (size_t i = 0; i < collect->count; ++i) {
		struct reading *reading = collect->readings[i];

		if (!reading->log && now_ns >= reading->retry_ns)
			open_channel(collect, reading, now_ns);
		moved += move(collect, reading);
		keep(collect, reading);
		refused += !reading->log;
	}
	collect->shared->refused = refused;
	if (collect->is_changed && now_ns >= collect->write_ns) {
		collect->write_ns = now_ns + SECOND_NS;
		write_file(collect);
	}
	return moved;
}

void
evtlog_collect_free(struct evtlog_collect *collect)
{
	if (!collect)
		return;
	for (size_t i = 0; i < collect->count; ++i)
		keep(collect, collect->readings[i]);
	if (collect->is_changed)
		write_file(collect);
	for (size_t i = 0; i < collect->count; ++i)
		close_channel(collect->readings[i]);
	free(collect->file);
	free(collect);
}
