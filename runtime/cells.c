/* cells.c - what each path of the tree has seen in an event, by the rules for names, lists and keys that come twice. */
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "path_tree.h"
#include "bind_tree.h"
#include "cells.h"
#include "json.h"
#include "pack.h"

enum { ITEM_NONE = 0xffffffff };

struct item { /* values of one path, in the order they came */
	struct value value;
	uint32_t next;
};

struct cell { /* what a node of the tree has seen in this event */
	uint32_t stamp;  /* number of the event */
	uint32_t object; /* number of the object that its key stood in */
	uint32_t start;  /* items when that key was read */
	uint32_t first, last, count;
	uint32_t list;   /* an array was on the way */
	uint32_t listed; /* where its list lies, once it has been made; ITEM_NONE */
};

struct frame { /* a container being walked */
	uint32_t node, object, list;
};

struct cells {
	const struct bind *bind;
	uint32_t slot_count; /* those of bind that are wanted: the first */
	uint32_t *ranks;
	struct cell *cells;
	struct item *items;
	struct value *items_as_list;
	uint32_t *touched;
	uint32_t stamp, objects, item_count, item_room, touched_count, listed_count, list_items, dropped;
	int ordered;       /* the order of keys counts */
	struct frame at;   /* where the next value belongs */
	struct frame *top;
	struct frame frames[JSON_DEPTH_MAX + 1];
};

struct cells *
cells_new(const struct bind *bind, uint32_t slot_count)
{
	struct cells *c = calloc(1, sizeof *c);
	uint32_t nodes = bind->tree.node_count;

	if (!c)
		return NULL;
	c->bind = bind;
	c->slot_count = slot_count;
	c->item_room = EVENT_ITEM_MAX + 2 * nodes;
	c->ranks = calloc(slot_count + 1, sizeof *c->ranks);
	c->cells = calloc(nodes, sizeof *c->cells);
	c->touched = calloc(nodes, sizeof *c->touched);
	c->items = malloc(c->item_room * sizeof *c->items);
	c->items_as_list = malloc(EVENT_ITEM_MAX * sizeof *c->items_as_list);
	if (!c->ranks || !c->cells || !c->touched || !c->items || !c->items_as_list) {
		cells_free(c);
		return NULL;
	}
	return c;
}

void
cells_free(struct cells *c)
{
	if (!c)
		return;
	free(c->ranks);
	free(c->cells);
	free(c->touched);
	free(c->items);
	free(c->items_as_list);
	free(c);
}

static int
cell_present(const struct cells *c, uint32_t node)
{
	const struct cell *cell = &c->cells[node];

	return node != PATH_NONE && cell->stamp == c->stamp && (cell->count || cell->list);
}

/* Forgets what the subtree of node got from items at from on: its key came again, and the last one counts. */
static void
forget(struct cells *c, uint32_t node, uint32_t from)
{
	uint32_t end = c->bind->tree.nodes[node].end, item, kept, last;

	for (; node < end; ++node) {
		struct cell *cell = &c->cells[node];

		if (cell->stamp != c->stamp || (cell->count ? cell->last : cell->start) < from)
			continue;
		for (item = cell->count ? cell->first : from, kept = 0, last = ITEM_NONE; item < from; item = c->items[item].next, ++kept)
			last = item;
		cell->count = kept;
		cell->last = last;
		cell->list = kept ? cell->list : 0;
	}
}

/* A key of the tree was read: its value is about to come. */
static void
open_cell(struct cells *c, uint32_t node, uint32_t object)
{
	struct cell *cell = &c->cells[node];

	c->ordered |= cell->stamp == c->stamp;
	if (cell->stamp == c->stamp && cell->object == object) {
		forget(c, node, cell->start);
	} else if (cell->stamp != c->stamp) {
		cell->stamp = c->stamp;
		cell->count = cell->list = 0;
		c->touched[c->touched_count++] = node;
	}
	cell->object = object;
	cell->start = c->item_count;
}

static uint32_t
find_key(struct cells *c, uint32_t parent, const struct json_text *key)
{
	const struct path_tree *tree = &c->bind->tree;
	const char *name = key->data;
	size_t size = key->size, i, used;
	char plain[128];
	uint32_t node;
	int cut;

	if (key->escaped) {
		size = json_unescape(plain, sizeof plain, name, size, &cut);
		if (cut)
			return tree->nodes[parent].any;
		name = plain;
	}
	node = path_tree_child(tree, parent, name, size);
	if (node != tree->nodes[parent].any || size > sizeof plain || !memchr(name, ' ', size))
		return node;
	for (i = used = 0; i < size; ++i)
		if (name[i] != ' ')
			plain[used++] = name[i];
	return path_tree_child(tree, parent, plain, used);
}

void
cells_start(struct cells *c)
{
	if (!++c->stamp) {
		memset(c->cells, 0, c->bind->tree.node_count * sizeof *c->cells);
		c->stamp = 1;
	}
	c->ordered = 0;
	c->objects = c->item_count = c->touched_count = c->listed_count = c->list_items = c->dropped = 0;
	c->at = (struct frame){ PATH_ROOT, 0, 0 };
	c->top = c->frames;
	*c->top = c->at;
	open_cell(c, PATH_ROOT, 0);
}

void
cells_key(struct cells *c, const struct json_text *key)
{
	c->at = *c->top;
	if (c->at.node != PATH_NONE && (c->at.node = find_key(c, c->at.node, key)) != PATH_NONE)
		open_cell(c, c->at.node, c->top->object);
}

/* Whether the node is there for more than slots that nobody wants. */
static int
is_wanted(const struct cells *c, uint32_t number)
{
	const struct path_node *node = &c->bind->tree.nodes[number];
	uint32_t i;

	for (i = 0; i < node->feed_count; ++i)
		if (c->bind->tree.feeds[node->first_feed + i].slot < c->slot_count)
			return 1;
	return !node->feed_count;
}

void
cells_put(struct cells *c, const struct value *value)
{
	const struct frame *at = &c->at;
	struct cell *cell;

	if (at->node == PATH_NONE || (at->list && !is_wanted(c, at->node)))
		return;
	if ((at->list && c->list_items == EVENT_ITEM_MAX) || c->item_count == c->item_room) {
		++c->dropped;
		return;
	}
	c->list_items += at->list;
	cell = &c->cells[at->node];
	c->items[c->item_count] = (struct item){ *value, ITEM_NONE };
	if (cell->count++)
		c->items[cell->last].next = c->item_count;
	else
		cell->first = c->item_count;
	cell->last = c->item_count++;
	cell->list |= at->list;
}

void
cells_enter(struct cells *c, int object)
{
	const struct value value = { NULL, 0, VALUE_OBJECT, 0, 0 };

	if (object) {
		cells_put(c, &value);
		*++c->top = (struct frame){ c->at.node, ++c->objects, c->at.list };
		return;
	}
	if (c->at.node != PATH_NONE)
		c->cells[c->at.node].list = 1;
	c->at.list = 1;
	*++c->top = (struct frame){ c->at.node, 0, 1 };
}

void
cells_leave(struct cells *c)
{
	c->at = *--c->top;
}

uint32_t
cells_depth(const struct cells *c)
{
	return (uint32_t)(c->top - c->frames);
}

uint32_t
cells_shape(const struct cells *c)
{
	const struct bind *bind = c->bind;
	uint32_t i, j;

	for (i = 0; i < bind->shape_count; ++i) {
		const struct bind_shape *shape = &bind->shapes[i];

		for (j = 0; j < shape->required.count && cell_present(c, shape->required.nodes[j]); ++j)
			;
		if (j < shape->required.count)
			continue;
		for (j = 0; j < shape->forbidden.count && !cell_present(c, shape->forbidden.nodes[j]); ++j)
			;
		if (j == shape->forbidden.count)
			return i;
	}
	return PATH_ANY_SHAPE;
}

/* The value at index in a cell, which has it. */
static struct value
cell_item(const struct cells *c, const struct cell *cell, uint32_t index)
{
	uint32_t item = cell->first;

	while (index--)
		item = c->items[item].next;
	return c->items[item].value;
}

/* The one value of a cell, or its list. */
static struct value
cell_value(struct cells *c, struct cell *cell)
{
	uint32_t item, i;

	if (!cell->list)
		return c->items[cell->first].value;
	if (cell->listed == ITEM_NONE) {
		cell->listed = c->listed_count;
		for (item = cell->first, i = 0; i < cell->count && c->listed_count < EVENT_ITEM_MAX; ++i) {
			c->items_as_list[c->listed_count++] = c->items[item].value;
			item = c->items[item].next;
		}
		c->dropped += cell->count - i;
		cell->count = i;
	}
	return (struct value){ c->items_as_list + cell->listed, cell->count, VALUE_LIST, 0, 0 };
}

void
cells_fill(struct cells *c, uint32_t shape, struct value *slots, uint64_t *present)
{
	const struct bind *bind = c->bind;
	int names = shape == PATH_ANY_SHAPE || bind->shapes[shape].keeps_names;
	uint32_t i, j;

	for (i = 0; i < c->touched_count; ++i) {
		const struct path_node *node = &bind->tree.nodes[c->touched[i]];
		struct cell *cell = &c->cells[c->touched[i]];

		if (!cell->count && !cell->list)
			continue;
		cell->listed = ITEM_NONE;
		for (j = 0; j < node->feed_count; ++j) {
			const struct path_feed *feed = &bind->tree.feeds[node->first_feed + j];
			uint64_t bit = 1ull << feed->slot % 64;

			if ((feed->shape == PATH_ANY_SHAPE ? !names : feed->shape != shape) || feed->item > cell->count ||
			    feed->slot >= c->slot_count)
				continue;
			if (present[feed->slot / 64] & bit) {
				c->ordered |= c->ranks[feed->slot] == feed->rank;
				if (c->ranks[feed->slot] <= feed->rank)
					continue;
			}
			present[feed->slot / 64] |= bit;
			c->ranks[feed->slot] = feed->rank;
			slots[feed->slot] = feed->item ? cell_item(c, cell, feed->item - 1) : cell_value(c, cell);
		}
	}
}

/* Where an event of the shape says when it happened. */
static uint32_t
time_node(const struct cells *c, uint32_t shape)
{
	const struct bind *bind = c->bind;
	uint32_t i, node = bind->time;

	if (shape != PATH_ANY_SHAPE)
		for (i = 0; i < bind->shapes[shape].times.count; ++i) {
			node = bind->shapes[shape].times.nodes[i];
			if (cell_present(c, node))
				break;
		}
	return node;
}

const struct value *
cells_time(const struct cells *c, uint32_t shape)
{
	uint32_t node = time_node(c, shape);

	return cell_present(c, node) && c->cells[node].count ? &c->items[c->cells[node].first].value : NULL;
}

struct value *
cells_items(struct cells *c, const struct value *list)
{
	return c->items_as_list + ((const struct value *)list->data - c->items_as_list);
}

uint32_t
cells_dropped(const struct cells *c)
{
	return c->dropped;
}

int
cells_wants_item(const struct cells *c)
{
	const struct path_tree *tree = &c->bind->tree;
	const struct path_node *node = c->at.node == PATH_NONE ? NULL : &tree->nodes[c->at.node];
	uint32_t i;

	for (i = 0; node && i < node->feed_count; ++i)
		if (tree->feeds[node->first_feed + i].item)
			return 1;
	return 0;
}

int
cells_ordered(const struct cells *c)
{
	return c->ordered;
}
