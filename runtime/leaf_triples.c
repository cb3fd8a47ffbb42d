/* leaf_triples.c - chooses the triples: seldom ones, those that are alike in one set. */
#include <string.h>

#include "leaf_triples.h"
#include "rarity.h"
#include "word.h"

struct set { /* which halves its triples' bytes have, a bit each */
	uint16_t low[LEAF_TRIPLE], high[LEAF_TRIPLE];
	int32_t size; /* how many triples of bytes fit */
};

static uint32_t
choose_triple(const struct leaf_text *text)
{
	uint32_t at, i, rarity, most = 0, best = 0;

	for (at = 0; at + LEAF_TRIPLE <= text->size; ++at) {
		for (i = 0, rarity = 1; i < LEAF_TRIPLE; ++i)
			rarity += byte_rarity(text->data[at + i]);
		if (rarity > most) {
			most = rarity;
			best = at;
		}
	}
	return best;
}

static int32_t
count_bits(uint32_t bits)
{
	int32_t count = 0;

	for (; bits; bits &= bits - 1)
		++count;
	return count;
}

static void
measure(struct set *set)
{
	uint32_t i;

	set->size = 1;
	for (i = 0; i < LEAF_TRIPLE; ++i)
		set->size *= count_bits(set->low[i]) * count_bits(set->high[i]);
}

static struct set
set_of(const uint8_t *triple)
{
	struct set set = { 0 };
	uint32_t i;

	for (i = 0; i < LEAF_TRIPLE; ++i) {
		set.low[i] = (uint16_t)(1 << (triple[i] & 15));
		set.high[i] = (uint16_t)(1 << (triple[i] >> 4));
		if (triple[i] >= 'a' && triple[i] <= 'z')
			set.high[i] |= (uint16_t)(1 << ((triple[i] ^ 0x20) >> 4));
	}
	measure(&set);
	return set;
}

static struct set
join(const struct set *a, const struct set *b)
{
	struct set set;
	uint32_t i;

	for (i = 0; i < LEAF_TRIPLE; ++i) {
		set.low[i] = a->low[i] | b->low[i];
		set.high[i] = a->high[i] | b->high[i];
	}
	measure(&set);
	return set;
}

/* Makes one of two of LEAF_TRIPLE_SETS + 1 sets, those that fit least more together. */
static void
join_two(struct set *sets)
{
	uint32_t i, k, first = 0, second = 1;
	int32_t more, least = INT32_MAX;

	for (k = 1; k <= LEAF_TRIPLE_SETS; ++k)
		for (i = 0; i < k; ++i) {
			more = join(&sets[i], &sets[k]).size - sets[i].size - sets[k].size;
			if (more < least) {
				least = more;
				first = i;
				second = k;
			}
		}
	sets[first] = join(&sets[first], &sets[second]);
	sets[second] = sets[LEAF_TRIPLE_SETS];
}

static void
fill_tables(struct leaf_triples *triples, const struct set *set, uint32_t number)
{
	uint32_t i, half;

	for (i = 0; i < LEAF_TRIPLE; ++i)
		for (half = 0; half < 16; ++half) {
			triples->low[i][half] |= (uint8_t)((set->low[i] >> half & 1) << number);
			triples->high[i][half] |= (uint8_t)((set->high[i] >> half & 1) << number);
		}
}

static void
fill_sets(struct leaf_triples *triples)
{
	struct set sets[LEAF_TRIPLE_SETS + 1];
	uint32_t i, used = 0;

	for (i = 0; i < triples->count; ++i) {
		sets[used] = set_of(triples->texts[i].data + triples->texts[i].at);
		if (used == LEAF_TRIPLE_SETS)
			join_two(sets);
		else
			++used;
	}
	for (i = 0; i < used; ++i)
		fill_tables(triples, &sets[i], i);
}

/* Puts a text behind those whose slots are before its own or the same. */
static void
add_text(struct leaf_triples *triples, struct leaf_text text)
{
	uint32_t i = triples->count++, triple, slot;

	text.at = choose_triple(&text);
	triple = leaf_triple_read(text.data + text.at);
	slot = leaf_triple_slot(triple);
	for (; i && leaf_triple_slot(triples->triples[i - 1]) > slot; --i) {
		triples->texts[i] = triples->texts[i - 1];
		triples->triples[i] = triples->triples[i - 1];
	}
	triples->texts[i] = text;
	triples->triples[i] = triple;
	for (++slot; slot <= LEAF_TRIPLE_SLOTS; ++slot)
		++triples->slots[slot];
}

void
leaf_triples_init(struct leaf_triples *triples, const struct leaf_text *texts, uint32_t count)
{
	uint32_t i;

	memset(triples, 0, sizeof *triples);
	for (i = 0; i < count; ++i)
		add_text(triples, texts[i]);
	fill_sets(triples);
}

/* Whether size bytes, up to eight, are those of a text. */
static inline int
same_word(const char *at, const uint8_t *text, uint32_t size)
{
	return word_lower(word_read(at, size)) == word_read(text, size);
}

int
leaf_text_fits(const struct leaf_text *text, const char *line, size_t size, size_t place)
{
	const char *at = line + place - text->at;
	uint32_t i;

	if (place < text->at || place - text->at + text->size > size)
		return 0;
	if (text->size < 8)
		return same_word(at, text->data, text->size);
	for (i = 0; i + 8 < text->size; i += 8)
		if (!same_word(at + i, text->data + i, 8))
			return 0;
	return same_word(at + text->size - 8, text->data + text->size - 8, 8);
}
