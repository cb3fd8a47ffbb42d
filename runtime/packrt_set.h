/*
 * packrt_set.h - the ends of strings that automata share, and long sets of strings in the DATA section. Part of the image.
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
