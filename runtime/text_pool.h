/*
 * text_pool.h - blocks of text that come and go with processes, without asking malloc each time.
 *
 * Blocks have a power of two as size and a count of users; free ones are kept for the next. Large ones have a budget,
 * so that nobody fills the memory by starting programs with long arguments. Not for several threads.
 */
#ifndef TEXT_POOL_H
#define TEXT_POOL_H

#include <stddef.h>

enum { TEXT_SMALL = 1000 }; /* bytes */

struct text_pool;

struct text_pool *text_pool_new(void); /* NULL: no memory */
void text_pool_free(struct text_pool *pool); /* and all blocks; NULL is fine */
/* At least size bytes with one user; NULL: no memory, more than 64 KiB, or more than TEXT_SMALL and the budget is spent. */
char *text_take(struct text_pool *pool, size_t size);
char *text_share(char *text); /* one more user; returns text; NULL is fine */
void text_drop(struct text_pool *pool, char *text); /* one user less; NULL is fine */
#endif
