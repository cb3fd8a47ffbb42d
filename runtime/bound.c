/* bound.c - one JSON event at a time: values collected per path during one walk, then given to slots. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "path_tree.h"
#include "bind_tree.h"
#include "json.h"
#include "pack.h"

enum { ITEM_NONE = 0xffffffff, RAW = 1 /* in value.reserved until settled: the text has escapes */ };

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

struct bound {
	const struct bind *bind;
	struct event event;
	struct value *slots, *items_as_list, *leaves;
	uint64_t *present;
	uint32_t *ranks;
	struct cell *cells;
	struct item *items;
	uint32_t *touched;
	uint32_t stamp, objects, item_count, item_room, touched_count, listed_count, list_items, leaf_count, shape;
	char *arena;
	size_t arena_room, arena_used;
	struct value time;
	struct bind_counters counters;
	struct frame frames[JSON_DEPTH_MAX + 1];
};

struct bound *
bound_new(const struct bind *bind)
{
	struct bound *b = calloc(1, sizeof *b);
	uint32_t nodes = bind->tree.node_count;

	if (!b)
		return NULL;
	b->bind = bind;
	b->item_room = EVENT_ITEM_MAX + 2 * nodes;
	b->slots = calloc(bind->slot_count + 1, sizeof *b->slots);
	b->present = calloc(bind->slot_count / 64 + 1, sizeof *b->present);
	b->ranks = calloc(bind->slot_count + 1, sizeof *b->ranks);
	b->cells = calloc(nodes, sizeof *b->cells);
	b->touched = calloc(nodes, sizeof *b->touched);
	b->items = malloc(b->item_room * sizeof *b->items);
	b->items_as_list = malloc(EVENT_ITEM_MAX * sizeof *b->items_as_list);
	b->leaves = malloc(EVENT_LEAF_MAX * sizeof *b->leaves);
	if (!b->slots || !b->present || !b->ranks || !b->cells || !b->touched || !b->items || !b->items_as_list ||
	    !b->leaves) {
		bound_free(b);
		return NULL;
	}
	b->event.slots = b->slots;
	b->event.present = b->present;
	return b;
}

void
bound_free(struct bound *b)
{
	if (!b)
		return;
	free(b->slots);
	free(b->present);
	free(b->ranks);
	free(b->cells);
	free(b->touched);
	free(b->items);
	free(b->items_as_list);
	free(b->leaves);
	free(b->arena);
	free(b);
}

static int
cell_present(const struct bound *b, uint32_t node)
{
	const struct cell *cell = &b->cells[node];

	return node != PATH_NONE && cell->stamp == b->stamp && (cell->count || cell->list);
}

/* Forgets what the subtree of node got from items at from on: its key came again, and the last one counts. */
static void
forget(struct bound *b, uint32_t node, uint32_t from)
{
	uint32_t end = b->bind->tree.nodes[node].end, item, kept, last;

	for (; node < end; ++node) {
		struct cell *cell = &b->cells[node];

		if (cell->stamp != b->stamp || !cell->count || cell->last < from)
			continue;
		for (item = cell->first, kept = 0, last = ITEM_NONE; item < from; item = b->items[item].next, ++kept)
			last = item;
		cell->count = kept;
		cell->last = last;
		cell->list = kept ? cell->list : 0;
	}
}

/* A key of the tree was read: its value is about to come. */
static void
open_cell(struct bound *b, uint32_t node, uint32_t object)
{
	struct cell *cell = &b->cells[node];

	if (cell->stamp == b->stamp && cell->object == object) {
		forget(b, node, cell->start);
	} else if (cell->stamp != b->stamp) {
		cell->stamp = b->stamp;
		cell->count = cell->list = 0;
		b->touched[b->touched_count++] = node;
	}
	cell->object = object;
	cell->start = b->item_count;
}

static uint32_t
find_key(struct bound *b, uint32_t parent, const struct json_text *key)
{
	const struct path_tree *tree = &b->bind->tree;
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

static void
add_leaf(struct bound *b, const struct value *value)
{
	if (b->leaf_count < EVENT_LEAF_MAX)
		b->leaves[b->leaf_count++] = *value;
	else
		++b->counters.dropped_leaves;
}

static void
put_value(struct bound *b, const struct frame *at, const struct value *value)
{
	struct cell *cell;

	if (at->node == PATH_NONE)
		return;
	if ((at->list && b->list_items == EVENT_ITEM_MAX) || b->item_count == b->item_room) {
		++b->counters.dropped_items;
		return;
	}
	b->list_items += at->list;
	cell = &b->cells[at->node];
	b->items[b->item_count] = (struct item){ *value, ITEM_NONE };
	if (cell->count++)
		b->items[cell->last].next = b->item_count;
	else
		cell->first = b->item_count;
	cell->last = b->item_count++;
	cell->list |= at->list;
}

static void
put_text(struct bound *b, const struct frame *at, uint8_t type, const struct json_text *text)
{
	struct value value = { text->data, (uint32_t)text->size, type, 0, text->escaped ? RAW : 0 };

	if (text->size > VALUE_TEXT_MAX && !text->escaped) {
		value.size = VALUE_TEXT_MAX;
		value.flags = VALUE_CUT;
		++b->counters.cut_values;
		b->event.flags |= EVENT_HAS_CUT;
	}
	if (type != VALUE_BOOL)
		add_leaf(b, &value);
	put_value(b, at, &value);
}

static int
refuse_root(struct json *json)
{
	json->at = json->start;
	json->error = "an event is an object";
	return -EBADMSG;
}

static int
walk(struct bound *b, struct json *json)
{
	struct frame at = { PATH_ROOT, 0, 0 }, *top = b->frames;
	const struct value null = { NULL, 0, VALUE_NULL, 0, 0 }, object = { NULL, 0, VALUE_OBJECT, 0, 0 };
	struct json_text text;

	for (;;) {
		switch (json_next(json, &text)) {
		case JSON_KEY:
			at = *top;
			if (at.node != PATH_NONE && (at.node = find_key(b, top->node, &text)) != PATH_NONE)
				open_cell(b, at.node, top->object);
			continue;
		case JSON_OBJECT:
			put_value(b, &at, &object);
			*++top = (struct frame){ at.node, ++b->objects, at.list };
			continue;
		case JSON_ARRAY:
			if (top == b->frames)
				return refuse_root(json);
			if (at.node != PATH_NONE)
				b->cells[at.node].list = 1;
			*++top = (struct frame){ at.node, 0, 1 };
			at.list = 1;
			continue;
		case JSON_OBJECT_END:
		case JSON_ARRAY_END:
			at = *--top;
			continue;
		case JSON_STRING:
			put_text(b, &at, VALUE_STRING, &text);
			break;
		case JSON_NUMBER:
			put_text(b, &at, VALUE_NUMBER, &text);
			break;
		case JSON_TRUE:
			put_text(b, &at, VALUE_BOOL, &(struct json_text){ "true", 4, 0 });
			break;
		case JSON_FALSE:
			put_text(b, &at, VALUE_BOOL, &(struct json_text){ "false", 5, 0 });
			break;
		case JSON_NULL:
			put_value(b, &at, &null);
			break;
		case JSON_END:
			return json_rest(json) == JSON_END ? 0 : -EBADMSG;
		case JSON_ERROR:
			return -EBADMSG;
		}
		if (top == b->frames)
			return refuse_root(json);
	}
}

static uint32_t
find_shape(const struct bound *b)
{
	const struct bind *bind = b->bind;
	uint32_t i, j;

	for (i = 0; i < bind->shape_count; ++i) {
		const struct bind_shape *shape = &bind->shapes[i];

		for (j = 0; j < shape->required.count && cell_present(b, shape->required.nodes[j]); ++j)
			;
		if (j < shape->required.count)
			continue;
		for (j = 0; j < shape->forbidden.count && !cell_present(b, shape->forbidden.nodes[j]); ++j)
			;
		if (j == shape->forbidden.count)
			return i;
	}
	return PATH_ANY_SHAPE;
}

/* The value at index in a cell, which has it. */
static struct value
cell_item(const struct bound *b, const struct cell *cell, uint32_t index)
{
	uint32_t item = cell->first;

	while (index--)
		item = b->items[item].next;
	return b->items[item].value;
}

/* The one value of a cell, or its list. */
static struct value
cell_value(struct bound *b, struct cell *cell)
{
	uint32_t item, i;

	if (!cell->list)
		return b->items[cell->first].value;
	if (cell->listed == ITEM_NONE) {
		cell->listed = b->listed_count;
		for (item = cell->first, i = 0; i < cell->count && b->listed_count < EVENT_ITEM_MAX; ++i) {
			b->items_as_list[b->listed_count++] = b->items[item].value;
			item = b->items[item].next;
		}
		b->counters.dropped_items += cell->count - i;
		cell->count = i;
	}
	return (struct value){ b->items_as_list + cell->listed, cell->count, VALUE_LIST, 0, 0 };
}

static void
fill_slots(struct bound *b)
{
	const struct bind *bind = b->bind;
	int names = b->shape == PATH_ANY_SHAPE || bind->shapes[b->shape].keeps_names;
	uint32_t i, j;

	for (i = 0; i < b->touched_count; ++i) {
		const struct path_node *node = &bind->tree.nodes[b->touched[i]];
		struct cell *cell = &b->cells[b->touched[i]];

		if (!cell->count && !cell->list)
			continue;
		cell->listed = ITEM_NONE;
		for (j = 0; j < node->feed_count; ++j) {
			const struct path_feed *feed = &bind->tree.feeds[node->first_feed + j];
			uint64_t bit = 1ull << feed->slot % 64;

			if ((feed->shape == PATH_ANY_SHAPE ? !names : feed->shape != b->shape) || feed->item > cell->count)
				continue;
			if (b->present[feed->slot / 64] & bit && b->ranks[feed->slot] <= feed->rank)
				continue;
			b->present[feed->slot / 64] |= bit;
			b->ranks[feed->slot] = feed->rank;
			b->slots[feed->slot] = feed->item ? cell_item(b, cell, feed->item - 1) : cell_value(b, cell);
		}
	}
}

static int
start_event(struct bound *b, size_t size)
{
	size_t room = 4 * size + 64; /* a text may be a leaf and stand in a few slots */

	if (room > b->arena_room) {
		char *arena = realloc(b->arena, room);

		if (!arena)
			return -ENOMEM;
		b->arena = arena;
		b->arena_room = room;
	}
	if (!++b->stamp) {
		memset(b->cells, 0, b->bind->tree.node_count * sizeof *b->cells);
		b->stamp = 1;
	}
	memset(b->present, 0, (b->bind->slot_count / 64 + 1) * sizeof *b->present);
	b->objects = b->item_count = b->touched_count = b->listed_count = b->list_items = b->leaf_count = 0;
	b->arena_used = 0;
	b->event.leaves = NULL;
	b->event.leaf_count = b->event.flags = 0;
	b->frames[0] = (struct frame){ PATH_ROOT, 0, 0 };
	open_cell(b, PATH_ROOT, 0);
	return 0;
}

int
bound_read(struct bound *b, const char *text, size_t size, struct json *json)
{
	int error;

	json_start(json, text, size);
	error = start_event(b, size);
	if (!error)
		error = walk(b, json);
	if (error)
		return error;
	b->shape = find_shape(b);
	fill_slots(b);
	return 0;
}

static void
settle(struct bound *b, struct value *value)
{
	size_t left = b->arena_room - b->arena_used, room = left < VALUE_TEXT_MAX ? left : VALUE_TEXT_MAX;
	char *to = b->arena + b->arena_used;
	int cut;

	if (value->reserved != RAW)
		return;
	value->size = (uint32_t)json_unescape(to, room, value->data, value->size, &cut);
	value->data = to;
	value->reserved = 0;
	b->arena_used += value->size;
	if (cut) {
		value->flags |= VALUE_CUT;
		++b->counters.cut_values;
		b->event.flags |= EVENT_HAS_CUT;
	}
}

void
bound_settle(struct bound *b, uint32_t slot)
{
	struct value *value = &b->slots[slot], *items;
	uint32_t i;

	if (!(b->present[slot / 64] >> slot % 64 & 1))
		return;
	if (value->type == VALUE_LIST) {
		items = b->items_as_list + ((const struct value *)value->data - b->items_as_list);
		for (i = 0; i < value->size; ++i)
			settle(b, &items[i]);
		return;
	}
	settle(b, value);
}

void
bound_settle_leaves(struct bound *b)
{
	uint32_t i;

	for (i = 0; i < b->leaf_count; ++i)
		settle(b, &b->leaves[i]);
	b->event.leaves = b->leaves;
	b->event.leaf_count = b->leaf_count;
}

const struct value *
bound_time(struct bound *b)
{
	const struct bind *bind = b->bind;
	struct cell *cell;
	uint32_t i, node = bind->time;

	if (b->shape != PATH_ANY_SHAPE)
		for (i = 0; i < bind->shapes[b->shape].times.count; ++i) {
			node = bind->shapes[b->shape].times.nodes[i];
			if (cell_present(b, node))
				break;
		}
	if (!cell_present(b, node))
		return NULL;
	cell = &b->cells[node];
	b->time = cell->count ? b->items[cell->first].value : (struct value){ 0 };
	if (b->time.type != VALUE_STRING && b->time.type != VALUE_NUMBER)
		return NULL;
	settle(b, &b->time);
	return &b->time;
}

struct event *
bound_event(struct bound *b)
{
	return &b->event;
}

struct value *
bound_slots(struct bound *b)
{
	return b->slots;
}

uint64_t *
bound_present(struct bound *b)
{
	return b->present;
}

struct bind_counters *
bound_counters(struct bound *b)
{
	return &b->counters;
}
