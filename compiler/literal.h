/*
 * literal.h - texts one of which must be in a value for a pattern to fit.
 */
#ifndef LITERAL_H
#define LITERAL_H

#include <stdint.h>

struct arena;
struct ir_predicate;
struct ir_text;
struct ir_value;

enum { LITERALS_MAX = 12 };

struct literals {
	struct ir_text *texts; /* folded */
	uint32_t count;        /* 0: nothing must be there */
};

/* Strings one of which is part of every folded text that one value of the predicate fits: those that values have least. */
struct literals literals_required(struct arena *arena, const struct ir_predicate *predicate, const struct ir_value *value);
#endif
