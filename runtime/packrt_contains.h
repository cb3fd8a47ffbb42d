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

struct contains_scan { /* one part over one text */
	struct work *work;
	const struct contains *set;
	const struct contains_part *part;
	struct text text;
};

/* Compares the strings of one bucket with the text around p, where window begins. The bytes beside a text can be read on
 * both sides. */
static __attribute__((noinline)) void
contains_check(const struct contains_scan *scan, const uint8_t *p, uint32_t window)
{
	const struct contains *set = scan->set;
	const uint32_t *bucket = contains_table(set, scan->part->buckets) + (contains_hash(window) >> scan->part->bucket_shift);
	const struct contains_entry *entries = (const void *)contains_table(set, scan->part->entries);
	const struct contains_string *strings = (const void *)contains_table(set, set->strings);
	const uint32_t *first = contains_table(set, set->first), *list = contains_table(set, set->list);
	uint64_t place = p - scan->text.data;
	uint32_t at;

	for (uint32_t i = bucket[0]; i < bucket[1]; i++) {
		const struct contains_entry *entry = entries + i;
		const struct contains_string *string = strings + entry->string;
		const uint8_t *bytes;

		if (entry->window != window || ((*(const window4 *)(p + entry->beside) ^ entry->near) & entry->mask) ||
		    entry->at > place || scan->text.size - (place - entry->at) < string->size ||
		    string_is_known(scan->work, first, list, entry->string))
			continue;
		bytes = (const uint8_t *)set + set->texts + string->text;
		for (at = 0; at < string->size && p[(int64_t)at - entry->at] == bytes[at]; at++)
			continue;
		if (at == string->size)
			string_found(scan->work, first, list, entry->string);
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

static inline void
contains_pair(const struct contains_scan *scan, const uint64_t *filter, const uint8_t *p)
{
	uint32_t pair = *(const window2 *)p;

	if (__builtin_expect(filter[pair / 64] >> pair % 64 & 1, 0))
		contains_check(scan, p, pair);
}

/* Strings of one byte, beside the others. */
static void
contains_singles(const struct contains_scan *scan)
{
	const struct contains *set = scan->set;
	const uint32_t *singles = contains_table(set, set->singles);

	for (uint64_t i = 0; i < scan->text.size; i++) {
		uint32_t single = singles[scan->text.data[i]];

		if (single)
			string_found(scan->work, contains_table(set, set->first), contains_table(set, set->list), single - 1);
	}
}

/* A few places at a time; what lies behind the text can be read, and no string reaches there. */
static void
contains_short(const struct contains_scan *scan)
{
	const uint64_t *filter = (const void *)contains_table(scan->set, scan->part->filter);
	const uint8_t *end = scan->text.data + scan->text.size;

	for (const uint8_t *p = scan->text.data; p < end; p += 4) {
		contains_pair(scan, filter, p);
		contains_pair(scan, filter, p + 1);
		contains_pair(scan, filter, p + 2);
		contains_pair(scan, filter, p + 3);
	}
}

/* By the window's other bit; apart, since the compiler would make one slow test of two quick ones. */
static __attribute__((noinline)) void
contains_recheck(const struct contains_scan *scan, uint64_t word, const uint8_t *p)
{
	uint32_t window = *(const window4 *)p;

	if (word >> contains_other_bit(contains_hash(window)) & 1)
		contains_check(scan, p, window);
}

static inline void
contains_window(const struct contains_scan *scan, const uint64_t *filter, uint32_t shift, const uint8_t *p)
{
	uint64_t hash = contains_hash(*(const window4 *)p), word = filter[hash >> shift];

	if (__builtin_expect(word >> contains_bit(hash) & 1, 0))
		contains_recheck(scan, word, p);
}

static void
contains_long(const struct contains_scan *scan)
{
	const uint64_t *filter = (const void *)contains_table(scan->set, scan->part->filter);
	const uint8_t *end = scan->text.data + scan->text.size;
	uint32_t shift = scan->part->filter_shift;

	for (const uint8_t *p = scan->text.data; p < end; p += 8) {
		contains_window(scan, filter, shift, p);
		contains_window(scan, filter, shift, p + 2);
		contains_window(scan, filter, shift, p + 4);
		contains_window(scan, filter, shift, p + 6);
	}
}

void
contains_run(struct work *work, const struct contains *set, struct text text)
{
	struct contains_scan scan = { work, set, set->parts, text };

	if (set->singles)
		contains_singles(&scan);
	for (uint32_t i = 0; i < (text.plain ? CONTAINS_PARTS / 2 : CONTAINS_PARTS); i++, scan.part++) {
		if (scan.part->few)
			contains_each(work, set, scan.part, text);
		else if (i % 2 == CONTAINS_LONG)
			contains_long(&scan);
		else
			contains_short(&scan);
	}
}
#endif
