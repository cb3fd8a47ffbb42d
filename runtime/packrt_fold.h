/*
 * packrt_fold.h - folding of texts, many bytes at once while they are ASCII (fold.h is the rest). Part of the image.
 */
#ifndef PACKRT_FOLD_H
#define PACKRT_FOLD_H

#include "fold.h"
#include "packrt.h"

/* Sixteen bytes at once in whatever registers the machine has for that; the scalar twin must give the same bytes. */
typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t words2 __attribute__((vector_size(16)));
typedef uint64_t word_raw __attribute__((aligned(1), may_alias));
typedef uint32_t half_raw __attribute__((aligned(1), may_alias));

static const uint64_t bytes_ones = UINT64_C(0x0101010101010101), bytes_high = UINT64_C(0x8080808080808080);

/* Folds 16 bytes as if all were ASCII; returns them as they came. */
static inline words2
fold_block(uint8_t *out, const uint8_t *text)
{
	bytes16 in = *(const bytes16 *)text;
	bytes16 letter = (bytes16)((uint8_t)26 > (bytes16)(in - (uint8_t)'A'));

	*(bytes16 *)out = in | (letter & (uint8_t)0x20);
	return (words2)in;
}

/* The same of eight. */
static inline uint64_t
fold_word(uint64_t in)
{
	uint64_t letter = (in + bytes_ones * (0x80 - 'A')) & ~(in + bytes_ones * (0x7f - 'Z')) & bytes_high;

	return in | letter >> 2;
}

/* Folds a text if all its bytes are ASCII; otherwise returns 0, and out may hold anything. */
static inline int
fold_plain(uint8_t *out, const uint8_t *text, uint64_t size)
{
	uint64_t a = 0, b = 0;
	words2 all;

	if (size >= 16) {
		all = *(const words2_raw *)(text + size - 16);
		for (uint64_t i = 0; i + 16 < size; i += 16)
			all |= fold_block(out + i, text + i);
		fold_block(out + size - 16, text + size - 16);
		return !((all[0] | all[1]) & bytes_high);
	}
	if (size >= 8) {
		a = *(const word_raw *)text;
		b = *(const word_raw *)(text + size - 8);
		*(word_raw *)out = fold_word(a);
		*(word_raw *)(out + size - 8) = fold_word(b);
	} else if (size >= 4) {
		a = *(const half_raw *)text;
		b = *(const half_raw *)(text + size - 4);
		*(half_raw *)out = fold_word(a);
		*(half_raw *)(out + size - 4) = fold_word(b);
	} else {
		for (uint64_t i = 0; i < size; i++) {
			a |= text[i];
			out[i] = fold_word(text[i]);
		}
	}
	return !((a | b) & bytes_high);
}

/* Folds 16 bytes if all are ASCII. */
static inline int
fold_ascii_block(uint8_t *out, const uint8_t *text)
{
	words2 in = fold_block(out, text);

	return !((in[0] | in[1]) & bytes_high);
}

/* Folds leading ASCII in steps of 16, the last of which may go over bytes once more; returns how many bytes that took. */
static inline uint64_t
fold_ascii_vector(uint8_t *out, const uint8_t *text, uint64_t size)
{
	uint64_t i;

	for (i = 0; i + 16 <= size; i += 16)
		if (!fold_ascii_block(out + i, text + i))
			return i;
	return i < size && i && fold_ascii_block(out + size - 16, text + size - 16) ? size : i;
}

/* Folds ASCII until size or the first byte that is none. */
static inline uint64_t
fold_ascii_scalar(uint8_t *out, const uint8_t *text, uint64_t size)
{
	uint64_t i;

	for (i = 0; i < size && text[i] < 0x80; i++)
		out[i] = text[i] + ((uint8_t)(text[i] - 'A') < 26) * 0x20;
	return i;
}

/* fold_text() with its fast paths. *plain: there were ASCII bytes only. */
static inline uint64_t
fold_fast(uint8_t *out, const uint8_t *text, uint64_t size, uint32_t *plain)
{
	uint64_t i = 0, used = 0, step;
	uint32_t point;

	*plain = fold_plain(out, text, size);
	if (*plain)
		return size;
	while (i < size) {
		step = fold_ascii_vector(out + used, text + i, size - i);
		step += fold_ascii_scalar(out + used + step, text + i + step, size - i - step);
		i += step;
		used += step;
		if (i == size)
			break;
		do {
			i += utf8_read(text + i, size - i, &point);
			used += utf8_write(out + used, fold_point(point));
		} while (i < size && text[i] >= 0x80);
	}
	return used;
}
#endif
