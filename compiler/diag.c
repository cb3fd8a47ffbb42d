/*
 * diag.c - the queue of diagnostics: adding, silencing, sorting, and the nearest known word.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"

const struct diag_row diag_rows[DIAG_NAME_COUNT] = {
#define DIAG(identifier, name, severity, explanation) {name, severity, explanation},
#include "diag.def"
};

struct silence {
	const struct source *source; /* NULL: everywhere */
	enum diag_name name;
};

struct rule_range {
	const struct source *source;
	uint32_t first, last;
	const char *id;
};

struct diag_list {
	struct arena *arena;
	struct diag *items;
	struct silence *silences;
	struct rule_range *rules;
	size_t count, silence_count, rule_count;
	size_t severity_counts[DIAG_NOTE + 1];
	enum diag_severity least; /* that is shown */
};

struct diag_list *
diag_list_new(struct arena *arena)
{
	struct diag_list *list = arena_alloc(arena, sizeof(*list));

	list->arena = arena;
	list->least = DIAG_NOTE;
	return list;
}

void
diag_show_least(struct diag_list *list, enum diag_severity least)
{
	list->least = least;
}

enum diag_severity
diag_least(const struct diag_list *list)
{
	return list->least;
}

static int
diag_is_silent(const struct diag_list *list, const struct source *source, enum diag_name name)
{
	for (size_t i = 0; i < list->silence_count; i++) {
		const struct silence *silence = &list->silences[i];

		if (silence->name == name && (!silence->source || silence->source == source))
			return 1;
	}
	return 0;
}

static void
diag_queue(struct diag_list *list, struct place place, enum diag_name name, enum diag_severity severity,
           const char *format, va_list arguments)
{
	struct diag *diag;
	char text[1024];

	if (severity != DIAG_ERROR && diag_is_silent(list, place.source, name))
		return;
	vsnprintf(text, sizeof(text), format, arguments);
	list->items = arena_grow(list->arena, list->items, list->count, sizeof(*list->items));
	diag = &list->items[list->count++];
	*diag = (struct diag){place, name, severity, arena_print(list->arena, "%s", text), NULL};
	list->severity_counts[severity]++;
}

void
diag_add(struct diag_list *list, struct place place, enum diag_name name, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	diag_queue(list, place, name, diag_rows[name].severity, format, arguments);
	va_end(arguments);
}

void
diag_note(struct diag_list *list, struct place place, enum diag_name name, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	diag_queue(list, place, name, DIAG_NOTE, format, arguments);
	va_end(arguments);
}

int
diag_disable(struct diag_list *list, const struct source *source, const char *name, size_t size)
{
	for (int i = 0; i < DIAG_NAME_COUNT; i++) {
		if (strlen(diag_rows[i].name) != size || memcmp(diag_rows[i].name, name, size))
			continue;
		if (diag_rows[i].severity == DIAG_ERROR)
			return -EPERM;
		list->silences = arena_grow(list->arena, list->silences, list->silence_count, sizeof(*list->silences));
		list->silences[list->silence_count++] = (struct silence){source, i};
		return 0;
	}
	return -ENOENT;
}

void
diag_set_rule(struct diag_list *list, const struct source *source, uint32_t first, uint32_t last, const char *id)
{
	if (!*id)
		return;
	list->rules = arena_grow(list->arena, list->rules, list->rule_count, sizeof(*list->rules));
	list->rules[list->rule_count++] = (struct rule_range){source, first, last, id};
}

size_t
diag_count(const struct diag_list *list, enum diag_severity severity)
{
	return list->severity_counts[severity];
}

static const char *
place_file(const struct place *place)
{
	return place->source ? place->source->name : "";
}

static int
diag_compare(const void *one, const void *two)
{
	const struct diag *left = one, *right = two;
	int order = strcmp(place_file(&left->place), place_file(&right->place));

	if (order)
		return order;
	if (left->place.line != right->place.line)
		return left->place.line < right->place.line ? -1 : 1;
	if (left->place.column != right->place.column)
		return left->place.column < right->place.column ? -1 : 1;
	if (left->severity != right->severity)
		return left->severity < right->severity ? -1 : 1;
	order = strcmp(diag_rows[left->name].name, diag_rows[right->name].name);
	return order ? order : strcmp(left->text, right->text);
}

static int
range_compare(const void *one, const void *two)
{
	const struct rule_range *left = one, *right = two;
	int order = strcmp(left->source->name, right->source->name);

	if (order)
		return order;
	return left->first < right->first ? -1 : left->first > right->first;
}

/* What several rules inherit is wrong in each of them, but said once. */
static void
repeats_drop(struct diag_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (kept && !diag_compare(&list->items[kept - 1], &list->items[i]))
			list->severity_counts[list->items[i].severity]--;
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

size_t
diag_sort(struct diag_list *list)
{
	size_t at = 0;

	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), diag_compare);
	repeats_drop(list);
	if (list->rule_count)
		qsort(list->rules, list->rule_count, sizeof(*list->rules), range_compare);
	for (size_t i = 0; i < list->count; i++) {
		struct diag *diag = &list->items[i];
		struct rule_range wanted = {diag->place.source, diag->place.line, 0, NULL};

		if (!diag->place.source)
			continue;
		while (at + 1 < list->rule_count && range_compare(&list->rules[at + 1], &wanted) <= 0)
			at++;
		if (at < list->rule_count && list->rules[at].source == diag->place.source &&
		    diag->place.line >= list->rules[at].first && diag->place.line <= list->rules[at].last)
			diag->rule_id = list->rules[at].id;
	}
	return list->count;
}

const struct diag *
diag_at(const struct diag_list *list, size_t index)
{
	return &list->items[index];
}

const struct diag *
diag_first_error(const struct diag_list *list, const struct source *source, uint32_t first, uint32_t last)
{
	struct diag wanted = {.place = {source, first, 0, 0}, .text = ""};
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (diag_compare(&list->items[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < list->count && list->items[low].place.source == source && list->items[low].place.line <= last; low++)
		if (list->items[low].severity == DIAG_ERROR)
			return &list->items[low];
	return NULL;
}

size_t
diag_bad_files(const struct diag_list *list)
{
	const struct source *last = NULL;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct diag *diag = &list->items[i];

		if (diag->severity == DIAG_ERROR && diag->place.source && diag->place.source != last) {
			last = diag->place.source;
			count++;
		}
	}
	return count;
}

/* Edits (insert, delete, change, swap neighbours) from a to b, without case, at most the limit. */
static unsigned
word_distance(const char *a, size_t a_size, const char *b, size_t b_size, unsigned limit)
{
	enum { LONGEST = 63 };
	unsigned rows[3][LONGEST + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2], *spare;

	if (a_size > LONGEST || b_size > LONGEST || (a_size > b_size ? a_size - b_size : b_size - a_size) >= limit)
		return limit;
	for (size_t j = 0; j <= b_size; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		now[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			int same = (a[i - 1] | 32) == (b[j - 1] | 32);
			unsigned best = last[j - 1] + !same;

			best = last[j] + 1 < best ? last[j] + 1 : best;
			best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[b_size] < limit ? last[b_size] : limit;
}

const char *
diag_nearest_within(const char *word, size_t size, const char *const *candidates, size_t count, unsigned edits)
{
	const char *nearest = NULL;
	unsigned best = edits + 1;

	for (size_t i = 0; i < count; i++) {
		unsigned distance = word_distance(word, size, candidates[i], strlen(candidates[i]), best);

		if (distance < best) {
			best = distance;
			nearest = candidates[i];
		}
	}
	return nearest;
}

const char *
diag_nearest(const char *word, size_t size, const char *const *candidates, size_t count)
{
	return diag_nearest_within(word, size, candidates, count, size < 4 ? 1 : size < 8 ? 2 : 3);
}
