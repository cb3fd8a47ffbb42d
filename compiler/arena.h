/*
 * arena.h - memory with two lifetimes: the whole compilation, and one pass. Interned text lives in it too.
 *
 * Nothing is freed by itself. No call fails: when memory runs out the program says so and exits with 3.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena;
struct ir_text;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */

/* size bytes, zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);

/* Room for one more in an array that grows by one: returns items, or a larger copy of them, so that [count] may be
 * written. size is that of one item. Every element must be added through this call, starting with NULL and 0. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t size);

/* As asprintf. */
char *arena_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Interned: equal bytes give the same pointer for one arena. A NUL follows the bytes. */
struct ir_text arena_text(struct arena *arena, const void *data, size_t size);
struct ir_text arena_string(struct arena *arena, const char *string);
#endif
