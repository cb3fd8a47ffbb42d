/*
 * emit_data.c - long sets of values as hash tables in the pack's DATA section, which the image looks into.
 */
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "ir.h"
#include "packfile.h"
#include "packrt.h"
#include "plan.h"

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
		size_t room = 2 * (bytes->size + size);
		uint8_t *data = arena_alloc(arena, room);

		if (bytes->size)
			memcpy(data, bytes->data, bytes->size);
		bytes->data = data;
		bytes->room = room;
	}
	bytes->size += size;
	return offset;
}

static uint32_t
data_hash(struct ir_text text)
{
	uint32_t hash = DATA_HASH_START;

	for (uint32_t i = text.size; i-- > 0;)
		hash = (hash ^ (uint8_t)text.data[i]) * DATA_HASH_FACTOR;
	return hash;
}

static void
emit_table(struct arena *arena, struct bytes *bytes, const struct ir_predicate *predicate)
{
	uint32_t slot_count = 16, total = 0, *slots;
	struct ir_text *texts = arena_alloc(arena, (predicate->value_count + 1) * sizeof(*texts));
	size_t head, text;
	struct data_set *set;
	struct data_string *strings;

	for (uint32_t i = 0; i < predicate->value_count; i++) {
		texts[i] = plan_fold(arena, predicate->values[i].text);
		total += texts[i].size;
	}
	while (slot_count < 2 * predicate->value_count)
		slot_count *= 2;
	head = bytes_reserve(arena, bytes, sizeof(*set) + slot_count * 4 + predicate->value_count * sizeof(*strings) + total);
	set = (struct data_set *)(bytes->data + head);
	set->slot_count = slot_count;
	set->slots = sizeof(*set);
	set->strings = set->slots + slot_count * 4;
	set->subdomains = predicate->op == PACK_SUBDOMAIN;
	slots = (uint32_t *)((uint8_t *)set + set->slots);
	strings = (struct data_string *)((uint8_t *)set + set->strings);
	text = set->strings + predicate->value_count * sizeof(*strings);
	for (uint32_t i = 0; i < predicate->value_count; i++) {
		uint32_t slot = data_hash(texts[i]) & (slot_count - 1);

		strings[i] = (struct data_string){ data_hash(texts[i]), text, texts[i].size };
		memcpy((uint8_t *)set + text, texts[i].data, texts[i].size);
		text += texts[i].size;
		while (slots[slot])
			slot = (slot + 1) & (slot_count - 1);
		slots[slot] = i + 1;
	}
}

const void *
emit_data(struct emitter *emitter, size_t *size)
{
	struct bytes bytes = { NULL, 0, 0 };

	*size = 0;
	if (!emitter->plan->data_count)
		return NULL;
	bytes_reserve(emitter->arena, &bytes, emitter->plan->data_count * sizeof(uint32_t));
	for (uint32_t group = 0; group < emitter->plan->group_count; group++) {
		const struct plan_group *plan = emitter->plan->groups + group;

		for (uint32_t i = 0; i < plan->group->predicate_count; i++) {
			if (plan->predicates[i].data == PLAN_NONE)
				continue;
			((uint32_t *)bytes.data)[plan->predicates[i].data] = bytes.size;
			emit_table(emitter->arena, &bytes, plan->group->predicates + i);
		}
	}
	*size = bytes.size;
	return bytes.data;
}
