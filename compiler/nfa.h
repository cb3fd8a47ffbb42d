/*
 * nfa.h - a pattern as a position automaton over bytes: every position takes one symbol out of a set.
 *
 * Input is clean text (fold.h), then NFA_END. Assertions are gone: positions are split by what kind of character they
 * take, so that ^ $ \b are decided by which position follows which. Position 0 is the beginning and takes nothing.
 * A match is known as soon as a final position is reached; only NFA_END can decide what hangs on the end.
 */
#ifndef NFA_H
#define NFA_H

#include <stdint.h>

struct arena;
struct ir_value;
struct regex;

enum { NFA_END = 256, NFA_SYMBOLS = 257, NFA_POSITIONS_MAX = 8192 };

struct nfa_set {
	uint64_t bits[5]; /* over NFA_SYMBOLS */
};

struct nfa_position {
	struct nfa_set set;
	uint32_t *follow; /* ascending */
	uint32_t follow_count;
	int final;
};

struct nfa_graph {
	struct nfa_position *positions;
	uint32_t count;
	int uses_end; /* some match is known only at the end: unknown where the value was cut */
};

static inline int
nfa_set_has(const struct nfa_set *set, uint32_t symbol)
{
	return set->bits[symbol / 64] >> symbol % 64 & 1;
}

/* Of an unanchored search for regex. NULL: more than NFA_POSITIONS_MAX positions. */
const struct nfa_graph *nfa_from_regex(struct arena *arena, const struct regex *regex);

/* Of a whole value with wildcards (its pieces), folded or not. NULL as above. */
const struct nfa_graph *nfa_from_wildcard(struct arena *arena, const struct ir_value *value, int fold);
#endif
