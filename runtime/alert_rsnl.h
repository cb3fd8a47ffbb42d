/*
 * alert_rsnl.h - what an alert says in our own words: the object rsnl, and event.reason.
 */
#ifndef ALERT_RSNL_H
#define ALERT_RSNL_H

#include <stddef.h>
#include <stdint.h>

struct alert_event;
struct correlate_result;
struct line;
struct match;
struct matches;
struct pack_header;
struct pack_tables;

struct alert_rsnl { /* everything borrowed */
	const struct alert_event *event;
	const struct pack_header *header;
	const struct pack_tables *tables;
	const struct matches *matches;
	uint32_t index;          /* of the match in matches */
	const char *why;         /* "full", "fields" or "none" */
	uint32_t ancestors;      /* most listed */
	const char *boot_id;
	const char *event_id;    /* of the event itself */
	const struct line *rest; /* fields without an ECS key; empty: none */
	uint32_t left_out;       /* values that found no room */
	const struct correlate_result *correlation; /* NULL: the match is a rule's own */
	int shortened;           /* texts were shortened to keep the line in its limit */
};

/* The ECS key of the event's field of that name; NULL: it has none. */
const char *alert_key(const struct alert_event *event, const char *name, size_t size);
void alert_write_rsnl(struct line *line, const struct alert_rsnl *rsnl);
void alert_write_reason(struct line *line, const struct pack_tables *tables, const struct match *match);
#endif
