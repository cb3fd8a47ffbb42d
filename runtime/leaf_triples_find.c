/* leaf_triples_find.c - the search for triples with AVX2. */
#include "leaf_triples.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

enum { BLOCK = 32, READ = BLOCK + LEAF_TRIPLE - 1 }; /* places that are looked at at once, and bytes read for them */

struct halves { /* a table by half for one byte of the triples, in each lane */
	__m256i low, high;
};

struct line {
	const char *data;
	size_t size;
};

AVX2 static inline struct halves
read_halves(const struct leaf_triples *triples, int byte)
{
	return (struct halves){ _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)triples->low[byte])),
		_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)triples->high[byte])) };
}

/* For each of the bytes at at: which sets have it. */
AVX2 static inline __m256i
look_up(const struct halves *tables, const char *at)
{
	const __m256i half = _mm256_set1_epi8(15), bytes = _mm256_loadu_si256((const __m256i *)at);

	return _mm256_and_si256(_mm256_shuffle_epi8(tables->low, _mm256_and_si256(bytes, half)),
	                        _mm256_shuffle_epi8(tables->high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half)));
}

/* Whether a text fits with its triple at place. */
static int
fits_at(const struct leaf_triples *triples, const struct line *line, size_t place, uint64_t *lists)
{
	const uint32_t triple = leaf_triple_read(line->data + place), slot = leaf_triple_slot(triple);
	const struct leaf_text *text;
	uint32_t i;

	for (i = triples->slots[slot]; i < triples->slots[slot + 1]; ++i) {
		text = &triples->texts[i];
		if (triples->triples[i] != triple || !leaf_text_fits(text, line->data, line->size, place))
			continue;
		if (!lists)
			return 1;
		lists[text->list / 64] |= UINT64_C(1) << text->list % 64;
	}
	return 0;
}

/* Whether a text fits that has its triple at one of the block's places, a bit each, where some set may have one. It takes no
 * wide register: gcc leaves the upper halves of those that a function is given as they are, and what has only SSE waits. */
static int
fits_some(const struct leaf_triples *triples, uint32_t places, const struct line *line, size_t place, uint64_t *lists)
{
	size_t at;

	for (; places; places &= places - 1) {
		at = place + (unsigned)__builtin_ctz(places);
		if (at + LEAF_TRIPLE <= line->size && fits_at(triples, line, at, lists))
			return 1;
	}
	return 0;
}

/* Whether one fits at one of the places that begin at at, which is READ bytes of the line from place on. */
AVX2 static inline int
find_block(const struct leaf_triples *triples, const struct halves tables[LEAF_TRIPLE], const char *at,
           const struct line *line, size_t place, uint64_t *lists)
{
	__m256i found = _mm256_and_si256(look_up(&tables[0], at), look_up(&tables[1], at + 1));
	uint32_t places;

	if (_mm256_testz_si256(found, found))
		return 0;
	found = _mm256_and_si256(found, look_up(&tables[2], at + 2));
	places = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(found, _mm256_setzero_si256()));
	return places && fits_some(triples, places, line, place, lists);
}

AVX2 int
leaf_triples_find(const struct leaf_triples *triples, const char *data, size_t size, uint64_t *lists)
{
	const struct halves tables[] = { read_halves(triples, 0), read_halves(triples, 1), read_halves(triples, 2) };
	const struct line line = { data, size };
	char few[READ] = { 0 };
	size_t place;

	if (size < READ) {
		memcpy(few, data, size);
		return find_block(triples, tables, few, &line, 0, lists);
	}
	for (place = 0; place + READ < size; place += BLOCK)
		if (find_block(triples, tables, data + place, &line, place, lists))
			return 1;
	return find_block(triples, tables, data + size - READ, &line, size - READ, lists);
}

int
leaf_triples_work(void)
{
	return __builtin_cpu_supports("avx2") != 0;
}
#else
int
leaf_triples_find(const struct leaf_triples *triples, const char *data, size_t size, uint64_t *lists)
{
	(void)triples, (void)data, (void)size, (void)lists;
	return 1;
}

int
leaf_triples_work(void)
{
	return 0;
}
#endif
