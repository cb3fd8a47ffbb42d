/*
 * contains.h - the tables of a set of strings that may be anywhere in a text (packrt_tables.h).
 */
#ifndef CONTAINS_H
#define CONTAINS_H

#include <stdint.h>

struct arena;
struct contains;
struct plan_set;

/* *size: its bytes, as the image has them. */
const struct contains *contains_make(struct arena *arena, const struct plan_set *set, uint32_t *size);
#endif
