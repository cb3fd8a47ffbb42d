/* source_evtlog.c - entries of the ring, XML, each as a text of JSON in a buffer of its own until it is committed. */
#include <errno.h>
#include <stdlib.h>

#include "binxml.h"
#include "byte_ring.h"
#include "event_xml.h"
#include "evtlog_shared.h"
#include "line.h"
#include "source.h"
#include "source_evtlog.h"

enum { LENT_MAX = 64 };

struct source_evtlog {
	struct source source;
	struct evtlog_shared *shared;
	struct byte_ring_reader ring;
	uint64_t skip; /* 1 + position of the event to leave out; 0: none */
	int lent;      /* lines that are handed out and not committed */
	struct line lines[LENT_MAX];
	struct event_xml xml;
};

/* 1: the entry is JSON in the next line; 0: it is left out. */
static int
convert(struct source_evtlog *log, const void *data, size_t size)
{
	struct line *line = &log->lines[log->lent];

	++log->shared->taken;
	line_cut(line, 0);
	if (!event_xml_read(&log->xml, data, size))
		binxml_write(&log->xml.tree, line);
	if (line->size && !line->failed)
		return 1;
	++log->shared->bad;
	return 0;
}

/* 1: *event is filled; 0: there is none; or a negative errno. */
static int
take(struct source_evtlog *log, struct raw_event *event)
{
	const void *data;
	size_t size;
	int found;

	while ((found = byte_ring_peek(&log->ring, &data, &size)) > 0) {
		const uint64_t position = log->ring.next;
		const int is_skipped = log->skip == position + 1;

		byte_ring_skip(&log->ring, size);
		log->shared->skipped += is_skipped;
		log->shared->in_hand = 1 + position;
		if (is_skipped || !convert(log, data, size))
			continue;
		*event = (struct raw_event){ log->lines[log->lent].data, log->lines[log->lent].size, RAW_JSON, position, NULL };
		++log->lent;
		return 1;
	}
	return found;
}

static void
evtlog_commit(struct source *source)
{
	struct source_evtlog *log = (struct source_evtlog *)source;

	log->shared->in_hand = 0;
	log->lent = 0;
	byte_ring_release(&log->ring);
}

static int
evtlog_poll(struct source *source, struct raw_event *events, int max, int timeout_ms)
{
	struct source_evtlog *log = (struct source_evtlog *)source;
	int count = 0, found = 1;

	(void)timeout_ms;
	while (count < max && log->lent < LENT_MAX && (found = take(log, &events[count])) > 0)
		++count;
	if (!log->lent)
		evtlog_commit(source);
	return count || found >= 0 ? count : found;
}

static void
evtlog_close(struct source *source)
{
	struct source_evtlog *log = (struct source_evtlog *)source;

	for (int i = 0; i < LENT_MAX; ++i)
		line_done(&log->lines[i]);
	free(log);
}

/* What the pipeline finds to be no JSON is counted there. */
static const struct source_ops evtlog_ops = { evtlog_poll, evtlog_commit, evtlog_close, NULL };

int
source_evtlog_open(struct source **out, struct evtlog_shared *shared)
{
	struct source_evtlog *log = calloc(1, sizeof *log);

	if (!log)
		return -ENOMEM;
	log->source = (struct source){ &evtlog_ops, "evtlog", &shared->in_hand };
	log->shared = shared;
	log->skip = shared->in_hand;
	byte_ring_reader_open(&log->ring, shared + 1, shared->room);
	*out = &log->source;
	return 0;
}
