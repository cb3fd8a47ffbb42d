/*
 * events.h - events made from a group's own predicates, so that its rules match them, or nearly. Include ir.h, pool.h
 * and tree.h first.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdint.h>

struct evaluator;

enum { EVENT_TEXTS_BEFORE = 64 };

struct event_maker {
	struct dice *dice;
	struct pool *pool; /* of the event */
	const struct ir_group *group;
	struct evaluator *evaluator;
	const struct bytes *fields; /* names, of the pack */
	struct text *before;        /* EVENT_TEXTS_BEFORE texts of events that came before; sizes 0 to begin with */
};

struct tree *event_make(const struct event_maker *maker);
#endif
