/*
 * packrt_contains.h - sets of strings that may be anywhere in a text, as constant tables. Part of the image (packrt.h).
 */
#ifndef PACKRT_CONTAINS_H
#define PACKRT_CONTAINS_H

#include "packrt.h"

/* In the order of the machine, which is that of the tables: every target is little-endian. */
typedef uint32_t window4 __attribute__((aligned(1), may_alias));
typedef uint16_t window2 __attribute__((aligned(1), may_alias));

static inline const uint32_t *
contains_table(const struct contains *set, uint32_t offset)
{
	return (const uint32_t *)((const uint8_t *)set + offset);
}

/* Nothing new would come of finding it again. */
static inline int
string_is_known(const struct work *work, const uint32_t *first, const uint32_t *list, uint32_t string)
{
	for (uint32_t i = first[string]; i < first[string + 1]; i++)
		if (!bit_test(work->yes, list[i]))
			return 0;
	return 1;
}

/* Compares the strings of one bucket with the text around place. */
static void
contains_check(struct work *work, const struct contains *set, const struct contains_part *part, struct text text,
               uint64_t place, uint32_t window)
{
	const uint32_t *bucket = contains_table(set, part->buckets) + (contains_hash(window) >> part->bucket_shift);
	const struct contains_entry *entries = (const void *)contains_table(set, part->entries);
	const struct contains_string *strings = (const void *)contains_table(set, set->strings);
	const uint32_t *first = contains_table(set, set->first), *list = contains_table(set, set->list);
	uint32_t at;

	for (uint32_t i = bucket[0]; i < bucket[1]; i++) {
		const struct contains_string *string = strings + entries[i].string;
		const uint8_t *bytes = (const uint8_t *)set + set->texts + string->text, *start;

		if (entries[i].window != window || entries[i].at > place ||
		    text.size - (place - entries[i].at) < string->size ||
		    string_is_known(work, first, list, entries[i].string))
			continue;
		start = text.data + (place - entries[i].at);
		for (at = 0; at < string->size && start[at] == bytes[at]; at++)
			continue;
		if (at == string->size)
			string_found(work, first, list, entries[i].string);
	}
}

/* A part without filter and buckets. */
static void
contains_each(struct work *work, const struct contains *set, const struct contains_part *part, struct text text)
{
	const struct contains_entry *entries = (const void *)contains_table(set, part->entries);
	const struct contains_string *strings = (const void *)contains_table(set, set->strings);

	for (uint32_t i = 0; i < part->count; i++) {
		const struct contains_string *string = strings + entries[i].string;

		if (text_contains(text, (const char *)set + set->texts + string->text, string->size))
			string_found(work, contains_table(set, set->first), contains_table(set, set->list), entries[i].string);
	}
}

static inline uint32_t
filter_pair(const uint64_t *filter, const uint8_t *text)
{
	uint32_t pair = *(const window2 *)text;

	return filter[pair / 64] >> pair % 64 & 1;
}

static inline uint32_t
filter_window(const uint64_t *filter, uint32_t shift, const uint8_t *text)
{
	uint64_t hash = contains_hash(*(const window4 *)text), word = filter[hash >> shift];

	return word >> contains_bit(hash) & word >> contains_other_bit(hash) & 1;
}

/* Eight places at a time; what lies behind the text can be read, and no string reaches there. */
static void
contains_short(struct work *work, const struct contains *set, const struct contains_part *part, struct text text)
{
	const uint64_t *filter = (const void *)contains_table(set, part->filter);
	const uint32_t *singles = set->singles ? contains_table(set, set->singles) : 0;

	for (uint64_t i = 0; i < text.size; i += 8) {
		const uint8_t *p = text.data + i;
		uint32_t hits = filter_pair(filter, p) | filter_pair(filter, p + 1) << 1 | filter_pair(filter, p + 2) << 2 |
			filter_pair(filter, p + 3) << 3 | filter_pair(filter, p + 4) << 4 | filter_pair(filter, p + 5) << 5 |
			filter_pair(filter, p + 6) << 6 | filter_pair(filter, p + 7) << 7;

		for (; hits; hits &= hits - 1) {
			uint64_t place = i + __builtin_ctz(hits);
			uint32_t single = singles && place < text.size ? singles[text.data[place]] : 0;

			if (single)
				string_found(work, contains_table(set, set->first), contains_table(set, set->list), single - 1);
			contains_check(work, set, part, text, place, *(const window2 *)(text.data + place));
		}
	}
}

static void
contains_long(struct work *work, const struct contains *set, const struct contains_part *part, struct text text)
{
	const uint64_t *filter = (const void *)contains_table(set, part->filter);
	uint32_t shift = part->filter_shift;

	for (uint64_t i = 0; i < text.size; i += 16) {
		const uint8_t *p = text.data + i;
		uint32_t hits = filter_window(filter, shift, p) | filter_window(filter, shift, p + 2) << 1 |
			filter_window(filter, shift, p + 4) << 2 | filter_window(filter, shift, p + 6) << 3 |
			filter_window(filter, shift, p + 8) << 4 | filter_window(filter, shift, p + 10) << 5 |
			filter_window(filter, shift, p + 12) << 6 | filter_window(filter, shift, p + 14) << 7;

		for (; hits; hits &= hits - 1) {
			uint64_t place = i + 2 * __builtin_ctz(hits);

			contains_check(work, set, part, text, place, *(const window4 *)(text.data + place));
		}
	}
}

void
contains_run(struct work *work, const struct contains *set, struct text text)
{
	for (uint32_t i = 0; i < (text.plain ? CONTAINS_PARTS / 2 : CONTAINS_PARTS); i++) {
		const struct contains_part *part = set->parts + i;

		if (part->few)
			contains_each(work, set, part, text);
		else if (i % 2 == CONTAINS_LONG)
			contains_long(work, set, part, text);
		else
			contains_short(work, set, part, text);
	}
}
#endif
