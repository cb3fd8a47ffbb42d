/*
 * keyword.h - what a line of JSON must hold for a keyword of a group to be in one of its values.
 */
#ifndef KEYWORD_H
#define KEYWORD_H

#include <stdint.h>

struct arena;
struct ir_group;
struct ir_text;

/* One text for each value of the group's keyword predicates, in the arena: part of all that the value fits, folded, of
 * characters that JSON writes as themselves, in either case, or as \uXXXX, and no other way. NULL where some value has
 * no such text, or the group no keywords. */
const struct ir_text *keyword_literals(struct arena *arena, const struct ir_group *group, uint32_t *count);
#endif
