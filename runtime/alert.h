/*
 * alert.h - one matched rule and its event as one ECS line.
 */
#ifndef ALERT_H
#define ALERT_H

#include <stddef.h>
#include <stdint.h>

struct bind_name;
struct bound;
struct correlate_result;
struct decode_arena;
struct event;
struct host;
struct line;
struct match;
struct matches;
struct pack_header;
struct pack_tables;
struct process_table;
struct raw_event;
struct scan_match;
struct scan_result;
struct subject;
struct vocabulary_kind;

enum { ALERT_LINE_MAX = 1 << 20 };

struct alert_config {
	const char *why;   /* "full", "fields" or "none" */
	int rule_text, replay;
	uint32_t ancestors;
};

/* The event, as all its lines share it. A recorded one has names and fields, a live one a subject; what it has not is
 * NULL. */
struct alert_event {
	const struct raw_event *raw;
	const struct vocabulary_kind *kind;
	uint64_t time, created; /* ns since 1970; time 0: the event does not say */
	const char *provider;
	const struct bind_name *names;
	struct bound *fields;       /* by names */
	uint32_t name_count;
	const struct event *seen;   /* as the pack saw it: its slots */
	int unsettled;              /* late fields did not come in time */
	int dropped;                /* it had more leaves or list items than EVENT_LEAF_MAX, EVENT_ITEM_MAX */
	const struct subject *subject;
	struct decode_arena *arena;
	struct process_table *processes;
};

struct alert_scan { /* one YARA rule that matched a file */
	const struct scan_result *result;
	const struct scan_match *match;
	uint32_t rule; /* in the pack's table; PACK_NONE: it does not say */
};

struct alert_writer;

/* All borrowed. NULL: no memory. */
struct alert_writer *alert_writer_new(const struct alert_config *config, const struct pack_header *header,
                                      const struct pack_tables *tables, const struct host *host);
void alert_writer_free(struct alert_writer *writer); /* NULL is fine */
/* What follows is about the event, which is borrowed until the next call. Before the first line it may still be filled
 * in, all but raw. */
void alert_start(struct alert_writer *writer, const struct alert_event *event);
/* The event's own id: rsnl.event and rsnl.cause show it in hexadecimal. */
void alert_event_id(struct alert_writer *writer, uint8_t id[16]);
/* The line of matches->rows[index]; valid until the next call. NULL: no memory. */
const struct line *alert_write(struct alert_writer *writer, const struct matches *matches, uint32_t index);
/* The line of a correlation that holds since the event. */
const struct line *alert_write_correlation(struct alert_writer *writer, const struct correlate_result *result);
/* The line of a match in the file that the event is about; the event is live. */
const struct line *alert_write_scan(struct alert_writer *writer, const struct alert_scan *scan);
#endif
