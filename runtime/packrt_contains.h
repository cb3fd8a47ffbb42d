/*
 * packrt_contains.h - sets of strings that may be anywhere in a text, as constant tables. Part of the image (packrt.h).
 *
 * Notes tell of many places of the text at once, without a branch that hangs on it, which may be those of strings: only there
 * is anything compared.
 */
#ifndef PACKRT_CONTAINS_H
#define PACKRT_CONTAINS_H

#include "packrt.h"
#include "packrt_text.h"

/* In the order of the machine, which is that of the tables: every target is little-endian. */
typedef uint64_t window8 __attribute__((aligned(1), may_alias));
typedef uint16_t pair_raw __attribute__((aligned(1), may_alias));
/* Eight pairs of neighbours, at every second place. */
typedef uint16_t pairs8 __attribute__((vector_size(16), aligned(1), may_alias));

typedef uint8_t bytes8 __attribute__((vector_size(8), aligned(1), may_alias));

enum { CONTAINS_CHUNK = 512 }; /* so many places are noted before they are looked at */

struct contains_scan { /* half of a set over a text */
	struct work *work;
	const struct contains *set;
	const struct contains_half *half;
	struct text text;
};

struct contains_windows { /* of a part */
	const struct contains_bucket *buckets;
	uint64_t factor; /* 0: there are none */
	uint32_t buckets_shift, size;
};

static inline const void *
contains_table(const struct contains *set, uint32_t offset)
{
	return (const uint8_t *)set + offset;
}

static inline struct contains_windows
contains_windows(const struct contains *set, const struct contains_part *part)
{
	return (struct contains_windows){ contains_table(set, part->buckets), part->factor, part->buckets_shift, part->size };
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

/* Of windows with the hash of what is at p. */
PACKRT_INLINE const struct contains_bucket *
contains_bucket(const struct contains_windows *windows, const uint8_t *p)
{
	return windows->buckets + (*(const window8 *)p * windows->factor >> windows->buckets_shift);
}

/* Which strings have their window at p? */
PACKRT_INLINE void
contains_compare(const struct contains_scan *scan, const struct contains_windows *windows, const uint8_t *p)
{
	const struct contains_bucket *bucket = contains_bucket(windows, p);
	const struct contains_entry *entry, *end;

	if (!(bucket->next & contains_next(p[windows->size])))
		return;
	end = contains_table(scan->set, bucket[1].entries);
	for (entry = contains_table(scan->set, bucket->entries); entry < end; entry++) {
		if (*(const window8 *)(p + entry->from) << entry->shift != entry->bytes)
			continue;
		if (entry->found & CONTAINS_STRING)
			contains_whole(scan, entry, p);
		else
			predicate_found(scan->work, entry->found);
	}
}

/* The notes of eight pairs, each with the one behind it in the table: so it is put into a register as it is read. */
PACKRT_INLINE pairs8
contains_note8(const uint8_t *notes, uint32_t shift, const uint8_t *text)
{
	const pairs8 hashes = *(const pairs8 *)text * (uint16_t)CONTAINS_PAIR_FACTOR >> shift;
	pairs8 noted = { 0 };

#pragma GCC unroll 8
	for (int i = 0; i < 8; i++)
		noted[i] = *(const pair_raw *)(notes + hashes[i]);
	return noted;
}

/* Notes places until end, and that itself. */
PACKRT_INLINE void
contains_note(const uint8_t *notes, uint32_t shift, const uint8_t *text, const uint8_t *end, uint8_t *noted, uint32_t step)
{
	for (; text <= end; text += 16, noted += 16 / step) {
		pairs8 even = contains_note8(notes, shift, text) & 0xff;

		if (step == 1)
			*(pairs8 *)noted = even | contains_note8(notes, shift, text + 1) << 8;
		else
			*(bytes8 *)noted = __builtin_convertvector(even, bytes8);
	}
}

struct contains_places { /* which of 64 may be those of windows */
	uint64_t pairs, longer;
};

/* first: the first group of longer strings. */
PACKRT_INLINE struct contains_places
contains_pass(const uint8_t *noted, uint64_t count, uint32_t first)
{
	const uint64_t mask = count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
	struct contains_places places = { 0, 0 };

	for (uint32_t i = 0; i < 64 && i < count; i += 16) {
		words2 begin = *(const words2_raw *)(noted + i), end = *(const words2_raw *)(noted + i + 1);
		bytes16 groups = (bytes16)(begin & end >> CONTAINS_GROUPS) & (uint8_t)((1 << CONTAINS_GROUPS) - 1);

		places.longer |= (uint64_t)bytes_tops((bytes16)((signed16)groups > (int8_t)first)) << i;
		places.pairs |= (uint64_t)bytes_tops((bytes16)((words2)groups << 7)) << i;
	}
	return (struct contains_places){ places.pairs & mask, places.longer & mask };
}

PACKRT_INLINE void
contains_compare_all(const struct contains_scan *scan, const struct contains_windows *windows, const uint8_t *text,
                     uint64_t places, uint32_t step)
{
	for (; places; places &= places - 1)
		contains_compare(scan, windows, text + (uint64_t)__builtin_ctzll(places) * step);
}

PACKRT_INLINE void
contains_noted(const struct contains_scan *scan, const uint8_t *text, uint32_t step)
{
	const struct contains_half *half = scan->half;
	const struct contains_windows pairs = contains_windows(scan->set, &half->pairs);
	const struct contains_windows longer = contains_windows(scan->set, &half->longer);
	const uint8_t *notes = contains_table(scan->set, half->notes), *end = scan->text.data + scan->text.size;
	const uint32_t has_pairs = pairs.factor != 0;
	_Alignas(16) uint8_t noted[CONTAINS_CHUNK + 16];

	while (text < end) {
		uint64_t left = (uint64_t)(end - text + step - 1) / step, count = left < CONTAINS_CHUNK ? left : CONTAINS_CHUNK;

		contains_note(notes, half->notes_shift, text, text + count * step, noted, step);
		for (uint64_t i = 0; i < count; i += 64, text += 64 * step) {
			struct contains_places places = contains_pass(noted + i, count - i, has_pairs);

			if (has_pairs)
				contains_compare_all(scan, &pairs, text, places.pairs, step);
			contains_compare_all(scan, &longer, text, places.longer, step);
		}
	}
}

static __attribute__((noinline)) void
contains_ones(const struct contains_scan *scan, const uint8_t *text)
{
	contains_noted(scan, text, 1);
}

static __attribute__((noinline)) void
contains_twos(const struct contains_scan *scan, const uint8_t *text)
{
	contains_noted(scan, text, 2);
}

/* The same in wider steps: most sets that take them are of hashes, few of which are found. */
static __attribute__((noinline)) void
contains_steps(const struct contains_scan *scan, const uint8_t *text)
{
	const struct contains_half *half = scan->half;
	const struct contains_windows windows = contains_windows(scan->set, &half->longer);
	const uint64_t *filter = contains_table(scan->set, half->filter);
	const uint8_t *end = scan->text.data + scan->text.size;
	const uint32_t shift = half->filter_shift, step = half->step;

	for (; text < end; text += step) {
		uint64_t hash = *(const window8 *)text * windows.factor;

		if (!(contains_bits(hash, shift) & ~filter[contains_word(hash, shift)]))
			contains_compare(scan, &windows, text);
	}
}

/* The same behind each anchor. The bytes behind text are 0, it is not. */
static __attribute__((noinline)) void
contains_anchored(const struct contains_scan *scan)
{
	const struct contains_windows windows = contains_windows(scan->set, &scan->half->longer);
	const uint8_t *end = scan->text.data + scan->text.size, anchor = scan->half->anchor;

	for (const uint8_t *text = scan->text.data; text < end; text += 16) {
		uint32_t places = bytes_tops((bytes16)(*(const bytes16 *)text == anchor));

		for (; places; places &= places - 1)
			contains_compare(scan, &windows, text + __builtin_ctz(places) + 1);
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
	} seen;

#pragma GCC unroll 16 /* otherwise it is one instruction, which takes longer to begin than this takes */
	for (int i = 0; i < 16; i++)
		seen.blocks[i] = (bytes16){ 0 };
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
static __attribute__((noinline)) void
contains_each(const struct contains_scan *scan, uint64_t known)
{
	const struct contains *set = scan->set;
	const struct contains_half *half = scan->half;
	const struct text text = scan->text;
	const uint32_t *list = contains_table(set, half->few_list);
	uint32_t i = 0;

	if (half->letters >= CONTAINS_LETTERS) {
		contains_letters(scan->work, set, (struct text){ text.data + known, text.size - known, text.plain }, list, half->letters);
		i = half->letters;
	}
	for (; i < half->few; i++) {
		const struct contains_string *string = contains_string(set, list[i]);
		const char *bytes = (const char *)set + set->texts + string->text;
		uint64_t skip = known >= string->size ? known - (string->size - 1) : 0;
		const struct text rest = { text.data + skip, text.size - skip, text.plain };

		if (string->size == 1 && *bytes ? contains_byte(rest, *bytes) : text_contains(rest, bytes, string->size))
			contains_found(scan->work, set, string);
	}
}

/* The first place of a window that has some of what is behind known bytes, or none: a multiple of every step. */
static inline const uint8_t *
contains_start(const uint8_t *text, uint64_t known)
{
	return known ? text + known - CONTAINS_EDGE : text;
}

/* known: so many bytes at the start of the text were looked through. */
static void
contains_half(const struct contains_scan *scan, uint64_t known)
{
	const struct contains_half *half = scan->half;
	const uint8_t *start = contains_start(scan->text.data, known);

	if (half->few)
		contains_each(scan, known);
	if (half->anchor)
		contains_anchored(scan);
	else if (half->filter)
		contains_steps(scan, start);
	else if (half->notes && half->step == 1)
		contains_ones(scan, start);
	else if (half->notes)
		contains_twos(scan, start);
}
#endif
