/*
 * packrt_contains.h - sets of strings that may be anywhere in a text, as constant tables. Part of the image (packrt.h).
 */
#ifndef PACKRT_CONTAINS_H
#define PACKRT_CONTAINS_H

#include "packrt.h"
#include "packrt_text.h"

/* In the order of the machine, which is that of the tables: every target is little-endian. */
typedef uint64_t window8 __attribute__((aligned(1), may_alias));
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

/* The bytes beside a text and behind the strings can be read. */
static inline int
contains_equals(const uint8_t *text, const uint8_t *string, uint32_t size)
{
	uint32_t at = 0;

	for (; at + 8 <= size; at += 8)
		if (*(const window8 *)(text + at) != *(const window8 *)(string + at))
			return 0;
	return at == size || !((*(const window8 *)(text + at) ^ *(const window8 *)(string + at)) << (64 - 8 * (size - at)));
}

/* Compares the strings of one bucket with the text around p; window is what entries have of it. */
static __attribute__((noinline)) void
contains_compare(const struct contains_scan *scan, const struct contains_bucket *bucket, const uint8_t *p, uint32_t window)
{
	const struct contains *set = scan->set;
	const struct contains_entry *entry = (const void *)contains_table(set, scan->part->entries);
	const struct contains_string *strings = (const void *)contains_table(set, set->strings);
	const uint32_t *first = contains_table(set, set->first), *list = contains_table(set, set->list);
	uint64_t place = p - scan->text.data;

	entry += bucket->first;
	for (uint32_t i = 0; i < bucket->count; i++, entry++) {
		const struct contains_string *string = strings + entry->string;

		if (entry->window != window || ((*(const window4 *)(p + entry->beside) ^ entry->near) & entry->mask) ||
		    entry->at > place || scan->text.size - (place - entry->at) < string->size ||
		    string_is_known(scan->work, first, list, entry->string))
			continue;
		if (contains_equals(p - entry->at, (const uint8_t *)set + set->texts + string->text, string->size))
			string_found(scan->work, first, list, entry->string);
	}
}

/* A window of so many bytes at p has passed the filter. */
static inline void
contains_check(const struct contains_scan *scan, const uint8_t *p, uint32_t size, uint64_t hash, uint32_t window)
{
	const struct contains_bucket *bucket = (const void *)contains_table(scan->set, scan->part->buckets);

	bucket += hash >> scan->part->bucket_shift;
	if (bucket->beside & contains_beside(p[-1], p[size]))
		contains_compare(scan, bucket, p, window);
}

/* The bytes behind text are 0, byte is not. */
static inline int
contains_byte(struct text text, uint8_t byte)
{
	for (const uint8_t *p = text.data, *end = p + text.size; p < end; p += 32) {
		words2 same = (words2)((bytes16)(*(const bytes16 *)p == byte) | (bytes16)(*(const bytes16 *)(p + 16) == byte));

		if (same[0] | same[1])
			return 1;
	}
	return 0;
}

/* A part without filter and buckets: few strings, or of one byte each. */
static void
contains_each(struct work *work, const struct contains *set, const struct contains_part *part, struct text text)
{
	const struct contains_entry *entries = (const void *)contains_table(set, part->entries);
	const struct contains_string *strings = (const void *)contains_table(set, set->strings);

	for (uint32_t i = 0; i < part->count; i++) {
		const struct contains_string *string = strings + entries[i].string;
		const char *bytes = (const char *)set + set->texts + string->text;

		if (string->size == 1 && *bytes ? contains_byte(text, *bytes) : text_contains(text, bytes, string->size))
			string_found(work, contains_table(set, set->first), contains_table(set, set->list), entries[i].string);
	}
}

static inline void
contains_pair(const struct contains_scan *scan, const uint64_t *filter, const uint8_t *p)
{
	uint32_t pair = *(const window2 *)p;

	if (__builtin_expect(filter[pair / 64] >> pair % 64 & 1, 0))
		contains_check(scan, p, CONTAINS_SHORT_WINDOW, contains_hash(pair), pair);
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

static inline void
contains_window(const struct contains_scan *scan, const uint64_t *filter, const uint8_t *p, uint32_t size, uint64_t window)
{
	uint64_t hash = contains_hash(window);

	if (__builtin_expect(filter[hash >> scan->part->filter_shift] >> contains_bit(hash) & 1, 0))
		contains_check(scan, p, size, hash, window);
}

static void
contains_middle(const struct contains_scan *scan)
{
	const uint64_t *filter = (const void *)contains_table(scan->set, scan->part->filter);
	const uint8_t *end = scan->text.data + scan->text.size;

	for (const uint8_t *p = scan->text.data; p < end; p += 4 * CONTAINS_MIDDLE_STEP)
		for (uint32_t at = 0; at < 4 * CONTAINS_MIDDLE_STEP; at += CONTAINS_MIDDLE_STEP)
			contains_window(scan, filter, p + at, CONTAINS_MIDDLE_WINDOW, *(const window4 *)(p + at));
}

static void
contains_long(const struct contains_scan *scan)
{
	const uint64_t *filter = (const void *)contains_table(scan->set, scan->part->filter);
	const uint8_t *end = scan->text.data + scan->text.size;

	for (const uint8_t *p = scan->text.data; p < end; p += 2 * CONTAINS_LONG_STEP)
		for (uint32_t at = 0; at < 2 * CONTAINS_LONG_STEP; at += CONTAINS_LONG_STEP)
			contains_window(scan, filter, p + at, CONTAINS_LONG_WINDOW, *(const window8 *)(p + at));
}

void
contains_run(struct work *work, const struct contains *set, struct text text)
{
	struct contains_scan scan = { work, set, set->parts, text };

	for (uint32_t i = 0; i < (text.plain ? CONTAINS_PLAIN : CONTAINS_PARTS); i++, scan.part++) {
		if (scan.part->few)
			contains_each(work, set, scan.part, text);
		else if (i % CONTAINS_PLAIN == CONTAINS_SHORT)
			contains_short(&scan);
		else if (i % CONTAINS_PLAIN == CONTAINS_MIDDLE)
			contains_middle(&scan);
		else
			contains_long(&scan);
	}
}
#endif
