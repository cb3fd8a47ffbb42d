/* path_tree.c - builds the tree of paths from sorted entries and looks members up by one hash of parent and name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "path_tree.h"

struct path_entry {
	char *key; /* components with a NUL between them */
	uint32_t size, order;
	int feeds;
	struct path_feed feed;
};

struct path_slot {
	const char *name; /* in an entry's key; NULL: free */
	uint32_t size, parent, node, hash;
};

int
path_tree_add(struct path_tree *tree, const char *prefix, const char *name, size_t size, int split,
              const struct path_feed *feed)
{
	size_t i, prefix_size = strlen(prefix), head = prefix_size ? prefix_size + 1 : 0;
	struct path_entry *entry;

	if (tree->entry_count == tree->entry_room) {
		uint32_t room = tree->entry_room ? tree->entry_room * 2 : 256;

		entry = realloc(tree->entries, room * sizeof *entry);
		if (!entry)
			return -ENOMEM;
		tree->entries = entry;
		tree->entry_room = room;
	}
	entry = &tree->entries[tree->entry_count];
	memset(entry, 0, sizeof *entry);
	entry->key = malloc(head + size + 1);
	if (!entry->key)
		return -ENOMEM;
	memcpy(entry->key, prefix, prefix_size + 1);
	memcpy(entry->key + head, name, size);
	entry->size = (uint32_t)(head + size);
	for (i = 0; i < (split ? entry->size : prefix_size); ++i)
		if (entry->key[i] == '.')
			entry->key[i] = 0;
	entry->order = tree->entry_count++;
	if (feed) {
		entry->feeds = 1;
		entry->feed = *feed;
	}
	return 0;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct path_entry *x = a, *y = b;
	uint32_t size = x->size < y->size ? x->size : y->size;
	int order = memcmp(x->key, y->key, size);

	if (order)
		return order;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

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
find_slot(const struct path_tree *tree, uint32_t parent, const char *name, size_t size)
{
	uint32_t hash = hash_name(parent, name, size), i;

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
	const struct path_slot *slot = &tree->table[find_slot(tree, parent, name, size)];

	return slot->name ? slot->node : tree->nodes[parent].any;
}

/* Nodes for every component of the entry that are not there yet, numbered in the entries' order: depth first. */
static uint32_t
insert_entry(struct path_tree *tree, const struct path_entry *entry)
{
	const char *at = entry->key, *end = at + entry->size;
	uint32_t parent = PATH_ROOT, slot;

	for (;;) {
		size_t size = strnlen(at, (size_t)(end - at));

		slot = find_slot(tree, parent, at, size);
		if (!tree->table[slot].name) {
			tree->table[slot] = (struct path_slot){ at, (uint32_t)size, parent, tree->node_count,
				hash_name(parent, at, size) };
			if (size == 1 && *at == '*')
				tree->nodes[parent].any = tree->node_count;
			tree->nodes[tree->node_count++] = (struct path_node){ .any = PATH_NONE };
		}
		parent = tree->table[slot].node;
		at += size;
		if (at == end)
			return parent;
		++at;
	}
}

/* All nodes on the way to the entry's own hold what was just inserted. */
static void
close_entry(struct path_tree *tree, const struct path_entry *entry)
{
	const char *at = entry->key, *end = at + entry->size;
	uint32_t parent = PATH_ROOT;
	size_t size;

	for (;; at += size + 1) {
		tree->nodes[parent].end = tree->node_count;
		if (at > end)
			return;
		size = strnlen(at, (size_t)(end - at));
		parent = tree->table[find_slot(tree, parent, at, size)].node;
	}
}

int
path_tree_finish(struct path_tree *tree)
{
	size_t components = 1, size = 64;
	uint32_t i, j, node;

	for (i = 0; i < tree->entry_count; ++i)
		for (j = 0; j <= tree->entries[i].size; ++j)
			components += j == tree->entries[i].size || !tree->entries[i].key[j];
	while (size < 2 * components)
		size *= 2;
	tree->nodes = calloc(components, sizeof *tree->nodes);
	tree->feeds = calloc(tree->entry_count + 1, sizeof *tree->feeds);
	tree->table = calloc(size, sizeof *tree->table);
	if (!tree->nodes || !tree->feeds || !tree->table)
		return -ENOMEM;
	tree->table_mask = (uint32_t)size - 1;
	tree->node_count = 1;
	tree->nodes[PATH_ROOT] = (struct path_node){ .end = 1, .any = PATH_NONE };
	if (tree->entry_count)
		qsort(tree->entries, tree->entry_count, sizeof *tree->entries, compare_entries);
	for (i = 0; i < tree->entry_count; ++i) {
		node = insert_entry(tree, &tree->entries[i]);
		close_entry(tree, &tree->entries[i]);
		if (!tree->entries[i].feeds)
			continue;
		if (!tree->nodes[node].feed_count++)
			tree->nodes[node].first_feed = tree->feed_count;
		tree->feeds[tree->feed_count++] = tree->entries[i].feed;
	}
	return 0;
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
	uint32_t i;

	for (i = 0; i < tree->entry_count; ++i)
		free(tree->entries[i].key);
	free(tree->entries);
	free(tree->nodes);
	free(tree->feeds);
	free(tree->table);
	memset(tree, 0, sizeof *tree);
}
