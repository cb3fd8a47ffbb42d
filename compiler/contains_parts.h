/*
 * contains_parts.h - the parts of a contains set before its tables are written: which strings each has, and how they are found.
 * Include packrt_tables.h first.
 */
#ifndef CONTAINS_PARTS_H
#define CONTAINS_PARTS_H

#include <stdint.h>

struct arena;
struct notes;
struct plan_set;

struct entry { /* before it is sorted by bucket */
	struct contains_entry out;
	uint64_t hash;
	uint32_t next; /* of its bucket */
};

struct part { /* strings that are found by windows of one size */
	struct contains_part out;
	uint32_t *list; /* their numbers */
	uint32_t count;
	struct entry *entries;
	uint32_t entry_count;
	uint32_t place; /* where they are written */
};

struct half { /* of a set: the strings that have only ASCII, or the others */
	struct part few, pairs, longer;
	uint32_t letters;     /* the first of few */
	uint32_t step;        /* from one place of a text to the next */
	struct notes *notes;  /* NULL: a filter, or an anchor */
	const uint8_t *notes_bytes;
	uint32_t notes_bits;  /* log2 of their number */
	uint64_t *filter;
	uint32_t filter_bits; /* log2 of the number of its words */
	uint8_t anchor; /* 0: none */
};

/* All is in the arena. */
void half_make(struct arena *arena, const struct plan_set *set, struct half *half, int ascii);
#endif
