/*
 * pack_indicators.c - the indicators of a pack: values of its predicates, and of the tables in its data, by what those tables
 * keep of a hash.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"
#include "unseal.h"

#include <string.h>

#include "arena.h"
#include "hashed.h"
#include "pack_diff.h"
#include "packrt_data.h"
#include "plan.h"

struct gathering {
	struct arena *arena;
	const struct pack_tables *tables;
	struct hashed *items;
	size_t count;
};

static void
value_add(struct gathering *gathering, uint64_t type, uint64_t value)
{
	gathering->items = arena_grow(gathering->arena, gathering->items, gathering->count, sizeof(*gathering->items));
	gathering->items[gathering->count++] = (struct hashed){data_mix(type, value), NULL};
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

/* The rests of one table. What it says of itself is not believed. */
static void
table_read(struct gathering *gathering, uint64_t type, uint32_t number)
{
	const uint32_t *head = data_at(gathering, number * UINT64_C(4), sizeof(*head), sizeof(*head));
	const struct data_set *set = head ? data_at(gathering, *head, sizeof(*set), sizeof(uint64_t)) : NULL;
	const struct data_line *line;

	if (!set || set->layout != DATA_LAYOUT)
		return;
	for (uint64_t i = 0; i < set->line_count; i++) {
		line = data_at(gathering, *head + (uint64_t)set->lines + i * sizeof(*line), sizeof(*line), sizeof(uint32_t));
		if (!line)
			return;
		for (uint32_t place = 0; place < DATA_PLACES; place++)
			if (data_line_rest(line, place))
				value_add(gathering, type, data_line_rest(line, place));
	}
}

static void
predicate_read(struct gathering *gathering, uint64_t type, uint32_t predicate, uint32_t table)
{
	const struct pack_tables *tables = gathering->tables;
	const struct pack_predicate *row = &tables->predicates[predicate];

	if (row->flags & PACK_IN_DATA) {
		table_read(gathering, type, table);
		return;
	}
	for (uint32_t i = 0; i < row->values.count; i++) {
		struct pack_text text = tables->texts[row->values.first + i];
		struct ir_text folded = plan_fold(gathering->arena, (struct ir_text){pack_text_data(tables, text), text.size});

		value_add(gathering, type, data_rest(data_hash((const uint8_t *)folded.data, folded.size)));
	}
}

static uint64_t
type_hash(const char *type)
{
	uint64_t hash = 0;

	for (; *type; type++)
		hash = data_mix(hash, (unsigned char)*type);
	return hash;
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

			predicate_read(&gathering, type_hash(pack_text_data(tables, rule->indicator)), predicate, numbers[predicate]);
		}
	}
	hashed_sort(arena, gathering.items, gathering.count);
	for (size_t i = 0; i < gathering.count; i++)
		if (!i || gathering.items[i].hash != gathering.items[kept - 1].hash)
			gathering.items[kept++] = gathering.items[i];
	side->indicators = gathering.items;
	side->indicator_count = kept;
}

void
pack_diff_indicators(const struct pack_side *old, const struct pack_side *new, struct pack_changes *changes)
{
	size_t i = 0, j = 0;

	while (i < old->indicator_count || j < new->indicator_count) {
		int is_old = j == new->indicator_count ||
		             (i < old->indicator_count && old->indicators[i].hash <= new->indicators[j].hash);
		int is_new = i == old->indicator_count ||
		             (j < new->indicator_count && new->indicators[j].hash <= old->indicators[i].hash);

		changes->indicators_removed += !is_new;
		changes->indicators_added += !is_old;
		i += is_old;
		j += is_new;
	}
}
