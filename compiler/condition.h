/*
 * condition.h - the tokens of a condition. Used by condition.c alone; condition.re makes them.
 */
#ifndef CONDITION_H
#define CONDITION_H

#include <stddef.h>

enum token_type {
	TOKEN_END, TOKEN_AND, TOKEN_OR, TOKEN_NOT, TOKEN_OF, TOKEN_ANY, TOKEN_ALL, TOKEN_THEM, TOKEN_NUMBER, TOKEN_NAME,
	TOKEN_OPEN, TOKEN_CLOSE, TOKEN_BAD,
};

struct token {
	enum token_type type;
	const char *start;
	size_t size;
};

/* The token at or after at, as far as end. A NUL or a "|" stands at end. */
struct token condition_token(const char *at, const char *end);
#endif
