/*
 * texts.h - texts made from what predicates ask for, and near misses of them. Include ir.h and pool.h first.
 */
#ifndef TEXTS_H
#define TEXTS_H

#include <stdint.h>

struct regex;

enum { TEXT_ROOM = 4096 };

struct text { /* being made; what does not fit is left out */
	char data[TEXT_ROOM];
	uint32_t size;
};

void text_add(struct text *text, const void *data, uint32_t size);
void text_add_string(struct text *text, const char *string);
void text_add_junk(struct dice *dice, struct text *text);

/* A text that the value fits, more often than not. regex: of a PACK_REGEX value. */
void text_add_value(struct dice *dice, struct text *text, const struct ir_predicate *predicate,
                    const struct ir_value *value, const struct regex *regex);

/* Letters become others of the same folding: means the same unless compared with cased. */
void text_fold(struct dice *dice, struct text *text);
/* A letter more or less, another byte, a cut. */
void text_change(struct dice *dice, struct text *text);
/* A time of some form. */
void text_set_time(struct dice *dice, struct text *text);
#endif
