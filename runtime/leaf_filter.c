/*
 * leaf_filter.c - looks for a few texts at once: by a few pairs of bytes that all texts have, rare ones, and then by
 * the texts around such a pair.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "leaf_filter.h"
#include "packfile.h"

#if defined(__SSE2__) && !defined(LEAF_FILTER_SCALAR)
#include <emmintrin.h>
#endif

enum { PAIR_MAX = 16, CASE = 0x20, CASES = 65536 };

struct literal {
	const uint8_t *text; /* folded */
	uint32_t size, at;   /* at: where its pair is in it */
};

struct pair { /* both bytes with CASE set */
	uint8_t first[16], second[16]; /* the same byte sixteen times */
	uint32_t literals, count;
};

struct leaf_filter {
	uint32_t pair_count; /* 0: the texts are too many */
	uint32_t literal_count;
	struct pair pairs[PAIR_MAX];
	struct literal literals[]; /* by pair */
};

static uint32_t
pair_at(const struct literal *literal, uint32_t at)
{
	return (uint32_t)(literal->text[at] | CASE) << 8 | literal->text[at + 1] | CASE;
}

/* How much a pair costs that is found where none of its texts is, by the bytes that lines have most. */
static uint32_t
pair_cost(uint32_t pair)
{
	int first = strchr("etaoinrcldmup0123456789 .-", (int)(pair >> 8)) != NULL;
	int second = strchr("etaoinrcldmup0123456789 .-", (int)(pair & 0xff)) != NULL;

	return first && second ? 16 : first || second ? 4 : 1;
}

/* The pair that is worth most for the literals from number on, each counted once by its bitmap in last. */
static uint32_t
choose_pair(const struct leaf_filter *f, uint32_t number, uint32_t *counts, uint32_t *last)
{
	uint32_t i, at, pair, best = 0;

	memset(counts, 0, CASES * sizeof *counts);
	memset(last, 0, CASES * sizeof *last);
	for (i = number; i < f->literal_count; ++i)
		for (at = 0; at + 1 < f->literals[i].size; ++at) {
			pair = pair_at(&f->literals[i], at);
			counts[pair] += last[pair] != i + 1;
			last[pair] = i + 1;
			if (!best || counts[pair] * pair_cost(best) > counts[best] * pair_cost(pair))
				best = pair;
		}
	return best;
}

/* Moves the literals from number on that have the pair to the front. */
static void
take_literals(struct leaf_filter *f, uint32_t number, uint32_t pair)
{
	struct pair *row = &f->pairs[f->pair_count++];
	struct literal taken;
	uint32_t i, at;

	memset(row->first, (int)(pair >> 8), sizeof row->first);
	memset(row->second, (int)(pair & 0xff), sizeof row->second);
	row->literals = number;
	for (i = number; i < f->literal_count; ++i) {
		for (at = 0; at + 1 < f->literals[i].size && pair_at(&f->literals[i], at) != pair; ++at)
			;
		if (at + 1 >= f->literals[i].size)
			continue;
		taken = f->literals[i];
		taken.at = at;
		f->literals[i] = f->literals[row->literals + row->count];
		f->literals[row->literals + row->count++] = taken;
	}
}

static int
choose_pairs(struct leaf_filter *f)
{
	uint32_t *counts = malloc(2 * CASES * sizeof *counts), done = 0, pair;

	if (!counts)
		return -1;
	while (done < f->literal_count && f->pair_count < PAIR_MAX) {
		pair = choose_pair(f, done, counts, counts + CASES);
		take_literals(f, done, pair);
		done += f->pairs[f->pair_count - 1].count;
		if (!f->pairs[f->pair_count - 1].count)
			break;
	}
	if (done < f->literal_count)
		f->pair_count = 0;
	free(counts);
	return 0;
}

struct leaf_filter *
leaf_filter_new(const struct pack_tables *tables, const struct pack_list *texts)
{
	struct leaf_filter *f = calloc(1, sizeof *f + texts->count * sizeof *f->literals);
	uint32_t i;

	if (!f)
		return NULL;
	for (i = 0; i < texts->count; ++i) {
		struct pack_text text = tables->texts[texts->first + i];

		f->literals[i] = (struct literal){ (const uint8_t *)pack_text_data(tables, text), text.size, 0 };
	}
	f->literal_count = texts->count;
	if (choose_pairs(f)) {
		free(f);
		return NULL;
	}
	return f;
}

static int
literal_fits(const struct literal *literal, const char *line, size_t size, size_t place)
{
	const char *at = line + place - literal->at;
	uint32_t i;

	if (place < literal->at || size - (place - literal->at) < literal->size)
		return 0;
	for (i = 0; i < literal->size; ++i)
		if ((at[i] >= 'A' && at[i] <= 'Z' ? at[i] | CASE : at[i]) != (char)literal->text[i])
			return 0;
	return 1;
}

static int
fits_at(const struct leaf_filter *f, const char *line, size_t size, size_t place)
{
	const struct pair *pair;
	uint32_t i;

	for (pair = f->pairs; pair < f->pairs + f->pair_count; ++pair) {
		if (((uint8_t)line[place] | CASE) != pair->first[0] || ((uint8_t)line[place + 1] | CASE) != pair->second[0])
			continue;
		for (i = 0; i < pair->count; ++i)
			if (literal_fits(&f->literals[pair->literals + i], line, size, place))
				return 1;
	}
	return 0;
}

#if defined(__SSE2__) && !defined(LEAF_FILTER_SCALAR)
enum { BLOCK = 32 };

static inline __m128i
read_lower(const char *at)
{
	return _mm_or_si128(_mm_loadu_si128((const void *)at), _mm_set1_epi8(CASE));
}

/* Which of the BLOCK places at at begin a pair, as bits; reads BLOCK + 1 bytes. */
static inline uint32_t
find_pairs(const struct leaf_filter *f, const char *at)
{
	__m128i first = read_lower(at), second = read_lower(at + 1), found = _mm_setzero_si128();
	__m128i third = read_lower(at + 16), fourth = read_lower(at + 17), more = found;
	const struct pair *pair;

	for (pair = f->pairs; pair < f->pairs + f->pair_count; ++pair) {
		__m128i a = _mm_loadu_si128((const void *)pair->first), b = _mm_loadu_si128((const void *)pair->second);

		found = _mm_or_si128(found, _mm_and_si128(_mm_cmpeq_epi8(first, a), _mm_cmpeq_epi8(second, b)));
		more = _mm_or_si128(more, _mm_and_si128(_mm_cmpeq_epi8(third, a), _mm_cmpeq_epi8(fourth, b)));
	}
	return (uint32_t)_mm_movemask_epi8(found) | (uint32_t)_mm_movemask_epi8(more) << 16;
}

/* All places but those of the last block that is not whole; *at becomes the first of them. */
static int
finds_blocks(const struct leaf_filter *f, const char *line, size_t size, size_t *at)
{
	uint32_t left;

	for (; size - *at > BLOCK; *at += BLOCK)
		for (left = find_pairs(f, line + *at); left; left &= left - 1)
			if (fits_at(f, line, size, *at + (size_t)__builtin_ctz(left)))
				return 1;
	return 0;
}
#else
static int
finds_blocks(const struct leaf_filter *f, const char *line, size_t size, size_t *at)
{
	(void)f, (void)line, (void)size, (void)at;
	return 0;
}
#endif

int
leaf_filter_finds(const struct leaf_filter *f, const char *line, size_t size)
{
	size_t at = 0;

	if (!f->pair_count || finds_blocks(f, line, size, &at))
		return 1;
	for (; at + 1 < size; ++at)
		if (fits_at(f, line, size, at))
			return 1;
	return 0;
}
