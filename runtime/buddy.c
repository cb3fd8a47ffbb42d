/* buddy.c - splits blocks in halves and joins them again. */
#include <errno.h>
#include <stdlib.h>

#include "buddy.h"

struct links { /* of a free block, in its first bytes */
	uint32_t next, last;
};

static struct links *
links_at(const struct buddy *buddy, uint32_t block)
{
	return buddy_at(buddy, block);
}

static void
push(struct buddy *buddy, uint32_t block, unsigned order)
{
	uint32_t next = buddy->heads[order];

	*links_at(buddy, block) = (struct links){ next, 0 };
	if (next)
		links_at(buddy, next)->last = block;
	buddy->heads[order] = block;
	buddy->ready |= 1u << order;
	buddy->free_orders[block] = (uint8_t)(order + 1);
}

static void
unlink_block(struct buddy *buddy, uint32_t block, unsigned order)
{
	struct links links = *links_at(buddy, block);

	if (links.next)
		links_at(buddy, links.next)->last = links.last;
	if (links.last)
		links_at(buddy, links.last)->next = links.next;
	else
		buddy->heads[order] = links.next;
	if (!buddy->heads[order])
		buddy->ready &= ~(1u << order);
	buddy->free_orders[block] = 0;
}

int
buddy_init(struct buddy *buddy, size_t size)
{
	uint32_t units = size / BUDDY_UNIT < 1u << 31 ? (uint32_t)(size / BUDDY_UNIT) : 1u << 31, at = 1;
	unsigned order;

	*buddy = (struct buddy){ .units = units };
	buddy->base = calloc(units, BUDDY_UNIT);
	buddy->free_orders = calloc(units, 1);
	if (!buddy->base || !buddy->free_orders) {
		buddy_done(buddy);
		return -ENOMEM;
	}
	/* block 0 stands for "none" and is never handed out */
	while (at < units) {
		order = (unsigned)__builtin_ctz(at);
		while (1u << order > units - at)
			--order;
		push(buddy, at, order);
		at += 1u << order;
	}
	return 0;
}

void
buddy_done(struct buddy *buddy)
{
	free(buddy->base);
	free(buddy->free_orders);
	*buddy = (struct buddy){ 0 };
}

uint32_t
buddy_take(struct buddy *buddy, unsigned order)
{
	uint32_t fit = order < 32 ? buddy->ready >> order << order : 0, block;
	unsigned have;

	if (!fit)
		return 0;
	have = (unsigned)__builtin_ctz(fit);
	block = buddy->heads[have];
	unlink_block(buddy, block, have);
	while (have > order) {
		--have;
		push(buddy, block + (1u << have), have);
	}
	buddy->used += (uint64_t)BUDDY_UNIT << order;
	return block;
}

void
buddy_give(struct buddy *buddy, uint32_t block, unsigned order)
{
	uint32_t other;

	buddy->used -= (uint64_t)BUDDY_UNIT << order;
	for (;; ++order) {
		other = block ^ 1u << order;
		if (other >= buddy->units || buddy->free_orders[other] != order + 1)
			break;
		unlink_block(buddy, other, order);
		block &= ~(1u << order);
	}
	push(buddy, block, order);
}
