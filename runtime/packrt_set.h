/*
 * packrt_set.h - sets of strings as constant tables: contains, and long sets in the DATA section. Part of the image.
 */
#ifndef PACKRT_SET_H
#define PACKRT_SET_H

#include "packrt.h"

int
tail_after(const uint8_t *p, const uint8_t *end, const char *tail, uint64_t size, uint32_t stop)
{
	uint64_t left = end - p;

	if (left < size || (stop && (left != size || stop != STOP_END)))
		return 0;
	for (uint64_t i = 0; i < size; i++)
		if (p[i] != (uint8_t)tail[i])
			return 0;
	return 1;
}

int
tail_before(const uint8_t *p, const uint8_t *end, const char *tail, uint64_t size, uint32_t stop)
{
	(void)stop;
	if ((uint64_t)(p - end) < size)
		return 0;
	for (uint64_t i = 0; i < size; i++)
		if (p[i - size] != (uint8_t)tail[i])
			return 0;
	return 1;
}

/* Four bytes in the order of the machine, which is that of the tables: every target is little-endian. */
typedef uint32_t window4 __attribute__((aligned(1), may_alias));

static inline uint32_t
window_read(const uint8_t *text)
{
	return *(const window4 *)text;
}

/* Compares the strings of one bucket with the text around place. */
static void
contains_check(struct work *work, const struct contains *set, struct text text, uint64_t place, uint32_t hash)
{
	const uint8_t *head = (const uint8_t *)set;
	const uint32_t *bucket = (const uint32_t *)(head + set->buckets) + (hash >> set->bucket_shift);
	const struct contains_entry *entries = (const struct contains_entry *)(head + set->entries);
	uint32_t window = window_read(text.data + place), at;

	for (uint32_t i = bucket[0]; i < bucket[1]; i++) {
		const struct contains_entry *entry = entries + i;

		if (entry->window != window || entry->at > place || text.size - (place - entry->at) < entry->size)
			continue;
		for (at = 0; at < entry->size; at++)
			if (text.data[place - entry->at + at] != head[set->texts + entry->text + at])
				break;
		if (at == entry->size)
			string_found(work, (const uint32_t *)(head + set->first), (const uint32_t *)(head + set->list), i);
	}
}

void
contains_run(struct work *work, const struct contains *set, struct text text)
{
	const uint64_t *filter = (const uint64_t *)((const uint8_t *)set + set->filter);
	uint32_t shift = set->filter_shift;

	for (uint64_t i = 0; i + CONTAINS_WINDOW <= text.size; i++) {
		uint32_t hash = window_read(text.data + i) * CONTAINS_FACTOR;

		if (bit_test(filter, hash >> shift))
			contains_check(work, set, text, i, hash);
	}
}

static int
data_find(const struct data_set *set, const uint8_t *bytes, uint64_t size, uint32_t hash)
{
	const uint8_t *head = (const uint8_t *)set;
	const uint32_t *slots = (const uint32_t *)(head + set->slots);
	const struct data_string *strings = (const struct data_string *)(head + set->strings);
	uint32_t mask = set->slot_count - 1;

	for (uint32_t i = hash & mask; slots[i]; i = (i + 1) & mask) {
		const struct data_string *string = strings + slots[i] - 1;
		uint64_t at = 0;

		if (string->hash != hash || string->size != size)
			continue;
		while (at < size && head[string->offset + at] == bytes[at])
			at++;
		if (at == size)
			return 1;
	}
	return 0;
}

/* The hash runs from the end, so that one pass knows it for every suffix that follows a dot. */
int
data_has(const struct work *work, uint32_t number, struct text text)
{
	const struct data_set *set = (const void *)(work->data + ((const uint32_t *)work->data)[number]);
	uint32_t hash = DATA_HASH_START;

	for (uint64_t i = text.size; i-- > 0;) {
		if (set->subdomains && text.data[i] == '.' && data_find(set, text.data + i + 1, text.size - i - 1, hash))
			return 1;
		hash = (hash ^ text.data[i]) * DATA_HASH_FACTOR;
	}
	return data_find(set, text.data, text.size, hash);
}
#endif
