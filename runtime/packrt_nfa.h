/*
 * packrt_nfa.h - the bit-parallel automaton for patterns whose DFA would be too large. Part of the image.
 */
#ifndef PACKRT_NFA_H
#define PACKRT_NFA_H

#include "packrt.h"

/* next = followers of the active positions that take the symbol; returns whether one of them is final. */
static int
nfa_step(const struct nfa *nfa, const uint64_t *active, uint64_t *next, uint32_t symbol)
{
	const uint8_t *head = (const uint8_t *)nfa;
	const uint32_t *follows = (const uint32_t *)(head + nfa->follows);
	const uint16_t *list = (const uint16_t *)(head + nfa->list);
	const uint64_t *final = (const uint64_t *)(head + nfa->final), *mask;
	uint64_t accepted = 0;

	mask = (const uint64_t *)(head + nfa->masks) + (uint64_t)head[nfa->classes + symbol] * nfa->words;
	for (uint32_t i = 0; i < nfa->words; i++)
		next[i] = 0;
	for (uint32_t i = 0; i < nfa->words; i++) {
		for (uint64_t left = active[i]; left; left &= left - 1) {
			uint32_t position = i * 64 + __builtin_ctzll(left);

			for (uint32_t k = follows[position]; k < follows[position + 1]; k++)
				bit_set(next, list[k]);
		}
	}
	for (uint32_t i = 0; i < nfa->words; i++) {
		next[i] &= mask[i];
		accepted |= next[i] & final[i];
	}
	return accepted != 0;
}

int
nfa_run(const struct nfa *nfa, struct text text, uint32_t stop)
{
	const uint8_t *head = (const uint8_t *)nfa;
	const uint64_t *start = (const uint64_t *)(head + nfa->start);
	uint64_t sets[2][NFA_WORDS_MAX];
	uint32_t turn = 0;

	for (uint32_t i = 0; i < nfa->words; i++)
		sets[0][i] = start[i];
	for (uint64_t i = 0; i < text.size; i++, turn ^= 1)
		if (nfa_step(nfa, sets[turn], sets[turn ^ 1], text.data[i]))
			return 1;
	return stop == STOP_END && nfa_step(nfa, sets[turn], sets[turn ^ 1], STOP_END);
}
#endif
