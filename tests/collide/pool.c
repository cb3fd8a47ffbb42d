/* pool.c - a chain of blocks that is used again after every event; xorshift dice. */
#include <stdlib.h>
#include <string.h>

#include "pool.h"

enum { BLOCK = 1 << 20, ALIGN = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGN) unsigned char bytes[];
};

struct pool {
	struct block *first, *now;
};

static struct block *
block_new(size_t size)
{
	struct block *block = malloc(sizeof(*block) + size);

	if (!block)
		abort();
	*block = (struct block){ .size = size };
	return block;
}

struct pool *
pool_new(void)
{
	struct pool *pool = malloc(sizeof(*pool));

	if (!pool)
		abort();
	pool->first = pool->now = block_new(BLOCK);
	return pool;
}

void
pool_free(struct pool *pool)
{
	pool_clear(pool);
	free(pool->first);
	free(pool);
}

struct pool_mark
pool_mark(const struct pool *pool)
{
	return (struct pool_mark){ pool->now, pool->now->used };
}

void
pool_give_back(struct pool *pool, struct pool_mark mark)
{
	struct block *next;

	for (struct block *block = mark.block->next; block; block = next) {
		next = block->next;
		free(block);
	}
	mark.block->next = NULL;
	mark.block->used = mark.used;
	pool->now = mark.block;
}

void
pool_clear(struct pool *pool)
{
	pool_give_back(pool, (struct pool_mark){ pool->first, 0 });
}

void *
pool_take(struct pool *pool, size_t size)
{
	size_t whole = (size + ALIGN) & -(size_t)ALIGN;
	void *memory;

	if (pool->now->size - pool->now->used < whole) {
		pool->now->next = block_new(whole > BLOCK ? whole : BLOCK);
		pool->now = pool->now->next;
	}
	memory = pool->now->bytes + pool->now->used;
	pool->now->used += whole;
	return memset(memory, 0, size);
}

void *
pool_copy(struct pool *pool, const void *data, size_t size)
{
	void *copy = pool_take(pool, size);

	return size ? memcpy(copy, data, size) : copy;
}

struct dice
dice_new(uint64_t seed)
{
	struct dice dice = { seed * UINT64_C(0x9e3779b97f4a7c15) ^ UINT64_C(0x2545f4914f6cdd1d) };

	dice.state += !dice.state;
	for (int i = 0; i < 8; i++)
		dice_roll(&dice, 1);
	return dice;
}

uint32_t
dice_roll(struct dice *dice, uint32_t sides)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 7;
	dice->state ^= dice->state << 17;
	return sides ? (uint32_t)(dice->state >> 20) % sides : 0;
}

const char *
dice_pick(struct dice *dice, const char *const *list)
{
	uint32_t count = 0;

	while (list[count])
		count++;
	return list[dice_roll(dice, count)];
}
