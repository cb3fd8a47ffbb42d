/*
 * plain_parts.h - what the files of the plain reader share: values, conditions, expressions. Include diag.h, ir.h,
 * node.h, pack.h, pool.h, tree.h and points.h first.
 */
#ifndef PLAIN_PARTS_H
#define PLAIN_PARTS_H

#include <stdint.h>

enum { PLAIN_RUN = 0x200000, PLAIN_ONE, PLAIN_DASH, PLAIN_END }; /* marks among code points */
enum { PLAIN_NOWHERE = 0xffffffff };

struct spelling { /* code points and marks, or after an encoding bytes and marks */
	uint32_t *at;
	uint32_t count;
	int is_bytes;
};

enum plain_compare { PLAIN_TEXT, PLAIN_NULL, PLAIN_REGEX, PLAIN_NET, PLAIN_LT, PLAIN_LTE, PLAIN_GT, PLAIN_GTE,
	PLAIN_SAME,
	PLAIN_EXISTS, PLAIN_FIELD };

struct plain_value {
	enum plain_compare compare;
	struct spelling *spellings; /* PLAIN_TEXT: any of them is the whole text */
	uint32_t count;
	const char *text;           /* of the others, as written */
	uint32_t slot;              /* PLAIN_FIELD */
};

struct plain_item {
	struct bytes field; /* size 0: keywords */
	uint32_t slot;      /* PLAIN_NOWHERE: no field of the pack */
	int all, negated, cased, open_start, open_end, regex_i, regex_m, regex_s;
	const char *part;   /* of a time; NULL */
	struct plain_value *values;
	uint32_t count;
};

/* plain_value.c: an item from its key and what stands there. */
struct plain_item plain_item(struct pool *pool, struct bytes key, const struct node *values);

/* plain_regex.c: is pattern somewhere in text? */
int plain_regex(struct pool *pool, const char *pattern, struct points text, int i, int m, int s);

/* plain_condition.c: asks for each name of the detection whether it holds. */
struct plain_names {
	const struct bytes *names;
	const int *truths;
	uint32_t count;
};

int plain_condition(const char *condition, const struct plain_names *names);
#endif
