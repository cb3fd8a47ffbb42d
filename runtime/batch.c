/* batch.c - events in a buffer of their own, a log of what came of them, and the pipeline in between. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "json.h"
#include "line.h"
#include "pipeline.h"
#include "sink.h"
#include "source.h"
#include "source_replay.h"

enum { EVENTS = 2048, ENOUGH = 256 << 10 };
enum outcome { OUTCOME_LINE, OUTCOME_BAD, OUTCOME_UNROUTED };

struct entry { /* of the log, before its line */
	enum outcome outcome;
	uint32_t event;
	size_t size;       /* of the line; OUTCOME_BAD: where json stopped */
	const char *error; /* OUTCOME_BAD */
};

struct note { /* of the source, before it came to an event */
	struct replay_bad bad;
	uint32_t event;
};

struct batch {
	struct replay_buffer buffer;
	struct line copy; /* of texts that are not in the buffer */
	struct line log;
	struct raw_event events[EVENTS];
	uint32_t count;
	struct note *notes;
	uint32_t note_count, note_room;
	int failed; /* no memory: some are missing */
};

struct runner {
	struct source source; /* the batch's events ... */
	struct sink sink;     /* ... and their lines */
	struct pipeline *pipeline;
	struct batch *batch;
	uint32_t next;
};

struct batch *
batch_new(void)
{
	return calloc(1, sizeof(struct batch));
}

void
batch_free(struct batch *b)
{
	if (!b)
		return;
	free(b->buffer.data);
	line_done(&b->copy);
	line_done(&b->log);
	free(b->notes);
	free(b);
}

void
batch_note(void *data, const struct replay_bad *bad)
{
	struct batch *b = data;

	if (b->note_count == b->note_room) {
		uint32_t room = b->note_room ? 2 * b->note_room : 16;
		struct note *notes = realloc(b->notes, room * sizeof *notes);

		if (!notes) {
			b->failed = 1;
			return;
		}
		b->notes = notes;
		b->note_room = room;
	}
	b->notes[b->note_count++] = (struct note){ *bad, b->count };
}

static int
is_in_buffer(const struct batch *b, const struct raw_event *event)
{
	const char *text = event->data;

	return text >= b->buffer.data && text < b->buffer.data + b->buffer.room;
}

/* Texts that the source makes itself last until its next poll, which brings another: they are copied, up to ENOUGH bytes.
 * What the last poll said. */
static int
take_texts(struct batch *b, struct source *source)
{
	const char *at;
	uint32_t i, copied = 0;
	int got;

	line_cut(&b->copy, 0);
	do {
		got = source->ops->poll(source, b->events + b->count, (int)(EVENTS - b->count), -1);
		b->count += got > 0 ? (uint32_t)got : 0;
		if (got <= 0 || is_in_buffer(b, &b->events[copied]))
			break;
		for (; copied < b->count; ++copied)
			line_raw(&b->copy, b->events[copied].data, b->events[copied].size);
	} while (b->copy.size < ENOUGH && b->count < EVENTS);
	for (i = 0, at = b->copy.data; i < copied; at += b->events[i++].size)
		b->events[i].data = at;
	return got;
}

int
batch_fill(struct batch *b, struct source *source)
{
	int got, error;

	line_cut(&b->log, 0);
	b->count = b->note_count = 0;
	error = source_replay_use(source, &b->buffer);
	if (error)
		return error;
	got = take_texts(b, source);
	source->ops->commit(source);
	if (b->copy.failed || b->failed)
		return -ENOMEM;
	return b->count || b->note_count ? (int)b->count : got;
}

static void
write_notes(const struct batch *b, uint32_t *note, uint32_t event, void (*bad)(void *, const struct replay_bad *),
            void *data)
{
	for (; *note < b->note_count && b->notes[*note].event <= event; ++*note)
		bad(data, &b->notes[*note].bad);
}

void
batch_write(const struct batch *b, struct source *source, const struct pipeline_config *config,
            void (*bad)(void *data, const struct replay_bad *bad), void *data, struct sink *sink)
{
	const char *at = b->log.data, *end = at + b->log.size;
	struct entry entry;
	uint32_t note = 0;

	while (at < end) {
		const struct raw_event *event;
		struct json json;

		memcpy(&entry, at, sizeof entry);
		at += sizeof entry;
		event = &b->events[entry.event];
		write_notes(b, &note, entry.event, bad, data);
		switch (entry.outcome) {
		case OUTCOME_LINE:
			sink->ops->write(sink, at, entry.size);
			at += entry.size;
			break;
		case OUTCOME_BAD:
			json_start(&json, event->data, event->size);
			json.at += entry.size;
			json.error = entry.error;
			source->ops->bad(source, event, &json);
			break;
		case OUTCOME_UNROUTED:
			config->unrouted(config->unrouted_data, event);
			break;
		}
	}
	write_notes(b, &note, b->count, bad, data);
}

static void
add_entry(struct runner *r, struct entry entry, const char *line)
{
	entry.event = r->next - 1;
	line_raw(&r->batch->log, (const char *)&entry, sizeof entry);
	if (line)
		line_raw(&r->batch->log, line, entry.size);
}

static struct runner *
runner_of_sink(struct sink *sink)
{
	return (struct runner *)((char *)sink - offsetof(struct runner, sink));
}

static int
take_line(struct sink *sink, const char *line, size_t size)
{
	add_entry(runner_of_sink(sink), (struct entry){ OUTCOME_LINE, 0, size, NULL }, line);
	return 0;
}

static int
flush_nothing(struct sink *sink)
{
	(void)sink;
	return 0;
}

static void
take_unrouted(void *data, const struct raw_event *event)
{
	(void)event;
	add_entry(data, (struct entry){ OUTCOME_UNROUTED, 0, 0, NULL }, NULL);
}

static void
take_bad(struct source *source, const struct raw_event *event, const struct json *json)
{
	(void)event;
	add_entry((struct runner *)source, (struct entry){ OUTCOME_BAD, 0, (size_t)(json->at - json->start), json->error },
	          NULL);
}

/* One at a time, so that the log says whose it is. */
static int
hand_out(struct source *source, struct raw_event *events, int max, int timeout_ms)
{
	struct runner *r = (struct runner *)source;

	(void)max, (void)timeout_ms;
	if (r->next == r->batch->count)
		return SOURCE_END;
	events[0] = r->batch->events[r->next++];
	return 1;
}

static void
commit_nothing(struct source *source)
{
	(void)source;
}

struct runner *
runner_new(const struct pipeline_config *config, struct detector *detector, const struct host *host)
{
	static const struct source_ops source_ops = { hand_out, commit_nothing, commit_nothing, take_bad };
	static const struct sink_ops sink_ops = { take_line, flush_nothing, NULL };
	struct pipeline_config own = *config;
	struct runner *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->source.ops = &source_ops;
	r->source.name = "replay";
	r->sink.ops = &sink_ops;
	own.unrouted = config->unrouted ? take_unrouted : NULL;
	own.unrouted_data = r;
	r->pipeline = pipeline_new(&own, detector, host, NULL);
	if (!r->pipeline || pipeline_add_sink(r->pipeline, &r->sink)) {
		runner_free(r);
		return NULL;
	}
	return r;
}

void
runner_free(struct runner *r)
{
	if (!r)
		return;
	pipeline_free(r->pipeline);
	free(r);
}

int
runner_run(struct runner *r, struct batch *batch)
{
	r->batch = batch;
	r->next = 0;
	while (pipeline_step(r->pipeline, &r->source, 1, -1) >= 0)
		;
	return batch->log.failed ? -ENOMEM : 0;
}

const struct pipeline *
runner_pipeline(const struct runner *r)
{
	return r->pipeline;
}
