/* source_replay.c - cuts files into the texts of events, line by line or value by value, in one bounded buffer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "evtx.h"
#include "json.h"
#include "replay_evtx.h"
#include "source.h"
#include "source_replay.h"
#include "stream.h"

enum { BUFFER_MIN = 256 << 10, TEXT_MAX = 256 << 20 };

enum form { FORM_UNKNOWN, FORM_LINES, FORM_VALUES, FORM_ARRAY, FORM_EVTX };

struct replay {
	struct source source; /* first */
	const char *const *files;
	size_t file_count, next_file;
	const char *file;     /* being read; NULL: none */
	struct stream *stream;
	enum form form;
	struct replay_buffer own, *buffer;
	size_t at, used; /* texts before at are handed out */
	int ended;             /* the file has no more bytes */
	int after_value;       /* array: a comma or the end comes next */
	uint64_t line;         /* of buffer[at], from 1 */
	struct replay_counters counters;
	size_t tried;          /* bytes of the buffer that did not hold a whole text */
	struct replay_evtx *evtx; /* of an event log file */
	int record_out;        /* the poll has handed out a record, which the next one would overwrite */
	const char *failed;
	int error;
	void (*report)(void *data, const struct replay_bad *bad);
	void *report_data;
};

void
replay_bad_print(void *errors, const struct replay_bad *bad)
{
	fprintf(errors, "%s:%llu:%zu: error: %s [%s]\n", bad->file, bad->line, bad->column, bad->error, bad->name);
}

static void
report(struct source *source, const struct raw_event *event, const struct json *json)
{
	struct replay *r = (struct replay *)source;
	struct replay_bad bad = { event->file, json->error, "bad-json", 0, 0 };
	size_t line;

	json_place(json->start, json->at, &line, &bad.column);
	bad.line = event->position + line - 1;
	r->report(r->report_data, &bad);
	++r->counters.bad;
}

static void
reject(struct source *source, const struct raw_event *event, const struct json *json)
{
	--((struct replay *)source)->counters.events;
	report(source, event, json);
}

static int
make_room(struct replay_buffer *buffer, size_t room)
{
	char *data;

	if (room > TEXT_MAX)
		return -EFBIG;
	data = realloc(buffer->data, room);
	if (!data)
		return -ENOMEM;
	*buffer = (struct replay_buffer){ data, room };
	return 0;
}

/* More bytes behind those in the buffer; moves what is left to its front. 0, or a negative errno. */
static int
fill(struct replay *r)
{
	struct replay_buffer *buffer = r->buffer;
	long n;
	int error;

	if (r->at) {
		memmove(buffer->data, buffer->data + r->at, r->used - r->at);
		r->used -= r->at;
		r->at = 0;
	}
	error = r->used == buffer->room ? make_room(buffer, 2 * buffer->room) : 0;
	if (error)
		return error;
	n = stream_read(r->stream, buffer->data + r->used, buffer->room - r->used);
	if (n < 0)
		return (int)n;
	r->ended = !n;
	r->used += (size_t)n;
	return 0;
}

static void
close_file(struct replay *r, int error)
{
	if (error) {
		r->failed = r->file;
		r->error = -error;
	}
	stream_close(r->stream);
	r->stream = NULL;
	r->file = NULL;
}

static int
open_file(struct replay *r)
{
	int error;

	r->file = r->files[r->next_file++];
	r->form = FORM_UNKNOWN;
	r->at = r->used = 0;
	r->ended = r->after_value = 0;
	r->tried = 0;
	r->line = 1;
	error = stream_open(&r->stream, r->file);
	if (error)
		close_file(r, error);
	return error;
}

static int
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space(struct replay *r)
{
	for (; r->at < r->used && is_space(r->buffer->data[r->at]); ++r->at)
		r->line += r->buffer->data[r->at] == '\n';
}

/* One line is one event if it is a whole value by itself. */
static void
guess_form(struct replay *r)
{
	struct json_text token;
	enum json_token got;
	struct json json;
	const char *text, *end;

	if (r->used - r->at >= 3 && !memcmp(r->buffer->data + r->at, "\xef\xbb\xbf", 3))
		r->at += 3;
	skip_space(r);
	text = r->buffer->data + r->at;
	end = memchr(text, '\n', r->used - r->at);
	end = end ? end : r->buffer->data + r->used;
	if (r->at < r->used && *text == '[') {
		r->form = FORM_ARRAY;
		++r->at;
		return;
	}
	json_start(&json, text, (size_t)(end - text));
	while ((got = json_next(&json, &token)) != JSON_END && got != JSON_ERROR)
		;
	r->form = got == JSON_END || json.at < json.end || !json.depth ? FORM_LINES : FORM_VALUES;
	if (got == JSON_END && json_rest(&json) == JSON_ERROR)
		r->form = FORM_VALUES;
}

static void
hand_out(struct replay *r, struct raw_event *event, size_t size)
{
	*event = (struct raw_event){ r->buffer->data + r->at, size, RAW_JSON, r->line, r->file };
	++r->counters.events;
}

/* 1: an event; 0: more bytes are needed; -1: none left. */
static int
next_line(struct replay *r, struct raw_event *event)
{
	while (r->at < r->used) {
		char *text = r->buffer->data + r->at, *end = memchr(text, '\n', r->used - r->at);
		size_t size = end ? (size_t)(end - text) : r->used - r->at, skip = 0;

		if (!end && !r->ended)
			return 0;
		while (skip < size && is_space(text[skip]))
			++skip;
		if (skip < size)
			hand_out(r, event, size);
		r->at += size + (end != NULL);
		++r->line;
		if (skip < size) {
			event->position = r->line - 1;
			return 1;
		}
	}
	return r->ended ? -1 : 0;
}

/* Leaves out the rest of a bad value: up to the next line that begins an object or an array's end. */
static void
skip_bad(struct replay *r, const struct json *json)
{
	struct raw_event event = { .file = r->file, .position = r->line };

	report(&r->source, &event, json);
	do {
		char *end = memchr(r->buffer->data + r->at, '\n', r->used - r->at);

		r->at = end ? (size_t)(end - r->buffer->data) + 1 : r->used;
		r->line += end != NULL;
	} while (r->at < r->used && r->buffer->data[r->at] != '{');
	r->after_value = 0;
}

/* 1: json stands behind a whole value at r->at; 0: more bytes are needed; -1: it is bad. */
static int
walk_value(struct replay *r, struct json *json)
{
	struct json_text token;
	enum json_token got;

	json_start(json, r->buffer->data + r->at, r->used - r->at);
	if (*json->at != '{') {
		json->error = "an event is an object";
		return -1;
	}
	while ((got = json_next(json, &token)) != JSON_END && got != JSON_ERROR)
		;
	if (!r->ended && json->end - json->at < 16)
		return 0; /* it may go on, or be right, with what follows */
	return got == JSON_END ? 1 : -1;
}

/* Up to the next value; the end of an array is stepped over. 0: there is none yet. */
static int
skip_to_value(struct replay *r)
{
	for (;;) {
		skip_space(r);
		if (r->at == r->used)
			return 0;
		if (r->form == FORM_ARRAY && r->after_value && r->buffer->data[r->at] == ',')
			r->after_value = 0;
		else if (r->form == FORM_ARRAY && r->buffer->data[r->at] == ']')
			r->form = FORM_VALUES;
		else
			return 1;
		++r->at;
	}
}

static int
next_value(struct replay *r, struct raw_event *event)
{
	size_t i, size;
	struct json json;
	int found;

	do {
		if (!skip_to_value(r))
			return r->ended ? -1 : 0;
		found = walk_value(r, &json);
		if (found < 0)
			skip_bad(r, &json);
	} while (found < 0);
	if (!found)
		return 0;
	size = (size_t)(json.at - json.start);
	hand_out(r, event, size);
	for (i = 0; i < size; ++i)
		r->line += r->buffer->data[r->at + i] == '\n';
	r->at += size;
	r->after_value = 1;
	return 1;
}

static void
report_record(struct replay *r, const struct evtx_text *text)
{
	const struct replay_bad bad = { r->file, text->data, "bad-record", text->number, 1 };

	r->report(r->report_data, &bad);
	++r->counters.bad;
}

/* As next_line(); a record a poll. */
static int
next_record(struct replay *r, struct raw_event *event)
{
	const struct evtx_bytes bytes = { r->buffer->data, r->used, r->ended };
	struct evtx_text text;
	enum evtx_got got;

	if (r->record_out)
		return 0;
	while ((got = replay_evtx_next(r->evtx, &bytes, &r->at, &text)) == EVTX_BAD)
		report_record(r, &text);
	if (got != EVTX_TEXT)
		return got == EVTX_END ? -1 : 0;
	r->record_out = 1;
	*event = (struct raw_event){ text.data, text.size, RAW_JSON, text.number, r->file };
	++r->counters.events;
	return 1;
}

static int
next_text(struct replay *r, struct raw_event *event)
{
	int got;

	if (r->form == FORM_UNKNOWN && evtx_is_file(r->buffer->data + r->at, r->used - r->at)) {
		r->form = FORM_EVTX;
		replay_evtx_begin(r->evtx);
	}
	if (r->form == FORM_EVTX)
		return next_record(r, event);
	if (r->form == FORM_UNKNOWN) {
		if (!r->ended && !memchr(r->buffer->data + r->at, '\n', r->used - r->at) && r->used - r->at < BUFFER_MIN)
			return 0;
		guess_form(r);
	}
	if (r->tried >= BUFFER_MIN && !r->ended && r->used - r->at < 2 * r->tried)
		return 0; /* so that a long text is not looked through again for each piece of it */
	got = r->form == FORM_LINES ? next_line(r, event) : next_value(r, event);
	r->tried = got ? 0 : r->used - r->at;
	return got;
}

/* Texts handed out stay where they are until the next poll, so a batch ends where the buffer has to move. */
static int
replay_poll(struct source *source, struct raw_event *events, int max, int timeout_ms)
{
	struct replay *r = (struct replay *)source;
	int count = 0, got, error;

	(void)timeout_ms;
	r->record_out = 0;
	while (count < max) {
		if (!r->file) {
			if (count || r->next_file == r->file_count)
				break;
			open_file(r);
			continue;
		}
		got = next_text(r, &events[count]);
		count += got > 0;
		if (got > 0)
			continue;
		if (count)
			break;
		error = got < 0 ? 0 : fill(r);
		if (got < 0 || error)
			close_file(r, error);
	}
	return count ? count : SOURCE_END;
}

static void
replay_commit(struct source *source)
{
	(void)source;
}

static void
replay_close(struct source *source)
{
	struct replay *r = (struct replay *)source;

	stream_close(r->stream);
	replay_evtx_free(r->evtx);
	free(r->own.data);
	free(r);
}

int
source_replay_open(struct source **source, const char *const *files, size_t count, FILE *errors)
{
	static const struct source_ops ops = { replay_poll, replay_commit, replay_close, reject };
	struct replay *r = calloc(1, sizeof *r);

	if (!r)
		return -ENOMEM;
	r->source.ops = &ops;
	r->source.name = "replay";
	r->files = files;
	r->file_count = count;
	r->report = replay_bad_print;
	r->report_data = errors;
	r->buffer = &r->own;
	r->evtx = replay_evtx_new();
	if (make_room(r->buffer, BUFFER_MIN) || !r->evtx) {
		replay_close(&r->source);
		return -ENOMEM;
	}
	*source = &r->source;
	return 0;
}

int
source_replay_use(struct source *source, struct replay_buffer *buffer)
{
	struct replay *r = (struct replay *)source;
	size_t left = r->used - r->at, room = left < BUFFER_MIN ? BUFFER_MIN : left;
	int error = buffer->room < room ? make_room(buffer, room) : 0;

	if (error)
		return error;
	memcpy(buffer->data, r->buffer->data + r->at, left);
	r->buffer = buffer;
	r->at = 0;
	r->used = left;
	return 0;
}

void
source_replay_report(struct source *source, void (*report)(void *data, const struct replay_bad *bad), void *data)
{
	struct replay *r = (struct replay *)source;

	r->report = report;
	r->report_data = data;
}

const char *
source_replay_failed(const struct source *source, int *error)
{
	const struct replay *r = (const struct replay *)source;

	*error = r->error;
	return r->failed;
}

const struct replay_counters *
source_replay_counters(const struct source *source)
{
	return &((const struct replay *)source)->counters;
}
