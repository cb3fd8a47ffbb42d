/*
 * emit_data.c - long sets of values as hash tables in the pack's DATA section, which the image looks into.
 */
#include <string.h>

#include "arena.h"
#include "data_set.h"
#include "emitter.h"
#include "fold.h"
#include "hashed.h"
#include "ir.h"
#include "packfile.h"
#include "packrt_data.h"
#include "plan.h"

struct table { /* one that is made */
	struct data_set head; /* what the values say of it */
	const struct hashed *items;
	uint32_t count;
};

struct bytes {
	uint8_t *data;
	size_t size, room;
};

/* Room for size more bytes, zeroed, 8-byte aligned; returns their offset. */
static size_t
bytes_reserve(struct arena *arena, struct bytes *bytes, size_t size)
{
	size_t offset = bytes->size;

	size = (size + 7) / 8 * 8;
	if (bytes->size + size > bytes->room) {
		size_t room = bytes->size + size + bytes->size / 2;
		uint8_t *data = arena_alloc(arena, room);

		if (bytes->size)
			memcpy(data, bytes->data, bytes->size);
		bytes->data = data;
		bytes->room = room;
	}
	bytes->size += size;
	return offset;
}

/* Folds a text; few of millions have anything to fold. */
static uint32_t
text_fold(uint8_t *out, struct ir_text text)
{
	uint32_t i;

	for (i = 0; i < text.size && (uint8_t)text.data[i] < 0x80 && !(text.data[i] >= 'A' && text.data[i] <= 'Z'); i++)
		out[i] = text.data[i];
	return i + fold_text(out + i, (const uint8_t *)text.data + i, text.size - i, 1);
}

static uint32_t
labels_count(const uint8_t *text, uint32_t size)
{
	uint32_t count = 1;

	for (uint32_t i = 0; i < size; i++)
		count += text[i] == '.';
	return count;
}

/* Hashes a predicate's values, folded. */
static void
values_hash(struct arena *arena, const struct ir_predicate *predicate, struct hashed *items, struct data_set *head)
{
	uint32_t longest = 0, size, labels;
	uint8_t *folded;

	for (uint32_t i = 0; i < predicate->value_count; i++)
		if (predicate->values[i].text.size > longest)
			longest = predicate->values[i].text.size;
	folded = arena_alloc(arena, FOLD_ROOM((size_t)longest) + DATA_PAD);
	*head = (struct data_set){ .subdomains = predicate->op == PACK_SUBDOMAIN, .labels_least = UINT32_MAX };
	for (uint32_t i = 0; i < predicate->value_count; i++) {
		size = text_fold(folded, predicate->values[i].text);
		labels = head->subdomains ? labels_count(folded, size) : 1;
		items[i].hash = data_hash(folded, size);
		head->labels_least = labels < head->labels_least ? labels : head->labels_least;
		head->size_most = size > head->size_most ? size : head->size_most;
	}
}

/* The hashes ascending, each once. */
static struct table
table_of(struct arena *arena, const struct ir_predicate *predicate)
{
	struct hashed *items = arena_alloc(arena, predicate->value_count * sizeof(*items));
	struct table table = { .items = items };

	values_hash(arena, predicate, items, &table.head);
	hashed_sort(arena, items, predicate->value_count);
	for (uint32_t i = 0; i < predicate->value_count; i++)
		if (i == 0 || items[i].hash != items[table.count - 1].hash)
			items[table.count++] = items[i];
	return table;
}

static void
table_write(struct arena *arena, struct bytes *bytes, const struct ir_predicate *predicate)
{
	struct table table = table_of(arena, predicate);
	size_t place = bytes_reserve(arena, bytes, data_set_size(bytes->size, table.count));
	struct data_set *set = (struct data_set *)(bytes->data + place);

	*set = table.head;
	data_set_fill(arena, set, place, table.items, table.count);
}

/* Sets of the same values, as a feed has for each kind of event that it is looked for in, share a table. */
static size_t
table_offset(struct emitter *emitter, struct bytes *bytes, const struct ir_predicate *predicate)
{
	for (size_t i = 0; i < emitter->table_count; i++)
		if (emitter->tables[i].predicate->values == predicate->values && emitter->tables[i].predicate->op == predicate->op)
			return emitter->tables[i].offset;
	emitter->tables = arena_grow(emitter->arena, emitter->tables, emitter->table_count, sizeof(*emitter->tables));
	emitter->tables[emitter->table_count] = (struct emit_table){ predicate, bytes->size };
	table_write(emitter->arena, bytes, predicate);
	return emitter->tables[emitter->table_count++].offset;
}

const void *
emit_data(struct emitter *emitter, size_t *size)
{
	struct bytes bytes = { NULL, 0, 0 };
	size_t offset;

	*size = 0;
	if (!emitter->plan->data_count)
		return NULL;
	bytes_reserve(emitter->arena, &bytes, emitter->plan->data_count * sizeof(uint32_t));
	for (uint32_t group = 0; group < emitter->plan->group_count; group++) {
		const struct plan_group *plan = emitter->plan->groups + group;

		for (uint32_t i = 0; i < plan->group->predicate_count; i++) {
			if (plan->predicates[i].data == PLAN_NONE)
				continue;
			offset = table_offset(emitter, &bytes, plan->group->predicates + i);
			((uint32_t *)bytes.data)[plan->predicates[i].data] = offset;
		}
	}
	*size = bytes.size;
	return bytes.data;
}
