/* path_tree.c - builds the tree of paths as they come, numbers it, and looks members up by one hash of parent and name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "path_tree.h"

enum { NAMES_ROOM = 16384, NODES_LEAST = 256, NODES_MOST = 1 << 20, PREFIX_MAX = 256 };

struct path_names { /* a block of bytes */
	struct path_names *next;
	size_t used, room;
	char bytes[];
};

struct path_slot {
	uint32_t hash, key; /* number of a key; 0, which is the root's: free */
};

struct path_key {
	const char *name; /* in a block of names */
	uint32_t size, parent;
};

struct draft_node { /* before it is numbered; its children are a list in the order they came */
	uint32_t first, last, next; /* PATH_NONE: none */
	uint32_t feed_count;
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
	const struct path_key *key;
	uint32_t i;

	for (i = hash & tree->table_mask; tree->table[i].key; i = (i + 1) & tree->table_mask) {
		if (tree->table[i].hash != hash)
			continue;
		key = &tree->keys[tree->table[i].key];
		if (key->parent == parent && key->size == size && !memcmp(key->name, name, size))
			break;
	}
	return i;
}

uint32_t
path_tree_child(const struct path_tree *tree, uint32_t parent, const char *name, size_t size)
{
	uint32_t above = tree->nodes[parent].key, hash = hash_name(above, name, size), bit = hash >> tree->filter_shift, key;

	if (!(tree->filter[bit / 8] >> bit % 8 & 1))
		return tree->nodes[parent].any;
	key = tree->table[find_slot(tree, above, name, size, hash)].key;
	return key ? tree->numbers[key] : tree->nodes[parent].any;
}

/* Puts every slot of the table into one of size slots. */
static int
move_table(struct path_tree *tree, uint32_t size)
{
	struct path_slot *table = calloc(size, sizeof *table);
	uint32_t i, to, count = tree->table ? tree->table_mask + 1 : 0;

	if (!table)
		return -ENOMEM;
	tree->table_mask = size - 1;
	for (i = 0; i < count; ++i) {
		if (!tree->table[i].key)
			continue;
		for (to = tree->table[i].hash & tree->table_mask; table[to].key; to = (to + 1) & tree->table_mask)
			;
		table[to] = tree->table[i];
	}
	free(tree->table);
	tree->table = table;
	return 0;
}

/* Room for so many nodes, a power of two. */
static int
make_room(struct path_tree *tree, uint32_t room)
{
	struct path_draft *draft = tree->draft;
	struct draft_node *nodes = realloc(draft->nodes, room * sizeof *nodes);
	struct path_key *keys;

	if (!nodes)
		return -ENOMEM;
	draft->nodes = nodes;
	keys = realloc(tree->keys, room * sizeof *keys);
	if (!keys)
		return -ENOMEM;
	tree->keys = keys;
	draft->node_room = room;
	return move_table(tree, 2 * room);
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

/* There is room. */
static uint32_t
add_node(struct path_tree *tree, uint32_t parent, const char *name, size_t size)
{
	struct draft_node *nodes = tree->draft->nodes;
	uint32_t number = tree->draft->node_count++;

	nodes[number] = (struct draft_node){ PATH_NONE, PATH_NONE, PATH_NONE, 0 };
	tree->keys[number] = (struct path_key){ name, (uint32_t)size, parent };
	if (parent == PATH_NONE)
		return number;
	if (nodes[parent].last == PATH_NONE)
		nodes[parent].first = number;
	else
		nodes[nodes[parent].last].next = number;
	nodes[parent].last = number;
	return number;
}

/* The draft node of a member of *node, made where it is not there yet, goes to *node. */
static int
descend(struct path_tree *tree, uint32_t *node, const char *name, size_t size)
{
	uint32_t hash = hash_name(*node, name, size), slot = find_slot(tree, *node, name, size, hash);
	struct path_draft *draft = tree->draft;
	const char *copy;

	if (!tree->table[slot].key) {
		if (draft->node_count == draft->node_room) {
			if (make_room(tree, 2 * draft->node_room))
				return -ENOMEM;
			slot = find_slot(tree, *node, name, size, hash);
		}
		copy = copy_name(tree, name, size);
		if (!copy)
			return -ENOMEM;
		tree->table[slot] = (struct path_slot){ hash, add_node(tree, *node, copy, size) };
	}
	*node = tree->table[slot].key;
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

int
path_tree_start(struct path_tree *tree, uint32_t nodes)
{
	struct path_draft *draft = tree->draft = calloc(1, sizeof *draft);
	uint32_t room = NODES_LEAST;

	while (room < nodes && room < NODES_MOST)
		room *= 2;
	if (!draft || make_room(tree, room))
		return -ENOMEM;
	add_node(tree, PATH_NONE, "", 0);
	return 0;
}

static struct draft_feed *
add_feed(struct path_draft *draft)
{
	uint32_t room = draft->feed_room ? 2 * draft->feed_room : draft->node_room;
	struct draft_feed *feeds = draft->feeds;

	if (draft->feed_count == draft->feed_room) {
		feeds = realloc(feeds, room * sizeof *feeds);
		if (!feeds)
			return NULL;
		draft->feeds = feeds;
		draft->feed_room = room;
	}
	return &feeds[draft->feed_count++];
}

int
path_tree_add(struct path_tree *tree, const char *prefix, const char *name, size_t size, int split,
              const struct path_feed *feed)
{
	uint32_t node = PATH_ROOT;
	int error = *prefix ? descend_prefix(tree, &node, prefix) : 0;
	struct draft_feed *to;

	if (!error)
		error = split ? descend_path(tree, &node, name, size) : descend(tree, &node, name, size);
	if (error || !feed)
		return error;
	to = add_feed(tree->draft);
	if (!to)
		return -ENOMEM;
	*to = (struct draft_feed){ node, *feed };
	++tree->draft->nodes[node].feed_count;
	return 0;
}

/* Numbers the nodes, each before its children and these before the next one of its own parent. */
static void
number_nodes(struct path_tree *tree)
{
	const struct draft_node *from = tree->draft->nodes;
	uint32_t *numbers = tree->numbers, at = PATH_ROOT;
	const struct path_key *key;

	for (;;) {
		key = &tree->keys[at];
		numbers[at] = tree->node_count++;
		tree->nodes[numbers[at]] = (struct path_node){ 0, PATH_NONE, tree->feed_count, 0, at };
		tree->feed_count += from[at].feed_count;
		if (key->size == 1 && *key->name == '*')
			tree->nodes[numbers[key->parent]].any = numbers[at];
		if (from[at].first != PATH_NONE) {
			at = from[at].first;
			continue;
		}
		for (; from[at].next == PATH_NONE; at = tree->keys[at].parent) {
			tree->nodes[numbers[at]].end = tree->node_count;
			if (at == PATH_ROOT)
				return;
		}
		tree->nodes[numbers[at]].end = tree->node_count;
		at = from[at].next;
	}
}

static void
sort_feeds(struct path_tree *tree)
{
	const struct path_draft *draft = tree->draft;
	uint32_t i;

	for (i = 0; i < draft->feed_count; ++i) {
		struct path_node *node = &tree->nodes[tree->numbers[draft->feeds[i].node]];

		tree->feeds[node->first_feed + node->feed_count++] = draft->feeds[i].feed;
	}
}

static void
fill_filter(struct path_tree *tree)
{
	const struct path_slot *slot;
	uint32_t bit;

	tree->filter_shift = (uint32_t)__builtin_clz(tree->table_mask) - 3;
	for (slot = tree->table; slot <= tree->table + tree->table_mask; ++slot) {
		bit = slot->hash >> tree->filter_shift;
		tree->filter[bit / 8] |= (uint8_t)(!!slot->key << bit % 8);
	}
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
	const struct path_draft *draft = tree->draft;
	int error = -ENOMEM;

	tree->numbers = malloc(draft->node_count * sizeof *tree->numbers);
	tree->nodes = malloc(draft->node_count * sizeof *tree->nodes);
	tree->feeds = malloc((draft->feed_count + 1) * sizeof *tree->feeds);
	tree->filter = calloc(tree->table_mask + 1, 1);
	if (tree->numbers && tree->nodes && tree->feeds && tree->filter) {
		number_nodes(tree);
		sort_feeds(tree);
		fill_filter(tree);
		error = 0;
	}
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
	free(tree->keys);
	free(tree->numbers);
	free(tree->filter);
	memset(tree, 0, sizeof *tree);
}
