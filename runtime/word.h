/*
 * word.h - a few bytes of text as one number, the first its lowest.
 */
#ifndef WORD_H
#define WORD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Up to eight bytes; zeros behind them. Reads no others. */
static inline uint64_t
word_read(const void *text, size_t size)
{
	const uint8_t *at = text;
	uint64_t word = 0;
	uint32_t first, last;

	if (size >= 8) {
		memcpy(&word, at, 8);
		return word;
	}
	if (size >= 4) {
		memcpy(&first, at, 4);
		memcpy(&last, at + size - 4, 4);
		return first | (uint64_t)last << 8 * (size - 4);
	}
	if (size)
		word = at[0] | (uint64_t)at[size / 2] << 8 * (size / 2) | (uint64_t)at[size - 1] << 8 * (size - 1);
	return word;
}

/* With ASCII letters in lower case; other bytes stay as they are. */
static inline uint64_t
word_lower(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101, low = word & ones * 0x7f;

	return word | ((low + ones * (0x80 - 'A')) & ~(low + ones * (0x80 - 'Z' - 1)) & ~word & ones * 0x80) >> 2;
}
#endif
