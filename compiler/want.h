/*
 * want.h - values without one of which an event matches no rule.
 */
#ifndef WANT_H
#define WANT_H

#include <stdint.h>

struct arena;
struct ir_group;
struct ir_phase;
struct ir_text;

struct want { /* of rules and a field; count 0 with rules that are never true */
	const struct ir_text *values; /* one of which the field has if a rule matches, letters in either case */
	uint32_t count;
};

/* Of the rules of a phase: 1, or 0 if there is no such list, or a long one. */
int want_find(struct arena *arena, const struct ir_group *group, struct ir_phase phase, uint32_t field, struct want *want);
#endif
