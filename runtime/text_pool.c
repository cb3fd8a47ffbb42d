/*
 * text_pool.c - free lists of blocks, one for each size.
 */
#include <stdint.h>
#include <stdlib.h>

#include "text_pool.h"

enum {
	SIZE_BITS_MIN = 7,  /* 128 bytes */
	SIZE_BITS_SMALL = 10,
	SIZE_BITS_MAX = 17, /* 64 KiB and the head */
	CHUNK_SIZE = 1 << 18,
	LARGE_CHUNKS = 256, /* 64 MiB */
};

struct block {
	union {
		struct block *next; /* free */
		uint32_t users;
	};
	uint32_t bits; /* size of the whole block */
	char text[];
};

struct chunk {
	struct chunk *next;
	char blocks[];
};

struct text_pool {
	struct block *free[SIZE_BITS_MAX + 1];
	struct chunk *chunks;
	uint32_t large_chunks;
};

struct text_pool *
text_pool_new(void)
{
	return calloc(1, sizeof(struct text_pool));
}

void
text_pool_free(struct text_pool *pool)
{
	struct chunk *chunk, *next;

	for (chunk = pool ? pool->chunks : NULL; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(pool);
}

/* Cuts a new chunk into blocks of one size. */
static int
pool_grow(struct text_pool *pool, uint32_t bits)
{
	int is_large = bits > SIZE_BITS_SMALL;
	struct chunk *chunk;

	if (is_large && pool->large_chunks == LARGE_CHUNKS)
		return 0;
	chunk = malloc(sizeof(*chunk) + CHUNK_SIZE);
	if (!chunk)
		return 0;
	pool->large_chunks += is_large;
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	for (size_t at = 0; at < CHUNK_SIZE; at += (size_t)1 << bits) {
		struct block *block = (struct block *)(void *)(chunk->blocks + at);

		block->bits = bits;
		block->next = pool->free[bits];
		pool->free[bits] = block;
	}
	return 1;
}

char *
text_take(struct text_pool *pool, size_t size)
{
	uint32_t bits = SIZE_BITS_MIN;
	struct block *block;

	while (bits <= SIZE_BITS_MAX && size + sizeof(*block) > (size_t)1 << bits)
		bits++;
	if (bits <= SIZE_BITS_MAX && !pool->free[bits] && !pool_grow(pool, bits))
		while (++bits <= SIZE_BITS_MAX && !pool->free[bits])
			;
	if (bits > SIZE_BITS_MAX)
		return NULL;
	block = pool->free[bits];
	pool->free[bits] = block->next;
	block->users = 1;
	return block->text;
}

static struct block *
block_of(char *text)
{
	return (struct block *)(void *)(text - offsetof(struct block, text));
}

char *
text_share(char *text)
{
	if (text)
		block_of(text)->users++;
	return text;
}

void
text_drop(struct text_pool *pool, char *text)
{
	struct block *block;

	if (!text)
		return;
	block = block_of(text);
	if (--block->users > 0)
		return;
	block->next = pool->free[block->bits];
	pool->free[block->bits] = block;
}
