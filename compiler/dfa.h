/*
 * dfa.h - subset construction with a cap, and the smallest automaton that does the same.
 */
#ifndef DFA_H
#define DFA_H

#include <stdint.h>

struct arena;
struct nfa_graph;

enum { DFA_DEAD = 0xffffffff }; /* no way to a match any more */

struct dfa_state {
	uint32_t *next; /* by class: state or DFA_DEAD */
	int final;      /* matched; next is not looked at */
};

struct dfa {
	struct dfa_state *states; /* the first one is where it begins */
	uint32_t count;
	uint32_t class_count;
	uint16_t class_of[257]; /* by symbol (nfa.h) */
};

/* NULL: more than cap states. */
const struct dfa *dfa_build(struct arena *arena, const struct nfa_graph *graph, uint32_t cap);
#endif
