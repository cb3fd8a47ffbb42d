/*
 * why.h - which of a rule's predicates were true of an event, and where in its values: computed only after a match.
 */
#ifndef WHY_H
#define WHY_H

#include <stddef.h>
#include <stdint.h>

struct event;
struct pack_tables;
struct value;
struct why_work; /* what is known of an event's values while matches are explained */

enum { WHY_MAX = 8 };

struct why { /* texts borrow the pack and the event */
	uint32_t use;          /* in PACK_USES; PACK_NONE: no rule asks */
	uint32_t slot;         /* PACK_NONE: keywords */
	uint32_t predicate;    /* in PACK_PREDICATES */
	uint32_t pattern_size;
	const char *pattern;   /* as the rule writes it; NULL: none to show */
	const char *value;     /* text it was true of; NULL: none */
	uint32_t value_size;
	uint32_t offset;       /* in value; WHY_NOWHERE: not known */
};

enum { WHY_NOWHERE = 0xffffffff };

struct why_work *why_work_new(const struct pack_tables *tables); /* NULL: no memory */
void why_work_free(struct why_work *work); /* NULL is fine */
void why_work_start(struct why_work *work); /* the next event */
/* Fills at most WHY_MAX entries from what match() of the rule's group left in scratch. Returns how many. work may be
 * NULL. */
uint32_t why_collect(const struct pack_tables *tables, uint32_t rule, const struct event *event, const void *scratch,
                     struct why_work *work, struct why why[WHY_MAX]);
/* One entry, for a predicate (of PACK_PREDICATES) that is true of the event. */
void why_find(const struct pack_tables *tables, uint32_t predicate, const struct event *event, struct why_work *work,
              struct why *why);
const char *why_operator(uint32_t op);       /* "endswith" */
const char *why_operator_words(uint32_t op); /* "ends with" */
#endif
