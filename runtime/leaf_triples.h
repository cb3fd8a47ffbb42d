/*
 * leaf_pairs.h - a few texts found by pairs of bytes: each text has one of at most eight pairs, and 32 places of a line
 * are compared with all of them at once. Where the processor cannot do that, leaf_filter.c looks in another way.
 */
#ifndef LEAF_PAIRS_H
#define LEAF_PAIRS_H

#include <stddef.h>
#include <stdint.h>

enum { LEAF_PAIRS = 8, LEAF_PAIRS_TEXTS = 64 };

struct leaf_text { /* ASCII letters in lower case */
	const uint8_t *data;
	uint32_t size;
	uint32_t at; /* where its pair is */
};

struct leaf_pairs {
	uint8_t low[2][16], high[2][16]; /* by half of the pair's first and second byte: a bit for each pair that fits */
	struct leaf_text texts[LEAF_PAIRS_TEXTS];
	uint32_t ends[LEAF_PAIRS]; /* of the texts of each pair, one pair's behind the other's */
	uint32_t count;            /* of pairs; 0: this search is not for these texts */
};

/* texts have two bytes or more. Leaves count 0 where they are too many or too different. */
void leaf_pairs_init(struct leaf_pairs *pairs, const struct leaf_text *texts, uint32_t count);
/* Whether the text is in the line with its pair at place, letters in either case. */
int leaf_text_fits(const struct leaf_text *text, const char *line, size_t size, size_t place);
/* Whether the line has one of the texts. Only where leaf_pairs_work(). */
int leaf_pairs_find(const struct leaf_pairs *pairs, const char *line, size_t size);
int leaf_pairs_work(void);
#endif
