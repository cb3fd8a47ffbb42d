/*
 * packrt_fold.h - folding of texts, many bytes at once while they are ASCII (fold.h is the rest). Part of the image.
 */
#ifndef PACKRT_FOLD_H
#define PACKRT_FOLD_H

#include "fold.h"
#include "packrt.h"

/* Sixteen bytes at once in whatever registers the machine has for that; the scalar twin must give the same bytes. */
typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));
typedef int8_t signed16 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));
typedef uint64_t word_raw __attribute__((aligned(1), may_alias));
typedef uint32_t half_raw __attribute__((aligned(1), may_alias));

static const uint64_t bytes_high = UINT64_C(0x8080808080808080);

/* The top bit of each of eight bytes. */
static inline uint32_t
word_tops(uint64_t word)
{
	return ((word & bytes_high) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* The same of sixteen. */
static inline uint32_t
bytes_tops(bytes16 bytes)
{
#ifdef __SSE2__
	typedef char chars16 __attribute__((vector_size(16)));

	return __builtin_ia32_pmovmskb128((chars16)bytes);
#else
	return word_tops(((words2)bytes)[0]) | word_tops(((words2)bytes)[1]) << 8;
#endif
}

/* Sixteen bytes folded as if all were ASCII. */
static inline bytes16
fold_bytes(bytes16 in)
{
	bytes16 letter = (bytes16)((signed16)((uint8_t)('A' + 127) - in) > (int8_t)(127 - 26)); /* they alone come so near to 127 */

	return in | (letter & (uint8_t)0x20);
}

/* Folds a block of them; returns them as they came. */
static inline words2
fold_block(uint8_t *out, const uint8_t *text)
{
	bytes16 in = *(const bytes16 *)text;

	*(bytes16 *)out = fold_bytes(in);
	return (words2)in;
}

/* ASCII until size or the first byte that is none; returns how many bytes that is. */
static inline uint64_t
fold_ascii_scalar(uint8_t *out, const uint8_t *text, uint64_t size)
{
	uint64_t i;

	for (i = 0; i < size && text[i] < 0x80; i++)
		out[i] = text[i] + ((uint8_t)(text[i] - 'A') < 26) * 0x20;
	return i;
}

/* Folds a text if all its bytes are ASCII; otherwise returns 0, and out may hold anything. */
PACKRT_INLINE int
fold_plain(uint8_t *out, const uint8_t *text, uint64_t size)
{
	words2 all, folded;

	if (size >= 16) {
		all = *(const words2_raw *)(text + size - 16);
		for (uint64_t i = 0; i + 16 < size; i += 16)
			all |= fold_block(out + i, text + i);
		fold_block(out + size - 16, text + size - 16);
	} else if (size >= 8) {
		all = (words2){ *(const word_raw *)text, *(const word_raw *)(text + size - 8) };
		folded = (words2)fold_bytes((bytes16)all);
		*(word_raw *)out = folded[0];
		*(word_raw *)(out + size - 8) = folded[1];
	} else if (size >= 4) {
		all = (words2){ *(const half_raw *)text, *(const half_raw *)(text + size - 4) };
		folded = (words2)fold_bytes((bytes16)all);
		*(half_raw *)out = folded[0];
		*(half_raw *)(out + size - 4) = folded[1];
	} else {
		return fold_ascii_scalar(out, text, size) == size;
	}
	return !((all[0] | all[1]) & bytes_high);
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

/* fold_text(), fast where there is ASCII. */
static __attribute__((noinline)) uint64_t
fold_mixed(uint8_t *out, const uint8_t *text, uint64_t size)
{
	uint64_t i = 0, used = 0, step;
	uint32_t point;

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

/* The same, faster where there is nothing else. *plain: so it is. */
PACKRT_INLINE uint64_t
fold_fast(uint8_t *out, const uint8_t *text, uint64_t size, uint32_t *plain)
{
	*plain = fold_plain(out, text, size);
	return *plain ? size : fold_mixed(out, text, size);
}
#endif
