/*
 * pack_indicators.c - the indicators of a pack: values of its predicates, and of the tables in its data.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"
#include "unseal.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "pack_diff.h"
#include "packrt.h"
#include "plan.h"

struct gathering {
	struct arena *arena;
	const struct pack_tables *tables;
	struct ir_text *texts;
	size_t count;
};

static void
value_add(struct gathering *gathering, const char *type, struct ir_text folded)
{
	size_t size = strlen(type) + 1;
	char *data = arena_alloc(gathering->arena, size + folded.size + 1);

	memcpy(data, type, size - 1);
	data[size - 1] = ':';
	if (folded.size)
		memcpy(data + size, folded.data, folded.size);
	gathering->texts = arena_grow(gathering->arena, gathering->texts, gathering->count, sizeof(*gathering->texts));
	gathering->texts[gathering->count++] = (struct ir_text){data, (uint32_t)(size + folded.size)};
}

/* size bytes at offset of data, or NULL where it ends before, or they would not be aligned. */
static const void *
data_at(const struct gathering *gathering, uint64_t offset, uint64_t size, uint64_t align)
{
	const struct pack_tables *tables = gathering->tables;

	if (offset % align || offset > tables->data_size || tables->data_size - offset < size)
		return NULL;
	return (const char *)tables->data + offset;
}

/* The string at *at of data, which goes behind it; size 0 and data NULL: there is none. */
static struct ir_text
string_next(const struct gathering *gathering, uint64_t *at)
{
	const uint8_t *head = data_at(gathering, *at, 1, 1);
	uint32_t size = head ? *head : 0;
	const char *text;

	*at += 1;
	if (size == DATA_LONG) {
		head = data_at(gathering, *at, sizeof(size), 1);
		if (head)
			memcpy(&size, head, sizeof(size));
		*at += sizeof(size);
	}
	text = head ? data_at(gathering, *at, size, 1) : NULL;
	*at += size;
	return text ? (struct ir_text){text, size} : (struct ir_text){NULL, 0};
}

/* The strings of one table. What it says of itself is not believed. */
static void
table_read(struct gathering *gathering, const char *type, uint32_t number)
{
	const uint32_t *head = data_at(gathering, number * UINT64_C(4), sizeof(*head), sizeof(*head));
	const struct data_set *set = head ? data_at(gathering, *head, sizeof(*set), sizeof(*head)) : NULL;
	const uint32_t *size = NULL;
	uint64_t at, end;

	if (set)
		size = data_at(gathering, *head + (uint64_t)set->buckets + set->bucket_count * UINT64_C(4), sizeof(*size),
		               sizeof(*size));
	if (!size)
		return;
	at = *head + (uint64_t)set->texts;
	for (end = at + *size; at < end;) {
		struct ir_text text = string_next(gathering, &at);

		if (!text.data)
			return;
		value_add(gathering, type, text);
	}
}

static void
predicate_read(struct gathering *gathering, const char *type, uint32_t predicate, uint32_t table)
{
	const struct pack_tables *tables = gathering->tables;
	const struct pack_predicate *row = &tables->predicates[predicate];

	if (row->flags & PACK_IN_DATA) {
		table_read(gathering, type, table);
		return;
	}
	for (uint32_t i = 0; i < row->values.count; i++) {
		struct pack_text text = tables->texts[row->values.first + i];

		value_add(gathering, type, plan_fold(gathering->arena,
		                                     (struct ir_text){pack_text_data(tables, text), text.size}));
	}
}

static int
text_compare(const void *one, const void *two)
{
	const struct ir_text *left = one, *right = two;
	uint32_t size = left->size < right->size ? left->size : right->size;
	int order = memcmp(left->data, right->data, size);

	return order ? order : (left->size > right->size) - (left->size < right->size);
}

/* The tables in data are numbered in the order of the predicates that have one. */
static uint32_t *
tables_number(struct gathering *gathering)
{
	const struct pack_tables *tables = gathering->tables;
	uint32_t *numbers = arena_alloc(gathering->arena, (tables->predicate_count + 1) * sizeof(*numbers)), next = 0;

	for (uint32_t i = 0; i < tables->predicate_count; i++)
		numbers[i] = tables->predicates[i].flags & PACK_IN_DATA ? next++ : 0;
	return numbers;
}

void
pack_side_indicators(struct pack_side *side, struct arena *arena)
{
	const struct pack_tables *tables = &side->pack.tables;
	struct gathering gathering = {.arena = arena, .tables = tables};
	uint32_t *numbers = tables_number(&gathering);
	size_t kept = 0;

	for (uint32_t i = 0; i < tables->rule_count; i++) {
		const struct pack_rule *rule = &tables->rules[i];

		for (uint32_t j = 0; rule->engine == PACK_IOC && rule->group != PACK_NONE && j < rule->uses.count; j++) {
			uint32_t predicate = tables->groups[rule->group].predicates.first +
			                     tables->uses[rule->uses.first + j].predicate;

			predicate_read(&gathering, pack_text_data(tables, rule->indicator), predicate, numbers[predicate]);
		}
	}
	if (gathering.count)
		qsort(gathering.texts, gathering.count, sizeof(*gathering.texts), text_compare);
	for (size_t i = 0; i < gathering.count; i++)
		if (!i || text_compare(&gathering.texts[i], &gathering.texts[kept - 1]))
			gathering.texts[kept++] = gathering.texts[i];
	side->indicators = gathering.texts;
	side->indicator_count = kept;
}

void
pack_diff_indicators(const struct pack_side *old, const struct pack_side *new, struct pack_changes *changes)
{
	size_t i = 0, j = 0;

	while (i < old->indicator_count || j < new->indicator_count) {
		int order = i == old->indicator_count   ? 1
		            : j == new->indicator_count ? -1 : text_compare(&old->indicators[i], &new->indicators[j]);

		changes->indicators_removed += order < 0;
		changes->indicators_added += order > 0;
		i += order <= 0;
		j += order >= 0;
	}
}
