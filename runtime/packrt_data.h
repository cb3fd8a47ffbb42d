/*
 * packrt_data.h - long sets of folded strings in the pack's DATA section: tables of hashes, and how one is looked for. What
 * the compiler fills and the image reads.
 */
#ifndef PACKRT_DATA_H
#define PACKRT_DATA_H

#include "packrt_tables.h"

enum {
	DATA_LAYOUT = 2,   /* of tables; 0 and 1 were others */
	DATA_START = 16,   /* DATA begins so many bytes into a cache line: behind the image, which ends with a page, and a head */
	DATA_PAD = 8,      /* readable bytes behind every text that is hashed */
	DATA_BLOCK = 32,   /* bytes of a text read at once, from its end; as many can be read before each that is looked for */
	DATA_PLACES = 10,
	DATA_REST_BITS = 48,
};

/*
 * One cache line of a table: rests of hashes, the last DATA_REST_BITS of each. A hash has a home, which its first bits name.
 * Where that is full, its rest stands in the next line that has room (behind the last comes the first), and each line before
 * that says so. No rest is 0: an empty place. Most texts that are not there never come so far: a filter says so.
 */
struct data_line {
	uint32_t low[DATA_PLACES];  /* the last 32 bits of the rest at each place ... */
	uint16_t high[DATA_PLACES]; /* ... and the others, by data_high() */
	uint32_t more;              /* a bit by data_more(): what has it may stand in the next line */
};

/* A table: DATA begins with a uint32_t for each, where its head is. Another text is taken for one of a million strings, or of
 * fewer, once in 2^44 times. */
struct data_set {
	uint32_t layout;       /* DATA_LAYOUT */
	uint32_t subdomains;   /* 1: what ends with a dot and a string of the set is in it too */
	uint32_t labels_least; /* of its strings; where no subdomains are meant, each is one label */
	uint32_t size_most;    /* bytes of its strings */
	uint32_t lines;        /* struct data_line[]: where from this head; each begins a cache line, see DATA_START */
	uint32_t line_count;   /* they have one place or more for nothing */
	uint32_t filter;       /* uint64_t[]: where from this head; data_bits() of each hash, in the word at data_place() */
	uint32_t filter_words;
};

typedef uint64_t data_word __attribute__((aligned(1), may_alias));
typedef uint32_t data_words4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef uint8_t data_bytes16 __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t data_words2 __attribute__((vector_size(16)));
typedef uint16_t data_halves8 __attribute__((vector_size(16), aligned(4), may_alias));

PACKRT_INLINE uint64_t
data_mix(uint64_t hash, uint64_t word)
{
	__extension__ unsigned __int128 product = (unsigned __int128)(hash ^ word) * UINT64_C(0x9fb21c651e98df25);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The hash of a text: of its whole words from the last one on is sum, of none 0; what stands before them is left. */
PACKRT_INLINE uint64_t
data_hash_end(uint64_t sum, const uint8_t *text, uint64_t size)
{
	uint64_t left = *(const data_word *)text << 8 << (56 - size % 8 * 8);

	return data_mix(sum + (size + 1) * UINT64_C(0x9e3779b97f4a7c15), left);
}

PACKRT_INLINE uint64_t
data_hash(const uint8_t *text, uint64_t size)
{
	uint64_t sum = 0;

	for (uint64_t end = size; end >= 8; end -= 8)
		sum = data_mix(sum, *(const data_word *)(text + end - 8));
	return data_hash_end(sum, text, size);
}

/* What stands in the table for a hash. */
PACKRT_INLINE uint64_t
data_rest(uint64_t hash)
{
	uint64_t rest = hash & ((UINT64_C(1) << DATA_REST_BITS) - 1);

	return rest + !rest;
}

/* One of count places. */
PACKRT_INLINE uint32_t
data_place(uint64_t hash, uint32_t count)
{
	return (hash >> 32) * count >> 32;
}

PACKRT_INLINE uint64_t
data_bits(uint64_t hash)
{
	return UINT64_C(1) << (hash & 63) | UINT64_C(1) << (hash >> 6 & 63) | UINT64_C(1) << (hash >> 12 & 63);
}

PACKRT_INLINE uint32_t
data_more(uint64_t hash)
{
	return UINT32_C(1) << (hash >> 18 & 31);
}

/* The first eight stand so that high, read as words of 32 bits, has two of them under those of low. */
PACKRT_INLINE uint32_t
data_high(uint32_t place)
{
	return place < 8 ? place % 4 * 2 + place / 4 : place;
}

PACKRT_INLINE uint64_t
data_line_rest(const struct data_line *line, uint32_t place)
{
	return (uint64_t)line->high[data_high(place)] << 32 | line->low[place];
}

/* Does the rest stand in the line? Without a branch, so that nothing waits for the line. */
PACKRT_INLINE int
data_line_has(const struct data_line *line, uint64_t rest)
{
	const uint32_t low = (uint32_t)rest;
	const uint16_t high = (uint16_t)(rest >> 32);
	data_words4 first = (data_words4)(*(const data_words4 *)line->low == low) & 0xffff;
	data_words4 second = (data_words4)(*(const data_words4 *)(line->low + 4) == low) & 0xffff0000;
	data_words4 highs = (data_words4)(*(const data_halves8 *)line->high == high);
	data_words2 same = (data_words2)((first | second) & highs);

	return (int)((same[0] | same[1]) != 0) | (int)(data_line_rest(line, 8) == rest) | (int)(data_line_rest(line, 9) == rest);
}

PACKRT_INLINE int
data_is_filtered(const struct data_set *set, uint64_t hash)
{
	const uint64_t *filter = (const uint64_t *)((const uint8_t *)set + set->filter);

	return (data_bits(hash) & ~filter[data_place(hash, set->filter_words)]) != 0;
}

/* Asks for what data_find() will read, so that it need not wait for memory. */
PACKRT_INLINE void
data_fetch(const struct data_set *set, uint64_t hash)
{
	const uint64_t *filter = (const uint64_t *)((const uint8_t *)set + set->filter);
	const struct data_line *lines = (const struct data_line *)((const uint8_t *)set + set->lines);

	__builtin_prefetch(filter + data_place(hash, set->filter_words));
	__builtin_prefetch(lines + data_place(hash, set->line_count));
}

PACKRT_INLINE int
data_find(const struct data_set *set, uint64_t hash)
{
	const struct data_line *lines = (const struct data_line *)((const uint8_t *)set + set->lines);
	uint32_t at = data_place(hash, set->line_count);

	if (data_is_filtered(set, hash))
		return 0;
	for (;; at = at + 1 == set->line_count ? 0 : at + 1) {
		if (data_line_has(lines + at, data_rest(hash)))
			return 1;
		if (!(lines[at].more & data_more(hash)))
			return 0;
	}
}

/* A block of a text, from its end on: the sums of its words, first the one so far, and a bit for each dot, that of the last byte
 * first: the product moves eight of them to its last byte. */
struct data_block {
	uint64_t sums[DATA_BLOCK / 8 + 1];
	uint64_t dots;
};

PACKRT_INLINE void
data_block_read(struct data_block *block, const uint8_t *end)
{
	block->dots = 0;
	for (uint32_t i = 0; i < DATA_BLOCK / 16; i++, end -= 16) {
		data_words2 words = (data_words2)(*(const data_bytes16 *)(end - 16) == '.') & UINT64_C(0x0101010101010101);

		block->sums[2 * i + 1] = data_mix(block->sums[2 * i], *(const data_word *)(end - 8));
		block->sums[2 * i + 2] = data_mix(block->sums[2 * i + 1], *(const data_word *)(end - 16));
		block->dots |= words[1] * UINT64_C(0x8040201008040201) >> 56 << 16 * i;
		block->dots |= words[0] * UINT64_C(0x8040201008040201) >> 56 << (16 * i + 8);
	}
}

/* Which ends of a text are to be looked for: bit i that of which i bytes stand in the block. Behind it stand size bytes. */
PACKRT_INLINE uint64_t
data_block_ends(const struct data_block *block, const struct data_set *set, uint64_t size, uint64_t text_size)
{
	uint64_t ends = set->subdomains ? block->dots : 0;

	if (text_size - size < DATA_BLOCK)
		ends = (ends & ((UINT64_C(1) << (text_size - size)) - 1)) | UINT64_C(1) << (text_size - size);
	if (set->size_most - size < DATA_BLOCK)
		ends &= (UINT64_C(2) << (set->size_most - size)) - 1;
	return ends;
}

/* What is done with a hash that may be in a set; not 0: that was the last. It is called directly. */
typedef int data_visit(const struct data_set *set, uint64_t hash, void *context);

/* Visits the hash of a text, with subdomains those of the domains that it is below: its ends are hashed in one pass, from the
 * last on. Was there a last one? */
PACKRT_INLINE int
data_visit_ends(const struct data_set *set, const uint8_t *text, uint64_t text_size, data_visit *visit, void *context)
{
	const uint64_t most = text_size < set->size_most ? text_size : set->size_most;
	struct data_block block = { .sums = { 0 } };
	uint32_t labels = 0;

	for (uint64_t size = 0; size <= most; size += DATA_BLOCK) {
		const uint8_t *end = text + text_size - size;

		data_block_read(&block, end);
		for (uint64_t ends = data_block_ends(&block, set, size, text_size); ends; ends &= ends - 1) {
			uint64_t bytes = __builtin_ctzll(ends);

			if (++labels >= set->labels_least &&
			    visit(set, data_hash_end(block.sums[bytes / 8], end - bytes, size + bytes), context))
				return 1;
		}
		block.sums[0] = block.sums[DATA_BLOCK / 8];
	}
	return 0;
}
PACKRT_INLINE int
data_visit_find(const struct data_set *set, uint64_t hash, void *context)
{
	(void)context;
	return data_find(set, hash);
}

/* Is a text, or with subdomains a domain that it is below, in the set? */
PACKRT_INLINE int
data_has(const struct data_set *set, const uint8_t *text, uint64_t size)
{
	return data_visit_ends(set, text, size, data_visit_find, 0);
}
#endif
