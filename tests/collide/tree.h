/*
 * tree.h - an event before it is text: JSON as a tree, how it may be written, and which value each field has.
 *
 * tree_bind() is the slow meaning of names: it searches the tree anew for each field. Everything lives in the pool.
 * Include pool.h and pack.h first.
 */
#ifndef TREE_H
#define TREE_H

#include <stdint.h>
#include <stdio.h>

struct bytes {
	const char *data;
	uint32_t size;
};

enum tree_type { TREE_NULL, TREE_BOOL, TREE_NUMBER, TREE_STRING, TREE_LIST, TREE_OBJECT };

struct tree {
	enum tree_type type;
	struct bytes text;   /* of a scalar: a string's own bytes, a number as it is written */
	struct tree **items;
	struct bytes *keys;  /* of an object */
	uint32_t count, room;
};

struct tree *tree_new(struct pool *pool, enum tree_type type);
struct tree *tree_scalar(struct pool *pool, enum tree_type type, const void *data, uint32_t size);
void tree_add(struct pool *pool, struct tree *tree, struct bytes key, struct tree *item);

/* Could these bytes be a JSON number? */
int tree_is_number(const char *data, uint32_t size);

/* As JSON. dice: escapes and blanks are thrown; NULL: as plain as can be. */
void tree_write(FILE *out, const struct tree *tree, struct dice *dice);

/* The event over these fields. */
struct event *tree_bind(struct pool *pool, const struct tree *tree, const struct bytes *fields, uint32_t field_count);
#endif
