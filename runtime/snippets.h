/*
 * snippets.h - texts by key that are made once and kept, up to a bounded size; when that is full, all are forgotten.
 */
#ifndef SNIPPETS_H
#define SNIPPETS_H

#include <stddef.h>
#include <stdint.h>

struct snippet {
	const char *data; /* NULL: none */
	size_t size;
};

struct snippets;

struct snippets *snippets_new(void); /* NULL: no memory */
void snippets_free(struct snippets *snippets); /* NULL is fine */
/* Valid until the next snippets_keep(). */
struct snippet snippets_find(const struct snippets *snippets, uint64_t key);
/* Copies a text whose key has none; what is too long is not kept. */
void snippets_keep(struct snippets *snippets, uint64_t key, const char *data, size_t size);
#endif
