/*
 * keyword.h - what a line of JSON must hold for the keywords of a group to matter to it.
 */
#ifndef KEYWORD_H
#define KEYWORD_H

#include <stdint.h>

struct arena;
struct ir_group;
struct ir_text;

/* Texts one of which must be in an event's line for a keyword to change what some rule of the group says, in the arena:
 * parts of what the keywords' values fit, folded, of characters that JSON writes as themselves, in either case, or as
 * \uXXXX, and no other way. NULL where a rule hangs on a keyword that has no such text, or the group has no keywords.
 * *some: other keywords may be true, too, of an event that a rule fits by its fields. */
const struct ir_text *keyword_literals(struct arena *arena, const struct ir_group *group, uint32_t *count, int *some);
#endif
