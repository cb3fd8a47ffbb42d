/*
 * path_tree.h - finds, member by member, where a JSON text's values belong: paths and what each one feeds.
 *
 * Built once when a pack is loaded, then immutable. A subtree's nodes are numbered without gaps from its root.
 */
#ifndef PATH_TREE_H
#define PATH_TREE_H

#include <stddef.h>
#include <stdint.h>

enum { PATH_NONE = 0xffffffff, PATH_ROOT = 0, PATH_ANY_SHAPE = 0xffffffff };

struct path_feed {
	uint32_t slot;
	uint32_t shape; /* index; PATH_ANY_SHAPE: names as they are */
	uint32_t rank;  /* the lowest present wins the slot */
	uint32_t item;  /* 0: all values of the path; N: its Nth value only */
};

struct path_node {
	uint32_t end;   /* one past the last node of its subtree */
	uint32_t any;   /* child for members that have none of their own, or PATH_NONE */
	uint32_t first_feed, feed_count;
	uint32_t key; /* number of its own, by which the table knows it */
};

struct path_tree {
	struct path_node *nodes; /* [0] is the root */
	struct path_feed *feeds;
	uint32_t node_count, feed_count;
	struct path_slot *table; /* (parent's key, name) -> key; a power of two */
	uint32_t table_mask;
	struct path_key *keys;
	uint32_t *numbers; /* by key: of the node */
	uint8_t *filter; /* a bit for each name of the table, by the first bits of its hash: most names are none of them */
	uint32_t filter_shift;
	struct path_names *names; /* what the keys' names point into */
	struct path_draft *draft; /* until path_tree_finish() */
};

/* Begins a tree of about so many nodes. 0 or -ENOMEM. */
int path_tree_start(struct path_tree *tree, uint32_t nodes);
/* Adds prefix (dotted, may be empty) and below it name: as one member's name, or with split as a dotted path of its
 * own. A component "*" stands for any member. feed NULL: the path is only looked for. 0 or -ENOMEM. */
int path_tree_add(struct path_tree *tree, const char *prefix, const char *name, size_t size, int split,
                  const struct path_feed *feed);
int path_tree_finish(struct path_tree *tree); /* 0 or -ENOMEM */
void path_tree_done(struct path_tree *tree);
/* The node of a member of parent, or PATH_NONE. */
uint32_t path_tree_child(const struct path_tree *tree, uint32_t parent, const char *name, size_t size);
/* The node of a dotted path that was added, or PATH_NONE. */
uint32_t path_tree_find(const struct path_tree *tree, const char *path, size_t size);
#endif
