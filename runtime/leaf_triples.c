/* leaf_pairs.c - chooses the pairs: seldom ones, each for as many texts as it can. */
#include <string.h>

#include "leaf_pairs.h"

/* How seldom lines of logs have a byte: letters as in English and paths, digits as in numbers. */
static uint32_t
byte_rarity(uint8_t byte)
{
	static const char *const rarer[] = { "etaoinrs", "dlcu0123456789 .-/_", "bfghmp", "kvwy", "jqxz" };
	uint32_t i;

	for (i = 0; i < sizeof rarer / sizeof *rarer; ++i)
		if (byte && strchr(rarer[i], byte))
			return i;
	return i;
}

static int
has_pair(const struct leaf_text *text, const uint8_t *pair, uint32_t *at)
{
	for (*at = 0; *at + 2 <= text->size; ++*at)
		if (!memcmp(text->data + *at, pair, 2))
			return 1;
	return 0;
}

/* Moves the texts that have the pair to the front, and says where they have it. Returns how many. */
static uint32_t
gather(struct leaf_text *texts, uint32_t count, const uint8_t *pair)
{
	uint32_t i, at, found = 0;

	for (i = 0; i < count; ++i) {
		struct leaf_text text = texts[i];

		if (!has_pair(&text, pair, &at))
			continue;
		text.at = at;
		texts[i] = texts[found];
		texts[found++] = text;
	}
	return found;
}

/* The pair of one of the texts that is the most seldom, then that most of them have. */
static const uint8_t *
choose_pair(const struct leaf_text *texts, uint32_t count)
{
	uint32_t i, j, at, place, worth, most = 0;
	const uint8_t *best = NULL;

	for (i = 0; i < count; ++i)
		for (at = 0; at + 2 <= texts[i].size; ++at) {
			const uint8_t *pair = texts[i].data + at;

			worth = (byte_rarity(pair[0]) + byte_rarity(pair[1])) * (LEAF_PAIRS_TEXTS + 1) + 1;
			if (worth + count <= most)
				continue;
			for (j = 0; j < count; ++j)
				worth += (uint32_t)has_pair(&texts[j], pair, &place);
			if (worth > most) {
				most = worth;
				best = pair;
			}
		}
	return best;
}

static void
add_byte(uint8_t low[16], uint8_t high[16], uint8_t byte, uint8_t bit)
{
	low[byte & 15] |= bit;
	high[byte >> 4] |= bit;
	if (byte >= 'a' && byte <= 'z')
		high[(byte ^ 0x20) >> 4] |= bit;
}

void
leaf_pairs_init(struct leaf_pairs *p, const struct leaf_text *texts, uint32_t count)
{
	uint32_t done = 0, pairs = 0, i;

	memset(p, 0, sizeof *p);
	if (count > LEAF_PAIRS_TEXTS)
		return;
	memcpy(p->texts, texts, count * sizeof *texts);
	for (; done < count && pairs < LEAF_PAIRS; ++pairs) {
		const uint8_t *pair = choose_pair(p->texts + done, count - done);

		for (i = 0; i < 2; ++i)
			add_byte(p->low[i], p->high[i], pair[i], (uint8_t)(1 << pairs));
		done += gather(p->texts + done, count - done, pair);
		p->ends[pairs] = done;
	}
	p->count = done == count ? pairs : 0;
}

/* Eight bytes with ASCII letters in lower case. */
static inline uint64_t
lower_word(const void *at)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t word, low;

	memcpy(&word, at, sizeof word);
	low = word & ones * 0x7f;
	return word | ((low + ones * (0x80 - 'A')) & ~(low + ones * (0x80 - 'Z' - 1)) & ~word & ones * 0x80) >> 2;
}

static int
same_few(const char *at, const struct leaf_text *text)
{
	uint32_t i;

	for (i = 0; i < text->size; ++i)
		if ((at[i] >= 'A' && at[i] <= 'Z' ? at[i] | 0x20 : at[i]) != (char)text->data[i])
			return 0;
	return 1;
}

static int
same_word(const char *at, const uint8_t *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof word);
	return lower_word(at) == word;
}

int
leaf_text_fits(const struct leaf_text *text, const char *line, size_t size, size_t place)
{
	const char *at = line + place - text->at;
	uint32_t i;

	if (place < text->at || size - (place - text->at) < text->size)
		return 0;
	if (text->size < 8)
		return same_few(at, text);
	for (i = 0; i + 8 < text->size; i += 8)
		if (!same_word(at + i, text->data + i))
			return 0;
	return same_word(at + text->size - 8, text->data + text->size - 8);
}
