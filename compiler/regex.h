/*
 * regex.h - the common subset of PCRE and RE2 syntax, parsed to a tree over code points.
 *
 * Known: literals, escapes (\d \w \s \b \A \z \Z \x{..} \Q..\E and the like), classes with POSIX names, groups with
 * or without names, inline flags (?ims), alternation, greedy, lazy and possessive-free bounded repeats, ^ $ . with the
 * meanings that flags i m s give them. A backreference, a lookaround, an atomic group, a possessive quantifier and
 * \p{..} are errors that name the construct.
 */
#ifndef REGEX_H
#define REGEX_H

#include <stddef.h>
#include <stdint.h>

struct arena;

enum { REGEX_REPEAT_MAX = 1000, REGEX_DEPTH_MAX = 200, REGEX_NO_LIMIT = 0xffffffff };

struct regex_error {
	uint32_t offset; /* byte of the pattern where the trouble begins */
	int unsupported; /* 1: the construct is known, but no DFA has it */
	char text[160];  /* one line, without a full stop */
};

/* Code points, and invalid bytes b of the text as REGEX_BYTE + b - 0x80. */
enum { REGEX_BYTE = 0x110000, REGEX_LAST = 0x11007f };

struct regex_range {
	uint32_t first, last; /* both included */
};

enum regex_type {
	REGEX_EMPTY,
	REGEX_CLASS,      /* one code point of ranges */
	REGEX_CONCAT,
	REGEX_ALTERNATE,
	REGEX_REPEAT,     /* min to max times */
	REGEX_TEXT_START, /* ^ or \A */
	REGEX_TEXT_END,   /* \z */
	REGEX_LAST_LINE,  /* $ or \Z: the end, or before a newline that is the last character */
	REGEX_LINE_START, /* ^ under m */
	REGEX_LINE_END,   /* $ under m */
	REGEX_WORD,       /* \b */
	REGEX_NOT_WORD,   /* \B */
};

struct regex {
	enum regex_type type;
	uint32_t min, max;                /* REGEX_REPEAT; max REGEX_NO_LIMIT: any */
	const struct regex_range *ranges; /* REGEX_CLASS: ascending, disjoint; none: matches nothing */
	uint32_t range_count;
	const struct regex **children;
	uint32_t child_count;
};

/* Parses; flags are enum ir_regex_flag. NULL with *error filled. The tree lives in the arena. Under i, classes already
 * hold every code point with the same simple folding. */
const struct regex *regex_parse(struct arena *arena, const char *pattern, size_t size, unsigned flags,
                                struct regex_error *error);

/* 0, or -1 with *error filled: what a front end asks before it accepts a rule. */
int regex_check(const char *pattern, size_t size, unsigned flags, struct regex_error *error);
#endif
