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

static inline int
nfa_is(const struct nfa *nfa, const uint64_t *active, const uint64_t *other)
{
	for (uint32_t i = 0; i < nfa->words; i++)
		if (active[i] != other[i])
			return 0;
	return 1;
}

int
nfa_run(const struct nfa *nfa, struct text text, uint32_t stop)
{
	const uint8_t *head = (const uint8_t *)nfa;
	const uint64_t *start = (const uint64_t *)(head + nfa->start);
	const uint64_t *idle = (const uint64_t *)(head + nfa->idle), *quiet = (const uint64_t *)(head + nfa->quiet);
	uint64_t sets[2][NFA_WORDS_MAX];
	uint32_t turn = 0;

	for (uint32_t i = 0; i < nfa->words; i++)
		sets[0][i] = start[i];
	for (uint64_t i = 0; i < text.size; i++, turn ^= 1) {
		if (bit_test(quiet, text.data[i]) && nfa_is(nfa, sets[turn], idle)) {
			while (i < text.size && bit_test(quiet, text.data[i]))
				i++;
			if (i == text.size)
				break;
		}
		if (nfa_step(nfa, sets[turn], sets[turn ^ 1], text.data[i]))
			return 1;
	}
	return stop == STOP_END && nfa_step(nfa, sets[turn], sets[turn ^ 1], STOP_END);
}
#endif
