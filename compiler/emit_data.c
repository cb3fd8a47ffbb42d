/*
 * emit_data.c - long sets of values as hash tables in the pack's DATA section, which the image looks into.
 */
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "fold.h"
#include "ir.h"
#include "packfile.h"
#include "packrt.h"
#include "plan.h"

enum { BUCKET_STRINGS = 4, FILTER_BITS = 8 }; /* strings a bucket; bits a string */

struct bytes {
	uint8_t *data;
	size_t size, room;
};

struct table { /* a set while it is made */
	const struct ir_predicate *predicate;
	struct ir_text *texts; /* folded, DATA_PAD bytes behind each can be read */
	uint64_t *hashes;
	uint32_t *ends;        /* by bucket: the size of its texts, then where the next one of them goes */
	uint32_t bucket_count, filter_words;
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

static size_t
stored_size(struct ir_text text)
{
	return 1 + text.size + (text.size >= DATA_LONG ? sizeof(uint32_t) : 0);
}

static uint64_t
text_hash(struct ir_text text, uint32_t subdomains)
{
	const uint8_t *bytes = (const uint8_t *)text.data;
	uint64_t hash = 0, end = text.size, start;

	for (;; end = start - 1) {
		start = data_label(bytes, end, subdomains);
		hash = data_hash(hash, bytes + start, end - start);
		if (!start)
			return hash;
	}
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

static void
texts_fold(struct arena *arena, struct table *table)
{
	const struct ir_predicate *predicate = table->predicate;
	size_t total = DATA_PAD;
	uint8_t *out;

	for (uint32_t i = 0; i < predicate->value_count; i++)
		total += FOLD_ROOM(predicate->values[i].text.size);
	out = arena_alloc(arena, total);
	for (uint32_t i = 0; i < predicate->value_count; i++) {
		struct ir_text text = predicate->values[i].text;

		table->texts[i] = (struct ir_text){ (char *)out, text_fold(out, text) };
		out += table->texts[i].size;
	}
}

static void
table_measure(struct arena *arena, struct table *table)
{
	uint32_t count = table->predicate->value_count;

	table->texts = arena_alloc(arena, count * sizeof(*table->texts));
	table->hashes = arena_alloc(arena, count * sizeof(*table->hashes));
	table->bucket_count = count / BUCKET_STRINGS + 1;
	table->filter_words = count * (uint64_t)FILTER_BITS / 64 + 1;
	table->ends = arena_alloc(arena, (table->bucket_count + 1) * sizeof(*table->ends));
	texts_fold(arena, table);
	for (uint32_t i = 0; i < count; i++) {
		table->hashes[i] = text_hash(table->texts[i], table->predicate->op == PACK_SUBDOMAIN);
		table->ends[data_place(table->hashes[i], table->bucket_count) + 1] += stored_size(table->texts[i]);
	}
	for (uint32_t i = 0; i < table->bucket_count; i++)
		table->ends[i + 1] += table->ends[i];
}

static void
text_store(uint8_t *at, struct ir_text text)
{
	uint32_t size = text.size;

	*at++ = size < DATA_LONG ? size : DATA_LONG;
	if (size >= DATA_LONG) {
		memcpy(at, &size, sizeof(size));
		at += sizeof(size);
	}
	memcpy(at, text.data, size);
}

static void
emit_table(struct arena *arena, struct bytes *bytes, const struct ir_predicate *predicate)
{
	struct table table = { .predicate = predicate };
	struct data_set *set;
	uint64_t *filter;
	size_t head;

	table_measure(arena, &table);
	head = bytes_reserve(arena, bytes, sizeof(*set) + table.filter_words * 8 + (table.bucket_count + 1) * 4 +
	                     table.ends[table.bucket_count]);
	set = (struct data_set *)(bytes->data + head);
	*set = (struct data_set){ .subdomains = predicate->op == PACK_SUBDOMAIN, .filter = sizeof(*set) };
	set->filter_words = table.filter_words;
	set->bucket_count = table.bucket_count;
	set->buckets = set->filter + table.filter_words * 8;
	set->texts = set->buckets + (table.bucket_count + 1) * 4;
	memcpy((uint8_t *)set + set->buckets, table.ends, (table.bucket_count + 1) * 4);
	filter = (uint64_t *)((uint8_t *)set + set->filter);
	for (uint32_t i = 0; i < predicate->value_count; i++) {
		uint32_t *end = table.ends + data_place(table.hashes[i], table.bucket_count);

		text_store((uint8_t *)set + set->texts + *end, table.texts[i]);
		*end += stored_size(table.texts[i]);
		filter[data_place(table.hashes[i], table.filter_words)] |= data_bits(table.hashes[i]);
	}
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
