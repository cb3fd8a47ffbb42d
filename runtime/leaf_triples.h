/*
 * leaf_triples.h - a few texts found by three bytes of each: 32 places of a line are compared at once with what the
 * triples of eight sets have. Where the processor cannot do that, leaf_filter.c looks in another way.
 */
#ifndef LEAF_TRIPLES_H
#define LEAF_TRIPLES_H

#include <stddef.h>
#include <stdint.h>

enum { LEAF_TRIPLE = 3, LEAF_TRIPLE_SETS = 8, LEAF_TRIPLES_TEXTS = 64, LEAF_TRIPLE_SLOTS = 128 };

struct leaf_text { /* ASCII letters in lower case */
	const uint8_t *data;
	uint32_t size;
	uint32_t at;   /* where its triple or window is */
	uint32_t list; /* that it is of */
};

struct leaf_triples {
	uint8_t low[LEAF_TRIPLE][16], high[LEAF_TRIPLE][16]; /* by half of each byte: a bit for each set that has it */
	struct leaf_text texts[LEAF_TRIPLES_TEXTS];
	uint32_t triples[LEAF_TRIPLES_TEXTS];   /* of each text, as leaf_triple_read() has it */
	uint8_t slots[LEAF_TRIPLE_SLOTS + 1];   /* by leaf_triple_slot(): the first of the texts, which are in that order */
	uint32_t count;                         /* of texts */
};

/* Three bytes of text, letters in lower case (some others are changed, too). */
static inline uint32_t
leaf_triple_read(const void *text)
{
	const uint8_t *at = text;

	return (at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16) | 0x202020;
}

static inline uint32_t
leaf_triple_slot(uint32_t triple)
{
	return triple * 0x9e3779b1u >> 25;
}

/* texts have LEAF_TRIPLE bytes or more; count: at most LEAF_TRIPLES_TEXTS. */
void leaf_triples_init(struct leaf_triples *triples, const struct leaf_text *texts, uint32_t count);
/* Whether the line has one of the texts, letters in either case. With lists a bit is set for each list that a text there
 * is of, and 0 is returned. Only where leaf_triples_work(). */
int leaf_triples_find(const struct leaf_triples *triples, const char *line, size_t size, uint64_t *lists);
int leaf_triples_work(void);
/* Whether the text is in the line with its triple or window at place, letters in either case. */
int leaf_text_fits(const struct leaf_text *text, const char *line, size_t size, size_t place);
#endif
