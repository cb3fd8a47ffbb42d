/* leaf_pairs_find.c - the search for pairs with AVX2. */
#include "leaf_pairs.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

enum { BLOCK = 32 };

struct halves { /* of bytes, or the tables for one byte of the pairs in each lane */
	__m256i low, high;
};

AVX2 static inline struct halves
read_halves(const struct leaf_pairs *pairs, int byte)
{
	return (struct halves){ _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)pairs->low[byte])),
		_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)pairs->high[byte])) };
}

/* For each of the bytes, in halves: which pairs have it. */
AVX2 static inline __m256i
look_up(const struct halves *tables, const struct halves *bytes)
{
	return _mm256_and_si256(_mm256_shuffle_epi8(tables->low, bytes->low),
	                        _mm256_shuffle_epi8(tables->high, bytes->high));
}

/* For each byte of a block: which pairs end there. before: what pairs begin at the bytes of the block before it, and
 * afterwards at those of this one. */
AVX2 static inline __m256i
find_ends(const struct halves tables[2], const char *block, __m256i *before)
{
	const __m256i half = _mm256_set1_epi8(15), bytes = _mm256_loadu_si256((const __m256i *)block);
	const struct halves halves = { _mm256_and_si256(bytes, half), _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half) };
	const __m256i begin = look_up(&tables[0], &halves), carried = _mm256_permute2x128_si256(*before, begin, 0x21);

	*before = begin;
	return _mm256_and_si256(look_up(&tables[1], &halves), _mm256_alignr_epi8(begin, carried, 15));
}

/* Whether a text of the pairs, a bit each, fits with its pair at place. */
static int
fits_at(const struct leaf_pairs *pairs, unsigned bits, const char *line, size_t size, size_t place)
{
	uint32_t i, pair;

	for (; bits; bits &= bits - 1) {
		pair = (uint32_t)__builtin_ctz(bits);
		for (i = pair ? pairs->ends[pair - 1] : 0; i < pairs->ends[pair]; ++i)
			if (leaf_text_fits(&pairs->texts[i], line, size, place))
				return 1;
	}
	return 0;
}

/* Whether a text fits whose pair ends in the block at place. */
AVX2 static int
fits_some(const struct leaf_pairs *pairs, __m256i ends, const char *line, size_t size, size_t place)
{
	uint32_t places = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(ends, _mm256_setzero_si256()));
	uint8_t bits[BLOCK];

	_mm256_storeu_si256((__m256i *)bits, ends);
	for (; places; places &= places - 1) {
		unsigned i = (unsigned)__builtin_ctz(places);

		if (fits_at(pairs, bits[i], line, size, place + i - 1))
			return 1;
	}
	return 0;
}

AVX2 int
leaf_pairs_find(const struct leaf_pairs *pairs, const char *line, size_t size)
{
	const struct halves tables[2] = { read_halves(pairs, 0), read_halves(pairs, 1) };
	__m256i before = _mm256_setzero_si256(), ends;
	char last[BLOCK] = { 0 };
	size_t place;

	for (place = 0; place + BLOCK <= size; place += BLOCK) {
		ends = find_ends(tables, line + place, &before);
		if (!_mm256_testz_si256(ends, ends) && fits_some(pairs, ends, line, size, place))
			return 1;
	}
	memcpy(last, line + place, size - place);
	ends = find_ends(tables, last, &before);
	return !_mm256_testz_si256(ends, ends) && fits_some(pairs, ends, line, size, place);
}

int
leaf_pairs_work(void)
{
	return __builtin_cpu_supports("avx2") != 0;
}
#else
int
leaf_pairs_find(const struct leaf_pairs *pairs, const char *line, size_t size)
{
	(void)pairs, (void)line, (void)size;
	return 1;
}

int
leaf_pairs_work(void)
{
	return 0;
}
#endif
