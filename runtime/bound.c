/* bound.c - one JSON event at a time: by the layout of its line where that is known, else by a walk through it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "path_tree.h"
#include "bind_tree.h"
#include "layout.h"
#include "bound_places.h"
#include "cells.h"
#include "json.h"
#include "pack.h"
#include "shown.h"

enum { RAW = 1 /* in value.reserved until settled: the text has escapes */ };

struct bound {
	uint32_t slot_count;
	struct layouts *layouts; /* borrowed; NULL: every line is walked */
	struct bound_places places;
	uint32_t layout;
	struct places *here;     /* of the event; NULL: it was walked */
	struct cells *cells;
	struct event event;
	struct value *slots, *leaves;
	struct shown *shown;     /* room for all slots */
	uint64_t *present;
	uint32_t leaf_count, shape;
	int has_long;
	char *arena;
	size_t arena_room, arena_used;
	struct value time;
	struct bind_counters counters;
};

static uint32_t
present_words(const struct bound *b)
{
	return bound_places_words(b->slot_count);
}

struct bound *
bound_new(const struct bind *bind, uint32_t slot_count, struct layouts *layouts)
{
	struct bound *b = calloc(1, sizeof *b);

	if (!b)
		return NULL;
	b->slot_count = slot_count;
	b->layouts = layouts;
	b->cells = cells_new(bind, slot_count);
	b->slots = calloc(slot_count + 1, sizeof *b->slots);
	b->present = calloc(present_words(b), sizeof *b->present);
	b->leaves = malloc(EVENT_LEAF_MAX * sizeof *b->leaves);
	b->shown = malloc((slot_count + 1) * sizeof *b->shown);
	if (!b->cells || !b->slots || !b->present || !b->leaves || !b->shown) {
		bound_free(b);
		return NULL;
	}
	b->event.slots = b->slots;
	b->event.present = b->present;
	bound_places_init(&b->places, layouts, b->cells, b->slots, slot_count);
	return b;
}

void
bound_free(struct bound *b)
{
	if (!b)
		return;
	bound_places_done(&b->places);
	cells_free(b->cells);
	free(b->slots);
	free(b->present);
	free(b->leaves);
	free(b->shown);
	free(b->arena);
	free(b);
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
put_text(struct bound *b, uint8_t type, const struct json_text *text)
{
	struct value value = { text->data, (uint32_t)text->size, type, 0, text->escaped ? RAW : 0 };

	b->has_long |= text->size > VALUE_TEXT_MAX;
	if (text->size > VALUE_TEXT_MAX && !text->escaped) {
		value.size = VALUE_TEXT_MAX;
		value.flags = VALUE_CUT;
		++b->counters.cut_values;
		b->event.flags |= EVENT_HAS_CUT;
	}
	if (type != VALUE_BOOL)
		add_leaf(b, &value);
	cells_put(b->cells, &value);
}

static int
refuse_root(struct json *json)
{
	json->at = json->start;
	json->error = "an event is an object";
	return -EBADMSG;
}

static int
walk_text(struct bound *b, struct json *json)
{
	const struct value null = { NULL, 0, VALUE_NULL, 0, 0 };
	struct json_text text;

	for (;;) {
		switch (json_next(json, &text)) {
		case JSON_KEY:
			cells_key(b->cells, &text);
			continue;
		case JSON_OBJECT:
			cells_enter(b->cells, 1);
			continue;
		case JSON_ARRAY:
			if (!cells_depth(b->cells))
				return refuse_root(json);
			cells_enter(b->cells, 0);
			continue;
		case JSON_OBJECT_END:
		case JSON_ARRAY_END:
			cells_leave(b->cells);
			continue;
		case JSON_STRING:
			put_text(b, VALUE_STRING, &text);
			break;
		case JSON_NUMBER:
			put_text(b, VALUE_NUMBER, &text);
			break;
		case JSON_TRUE:
			put_text(b, VALUE_BOOL, &(struct json_text){ "true", 4, 0 });
			break;
		case JSON_FALSE:
			put_text(b, VALUE_BOOL, &(struct json_text){ "false", 5, 0 });
			break;
		case JSON_NULL:
			cells_put(b->cells, &null);
			break;
		case JSON_END:
			return json_rest(json) == JSON_END ? 0 : -EBADMSG;
		case JSON_ERROR:
			return -EBADMSG;
		}
		if (!cells_depth(b->cells))
			return refuse_root(json);
	}
}

static int
walk(struct bound *b, const char *text, size_t size, struct json *json)
{
	size_t room = 4 * size + 64; /* a text may be a leaf and stand in a few slots */
	int error;

	if (room > b->arena_room) {
		char *arena = realloc(b->arena, room);

		if (!arena)
			return -ENOMEM;
		b->arena = arena;
		b->arena_room = room;
	}
	memset(b->present, 0, present_words(b) * sizeof *b->present);
	b->here = NULL;
	b->arena_used = 0;
	json_start(json, text, size);
	cells_start(b->cells);
	error = walk_text(b, json);
	if (error)
		return error;
	b->shape = cells_shape(b->cells);
	cells_fill(b->cells, b->shape, b->slots, b->present);
	b->counters.dropped_items += cells_dropped(b->cells);
	return 0;
}

/* Counts the leaves that an event of a known layout has beyond the limit. */
static void
drop_leaves(struct bound *b)
{
	uint32_t count;

	if (layouts_most_leaves(b->layouts) <= EVENT_LEAF_MAX)
		return;
	count = layouts_leaves(b->layouts, NULL, 0);
	b->counters.dropped_leaves += count > EVENT_LEAF_MAX ? count - EVENT_LEAF_MAX : 0;
}

static int
read_known(struct bound *b, const char *text, size_t size, struct json *json)
{
	b->leaf_count = 0;
	b->has_long = 0;
	b->event.leaves = NULL;
	b->event.leaf_count = b->event.flags = 0;
	b->here = b->layouts ? bound_places_find(&b->places, b->layout) : NULL;
	if (!b->here)
		return walk(b, text, size, json);
	json_start(json, text, size);
	json->points = (uint8_t)layouts_points(b->layouts);
	json->ascii = (uint8_t)layouts_ascii(b->layouts);
	memcpy(b->present, b->here->present, present_words(b) * sizeof *b->present);
	drop_leaves(b);
	return 0;
}

int
bound_read(struct bound *b, const char *text, size_t size, struct json *json)
{
	b->layout = b->layouts ? layouts_read(b->layouts, text, size) : LAYOUT_NONE;
	return read_known(b, text, size, json);
}

int
bound_again(struct bound *b, const struct bound *first, const struct json *read)
{
	struct json json;

	b->layout = first->layout;
	return read_known(b, read->start, (size_t)(read->end - read->start), &json);
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

/* A value of the line, by its member's number. */
static inline struct value
place_value(struct bound *b, struct value *values, uint16_t member)
{
	struct value *value = &values[member];

	if (value->reserved)
		layouts_settle(b->layouts, value);
	return *value;
}

/* A present slot of an event that was walked. */
static void
settle_walked(struct bound *b, uint32_t slot)
{
	struct value *value = &b->slots[slot], *items;
	uint32_t i;

	if (value->type != VALUE_LIST) {
		settle(b, value);
		return;
	}
	items = cells_items(b->cells, value);
	for (i = 0; i < value->size; ++i)
		settle(b, &items[i]);
}

void
bound_settle(struct bound *b, uint32_t slot)
{
	if (!(b->present[slot / 64] >> slot % 64 & 1))
		return;
	if (b->here)
		b->slots[slot] = place_value(b, layouts_values(b->layouts), b->here->index[slot]);
	else
		settle_walked(b, slot);
}

void
bound_settle_these(struct bound *b, const uint64_t *slots)
{
	struct value *values = b->here ? layouts_values(b->layouts) : NULL;
	uint32_t i, slot, words = present_words(b);
	uint64_t left;

	for (i = 0; i < words; ++i)
		for (left = b->present[i] & slots[i]; left; left &= left - 1) {
			slot = i * 64 + (uint32_t)__builtin_ctzll(left);
			if (values)
				b->slots[slot] = place_value(b, values, b->here->index[slot]);
			else
				settle_walked(b, slot);
		}
}

void
bound_settle_all(struct bound *b)
{
	bound_settle_these(b, b->present);
}

const struct shown *
bound_show(struct bound *b, uint32_t *count)
{
	uint32_t i, slot, words = present_words(b);
	uint64_t left;

	if (b->here) {
		layouts_show(b->layouts, b->here->shown, b->here->shown_count, b->shown);
		*count = b->here->shown_count;
		return b->shown;
	}
	for (*count = i = 0; i < words; ++i)
		for (left = b->present[i]; left; left &= left - 1) {
			slot = i * 64 + (uint32_t)__builtin_ctzll(left);
			settle_walked(b, slot);
			b->shown[(*count)++] = (struct shown){ &b->slots[slot], NULL, 0, slot };
		}
	return b->shown;
}

void
bound_settle_leaves(struct bound *b)
{
	uint32_t i;

	if (b->here) {
		i = layouts_leaves(b->layouts, b->leaves, EVENT_LEAF_MAX);
		b->leaf_count = i < EVENT_LEAF_MAX ? i : EVENT_LEAF_MAX;
	}
	for (i = 0; !b->here && i < b->leaf_count; ++i)
		settle(b, &b->leaves[i]);
	b->event.leaves = b->leaves;
	b->event.leaf_count = b->leaf_count;
}

int
bound_has_long(const struct bound *b)
{
	return b->has_long;
}

uint32_t *
bound_note(struct bound *b)
{
	return b->here ? &b->here->note : NULL;
}

const struct value *
bound_time(struct bound *b)
{
	const struct value *time;

	b->time = (struct value){ 0 };
	if (b->here && b->here->time != PLACES_NO_MEMBER) {
		b->time = place_value(b, layouts_values(b->layouts), b->here->time);
		if (b->time.type == VALUE_LIST)
			b->time = b->time.size ? *(const struct value *)b->time.data : (struct value){ 0 };
	} else if (!b->here) {
		time = cells_time(b->cells, b->shape);
		b->time = time ? *time : b->time;
	}
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
