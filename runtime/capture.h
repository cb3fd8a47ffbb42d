/*
 * capture.h - the values that correlations will ask of a match, copied while the event is at hand.
 *
 * What is captured needs neither the event nor its decoder, so that matching and correlating may be apart. A rule that no
 * correlation refers to costs nothing.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdint.h>

struct event;
struct match;
struct matches;
struct pack_tables;

enum { CAPTURE_MEMBER_MAX = 64 }; /* members of a list that are taken */

struct capture_text { /* into bytes; a NUL follows */
	uint32_t offset, size;
};

struct capture_field {
	uint32_t slot;
	uint32_t first, count; /* texts; count 0: absent, null, an empty list, an object */
};

struct capture { /* of one event's matches; kept between events so that it seldom grows */
	struct capture_field *fields;
	struct capture_text *texts;
	char *bytes;
	uint32_t field_count, field_room, text_count, text_room, size, room;
	uint32_t cut; /* members of lists that were left out */
};

struct capture_plan; /* of a pack: which slots of which rule */

/* *plan is NULL where the pack has no correlations. 0 or -ENOMEM. */
int capture_plan_new(struct capture_plan **plan, const struct pack_tables *tables);
void capture_plan_free(struct capture_plan *plan); /* NULL is fine */
/* Notes the match's values, seen as its rule saw them. 0 or -ENOMEM: they are taken as absent. */
int capture_match(const struct capture_plan *plan, struct matches *matches, struct match *match,
                  const struct event *event);
/* NULL: the match has no such field. */
const struct capture_field *capture_find(const struct matches *matches, const struct match *match, uint32_t slot);
void capture_free(struct capture *capture); /* NULL is fine */
#endif
