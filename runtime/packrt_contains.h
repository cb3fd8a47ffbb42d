/*
 * packrt_contains.h - sets of strings that may be anywhere in a text, as constant tables. Part of the image (packrt.h).
 *
 * Filters tell of many places of the text at once, without a branch that hangs on it, which may be those of strings: only
 * there is anything compared.
 */
#ifndef PACKRT_CONTAINS_H
#define PACKRT_CONTAINS_H

#include "packrt.h"
#include "packrt_text.h"

/* In the order of the machine, which is that of the tables: every target is little-endian. */
typedef uint64_t window8 __attribute__((aligned(1), may_alias));
typedef uint32_t window4 __attribute__((aligned(1), may_alias));
/* Eight pairs of neighbours, at every second place. */
typedef uint16_t pairs8 __attribute__((vector_size(16), aligned(1), may_alias));

struct contains_scan { /* part of a set over a text */
	struct work *work;
	const struct contains *set;
	const struct contains_part *part;
	struct text text;
	const uint32_t *buckets;
	const struct contains_entry *entries;
	uint32_t buckets_shift;
};

static inline const void *
contains_table(const struct contains *set, uint32_t offset)
{
	return (const uint8_t *)set + offset;
}

static inline const struct contains_string *
contains_string(const struct contains *set, uint32_t string)
{
	return (const struct contains_string *)contains_table(set, set->strings) + string;
}

static inline void
contains_found(struct work *work, const struct contains *set, const struct contains_string *string)
{
	const uint32_t *predicates = contains_table(set, set->predicates);

	for (uint32_t i = 0; i < string->count; i++)
		predicate_found(work, predicates[string->first + i]);
}

/* Nothing new would come of finding it again. */
static inline int
contains_is_known(struct work *work, const struct contains *set, const struct contains_string *string)
{
	const uint32_t *predicates = contains_table(set, set->predicates);

	for (uint32_t i = 0; i < string->count; i++)
		if (!bit_test(work->yes, predicates[string->first + i]))
			return 0;
	return 1;
}

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

/* The bytes of an entry are where its window is at p, but it does not tell all of the string: is that there? */
static __attribute__((noinline)) void
contains_whole(const struct contains_scan *scan, const struct contains_entry *entry, const uint8_t *p)
{
	const struct contains *set = scan->set;
	const struct contains_string *string = contains_string(set, entry->found & ~CONTAINS_STRING);
	uint64_t place = p - scan->text.data;

	if (place >= entry->at && place - entry->at + string->size <= scan->text.size && !contains_is_known(scan->work, set, string) &&
	    contains_equals(p - entry->at, (const uint8_t *)set + set->texts + string->text, string->size))
		contains_found(scan->work, set, string);
}

/* Which strings have their window at p? */
PACKRT_INLINE void
contains_compare(const struct contains_scan *scan, const uint8_t *p, uint32_t size)
{
	const uint32_t *bucket = scan->buckets + (contains_hash(*(const window8 *)p, size) >> scan->buckets_shift);
	const struct contains_entry *entry = scan->entries + bucket[0], *end = scan->entries + bucket[1];

	for (; entry < end; entry++) {
		if (*(const window8 *)(p + entry->from) << entry->shift != entry->bytes)
			continue;
		if (entry->found & CONTAINS_STRING)
			contains_whole(scan, entry, p);
		else
			predicate_found(scan->work, entry->found);
	}
}

/* Which of 16 places have a pair that the filter lets pass? */
PACKRT_INLINE uint64_t
contains_pairs16(const uint8_t *filter, uint32_t shift, const uint8_t *text)
{
	pairs8 hashes[2] = {
		*(const pairs8 *)text * (uint16_t)CONTAINS_PAIR_FACTOR >> shift,
		*(const pairs8 *)(text + 1) * (uint16_t)CONTAINS_PAIR_FACTOR >> shift,
	};
	const uint16_t *hash = (const uint16_t *)hashes;
	uint64_t bits = 0;

#pragma GCC unroll 16
	for (int i = 15; i >= 0; i--)
		bits = 2 * bits + filter[hash[i % 2 * 8 + i / 2]];
	return bits;
}

static __attribute__((noinline)) void
contains_pairs(const struct contains_scan *scan, const uint8_t *filter, const uint8_t *text)
{
	const uint8_t *end = scan->text.data + scan->text.size;
	uint32_t shift = scan->part->filter_shift;

	for (; text < end; text += 64) {
		uint64_t bits = 0;

		for (uint32_t i = 0; i < 64 && text + i < end; i += 16)
			bits |= contains_pairs16(filter, shift, text + i) << i;
		for (; bits; bits &= bits - 1)
			contains_compare(scan, text + __builtin_ctzll(bits), CONTAINS_PAIR);
	}
}

/* bits, and a bit of a word behind them. */
PACKRT_INLINE uint64_t
contains_append(uint64_t bits, uint64_t word, uint64_t bit)
{
#ifdef __x86_64__
	__asm__("bt %2, %1\n\tadc %0, %0" : "+r"(bits) : "r"(word), "r"(bit) : "cc");
	return bits;
#else
	return 2 * bits + (word >> bit & 1);
#endif
}

/* The same of windows of four bytes at every second of 16 places. */
PACKRT_INLINE uint64_t
contains_fours16(const uint64_t *filter, uint32_t mask, const uint8_t *text)
{
	uint64_t bits = 0;

#pragma GCC unroll 8
	for (int i = 14; i >= 0; i -= 2) {
		uint32_t hash = contains_four(*(const window4 *)(text + i));

		bits = contains_append(bits, filter[contains_word(hash, mask)], contains_bit(hash));
	}
	return bits;
}

static __attribute__((noinline)) void
contains_fours(const struct contains_scan *scan, const uint64_t *filter, const uint8_t *text)
{
	const uint8_t *end = scan->text.data + scan->text.size;
	uint32_t mask = scan->part->filter_mask;

	for (; text < end; text += 128) {
		uint64_t bits = 0;

		for (uint32_t i = 0; i < 128 && text + i < end; i += 16)
			bits |= contains_fours16(filter, mask, text + i) << i / 2;
		for (; bits; bits &= bits - 1)
			contains_compare(scan, text + 2 * __builtin_ctzll(bits), CONTAINS_FOUR);
	}
}

/* The same in wider steps: most sets that take them are of hashes, few of which are found. */
static __attribute__((noinline)) void
contains_steps(const struct contains_scan *scan, const uint64_t *filter, const uint8_t *text)
{
	const uint8_t *end = scan->text.data + scan->text.size;
	uint32_t mask = scan->part->filter_mask;
	uint32_t step = scan->part->step;

	for (; text < end; text += step) {
		uint32_t hash = contains_four(*(const window4 *)text);

		if (filter[contains_word(hash, mask)] >> contains_bit(hash) & 1)
			contains_compare(scan, text, CONTAINS_FOUR);
	}
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

/* Which strings of one byte are there? All at once. */
static __attribute__((noinline)) void
contains_letters(struct work *work, const struct contains *set, struct text text, const uint32_t *list, uint32_t count)
{
	const uint8_t *p = text.data, *end = p + text.size, *texts = contains_table(set, set->texts);
	union {
		uint8_t bytes[256];
		bytes16 blocks[256 / 16];
	} seen = { .blocks = { { 0 } } };

	for (; end - p >= 8; p += 8)
#pragma GCC unroll 8
		for (int i = 0; i < 8; i++)
			seen.bytes[p[i]] = 1;
	for (; p < end; p++)
		seen.bytes[*p] = 1;
	for (uint32_t i = 0; i < count; i++) {
		const struct contains_string *string = contains_string(set, list[i]);

		if (seen.bytes[texts[string->text]])
			contains_found(work, set, string);
	}
}

/* Strings that are looked for one by one, in what is behind known bytes or ends there. */
static void
contains_each(struct work *work, const struct contains *set, const struct contains_half *half, struct text text, uint64_t known)
{
	const uint32_t *list = contains_table(set, half->few_list);
	uint32_t i = 0;

	if (half->letters >= CONTAINS_LETTERS) {
		contains_letters(work, set, (struct text){ text.data + known, text.size - known, text.plain }, list, half->letters);
		i = half->letters;
	}
	for (; i < half->few; i++) {
		const struct contains_string *string = contains_string(set, list[i]);
		const char *bytes = (const char *)set + set->texts + string->text;
		uint64_t skip = known >= string->size ? known - (string->size - 1) : 0;
		const struct text rest = { text.data + skip, text.size - skip, text.plain };

		if (string->size == 1 && *bytes ? contains_byte(rest, *bytes) : text_contains(rest, bytes, string->size))
			contains_found(work, set, string);
	}
}

static inline struct contains_scan
contains_scan(struct work *work, const struct contains *set, const struct contains_part *part, struct text text)
{
	return (struct contains_scan){
		work, set, part, text, contains_table(set, part->buckets), contains_table(set, part->entries), part->buckets_shift,
	};
}

/* The first place of a window that has some of what is behind known bytes, or none: a multiple of every step. */
static inline const uint8_t *
contains_start(const uint8_t *text, uint64_t known)
{
	return known ? text + known - CONTAINS_EDGE : text;
}

/* known: so many bytes at the start of the text were looked through. */
static void
contains_half(const struct contains_scan *pairs, const struct contains_scan *fours, const struct contains_half *half,
              uint64_t known)
{
	const uint8_t *start = contains_start(pairs->text.data, known);

	contains_each(pairs->work, pairs->set, half, pairs->text, known);
	if (half->pairs.filter)
		contains_pairs(pairs, contains_table(pairs->set, half->pairs.filter), start);
	if (half->fours.step > 2)
		contains_steps(fours, contains_table(fours->set, half->fours.filter), start);
	else if (half->fours.filter)
		contains_fours(fours, contains_table(fours->set, half->fours.filter), start);
}
#endif
