/*
 * pool.h - memory for one event and what is thought about it, and the dice that everything is thrown with.
 */
#ifndef POOL_H
#define POOL_H

#include <stddef.h>
#include <stdint.h>

struct block;
struct pool;

struct pool_mark {
	struct block *block;
	size_t used;
};

struct pool *pool_new(void);
void pool_free(struct pool *pool);
void pool_clear(struct pool *pool);               /* all that was taken is gone */
struct pool_mark pool_mark(const struct pool *pool);
void pool_give_back(struct pool *pool, struct pool_mark mark); /* all that was taken since */
void *pool_take(struct pool *pool, size_t size);  /* zeroed */
void *pool_copy(struct pool *pool, const void *data, size_t size);

struct dice {
	uint64_t state;
};

struct dice dice_new(uint64_t seed);
uint32_t dice_roll(struct dice *dice, uint32_t sides); /* 0 .. sides - 1; 0 for no side */
/* One of the strings of a list that ends with NULL. */
const char *dice_pick(struct dice *dice, const char *const *list);
#endif
