/* layout.c - a tree of what lines have had between their values, each step under the one before it. */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_index.h"
#include "layout.h"
#include "pack.h"

enum { STEP_MAX = 32768, TEXT_ROOM = 1 << 20, CHILD_MAX = 64, ITEM_MAX = 1024, RAW = 1 /* value.reserved */ };
enum { KIND_END = LAYOUT_LEAVE + 1, KIND_ROOT };

struct step { /* in the order of use */
	struct step *next;      /* the child that came last; NULL: it has none */
	const char *text;       /* from the end of the last value to the start of the next, as lines have it: ,"key": */
	uint32_t size;
	uint8_t kind;           /* enum layout_kind, KIND_END, KIND_ROOT */
	uint8_t depth;          /* objects that are open behind it */
	uint16_t value;         /* number of its value */
	struct step *parent, *child, *sibling;
	uint32_t key, key_size; /* where the key is in text, without its quotes */
	uint16_t values, number; /* values and steps up to and with it */
	uint16_t children;
	uint16_t layout;        /* KIND_END */
};

struct layouts {
	struct step *steps; /* [0] is the root */
	char *texts;
	uint32_t step_count, text_used, layout_count, generation;
	const struct step *ends[LAYOUT_MAX], *end;
	uint32_t seen[LAYOUT_MAX];
	struct value values[LAYOUT_VALUES], items[ITEM_MAX];
	uint32_t item_count;
	const char *line;
	size_t arena_used;
	char arena[JSON_INDEX_MAX];
	struct json_index index;
};

static void
forget(struct layouts *l)
{
	l->steps[0] = (struct step){ .kind = KIND_ROOT };
	l->step_count = 1;
	l->text_used = l->layout_count = 0;
	++l->generation;
}

struct layouts *
layouts_new(void)
{
	struct layouts *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->steps = malloc(STEP_MAX * sizeof *l->steps);
	l->texts = malloc(TEXT_ROOM);
	if (!l->steps || !l->texts) {
		layouts_free(l);
		return NULL;
	}
	forget(l);
	return l;
}

void
layouts_free(struct layouts *l)
{
	if (!l)
		return;
	free(l->steps);
	free(l->texts);
	free(l);
}

static int
is_value(uint8_t kind)
{
	return kind == LAYOUT_SCALAR || kind == LAYOUT_LIST;
}

/* Adds a child that has all but its place; NULL: there is no room for it. */
static struct step *
learn(struct layouts *l, struct step *parent, const struct step *new)
{
	struct step *step = &l->steps[l->step_count];

	if (parent->children == CHILD_MAX || parent->number == LAYOUT_STEPS || new->depth > LAYOUT_DEPTH ||
	    (is_value(new->kind) && parent->values == LAYOUT_VALUES))
		return NULL;
	if (l->step_count == STEP_MAX || new->size > TEXT_ROOM - l->text_used ||
	    (new->kind == KIND_END && l->layout_count == LAYOUT_MAX)) {
		forget(l);
		return NULL;
	}
	*step = *new;
	step->text = memcpy(l->texts + l->text_used, new->text, new->size);
	step->parent = parent;
	step->sibling = parent->child;
	step->number = parent->number + 1;
	step->value = parent->values;
	step->values = parent->values + is_value(new->kind);
	if (new->kind == KIND_END) {
		step->layout = (uint16_t)l->layout_count;
		l->seen[l->layout_count] = 0;
		l->ends[l->layout_count++] = step;
	}
	l->text_used += new->size;
	++l->step_count;
	++parent->children;
	return parent->child = step;
}

static inline const char *
skip_space(const char *at)
{
	while (*at == ' ')
		++at;
	return at;
}

static uint8_t
kind_of(char c)
{
	return c == '{' ? LAYOUT_OBJECT : c == '[' ? LAYOUT_LIST : LAYOUT_SCALAR;
}

/* Reads the key at at and up to its value. The start of that, or NULL. */
static const char *
read_key(const struct layouts *l, struct step *step, const char *at)
{
	size_t from = (size_t)(at - l->line) + 1, to = json_index_quote(&l->index, from);
	const char *behind = l->line + to + 1;

	if (*at != '"' || to >= l->index.size || json_index_escaped(&l->index, from, to - from))
		return NULL;
	step->key = (uint32_t)(at + 1 - step->text);
	step->key_size = (uint32_t)(to - from);
	behind = skip_space(behind);
	return *behind == ':' ? skip_space(behind + 1) : NULL;
}

/* What stands at at, behind the step parent, without a place in the tree. 0, or -1. */
static int
read_step(const struct layouts *l, const struct step *parent, struct step *step, const char *at)
{
	int opened = parent->kind == KIND_ROOT || parent->kind == LAYOUT_OBJECT;

	*step = (struct step){ .text = at, .depth = parent->depth };
	if (parent->kind == KIND_ROOT) {
		step->depth = 1;
		++at;
	}
	at = skip_space(at);
	if (*at == '}') {
		step->kind = step->depth-- == 1 ? KIND_END : LAYOUT_LEAVE;
		step->size = (uint32_t)(at + 1 - step->text);
		return 0;
	}
	if (!opened) {
		if (*at != ',')
			return -1;
		at = skip_space(at + 1);
	}
	at = read_key(l, step, at);
	if (!at)
		return -1;
	step->kind = kind_of(*at);
	step->depth += step->kind == LAYOUT_OBJECT;
	step->size = (uint32_t)(at + (step->kind == LAYOUT_OBJECT) - step->text);
	return 0;
}

/* The step behind parent for what stands at at; NULL: none. */
static struct step *
find_step(struct layouts *l, struct step *parent, const char *at)
{
	struct step new, *step;

	if (read_step(l, parent, &new, at))
		return NULL;
	for (step = parent->child; step; step = step->sibling)
		if (step->kind == new.kind && step->size == new.size && !memcmp(step->text, new.text, new.size))
			break;
	step = step ? step : learn(l, parent, &new);
	if (step)
		parent->next = step;
	return step;
}

static inline int
equal(const char *a, const char *b, size_t size)
{
	uint64_t x, y;
	size_t i;

	if (size < 8)
		return !memcmp(a, b, size);
	for (i = 0; i + 8 < size; i += 8) {
		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		if (x != y)
			return 0;
	}
	memcpy(&x, a + size - 8, 8);
	memcpy(&y, b + size - 8, 8);
	return x == y;
}

/* The same, trying the step that came there last. A value's kind has to be the step's. */
static inline struct step *
take_step(struct layouts *l, struct step *parent, const char *at, const char *end)
{
	struct step *step = parent->next;

	if (step && (size_t)(end - at) >= step->size && equal(at, step->text, step->size) &&
	    (!is_value(step->kind) || kind_of(at[step->size]) == step->kind))
		return step;
	return find_step(l, parent, at);
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

/* The scalar at at; returns its end, or NULL. */
static inline const char *
take_scalar(struct layouts *l, struct value *value, const char *at)
{
	size_t from = (size_t)(at - l->line) + 1, to;
	const char *behind;

	if (*at != '"') {
		behind = take_digits(value, at);
		return behind ? behind : take_other(value, at, l->line + l->index.size);
	}
	to = json_index_quote(&l->index, from);
	if (to >= l->index.size)
		return NULL;
	*value = (struct value){ at + 1, (uint32_t)(to - from), VALUE_STRING, 0, RAW };
	return l->line + to + 1;
}

/* A list of scalars, from its bracket on. */
static const char *
take_list(struct layouts *l, struct value *value, const char *at)
{
	struct value *items = l->items + l->item_count;
	uint32_t count = 0;

	*value = (struct value){ items, 0, VALUE_LIST, 0, 0 };
	at = skip_space(at + 1);
	if (*at == ']')
		return at + 1;
	for (;; at = skip_space(at + 1)) {
		if (l->item_count == ITEM_MAX || *at == '{' || *at == '[')
			return NULL;
		at = take_scalar(l, &items[count++], at);
		++l->item_count;
		if (!at)
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

/* Steps along a line, whose last byte is a closing brace; returns the last step, or NULL. */
static const struct step *
read_line(struct layouts *l, const char *at, const char *end)
{
	struct step *step = l->steps;

	while (at < end && (step = take_step(l, step, at, end))) {
		at += step->size;
		switch (step->kind) {
		case LAYOUT_SCALAR:
			at = take_scalar(l, &l->values[step->value], at);
			break;
		case LAYOUT_LIST:
			at = take_list(l, &l->values[step->value], at);
			break;
		case KIND_END:
			return at == end ? step : NULL;
		}
		if (!at)
			return NULL;
	}
	return NULL;
}

uint32_t
layouts_read(struct layouts *l, const char *text, size_t size)
{
	while (size && (text[size - 1] == '\r' || text[size - 1] == ' ' || text[size - 1] == '\t'))
		--size;
	l->item_count = 0;
	l->arena_used = 0;
	l->line = text;
	if (!size || *text != '{' || text[size - 1] != '}' || json_index_make(&l->index, text, size))
		return LAYOUT_NONE;
	l->end = read_line(l, text, text + size);
	if (!l->end)
		return LAYOUT_NONE;
	++l->seen[l->end->layout];
	return l->end->layout;
}

uint32_t
layouts_generation(const struct layouts *l)
{
	return l->generation;
}

uint32_t
layouts_seen(const struct layouts *l, uint32_t layout)
{
	return l->seen[layout];
}

uint32_t
layouts_steps(const struct layouts *l, uint32_t layout, struct layout_step *steps)
{
	const struct step *step = l->ends[layout]->parent;
	uint32_t i, count = step->number;

	for (i = count; i--; step = step->parent)
		steps[i] = (struct layout_step){ step->text + step->key, step->key_size, (enum layout_kind)step->kind };
	return count;
}

struct value *
layouts_values(struct layouts *l)
{
	return l->values;
}

uint32_t
layouts_value_count(const struct layouts *l)
{
	return l->end->values;
}

void
layouts_settle(struct layouts *l, struct value *value)
{
	char *to = l->arena + l->arena_used;
	const char *text = value->data;
	uint32_t i;
	int cut;

	if (value->type == VALUE_LIST) {
		struct value *items = l->items + ((const struct value *)value->data - l->items);

		for (i = 0; i < value->size; ++i)
			layouts_settle(l, &items[i]);
		return;
	}
	if (value->reserved != RAW)
		return;
	value->reserved = 0;
	if (!json_index_escaped(&l->index, (size_t)(text - l->line), value->size))
		return;
	value->data = to;
	value->size = (uint32_t)json_unescape(to, sizeof l->arena - l->arena_used, text, value->size, &cut);
	l->arena_used += value->size;
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
