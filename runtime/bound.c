/* bound.c - one JSON event at a time: by the layout of its line where that is known, else by a walk through it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "path_tree.h"
#include "bind_tree.h"
#include "cells.h"
#include "json.h"
#include "layout.h"
#include "pack.h"
#include "shown.h"

enum { RAW = 1 /* in value.reserved until settled: the text has escapes */ };
enum { NO_MEMBER = LAYOUT_AN_OBJECT + 1 };

struct places { /* what the values of a layout are for */
	uint32_t shape;
	uint32_t note;     /* bound_note() */
	uint16_t time;     /* number of a member, or NO_MEMBER */
	uint16_t *index;   /* by slot: of a member, or LAYOUT_AN_OBJECT */
	struct shown_place *shown; /* slots that are present, in their order */
	uint32_t shown_count;
	uint64_t present[];
};

struct bound {
	uint32_t slot_count;
	struct layouts *layouts;       /* borrowed; NULL: every line is walked */
	struct places *places[LAYOUT_MAX];
	uint32_t generation, layout;
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
	struct places walked; /* stands for a layout that its lines have to be walked for; last, as it ends in an open array */
};

static uint32_t
present_words(const struct bound *b)
{
	return b->slot_count / 64 + 1;
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
	return b;
}

static void
drop_places(struct bound *b)
{
	uint32_t i;

	for (i = 0; i < LAYOUT_MAX; ++i) {
		if (b->places[i] != &b->walked)
			free(b->places[i]);
		b->places[i] = NULL;
	}
}

void
bound_free(struct bound *b)
{
	if (!b)
		return;
	drop_places(b);
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

/* A walk along a layout's keys, its values being their members' numbers. NULL: what it is for depends on the values, or
 * on the order of the keys. */
static struct cells *
walk_steps(struct bound *b, uint32_t layout)
{
	struct layout_step steps[LAYOUT_STEPS];
	uint32_t i, count = layouts_steps(b->layouts, layout, steps);
	struct cells *cells = b->cells;

	cells_start(cells);
	cells_enter(cells, 1);
	for (i = 0; i < count; ++i) {
		struct json_text key = { steps[i].key, steps[i].size, 0 };
		struct value number = { NULL, steps[i].member, VALUE_NUMBER, 0, 0 };

		if (steps[i].kind == LAYOUT_LEAVE) {
			cells_leave(cells);
			continue;
		}
		cells_key(cells, &key);
		if (steps[i].kind == LAYOUT_OBJECT) {
			cells_enter(cells, 1);
			continue;
		}
		if (steps[i].kind == LAYOUT_LIST && cells_wants_item(cells))
			return NULL;
		cells_put(cells, &number);
	}
	return cells;
}

static uint16_t
value_index(const struct value *number)
{
	return number->type == VALUE_OBJECT ? LAYOUT_AN_OBJECT : (uint16_t)number->size;
}

static struct places *
make_places(struct bound *b, uint32_t layout)
{
	uint32_t words = present_words(b), i;
	struct cells *cells = walk_steps(b, layout);
	const struct value *time;
	struct places *to;

	if (!cells)
		return &b->walked;
	to = calloc(1, sizeof *to + words * sizeof *to->present + b->slot_count * (sizeof *to->shown + sizeof *to->index));
	if (!to)
		return NULL;
	to->shown = (struct shown_place *)(to->present + words);
	to->index = (uint16_t *)(to->shown + b->slot_count);
	to->shape = cells_shape(cells);
	cells_fill(cells, to->shape, b->slots, to->present);
	if (cells_ordered(cells)) {
		free(to);
		return &b->walked;
	}
	for (i = 0; i < b->slot_count; ++i)
		if (to->present[i / 64] >> i % 64 & 1) {
			to->index[i] = value_index(&b->slots[i]);
			to->shown[to->shown_count++] = (struct shown_place){ i, to->index[i] };
		}
	time = cells_time(cells, to->shape);
	to->time = time && time->type != VALUE_OBJECT ? value_index(time) : NO_MEMBER;
	return to;
}

/* Made when a layout comes for the second time: many a line has its like, and many have none. */
static struct places *
find_places(struct bound *b, uint32_t layout)
{
	struct places **places;

	if (b->generation != layouts_generation(b->layouts)) {
		drop_places(b);
		b->generation = layouts_generation(b->layouts);
	}
	if (layout == LAYOUT_NONE)
		return NULL;
	places = &b->places[layout];
	if (!*places && layouts_seen(b->layouts, layout) > 1)
		*places = make_places(b, layout);
	return *places == &b->walked ? NULL : *places;
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
	b->here = b->layouts ? find_places(b, b->layout) : NULL;
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
	if (b->here && b->here->time != NO_MEMBER) {
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
