/*
 * data_set.c - tables of hashes: each stands at home if there is room, what is left behind that.
 */
#include "data_set.h"

#include "arena.h"
#include "hashed.h"
#include "packrt_data.h"

enum { FULL_PERCENT = 85, FILTER_BITS = 8 }; /* of all places; bits a hash */

static uint32_t
lines_of(uint32_t count)
{
	return count * UINT64_C(100) / (FULL_PERCENT * DATA_PLACES) + 1;
}

static uint32_t
filter_words_of(uint32_t count)
{
	return count * (uint64_t)FILTER_BITS / 64 + 1;
}

/* From the head at a place of DATA to the first cache line behind it. */
static uint32_t
head_size(size_t place)
{
	const size_t line = sizeof(struct data_line), end = DATA_START + place + sizeof(struct data_set);

	return sizeof(struct data_set) + (line - end % line) % line;
}

size_t
data_set_size(size_t place, uint32_t count)
{
	return head_size(place) + lines_of(count) * sizeof(struct data_line) + filter_words_of(count) * sizeof(uint64_t);
}

static void
line_put(struct data_line *line, uint32_t place, uint64_t rest)
{
	line->low[place] = (uint32_t)rest;
	line->high[data_high(place)] = (uint16_t)(rest >> 32);
}

static void
filter_fill(struct data_set *set, const struct hashed *items, uint32_t count)
{
	uint64_t *filter = (uint64_t *)((uint8_t *)set + set->filter);

	for (uint32_t i = 0; i < count; i++)
		filter[data_place(items[i].hash, set->filter_words)] |= data_bits(items[i].hash);
}

static void
lines_fill(struct arena *arena, struct data_set *set, const struct hashed *items, uint32_t count)
{
	struct data_line *lines = (struct data_line *)((uint8_t *)set + set->lines);
	uint8_t *used = arena_alloc(arena, set->line_count);
	uint32_t *left = arena_alloc(arena, count * sizeof(*left)), left_count = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t home = data_place(items[i].hash, set->line_count);

		if (used[home] < DATA_PLACES)
			line_put(lines + home, used[home]++, data_rest(items[i].hash));
		else
			left[left_count++] = i;
	}
	for (uint32_t i = 0; i < left_count; i++) {
		uint64_t hash = items[left[i]].hash;
		uint32_t at = data_place(hash, set->line_count);

		for (; used[at] == DATA_PLACES; at = at + 1 == set->line_count ? 0 : at + 1)
			lines[at].more |= data_more(hash);
		line_put(lines + at, used[at]++, data_rest(hash));
	}
}

void
data_set_fill(struct arena *arena, struct data_set *set, size_t place, const struct hashed *items, uint32_t count)
{
	set->layout = DATA_LAYOUT;
	set->lines = head_size(place);
	set->line_count = lines_of(count);
	set->filter = set->lines + set->line_count * sizeof(struct data_line);
	set->filter_words = filter_words_of(count);
	lines_fill(arena, set, items, count);
	filter_fill(set, items, count);
}
