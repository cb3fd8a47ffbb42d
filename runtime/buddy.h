/*
 * buddy.h - one piece of memory of a fixed size, handed out in blocks of powers of two.
 *
 * Blocks are numbers, not pointers: that is half the size, and the memory may be shared by what outlives a pack. Pages
 * are touched only when they are first used.
 */
#ifndef BUDDY_H
#define BUDDY_H

#include <stddef.h>
#include <stdint.h>

enum { BUDDY_UNIT = 16 }; /* bytes of the smallest block, order 0, and the alignment of all */

struct buddy {
	char *base;
	uint8_t *free_orders; /* by unit: 1 + order of the free block that begins there; 0: none does */
	uint32_t units;
	uint32_t heads[32];   /* free blocks by order */
	uint32_t ready;       /* bits of the orders that have any */
	uint64_t used;        /* bytes handed out */
};

int buddy_init(struct buddy *buddy, size_t size); /* 0 or -ENOMEM */
void buddy_done(struct buddy *buddy);
/* A block of BUDDY_UNIT << order bytes, uncleared; 0: there is no room. */
uint32_t buddy_take(struct buddy *buddy, unsigned order);
void buddy_give(struct buddy *buddy, uint32_t block, unsigned order);

static inline void *
buddy_at(const struct buddy *buddy, uint32_t block)
{
	return buddy->base + (size_t)block * BUDDY_UNIT;
}

/* The least order whose blocks have so many bytes. */
static inline unsigned
buddy_order(size_t size)
{
	size_t units = (size + BUDDY_UNIT - 1) / BUDDY_UNIT;

	return units > 1 ? 64 - (unsigned)__builtin_clzll(units - 1) : 0;
}
#endif
