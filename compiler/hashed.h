/*
 * hashed.h - things in the order of their hashes, for sets of millions.
 */
#ifndef HASHED_H
#define HASHED_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct hashed {
	uint64_t hash;
	const void *item; /* what has it */
};

uint64_t hashed_text(const void *data, size_t size);
/* Ascending by hash; the order of equal ones stays. The time grows with count alone. */
void hashed_sort(struct arena *arena, struct hashed *items, size_t count);
#endif
