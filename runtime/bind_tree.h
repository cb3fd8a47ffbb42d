/*
 * bind_tree.h - what bind.c builds and bound.c reads: paths, and shapes as nodes of them.
 */
#ifndef BIND_TREE_H
#define BIND_TREE_H

#include <stdint.h>

/* Wants path_tree.h before it. */
struct bind_nodes {
	uint32_t *nodes;
	uint32_t count;
};

struct bind_shape {
	struct bind_nodes required, forbidden, times;
	int keeps_names;
};

struct bind {
	struct path_tree tree;
	const struct bind_name *names;
	struct bind_shape *shapes;
	uint32_t slot_count, shape_count;
	uint32_t time; /* node of the time of events without a shape */
};
#endif
