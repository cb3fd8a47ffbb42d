/* layout.c - reads lines along trails, else along steps of earlier lines, and knows their layouts by the sum of those. */
#include <stdlib.h>
#include <string.h>

#include "json_index.h"
#include "layout.h"
#include "pack.h"
#include "layout_reading.h"
#include "layout_steps.h"
#include "layout_trails.h"
#include "shown.h"

enum { LAYOUT_TABLE = 2 * LAYOUT_MAX, PATH_ROOM = 1 << 17 };

struct layout {
	uint64_t sign;        /* sum of its steps' */
	uint32_t first, count; /* steps of its first line, in paths */
	uint32_t seen;
};

struct layouts {
	struct steps steps;
	struct layout layouts[LAYOUT_MAX];
	uint16_t table[LAYOUT_TABLE]; /* by sign: 1 + number of a layout, 0: free */
	uint32_t layout_count, generation;
	uint16_t *paths;      /* of all layouts: numbers of steps */
	uint32_t path_used;
	uint16_t path[LAYOUT_STEPS]; /* of the line */
	uint32_t path_count;
	uint32_t line_number;
	uint32_t seen[LAYOUT_MEMBERS]; /* by member: the last line that had it */
	const struct trail *trail; /* that the line went along; NULL: it went along path */
	struct trails *trails;
	struct written { /* by member: where the text of a value that is in arena stands in the line */
		uint32_t at, size;
	} written[LAYOUT_MEMBERS];
	size_t arena_used;
	char arena[JSON_INDEX_MAX + JSON_INDEX_SLACK];
	struct reading reading;
};

static void
forget(struct layouts *l)
{
	steps_forget(&l->steps);
	trails_forget(l->trails);
	memset(l->table, 0, sizeof l->table);
	l->layout_count = l->path_used = 0;
	++l->generation;
}

struct layouts *
layouts_new(void)
{
	struct layouts *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->paths = malloc(PATH_ROOM * sizeof *l->paths);
	l->trails = trails_new();
	if (!l->paths || !l->trails || steps_init(&l->steps)) {
		layouts_free(l);
		return NULL;
	}
	l->reading.values[LAYOUT_AN_OBJECT] = (struct value){ NULL, 0, VALUE_OBJECT, 0, 0 };
	forget(l);
	return l;
}

void
layouts_free(struct layouts *l)
{
	if (!l)
		return;
	steps_done(&l->steps);
	trails_free(l->trails);
	free(l->paths);
	free(l);
}

/* Whether the value at at cannot be one of which a step's text has the first byte. */
static inline int
is_bare(const char *at, const char *end)
{
	return at < end && *at != '"' && *at != '{' && *at != '[';
}

/* Whether the step comes at at. */
static inline int
fits(const struct step *step, const char *at, const char *end)
{
	return end - at >= (ptrdiff_t)step->size && same_text(at, step->text, step->size) &&
	       (step->kind != LAYOUT_SCALAR || is_bare(at + step->size, end));
}

/* The value behind a step of a member; returns its end, a place behind the line, or NULL. */
static inline const char *
take_value(struct layouts *l, const struct step *step, const char *at)
{
	uint32_t *seen = &l->seen[step->member];

	if (*seen == l->line_number)
		return NULL;
	*seen = l->line_number;
	switch (step->kind) {
	case STEP_STRING:
		return take_string(&l->reading, &l->reading.values[step->member], at);
	case LAYOUT_SCALAR:
		return take_bare(&l->reading, &l->reading.values[step->member], at);
	case LAYOUT_LIST:
		return take_list(&l->reading, &l->reading.values[step->member], at);
	}
	return at;
}

/* Steps along a line, whose last byte is a closing brace. 0 with the sum of the steps, or -1. */
static int
read_line(struct layouts *l, const char *at, const char *end, uint64_t *sign)
{
	struct step *before = l->steps.steps, *step;
	uint32_t count = 0;

	for (*sign = 0; at && count < LAYOUT_STEPS; before = step) {
		step = before->next;
		if (!step || !fits(step, at, end))
			step = before->next = steps_find(&l->steps, before, &l->reading.index, l->reading.line, at);
		if (!step)
			return -1;
		l->path[count++] = step->number;
		at += step->size;
		if (step->sign) {
			*sign += step->sign;
			at = take_value(l, step, at);
		} else if (step->kind == STEP_END) {
			l->path_count = count;
			return at == end ? 0 : -1;
		}
	}
	return -1;
}

/* Whether the line, which has no key twice, has the layout's members and no more. */
static int
has_layout(const struct layouts *l, const struct layout *layout)
{
	const uint16_t *path = l->paths + layout->first;
	uint32_t i;

	if (layout->count != l->path_count)
		return 0;
	if (!memcmp(path, l->path, layout->count * sizeof *path))
		return 1;
	for (i = 0; i < layout->count; ++i) {
		const struct step *step = &l->steps.steps[path[i]];

		if (step->sign && l->seen[step->member] != l->line_number)
			return 0;
	}
	return 1;
}

/* The layout of the line just read, learned if need be; LAYOUT_NONE: there is no room, and all were forgotten. */
static uint32_t
find_layout(struct layouts *l, uint64_t sign)
{
	uint32_t i = (uint32_t)(sign % LAYOUT_TABLE);
	struct layout *layout;

	for (; l->table[i]; i = (i + 1) % LAYOUT_TABLE) {
		layout = &l->layouts[l->table[i] - 1];
		if (layout->sign == sign && has_layout(l, layout))
			return l->table[i] - 1u;
	}
	if (l->layout_count == LAYOUT_MAX || PATH_ROOM - l->path_used < l->path_count) {
		forget(l);
		return LAYOUT_NONE;
	}
	l->layouts[l->layout_count] = (struct layout){ sign, l->path_used, l->path_count, 0 };
	memcpy(l->paths + l->path_used, l->path, l->path_count * sizeof *l->path);
	l->path_used += l->path_count;
	l->table[i] = (uint16_t)++l->layout_count;
	return l->layout_count - 1;
}

static void
start_steps(struct layouts *l)
{
	l->reading.item_count = 0;
	if (!++l->line_number) {
		memset(l->seen, 0, sizeof l->seen);
		l->line_number = 1;
	}
}

/* Steps along a line that no trail was found for, and remembers it. Its layout, or LAYOUT_NONE. */
static uint32_t
read_steps(struct layouts *l, const char *text, size_t size)
{
	uint32_t layout;
	uint64_t sign;

	start_steps(l);
	if (read_line(l, text, text + size, &sign)) {
		if (l->steps.full)
			forget(l);
		return LAYOUT_NONE;
	}
	layout = find_layout(l, sign);
	if (layout != LAYOUT_NONE)
		trails_learn(l->trails, &l->reading, &l->steps, layout, l->path, l->path_count);
	return layout;
}

uint32_t
layouts_read(struct layouts *l, const char *text, size_t size)
{
	uint32_t layout;

	while (size && (text[size - 1] == '\r' || text[size - 1] == ' ' || text[size - 1] == '\t'))
		--size;
	if (!size || *text != '{' || text[size - 1] != '}' || json_index_make(&l->reading.index, text, size))
		return LAYOUT_NONE;
	l->arena_used = 0;
	l->reading.line = text;
	l->trail = trails_read(l->trails, &l->reading);
	layout = l->trail ? l->trail->layout : read_steps(l, text, size);
	if (layout != LAYOUT_NONE)
		++l->layouts[layout].seen;
	return layout;
}

uint32_t
layouts_generation(const struct layouts *l)
{
	return l->generation;
}

uint32_t
layouts_seen(const struct layouts *l, uint32_t layout)
{
	return l->layouts[layout].seen;
}

uint32_t
layouts_steps(const struct layouts *l, uint32_t layout, struct layout_step *steps)
{
	const struct layout *from = &l->layouts[layout];
	uint32_t i;

	for (i = 0; i + 1 < from->count; ++i) { /* the last is the line's end */
		const struct step *step = &l->steps.steps[l->paths[from->first + i]];

		steps[i] = (struct layout_step){ step->text + step->key, step->key_size, step->member, step_kind(step) };
	}
	return i;
}

uint32_t
layouts_most_leaves(const struct layouts *l)
{
	return (l->trail ? l->trail->link_count : l->path_count) + l->reading.item_count;
}

struct value *
layouts_values(struct layouts *l)
{
	return l->reading.values;
}

/* written: where it is to be noted which text a decoded one was; NULL: nowhere. */
static inline void
settle_text(struct layouts *l, struct value *value, struct written *written)
{
	char *to = l->arena + l->arena_used;
	size_t at = (size_t)((const char *)value->data - l->reading.line);

	value->reserved = 0;
	if (!json_index_escaped(&l->reading.index, at, value->size))
		return;
	if (written)
		*written = (struct written){ (uint32_t)at, value->size };
	value->size = (uint32_t)json_index_unescape(&l->reading.index, to, l->reading.line, at, value->size);
	value->data = to;
	l->arena_used += value->size;
}

void
layouts_settle(struct layouts *l, struct value *value)
{
	struct value *item, *end;

	if (value->type != VALUE_LIST) {
		settle_text(l, value, &l->written[value - l->reading.values]);
		return;
	}
	value->reserved = 0;
	item = l->reading.items + ((const struct value *)value->data - l->reading.items);
	for (end = item + value->size; item < end; ++item)
		if (item->reserved)
			settle_text(l, item, NULL);
}

/* The text of a string between its quotes, as the line has it. */
static inline struct written
written_text(const struct layouts *l, const struct value *value, uint32_t member)
{
	const char *text = value->data;

	if (text >= l->arena && text < l->arena + sizeof l->arena)
		return l->written[member];
	return (struct written){ (uint32_t)(text - l->reading.line), value->size };
}

void
layouts_show(struct layouts *l, const struct shown_place *places, uint32_t count, struct shown *shown)
{
	struct written written;
	struct value *value;
	uint32_t i;

	for (i = 0; i < count; ++i) {
		value = &l->reading.values[places[i].member];
		if (value->reserved)
			layouts_settle(l, value);
		shown[i].slot = places[i].slot;
		shown[i].value = value;
		shown[i].json = NULL;
		if (!l->reading.index.canonical || value->type != VALUE_STRING)
			continue;
		written = written_text(l, value, places[i].member);
		shown[i].json = l->reading.line + written.at - 1;
		shown[i].json_size = written.size + 2;
	}
}

int
layouts_points(const struct layouts *l)
{
	return l->reading.index.points;
}

int
layouts_ascii(const struct layouts *l)
{
	return l->reading.index.ascii;
}

/* Adds what a member has to count leaves, of which room are kept; returns how many there are then. */
static uint32_t
add_leaves(struct layouts *l, uint16_t member, struct value *leaves, uint32_t room, uint32_t count)
{
	struct value *value = &l->reading.values[member];
	const struct value *item, *end;

	if (value->reserved && count < room)
		layouts_settle(l, value);
	item = value->type == VALUE_LIST ? value->data : value;
	for (end = item + (value->type == VALUE_LIST ? value->size : 1); item < end; ++item) {
		if (item->type != VALUE_STRING && item->type != VALUE_NUMBER)
			continue;
		if (count < room)
			leaves[count] = *item;
		++count;
	}
	return count;
}

uint32_t
layouts_leaves(struct layouts *l, struct value *leaves, uint32_t room)
{
	uint32_t i, count = 0;

	for (i = 0; l->trail && i < l->trail->link_count; ++i)
		count = add_leaves(l, l->trail->links[i].member, leaves, room, count);
	for (i = 0; !l->trail && i < l->path_count; ++i) {
		const struct step *step = &l->steps.steps[l->path[i]];

		if (step_is_value(step))
			count = add_leaves(l, step->member, leaves, room, count);
	}
	return count;
}
