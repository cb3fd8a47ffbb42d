/*
 * fold.h - UTF-8 and Unicode simple case folding, the same for the compiler, the image and the runtime.
 *
 * Text from the world may hold bytes that are not UTF-8. Clean text does not: each such byte b became the code unit
 * FOLD_BYTE + b - 0x80, written as two bytes that UTF-8 never uses. Lone surrogates in three bytes (as Windows text
 * has them) count as code points. Everything here is inline and constant: the image may not hold a relocation.
 */
#ifndef FOLD_H
#define FOLD_H

#include <stdint.h>

#include "casefold.h"

enum { FOLD_BYTE = 0x110000 };

/* Bytes that clean or folded text of size bytes may take. */
#define FOLD_ROOM(size) (2 * (size))

static inline uint32_t
fold_point(uint32_t point)
{
	return point < CASEFOLD_END ? point + casefold_delta[casefold_page[point / 64]][point % 64] : point;
}

/* Reads one code point from text of size > 0; returns its bytes. A byte that is not UTF-8 is FOLD_BYTE + b - 0x80. */
static inline uint32_t
utf8_read(const uint8_t *text, uint64_t size, uint32_t *point)
{
	uint32_t lead = text[0], need = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, value, least;

	*point = lead;
	if (lead < 0x80)
		return 1;
	*point = FOLD_BYTE + lead - 0x80;
	if (lead < 0xc2 || lead > 0xf4 || size < need)
		return 1;
	value = lead & (0x7f >> need);
	for (uint32_t i = 1; i < need; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (text[i] & 0x3f);
	}
	least = need == 2 ? 0x80 : need == 3 ? 0x800 : 0x10000;
	if (value < least || value > 0x10ffff)
		return 1;
	*point = value;
	return need;
}

/* Writes a code point as clean text has it; returns its bytes, at most 4. */
static inline uint32_t
utf8_write(uint8_t *out, uint32_t point)
{
	if (point < 0x80) {
		out[0] = point;
		return 1;
	}
	if (point >= FOLD_BYTE) {
		out[0] = 0xf8 | (point >> 6 & 1);
		out[1] = 0x80 | (point & 0x3f);
		return 2;
	}
	if (point < 0x800) {
		out[0] = 0xc0 | point >> 6;
		out[1] = 0x80 | (point & 0x3f);
		return 2;
	}
	if (point < 0x10000) {
		out[0] = 0xe0 | point >> 12;
		out[1] = 0x80 | (point >> 6 & 0x3f);
		out[2] = 0x80 | (point & 0x3f);
		return 3;
	}
	out[0] = 0xf0 | point >> 18;
	out[1] = 0x80 | (point >> 12 & 0x3f);
	out[2] = 0x80 | (point >> 6 & 0x3f);
	out[3] = 0x80 | (point & 0x3f);
	return 4;
}

/* Clean text of any text; folded too if fold. out has FOLD_ROOM(size) bytes. Returns the bytes written. */
static inline uint64_t
fold_text(uint8_t *out, const uint8_t *text, uint64_t size, int fold)
{
	uint64_t used = 0;
	uint32_t point;

	for (uint64_t i = 0; i < size;) {
		i += utf8_read(text + i, size - i, &point);
		used += utf8_write(out + used, fold ? fold_point(point) : point);
	}
	return used;
}
#endif
