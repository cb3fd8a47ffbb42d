/*
 * alert_shared.h - what all alerts of one event say alike, written once. Include line.h and
 * alert_head.h first.
 */
#ifndef ALERT_SHARED_H
#define ALERT_SHARED_H

#include <stddef.h>
#include <stdint.h>

struct alert_config;
struct alert_event;
struct alert_names;
struct ecs_doc;
struct ecs_frames;
struct host;
struct pack_header;
struct pack_tables;

/* JSON, one after the other: what stands between tags and rsnl.engine; rsnl.event; rsnl.ancestors and quality without
 * its end; the rest of the line. */
enum shared_text { SHARED_BODY, SHARED_EVENT, SHARED_QUALITY, SHARED_TAIL, SHARED_COUNT };

struct alert_shared {
	const struct alert_config *config; /* all borrowed */
	const struct pack_header *header;
	const struct pack_tables *tables;
	const struct host *host;
	struct alert_names *names;
	struct ecs_frames *frames;
	struct ecs_doc *doc; /* to work in */
	struct alert_head head;
	struct line line, rest; /* rest: the event's fields without an ECS key */
	struct line agent, start; /* the object; the start of rsnl: the same in every line, behind a byte of no text */
	uint32_t ends[SHARED_COUNT]; /* in line, which begins with one byte of no text */
	uint32_t left_out; /* values that found no room */
};

/* Writes the texts, id being the event's own, values of at most text_max bytes. 0 or -ENOMEM. */
int alert_shared_write(struct alert_shared *shared, const struct alert_event *event, const uint8_t id[16],
                       size_t text_max);
void alert_shared_done(struct alert_shared *shared); /* closes what it made itself */
/* Sets the fields that say who writes; on which machine. */
void alert_shared_set_agent(const struct alert_shared *shared);
void alert_shared_set_host(const struct alert_shared *shared);
#endif
