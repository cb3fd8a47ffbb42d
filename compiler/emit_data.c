/*
 * emit_data.c - long sets of values as hash tables in the pack's DATA section, which the image looks into.
 */
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "fold.h"
#include "hashed.h"
#include "ir.h"
#include "packfile.h"
#include "packrt.h"
#include "plan.h"

enum { FILTER_BITS = 8, BUCKET_STRINGS = 8 }; /* bits a string; strings a bucket, at least */

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

/* The hashes of a predicate's values, folded: ascending, each once. */
static struct hashed *
values_hash(struct arena *arena, const struct ir_predicate *predicate, uint32_t *count)
{
	struct hashed *items = arena_alloc(arena, predicate->value_count * sizeof(*items));
	uint32_t longest = 0, kept = 0;
	uint8_t *folded;

	for (uint32_t i = 0; i < predicate->value_count; i++)
		if (predicate->values[i].text.size > longest)
			longest = predicate->values[i].text.size;
	folded = arena_alloc(arena, FOLD_ROOM(longest) + DATA_PAD);
	for (uint32_t i = 0; i < predicate->value_count; i++) {
		struct ir_text text = { (char *)folded, text_fold(folded, predicate->values[i].text) };

		items[i].hash = plan_hash(text, predicate->op == PACK_SUBDOMAIN);
	}
	hashed_sort(arena, items, predicate->value_count);
	for (uint32_t i = 0; i < predicate->value_count; i++)
		if (i == 0 || items[i].hash != items[kept - 1].hash)
			items[kept++] = items[i];
	*count = kept;
	return items;
}

static uint32_t
bucket_bits(uint32_t count)
{
	uint32_t bits = 1;

	while ((uint64_t)BUCKET_STRINGS << (bits + 1) <= count)
		bits++;
	return bits;
}

static void
set_fill(struct data_set *set, const struct hashed *items, uint32_t count)
{
	uint64_t *filter = (uint64_t *)((uint8_t *)set + set->filter);
	uint32_t *buckets = (uint32_t *)((uint8_t *)set + set->buckets), size = data_rest_size(set->bucket_bits);
	uint8_t *rest = (uint8_t *)set + set->rests;

	for (uint32_t i = 0; i < count; i++, rest += size) {
		filter[data_place(items[i].hash, set->filter_words)] |= data_bits(items[i].hash);
		buckets[(items[i].hash >> (64 - set->bucket_bits)) + 1] = i + 1;
		memcpy(rest, &items[i].hash, size);
	}
	for (uint32_t i = 0; i < 1u << set->bucket_bits; i++)
		if (buckets[i + 1] < buckets[i])
			buckets[i + 1] = buckets[i];
}

static void
emit_table(struct arena *arena, struct bytes *bytes, const struct ir_predicate *predicate)
{
	struct data_set set = { .subdomains = predicate->op == PACK_SUBDOMAIN, .filter = sizeof(set) };
	uint32_t count;
	const struct hashed *items = values_hash(arena, predicate, &count);
	size_t head;

	set.filter_words = count * (uint64_t)FILTER_BITS / 64 + 1;
	set.bucket_bits = bucket_bits(count);
	set.buckets = set.filter + set.filter_words * 8;
	set.rests = set.buckets + ((1u << set.bucket_bits) + 1) * 4;
	head = bytes_reserve(arena, bytes, set.rests + (size_t)count * data_rest_size(set.bucket_bits) + DATA_PAD);
	memcpy(bytes->data + head, &set, sizeof(set));
	set_fill((struct data_set *)(bytes->data + head), items, count);
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
	emit_table(emitter->arena, bytes, predicate);
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
