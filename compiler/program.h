/*
 * program.h - a regular expression as a program over bytes: sets, splits, assertions. What nfa.c walks.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdint.h>

struct arena;
struct regex;

enum { PROGRAM_MAX = 30000, PROGRAM_NONE = 0xffffffff };

enum op_type { OP_MATCH, OP_SET, OP_SPLIT, OP_ASSERT };

struct op {
	enum op_type type;
	uint32_t next, other; /* other: OP_SPLIT */
	uint32_t assertion;   /* OP_ASSERT: enum regex_type */
	uint64_t bytes[4];    /* OP_SET */
};

struct program {
	struct op *ops; /* op 0 is OP_MATCH */
	uint32_t count, start;
	int too_large;  /* more than PROGRAM_MAX ops: not usable */
	int has_lines;  /* newlines matter to an assertion */
	int has_words;  /* \b or \B */
};

/* search: any bytes may come before. */
void program_build(struct program *program, struct arena *arena, const struct regex *regex, int search);
#endif
