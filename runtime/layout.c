/* layout.c - reads lines along steps known from earlier ones, and knows their layouts by the steps' sum. */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_index.h"
#include "layout.h"
#include "layout_steps.h"
#include "pack.h"

enum { LAYOUT_TABLE = 2 * LAYOUT_MAX, PATH_ROOM = 1 << 17, ITEM_MAX = 1024, RAW = 1 /* value.reserved: to be settled */ };

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
	struct value values[LAYOUT_MEMBERS + 1], items[ITEM_MAX]; /* the last value: LAYOUT_AN_OBJECT */
	uint32_t item_count;
	const char *line;
	size_t arena_used;
	char arena[JSON_INDEX_MAX + JSON_INDEX_SLACK];
	struct json_index index;
};

static void
forget(struct layouts *l)
{
	steps_forget(&l->steps);
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
	if (!l->paths || steps_init(&l->steps)) {
		layouts_free(l);
		return NULL;
	}
	l->values[LAYOUT_AN_OBJECT] = (struct value){ NULL, 0, VALUE_OBJECT, 0, 0 };
	forget(l);
	return l;
}

void
layouts_free(struct layouts *l)
{
	if (!l)
		return;
	steps_done(&l->steps);
	free(l->paths);
	free(l);
}

static inline uint64_t
differ(const char *a, const char *b, size_t place)
{
	uint64_t x, y;

	memcpy(&x, a + place, 8);
	memcpy(&y, b + place, 8);
	return x ^ y;
}

static int
has_short_text(const struct step *step, const char *at)
{
	uint32_t i;

	for (i = 0; i < step->size; ++i)
		if (at[i] != step->text[i])
			return 0;
	return 1;
}

/* Whether a step's text stands at at. */
static inline int
has_text(const struct step *step, const char *at, const char *end)
{
	const size_t size = step->size;
	size_t i;

	if (end - at < (ptrdiff_t)size)
		return 0;
	if (size < 8)
		return has_short_text(step, at);
	if (differ(at, step->text, 0))
		return 0;
	for (i = 16; i + 16 < size; i += 8)
		if (differ(at, step->text, i))
			return 0;
	return !(differ(at, step->text, step->second) | differ(at, step->text, step->third) |
	         differ(at, step->text, size - 8));
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
	return has_text(step, at, end) && (step->kind != LAYOUT_SCALAR || is_bare(at + step->size, end));
}

/* The step behind before, where it is not the one that came there last. */
static struct step *
find_step(struct layouts *l, struct step *before, const char *at)
{
	struct step *step, **others = before->others;
	uint32_t i;

	for (i = 0; i < STEP_OTHERS; ++i)
		if (!others[i] || fits(others[i], at, l->line + l->index.size))
			break;
	step = i < STEP_OTHERS ? others[i] : NULL;
	step = step ? step : steps_find(&l->steps, before, &l->index, l->line, at);
	if (step) {
		memmove(others + 1, others, (i < STEP_OTHERS ? i : STEP_OTHERS - 1) * sizeof *others);
		others[0] = before->next;
		before->next = step;
	}
	return step;
}

/* Numbers of all forms, true, false and null: as json.c reads them. */
static const char *
take_other(struct value *value, const char *at, const char *end)
{
	struct json_text text;
	struct json json;

	json_start(&json, at, (size_t)(end - at));
	switch (json_next(&json, &text)) {
	case JSON_NUMBER:
		*value = (struct value){ text.data, (uint32_t)text.size, VALUE_NUMBER, 0, 0 };
		return json.at;
	case JSON_TRUE:
		*value = (struct value){ "true", 4, VALUE_BOOL, 0, 0 };
		return json.at;
	case JSON_FALSE:
		*value = (struct value){ "false", 5, VALUE_BOOL, 0, 0 };
		return json.at;
	case JSON_NULL:
		*value = (struct value){ NULL, 0, VALUE_NULL, 0, 0 };
		return json.at;
	default:
		return NULL;
	}
}

/* A whole number without a sign and with nothing behind it but a comma or a bracket; else NULL. */
static inline const char *
take_digits(struct value *value, const char *at)
{
	const char *from = at;

	while (*at >= '0' && *at <= '9')
		++at;
	if (at == from || (*from == '0' && at - from > 1) || (*at != ',' && *at != '}'))
		return NULL;
	*value = (struct value){ from, (uint32_t)(at - from), VALUE_NUMBER, 0, 0 };
	return at;
}

/* A string from behind its first quote on; returns its end, or a place behind the line, also where it is so long that it would
 * have to be cut. */
static inline const char *
take_string(struct layouts *l, struct value *value, const char *at)
{
	size_t from = (size_t)(at - l->line), to = json_index_quote(&l->index, from);

	if (to - from > VALUE_TEXT_MAX)
		to = l->index.size;
	value->data = at;
	value->size = (uint32_t)(to - from);
	value->type = VALUE_STRING;
	value->flags = 0;
	value->reserved = RAW;
	return l->line + to + 1;
}

/* A scalar that is no string; returns its end, or NULL, as above. */
static inline const char *
take_bare(struct layouts *l, struct value *value, const char *at)
{
	const char *behind = take_digits(value, at);

	behind = behind ? behind : take_other(value, at, l->line + l->index.size);
	return value->size > VALUE_TEXT_MAX ? NULL : behind;
}

static inline const char *
skip_space(const char *at)
{
	while (*at == ' ')
		++at;
	return at;
}

/* A list of scalars, from behind its bracket on. */
static const char *
take_list(struct layouts *l, struct value *value, const char *at)
{
	struct value *items = l->items + l->item_count;
	uint32_t count = 0;

	*value = (struct value){ items, 0, VALUE_LIST, 0, RAW };
	at = skip_space(at);
	if (*at == ']')
		return at + 1;
	for (;; at = skip_space(at + 1)) {
		if (l->item_count++ == ITEM_MAX || *at == '{' || *at == '[')
			return NULL;
		at = *at == '"' ? take_string(l, &items[count++], at + 1) : take_bare(l, &items[count++], at);
		if (!at || at >= l->line + l->index.size)
			return NULL;
		at = skip_space(at);
		if (*at == ']')
			break;
		if (*at != ',')
			return NULL;
	}
	value->size = count;
	return at + 1;
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
		return take_string(l, &l->values[step->member], at);
	case LAYOUT_SCALAR:
		return take_bare(l, &l->values[step->member], at);
	case LAYOUT_LIST:
		return take_list(l, &l->values[step->member], at);
	}
	return at;
}

/* Whether there are more values than an event has: who walks the line counts them. */
static int
has_too_many(const struct layouts *l)
{
	uint32_t i, count = l->item_count;

	if (l->path_count + l->item_count <= EVENT_LEAF_MAX)
		return 0;
	for (i = 0; i < l->path_count; ++i)
		count += step_is_value(&l->steps.steps[l->path[i]]);
	return count > EVENT_LEAF_MAX;
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
			step = find_step(l, before, at);
		if (!step)
			return -1;
		l->path[count++] = step->number;
		at += step->size;
		if (step->sign) {
			*sign += step->sign;
			at = take_value(l, step, at);
		} else if (step->kind == STEP_END) {
			l->path_count = count;
			return at == end && !has_too_many(l) ? 0 : -1;
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
start_line(struct layouts *l, const char *text)
{
	l->item_count = 0;
	l->arena_used = 0;
	l->line = text;
	if (!++l->line_number) {
		memset(l->seen, 0, sizeof l->seen);
		l->line_number = 1;
	}
}

uint32_t
layouts_read(struct layouts *l, const char *text, size_t size)
{
	uint32_t layout;
	uint64_t sign;

	while (size && (text[size - 1] == '\r' || text[size - 1] == ' ' || text[size - 1] == '\t'))
		--size;
	start_line(l, text);
	if (!size || *text != '{' || text[size - 1] != '}' || json_index_make(&l->index, text, size))
		return LAYOUT_NONE;
	if (read_line(l, text, text + size, &sign)) {
		if (l->steps.full)
			forget(l);
		return LAYOUT_NONE;
	}
	layout = find_layout(l, sign);
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
layouts_order(const struct layouts *l, uint16_t *members)
{
	uint32_t i, count = 0;

	for (i = 0; i < l->path_count; ++i) {
		const struct step *step = &l->steps.steps[l->path[i]];

		if (step_is_value(step))
			members[count++] = step->member;
	}
	return count;
}

struct value *
layouts_values(struct layouts *l)
{
	return l->values;
}

static void
settle_text(struct layouts *l, struct value *value)
{
	char *to = l->arena + l->arena_used;
	size_t at = (size_t)((const char *)value->data - l->line);

	value->reserved = 0;
	if (!json_index_escaped(&l->index, at, value->size))
		return;
	value->size = (uint32_t)json_index_unescape(&l->index, to, l->line, at, value->size);
	value->data = to;
	l->arena_used += value->size;
}

void
layouts_settle(struct layouts *l, struct value *value)
{
	struct value *item, *end;

	if (value->type != VALUE_LIST) {
		settle_text(l, value);
		return;
	}
	value->reserved = 0;
	item = l->items + ((const struct value *)value->data - l->items);
	for (end = item + value->size; item < end; ++item)
		if (item->reserved)
			settle_text(l, item);
}

int
layouts_points(const struct layouts *l)
{
	return l->index.points;
}

int
layouts_ascii(const struct layouts *l)
{
	return l->index.ascii;
}
