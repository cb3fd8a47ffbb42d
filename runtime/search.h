/*
 * search.h - looks for one pattern in one value, as the compiled rules compare them; exact, and fast enough for alerts.
 * Include block.h first.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdint.h>

struct search_text {
	const char *data;
	uint32_t size;
};

enum { SEARCH_PLAIN_MAX = 4096, SEARCH_PAIRS = 4096, SEARCH_NO_PAIR = SEARCH_PAIRS };

struct search_plain { /* an ASCII value in small letters, and room for what is read behind it; all zero to begin with */
	struct search_text value; /* data NULL: of none yet */
	int fits;
	char bytes[SEARCH_PLAIN_MAX + BLOCK_SIZE];
	int has_pairs;               /* the next two are the value's */
	uint8_t round;               /* another one for each value */
	uint8_t pairs[SEARCH_PAIRS + 1]; /* by two bytes of a text: the round of the last value that had them */
};

/* The text with small letters goes to out, with up to 7 bytes behind it. 0: not all of it is ASCII. */
int search_lower(char *out, struct search_text text);
/* Makes it of the value, unless it is: that goes by where the value lies. 0: the value is longer or not ASCII. */
int search_plain_make(struct search_plain *plain, struct search_text value);
/* Makes the value's pairs, unless that is done: worth it for many patterns. The value fits. */
void search_plain_note_pairs(struct search_plain *plain);
/* The most seldom pair of bytes side by side that a pattern has both as it is written and as its escapes mean it;
 * SEARCH_NO_PAIR: it has none. */
uint32_t search_pair(struct search_text pattern);

/* 1: the value, whose pairs are made, has a pattern with the pair nowhere; 0: it may have it. */
static inline int
search_plain_lacks_pair(const struct search_plain *plain, uint32_t pair)
{
	return plain->pairs[pair] != plain->round;
}

/* The same by all pairs of the pattern. */
int search_plain_lacks(const struct search_plain *plain, struct search_text pattern);
/* Where pattern stands in value as op (PACK_EQUALS to PACK_CONTAINS, PACK_SUBDOMAIN) asks, or -1. plain: made of value;
 * NULL: it could not be, or not worth it. */
int64_t search_pattern(const struct search_plain *plain, struct search_text value, struct search_text pattern,
                       uint32_t op, int cased);
/* 1 if all of value fits the pattern with wildcards; escapes: a backslash before one makes it a plain character. */
int search_wildcards(struct search_text value, struct search_text pattern, int escapes, int cased);
/* 1 if value is an address in the network, which may be a single address. */
int search_network(struct search_text value, struct search_text network);
#endif
