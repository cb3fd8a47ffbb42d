/* path_tree.c - builds the tree of paths as they come, numbers it, and looks members up by one hash of parent and name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "path_tree.h"

enum { NAMES_ROOM = 16384, TABLE_FIRST = 1024, PREFIX_MAX = 256 };

struct path_names { /* a block of bytes */
	struct path_names *next;
	size_t used, room;
	char bytes[];
};

struct path_slot {
	const char *name; /* in a block of names; NULL: free */
	uint32_t size, parent, node, hash;
};

struct draft_node { /* before it is numbered; its children are a list in the order they came */
	uint32_t first, last, next, parent; /* PATH_NONE: none */
	uint32_t feed_count;
	int is_any;
};

struct draft_feed {
	uint32_t node;
	struct path_feed feed;
};

struct path_draft {
	struct draft_node *nodes;
	struct draft_feed *feeds;
	uint32_t node_count, node_room, feed_count, feed_room;
	char prefix[PREFIX_MAX]; /* what something was last added below, and its node */
	size_t prefix_size;
	uint32_t prefix_node;
};

static uint32_t
hash_name(uint32_t parent, const char *name, size_t size)
{
	uint64_t a = 0, b = 0, hash;

	if (size >= 8) {
		memcpy(&a, name, 8);
		memcpy(&b, name + size - 8, 8);
	} else if (size >= 4) {
		uint32_t x, y;

		memcpy(&x, name, 4);
		memcpy(&y, name + size - 4, 4);
		a = x;
		b = y;
	} else if (size) {
		a = (unsigned char)name[0];
		b = (uint64_t)(unsigned char)name[size / 2] << 8 | (unsigned char)name[size - 1];
	}
	hash = (a ^ ((uint64_t)size << 56)) * 0x9e3779b97f4a7c15u;
	hash = (hash ^ hash >> 29 ^ b) * 0xbf58476d1ce4e5b9u;
	hash = (hash ^ hash >> 31 ^ parent) * 0x94d049bb133111ebu;
	return (uint32_t)(hash >> 32);
}

static uint32_t
find_slot(const struct path_tree *tree, uint32_t parent, const char *name, size_t size, uint32_t hash)
{
	uint32_t i;

	for (i = hash & tree->table_mask; tree->table[i].name; i = (i + 1) & tree->table_mask) {
		const struct path_slot *slot = &tree->table[i];

		if (slot->hash == hash && slot->parent == parent && slot->size == size && !memcmp(slot->name, name, size))
			break;
	}
	return i;
}

uint32_t
path_tree_child(const struct path_tree *tree, uint32_t parent, const char *name, size_t size)
{
	uint32_t draft = tree->nodes[parent].draft, hash = hash_name(draft, name, size), bit = hash >> tree->filter_shift;
	const struct path_slot *slot;

	if (!(tree->filter[bit / 8] >> bit % 8 & 1))
		return tree->nodes[parent].any;
	slot = &tree->table[find_slot(tree, draft, name, size, hash)];
	return slot->name ? slot->node : tree->nodes[parent].any;
}

/* Puts every slot of a table into one of size slots. */
static int
move_table(struct path_tree *tree, uint32_t size)
{
	struct path_slot *old = tree->table, *slot;
	uint32_t i, count = old ? tree->table_mask + 1 : 0;

	tree->table = calloc(size, sizeof *tree->table);
	if (!tree->table) {
		tree->table = old;
		return -ENOMEM;
	}
	tree->table_mask = size - 1;
	for (i = 0; i < count; ++i) {
		slot = &old[i];
		if (slot->name)
			tree->table[find_slot(tree, slot->parent, slot->name, slot->size, slot->hash)] = *slot;
	}
	free(old);
	return 0;
}

/* One more item: items is a vector of count. */
static void *
grow(void *items, uint32_t count, uint32_t *room, size_t size)
{
	void *larger;

	if (count < *room)
		return items;
	larger = realloc(items, (size_t)(*room ? 2 * *room : 256) * size);
	if (larger)
		*room = *room ? 2 * *room : 256;
	return larger;
}

static const char *
copy_name(struct path_tree *tree, const char *name, size_t size)
{
	struct path_names *block = tree->names;
	size_t room = size > NAMES_ROOM ? size : NAMES_ROOM;

	if (!block || block->room - block->used < size) {
		block = malloc(sizeof *block + room);
		if (!block)
			return NULL;
		*block = (struct path_names){ tree->names, 0, room };
		tree->names = block;
	}
	block->used += size;
	return memcpy(block->bytes + block->used - size, name, size);
}

static int
add_node(struct path_draft *draft, uint32_t parent, int is_any)
{
	struct draft_node *nodes = grow(draft->nodes, draft->node_count, &draft->node_room, sizeof *nodes), *above;

	if (!nodes)
		return -ENOMEM;
	draft->nodes = nodes;
	nodes[draft->node_count] = (struct draft_node){ PATH_NONE, PATH_NONE, PATH_NONE, parent, 0, is_any };
	if (parent != PATH_NONE) {
		above = &nodes[parent];
		if (above->last == PATH_NONE)
			above->first = draft->node_count;
		else
			nodes[above->last].next = draft->node_count;
		above->last = draft->node_count;
	}
	++draft->node_count;
	return 0;
}

/* The draft node of a member of *node, made where it is not there yet, goes to *node. */
static int
descend(struct path_tree *tree, uint32_t *node, const char *name, size_t size)
{
	uint32_t hash = hash_name(*node, name, size), slot = find_slot(tree, *node, name, size, hash);
	struct path_draft *draft = tree->draft;
	const char *copy;

	if (!tree->table[slot].name) {
		if (2 * draft->node_count > tree->table_mask && move_table(tree, 2 * (tree->table_mask + 1)))
			return -ENOMEM;
		slot = find_slot(tree, *node, name, size, hash);
		copy = copy_name(tree, name, size);
		if (!copy || add_node(draft, *node, size == 1 && *name == '*'))
			return -ENOMEM;
		tree->table[slot] = (struct path_slot){ copy, (uint32_t)size, *node, draft->node_count - 1, hash };
	}
	*node = tree->table[slot].node;
	return 0;
}

static int
descend_path(struct path_tree *tree, uint32_t *node, const char *path, size_t size)
{
	const char *end = path + size, *dot;
	int error;

	for (;; path = dot + 1) {
		dot = memchr(path, '.', (size_t)(end - path));
		error = descend(tree, node, path, (size_t)((dot ? dot : end) - path));
		if (error || !dot)
			return error;
	}
}

/* The draft node of a path goes to *node: one look if it was the last such path, as it is for all members of an object. */
static int
descend_prefix(struct path_tree *tree, uint32_t *node, const char *prefix)
{
	struct path_draft *draft = tree->draft;
	size_t size = strlen(prefix);
	int error = 0;

	if (size != draft->prefix_size || memcmp(prefix, draft->prefix, size)) {
		error = descend_path(tree, node, prefix, size);
		draft->prefix_size = size < sizeof draft->prefix ? size : 0;
		memcpy(draft->prefix, prefix, draft->prefix_size);
		draft->prefix_node = *node;
	}
	*node = draft->prefix_node;
	return error;
}

static int
start_draft(struct path_tree *tree)
{
	if (tree->draft)
		return 0;
	tree->draft = calloc(1, sizeof *tree->draft);
	if (!tree->draft || move_table(tree, TABLE_FIRST))
		return -ENOMEM;
	return add_node(tree->draft, PATH_NONE, 0);
}

int
path_tree_add(struct path_tree *tree, const char *prefix, const char *name, size_t size, int split,
              const struct path_feed *feed)
{
	struct draft_feed *feeds;
	struct path_draft *draft;
	uint32_t node = PATH_ROOT;
	int error = start_draft(tree);

	if (!error && *prefix)
		error = descend_prefix(tree, &node, prefix);
	if (!error)
		error = split ? descend_path(tree, &node, name, size) : descend(tree, &node, name, size);
	if (error || !feed)
		return error;
	draft = tree->draft;
	feeds = grow(draft->feeds, draft->feed_count, &draft->feed_room, sizeof *feeds);
	if (!feeds)
		return -ENOMEM;
	draft->feeds = feeds;
	feeds[draft->feed_count++] = (struct draft_feed){ node, *feed };
	++draft->nodes[node].feed_count;
	return 0;
}

/* Numbers the nodes, each before its children and these before the next one of its own parent. */
static void
number_nodes(struct path_tree *tree, uint32_t *numbers)
{
	const struct draft_node *from = tree->draft->nodes;
	uint32_t at = PATH_ROOT;

	for (;;) {
		struct path_node *node = &tree->nodes[tree->node_count];

		numbers[at] = tree->node_count++;
		*node = (struct path_node){ 0, PATH_NONE, tree->feed_count, 0, at };
		tree->feed_count += from[at].feed_count;
		if (from[at].is_any)
			tree->nodes[numbers[from[at].parent]].any = numbers[at];
		if (from[at].first != PATH_NONE) {
			at = from[at].first;
			continue;
		}
		for (; from[at].next == PATH_NONE; at = from[at].parent) {
			tree->nodes[numbers[at]].end = tree->node_count;
			if (at == PATH_ROOT)
				return;
		}
		tree->nodes[numbers[at]].end = tree->node_count;
		at = from[at].next;
	}
}

/* Feeds and the table lead to the new numbers. */
static void
renumber(struct path_tree *tree, const uint32_t *numbers)
{
	const struct path_draft *draft = tree->draft;
	struct path_slot *slot;
	uint32_t i;

	for (i = 0; i < draft->feed_count; ++i) {
		struct path_node *node = &tree->nodes[numbers[draft->feeds[i].node]];

		tree->feeds[node->first_feed + node->feed_count++] = draft->feeds[i].feed;
	}
	for (slot = tree->table; slot <= tree->table + tree->table_mask; ++slot)
		if (slot->name)
			slot->node = numbers[slot->node];
}

static int
make_filter(struct path_tree *tree)
{
	const struct path_slot *slot;
	uint32_t bit;

	tree->filter = calloc(tree->table_mask + 1, 1);
	if (!tree->filter)
		return -ENOMEM;
	tree->filter_shift = (uint32_t)__builtin_clz(tree->table_mask) - 3;
	for (slot = tree->table; slot <= tree->table + tree->table_mask; ++slot) {
		bit = slot->hash >> tree->filter_shift;
		tree->filter[bit / 8] |= (uint8_t)(!!slot->name << bit % 8);
	}
	return 0;
}

static void
draft_free(struct path_draft *draft)
{
	if (!draft)
		return;
	free(draft->nodes);
	free(draft->feeds);
	free(draft);
}

int
path_tree_finish(struct path_tree *tree)
{
	int error = start_draft(tree);
	uint32_t *numbers = error ? NULL : calloc(tree->draft->node_count, sizeof *numbers);

	if (!numbers)
		return -ENOMEM;
	tree->nodes = calloc(tree->draft->node_count, sizeof *tree->nodes);
	tree->feeds = calloc(tree->draft->feed_count + 1, sizeof *tree->feeds);
	error = tree->nodes && tree->feeds ? 0 : -ENOMEM;
	if (!error) {
		number_nodes(tree, numbers);
		renumber(tree, numbers);
	}
	error = error ? error : make_filter(tree);
	free(numbers);
	draft_free(tree->draft);
	tree->draft = NULL;
	return error;
}

uint32_t
path_tree_find(const struct path_tree *tree, const char *path, size_t size)
{
	const char *end = path + size, *dot;
	uint32_t node = PATH_ROOT;

	for (;;) {
		dot = memchr(path, '.', (size_t)(end - path));
		node = path_tree_child(tree, node, path, (size_t)((dot ? dot : end) - path));
		if (!dot || node == PATH_NONE)
			return node;
		path = dot + 1;
	}
}

void
path_tree_done(struct path_tree *tree)
{
	struct path_names *next;

	for (; tree->names; tree->names = next) {
		next = tree->names->next;
		free(tree->names);
	}
	draft_free(tree->draft);
	free(tree->nodes);
	free(tree->feeds);
	free(tree->table);
	free(tree->filter);
	memset(tree, 0, sizeof *tree);
}
