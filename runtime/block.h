/*
 * block.h - 64 bytes at a time, and which of them are what, as a bit each: SSE2, NEON, or plain C.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <stdint.h>
#include <string.h>

enum { BLOCK_SIZE = 64 };

#if defined(__SSE2__) && !defined(BLOCK_SCALAR)
#include <emmintrin.h>

struct block {
	__m128i part[4];
};

static inline struct block
block_read(const char *at)
{
	const __m128i *from = (const __m128i *)at;

	return (struct block){ { _mm_loadu_si128(from), _mm_loadu_si128(from + 1), _mm_loadu_si128(from + 2),
		_mm_loadu_si128(from + 3) } };
}

static inline uint64_t
block_part_equal(__m128i part, __m128i byte)
{
	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(part, byte));
}

/* Where the block has byte c. */
static inline uint64_t
block_equal(const struct block *block, char c)
{
	const __m128i byte = _mm_set1_epi8(c);

	return block_part_equal(block->part[0], byte) | block_part_equal(block->part[1], byte) << 16 |
	       block_part_equal(block->part[2], byte) << 32 | block_part_equal(block->part[3], byte) << 48;
}

/* The least bytes that any of some blocks have, sixteen places of each taken together. */
struct block_least {
	__m128i bytes;
};

static inline struct block_least
block_least_start(void)
{
	return (struct block_least){ _mm_set1_epi8((char)0xff) };
}

static inline void
block_least_add(struct block_least *least, const struct block *block)
{
	__m128i a = _mm_min_epu8(block->part[0], block->part[1]), b = _mm_min_epu8(block->part[2], block->part[3]);

	least->bytes = _mm_min_epu8(least->bytes, _mm_min_epu8(a, b));
}

static inline int
block_least_below(const struct block_least *least, uint8_t c)
{
	__m128i limit = _mm_set1_epi8((char)c);

	return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(least->bytes, limit), least->bytes)) != 0xffff;
}

#elif defined(__ARM_NEON) && defined(__aarch64__) && !defined(BLOCK_SCALAR)
#include <arm_neon.h>

struct block {
	uint8x16_t part[4];
};

static inline struct block
block_read(const char *at)
{
	const uint8_t *from = (const uint8_t *)at;

	return (struct block){ { vld1q_u8(from), vld1q_u8(from + 16), vld1q_u8(from + 32), vld1q_u8(from + 48) } };
}

static inline uint64_t
block_equal(const struct block *block, char c)
{
	static const uint8_t bit[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
	const uint8x16_t byte = vdupq_n_u8((uint8_t)c), bits = vld1q_u8(bit);
	uint8x16_t a = vandq_u8(vceqq_u8(block->part[0], byte), bits), b = vandq_u8(vceqq_u8(block->part[1], byte), bits);
	uint8x16_t d = vandq_u8(vceqq_u8(block->part[2], byte), bits), e = vandq_u8(vceqq_u8(block->part[3], byte), bits);
	uint8x16_t sums = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(d, e));

	return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
}

struct block_least {
	uint8x16_t bytes;
};

static inline struct block_least
block_least_start(void)
{
	return (struct block_least){ vdupq_n_u8(0xff) };
}

static inline void
block_least_add(struct block_least *least, const struct block *block)
{
	uint8x16_t a = vminq_u8(block->part[0], block->part[1]), b = vminq_u8(block->part[2], block->part[3]);

	least->bytes = vminq_u8(least->bytes, vminq_u8(a, b));
}

static inline int
block_least_below(const struct block_least *least, uint8_t c)
{
	return vminvq_u8(least->bytes) < c;
}

#else

struct block {
	uint8_t bytes[BLOCK_SIZE];
};

static inline struct block
block_read(const char *at)
{
	struct block block;

	memcpy(block.bytes, at, sizeof block.bytes);
	return block;
}

static inline uint64_t
block_equal(const struct block *block, char c)
{
	uint64_t bits = 0;
	int i;

	for (i = 0; i < BLOCK_SIZE; ++i)
		bits |= (uint64_t)(block->bytes[i] == (uint8_t)c) << i;
	return bits;
}

struct block_least {
	uint8_t byte;
};

static inline struct block_least
block_least_start(void)
{
	return (struct block_least){ 0xff };
}

static inline void
block_least_add(struct block_least *least, const struct block *block)
{
	int i;

	for (i = 0; i < BLOCK_SIZE; ++i)
		least->byte = block->bytes[i] < least->byte ? block->bytes[i] : least->byte;
}

static inline int
block_least_below(const struct block_least *least, uint8_t c)
{
	return least->byte < c;
}
#endif
#endif
