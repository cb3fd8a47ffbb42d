/* bound_places.c - walks along the keys of a layout once, so that its lines need no walk. */
#include <stdlib.h>

#include "layout.h"
#include "bound_places.h"
#include "cells.h"
#include "json.h"
#include "pack.h"
#include "shown.h"

static struct places walked; /* stands for those of a layout whose lines have to be walked */

void
bound_places_init(struct bound_places *all, struct layouts *layouts, struct cells *cells, struct value *slots,
                  uint32_t slot_count)
{
	all->layouts = layouts;
	all->cells = cells;
	all->slots = slots;
	all->slot_count = slot_count;
}

void
bound_places_done(struct bound_places *all)
{
	uint32_t i;

	for (i = 0; i < LAYOUT_MAX; ++i) {
		if (all->of[i] != &walked)
			free(all->of[i]);
		all->of[i] = NULL;
	}
}

/* A walk along a layout's keys, its values being their members' numbers. -1: what it is for depends on the values. */
static int
walk_steps(const struct bound_places *all, uint32_t layout)
{
	struct layout_step steps[LAYOUT_STEPS];
	uint32_t i, count = layouts_steps(all->layouts, layout, steps);
	struct cells *cells = all->cells;

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
			return -1;
		cells_put(cells, &number);
	}
	return 0;
}

static uint16_t
value_index(const struct value *number)
{
	return number->type == VALUE_OBJECT ? LAYOUT_AN_OBJECT : (uint16_t)number->size;
}

/* What the cells hold after a walk along the keys. */
static void
fill_places(const struct bound_places *all, struct places *to)
{
	const struct value *time;
	uint32_t i;

	to->shape = cells_shape(all->cells);
	cells_fill(all->cells, to->shape, all->slots, to->present);
	for (i = 0; i < all->slot_count; ++i)
		if (to->present[i / 64] >> i % 64 & 1) {
			to->index[i] = value_index(&all->slots[i]);
			to->shown[to->shown_count++] = (struct shown_place){ i, to->index[i] };
		}
	time = cells_time(all->cells, to->shape);
	to->time = time && time->type != VALUE_OBJECT ? value_index(time) : PLACES_NO_MEMBER;
}

static struct places *
make_places(const struct bound_places *all, uint32_t layout)
{
	const uint32_t words = bound_places_words(all->slot_count);
	struct places *to;

	if (walk_steps(all, layout))
		return &walked;
	to = calloc(1, sizeof *to + words * sizeof *to->present + all->slot_count * (sizeof *to->shown + sizeof *to->index));
	if (!to)
		return NULL;
	to->shown = (struct shown_place *)(to->present + words);
	to->index = (uint16_t *)(to->shown + all->slot_count);
	fill_places(all, to);
	if (cells_ordered(all->cells)) {
		free(to);
		return &walked;
	}
	return to;
}

/* Made when a layout comes for the second time: many a line has its like, and many have none. */
struct places *
bound_places_find(struct bound_places *all, uint32_t layout)
{
	struct places **places;

	if (all->generation != layouts_generation(all->layouts)) {
		bound_places_done(all);
		all->generation = layouts_generation(all->layouts);
	}
	if (layout == LAYOUT_NONE)
		return NULL;
	places = &all->of[layout];
	if (!*places && layouts_seen(all->layouts, layout) > 1)
		*places = make_places(all, layout);
	return *places == &walked ? NULL : *places;
}
