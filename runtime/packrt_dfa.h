/*
 * packrt_dfa.h - the automaton of many states: compilers take long over it as code, which is no faster. Part of the
 * image.
 */
#ifndef PACKRT_DFA_H
#define PACKRT_DFA_H

#include "packrt.h"

int
dfa_run(const struct dfa_table *dfa, struct text text, uint32_t stop)
{
	const uint8_t *class_of = (const uint8_t *)dfa + dfa->classes, *p = text.data, *end = p + text.size;
	const uint16_t *rows = (const uint16_t *)((const uint8_t *)dfa + dfa->rows);
	uint32_t row = 0;

	for (;;) {
		/* While nothing of a match has been seen, no byte waits for the one before it. */
		while (!row && p != end && !rows[class_of[*p]])
			p++;
		if (p == end)
			return stop == STOP_END && rows[row + class_of[STOP_END]] == ROW_FOUND;
		row = rows[row + class_of[*p++]];
		if (row >= ROW_LOST)
			return row == ROW_FOUND;
	}
}
#endif
