/*
 * rarity.h - how seldom lines of logs have a byte, for what looks for the seldom ones first.
 */
#ifndef RARITY_H
#define RARITY_H

#include <stdint.h>

enum { RARITY_MOST = 5 };

/* From 0 to RARITY_MOST: letters, in either case, as in English and paths, digits as in numbers. */
static inline uint32_t
byte_rarity(uint8_t byte)
{
#define LETTER(small, usual) [small] = usual, [small - 0x20] = usual
	static const uint8_t usual[256] = {
		LETTER('e', 5), LETTER('t', 5), LETTER('a', 5), LETTER('o', 5), LETTER('i', 5), LETTER('n', 5), LETTER('r', 5),
		LETTER('s', 5), LETTER('d', 4), LETTER('l', 4), LETTER('c', 4), LETTER('u', 4), LETTER('b', 3), LETTER('f', 3),
		LETTER('g', 3), LETTER('h', 3), LETTER('m', 3), LETTER('p', 3), LETTER('k', 2), LETTER('v', 2), LETTER('w', 2),
		LETTER('y', 2), LETTER('j', 1), LETTER('q', 1), LETTER('x', 1), LETTER('z', 1),
		['0'] = 4, ['1'] = 4, ['2'] = 4, ['3'] = 4, ['4'] = 4, ['5'] = 4, ['6'] = 4, ['7'] = 4, ['8'] = 4, ['9'] = 4,
		[' '] = 4, ['.'] = 4, ['-'] = 4, ['/'] = 4, ['_'] = 4,
	};
#undef LETTER

	return (uint32_t)(RARITY_MOST - usual[byte]);
}
#endif
