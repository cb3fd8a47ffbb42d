/*
 * hashed.c - hashes of texts, and sorting by hash, byte by byte.
 */
#include <string.h>

#include "arena.h"
#include "hashed.h"

static uint64_t
mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

uint64_t
hashed_text(const void *data, size_t size)
{
	const unsigned char *bytes = data;
	uint64_t hash = mix(0, size), word;

	for (; size >= sizeof(word); size -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = mix(hash, word);
	}
	word = 0;
	memcpy(&word, bytes, size);
	return mix(mix(hash, word), 0);
}

/* Puts the items into to by one byte of their hashes. */
static void
byte_sort(struct hashed *to, const struct hashed *from, size_t count, unsigned shift)
{
	size_t at[256] = {0}, sum = 0;

	for (size_t i = 0; i < count; i++)
		at[from[i].hash >> shift & 255]++;
	for (size_t i = 0; i < 256; i++) {
		size_t here = at[i];

		at[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[at[from[i].hash >> shift & 255]++] = from[i];
}

void
hashed_sort(struct arena *arena, struct hashed *items, size_t count)
{
	struct hashed *other = arena_alloc(arena, count * sizeof(*other));

	for (unsigned shift = 0; shift < 64; shift += 16) {
		byte_sort(other, items, count, shift);
		byte_sort(items, other, count, shift + 8);
	}
}
