/*
 * block.h - 64 bytes at a time, and which of them are what, as a bit each: SSE2, NEON, or plain C; AVX2 where a file asks
 * for it by BLOCK_AVX2, in functions that are BLOCK_TARGET.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <stdint.h>
#include <string.h>

enum { BLOCK_SIZE = 64 };

#ifdef BLOCK_AVX2
#include <immintrin.h>

#define BLOCK_TARGET __attribute__((target("avx2,popcnt")))

struct block {
	__m256i part[2];
};

BLOCK_TARGET static inline struct block
block_read(const char *at)
{
	const __m256i *from = (const __m256i *)at;

	return (struct block){ { _mm256_loadu_si256(from), _mm256_loadu_si256(from + 1) } };
}

/* Where the block has byte c. */
BLOCK_TARGET static inline uint64_t
block_equal(const struct block *block, char c)
{
	const __m256i byte = _mm256_set1_epi8(c);

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block->part[0], byte)) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block->part[1], byte)) << 32;
}

/* Where the block has bytes that are not ASCII. */
BLOCK_TARGET static inline uint64_t
block_high(const struct block *block)
{
	return (uint32_t)_mm256_movemask_epi8(block->part[0]) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(block->part[1]) << 32;
}

/* The least and the most bytes of some blocks. */
struct block_range {
	__m256i least, most;
};

BLOCK_TARGET static inline struct block_range
block_range_start(void)
{
	return (struct block_range){ _mm256_set1_epi8((char)0xff), _mm256_setzero_si256() };
}

BLOCK_TARGET static inline void
block_range_add(struct block_range *range, const struct block *block)
{
	range->least = _mm256_min_epu8(range->least, _mm256_min_epu8(block->part[0], block->part[1]));
	range->most = _mm256_max_epu8(range->most, _mm256_max_epu8(block->part[0], block->part[1]));
}

BLOCK_TARGET static inline int
block_range_below(const struct block_range *range, uint8_t c)
{
	__m256i limit = _mm256_set1_epi8((char)c);

	return _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(range->least, limit), range->least)) != -1;
}

BLOCK_TARGET static inline int
block_range_above(const struct block_range *range, uint8_t c)
{
	__m256i limit = _mm256_set1_epi8((char)c);

	return _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(range->most, limit), range->most)) != -1;
}

#elif defined(__SSE2__) && !defined(BLOCK_SCALAR)
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

/* Where the block has bytes that are not ASCII. */
static inline uint64_t
block_high(const struct block *block)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(block->part[0]) |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(block->part[1]) << 16 |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(block->part[2]) << 32 |
	       (uint64_t)(uint32_t)_mm_movemask_epi8(block->part[3]) << 48;
}

/* The least and the most bytes of some blocks. */
struct block_range {
	__m128i least, most;
};

static inline struct block_range
block_range_start(void)
{
	return (struct block_range){ _mm_set1_epi8((char)0xff), _mm_setzero_si128() };
}

static inline void
block_range_add(struct block_range *range, const struct block *block)
{
	const __m128i *part = block->part;
	__m128i least = _mm_min_epu8(_mm_min_epu8(part[0], part[1]), _mm_min_epu8(part[2], part[3]));
	__m128i most = _mm_max_epu8(_mm_max_epu8(part[0], part[1]), _mm_max_epu8(part[2], part[3]));

	range->least = _mm_min_epu8(range->least, least);
	range->most = _mm_max_epu8(range->most, most);
}

static inline int
block_range_below(const struct block_range *range, uint8_t c)
{
	__m128i limit = _mm_set1_epi8((char)c);

	return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(range->least, limit), range->least)) != 0xffff;
}

static inline int
block_range_above(const struct block_range *range, uint8_t c)
{
	__m128i limit = _mm_set1_epi8((char)c);

	return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(range->most, limit), range->most)) != 0xffff;
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

/* A bit for each byte that is 0xff; the others are 0. */
static inline uint64_t
block_bits(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
	static const uint8_t bit[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
	const uint8x16_t bits = vld1q_u8(bit);
	uint8x16_t low = vpaddq_u8(vandq_u8(a, bits), vandq_u8(b, bits));
	uint8x16_t sums = vpaddq_u8(low, vpaddq_u8(vandq_u8(c, bits), vandq_u8(d, bits)));

	return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
}

static inline uint64_t
block_equal(const struct block *block, char c)
{
	const uint8x16_t byte = vdupq_n_u8((uint8_t)c), *part = block->part;

	return block_bits(vceqq_u8(part[0], byte), vceqq_u8(part[1], byte), vceqq_u8(part[2], byte),
	                  vceqq_u8(part[3], byte));
}

static inline uint64_t
block_high(const struct block *block)
{
	const uint8x16_t high = vdupq_n_u8(0x80), *part = block->part;

	return block_bits(vcgeq_u8(part[0], high), vcgeq_u8(part[1], high), vcgeq_u8(part[2], high),
	                  vcgeq_u8(part[3], high));
}

struct block_range {
	uint8x16_t least, most;
};

static inline struct block_range
block_range_start(void)
{
	return (struct block_range){ vdupq_n_u8(0xff), vdupq_n_u8(0) };
}

static inline void
block_range_add(struct block_range *range, const struct block *block)
{
	const uint8x16_t *part = block->part;
	uint8x16_t least = vminq_u8(vminq_u8(part[0], part[1]), vminq_u8(part[2], part[3]));
	uint8x16_t most = vmaxq_u8(vmaxq_u8(part[0], part[1]), vmaxq_u8(part[2], part[3]));

	range->least = vminq_u8(range->least, least);
	range->most = vmaxq_u8(range->most, most);
}

static inline int
block_range_below(const struct block_range *range, uint8_t c)
{
	return vminvq_u8(range->least) < c;
}

static inline int
block_range_above(const struct block_range *range, uint8_t c)
{
	return vmaxvq_u8(range->most) > c;
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

static inline uint64_t
block_high(const struct block *block)
{
	uint64_t bits = 0;
	int i;

	for (i = 0; i < BLOCK_SIZE; ++i)
		bits |= (uint64_t)(block->bytes[i] >> 7) << i;
	return bits;
}

struct block_range {
	uint8_t least, most;
};

static inline struct block_range
block_range_start(void)
{
	return (struct block_range){ 0xff, 0 };
}

static inline void
block_range_add(struct block_range *range, const struct block *block)
{
	int i;

	for (i = 0; i < BLOCK_SIZE; ++i) {
		range->least = block->bytes[i] < range->least ? block->bytes[i] : range->least;
		range->most = block->bytes[i] > range->most ? block->bytes[i] : range->most;
	}
}

static inline int
block_range_below(const struct block_range *range, uint8_t c)
{
	return range->least < c;
}

static inline int
block_range_above(const struct block_range *range, uint8_t c)
{
	return range->most > c;
}
#endif

#ifndef BLOCK_TARGET
#define BLOCK_TARGET
#endif
#endif
