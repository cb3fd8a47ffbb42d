/*
 * contains.c - the tables of a contains set (packrt_tables.h): filters, buckets and entries of both halves; the strings.
 */
#include <string.h>

#include "arena.h"
#include "contains.h"
#include "packrt_tables.h"
#include "contains_parts.h"
#include "plan.h"

/* Room for size bytes behind what is there. */
static uint32_t
place(uint32_t *at, uint64_t size)
{
	uint32_t start = (*at + 7) / 8 * 8;

	*at = start + size;
	return start;
}

static void
part_place(struct part *part, uint32_t *at)
{
	struct contains_part *out = &part->out;

	if (!part->count)
		return;
	out->buckets = place(at, ((UINT64_C(1) << (64 - out->buckets_shift)) + 1) * sizeof(struct contains_bucket));
	part->place = place(at, part->entry_count * sizeof(struct contains_entry));
}

static struct contains_half
half_place(struct half *half, uint32_t *at)
{
	struct contains_half out = { .few = half->few.count, .letters = half->letters, .step = half->step,
		.anchor = half->anchor };

	out.few_list = place(at, half->few.count * sizeof(uint32_t));
	if (half->notes) {
		out.notes = place(at, 1u << half->notes_bits);
		out.notes_shift = 16 - half->notes_bits;
	}
	if (half->filter) {
		out.filter = place(at, sizeof(uint64_t) << half->filter_bits);
		out.filter_shift = 64 - half->filter_bits;
	}
	part_place(&half->pairs, at);
	part_place(&half->longer, at);
	out.pairs = half->pairs.out;
	out.longer = half->longer.out;
	return out;
}

static void
part_write(const struct part *part, uint8_t *bytes)
{
	struct contains_entry *entries = (struct contains_entry *)(bytes + part->place);
	struct contains_bucket *buckets = (struct contains_bucket *)(bytes + part->out.buckets);
	uint32_t shift = part->out.buckets_shift;

	if (!part->count)
		return;
	for (uint32_t i = 0; i < part->entry_count; i++) {
		struct contains_bucket *bucket = buckets + (part->entries[i].hash >> shift);

		entries[i] = part->entries[i].out;
		bucket[0].next |= part->entries[i].next;
		bucket[1].entries += sizeof(*entries);
	}
	buckets[0].entries = part->place;
	for (uint32_t i = 0; i < 1u << (64 - shift); i++)
		buckets[i + 1].entries += buckets[i].entries;
}

static void
half_write(const struct half *half, const struct contains_half *out, uint8_t *bytes)
{
	if (half->few.count)
		memcpy(bytes + out->few_list, half->few.list, half->few.count * sizeof(uint32_t));
	if (half->notes)
		memcpy(bytes + out->notes, half->notes_bytes, 1u << half->notes_bits);
	if (half->filter)
		memcpy(bytes + out->filter, half->filter, sizeof(uint64_t) << half->filter_bits);
	part_write(&half->pairs, bytes);
	part_write(&half->longer, bytes);
}

static void
strings_write(const struct plan_set *set, const struct contains *head, uint8_t *bytes)
{
	struct contains_string *strings = (struct contains_string *)(bytes + head->strings);
	uint32_t *predicates = (uint32_t *)(bytes + head->predicates), text = 0, first = 0;

	for (uint32_t i = 0; i < set->string_count; i++) {
		const struct plan_string *string = set->strings + i;

		strings[i] = (struct contains_string){ text, string->size, first, string->predicate_count };
		memcpy(predicates + first, string->predicates, string->predicate_count * sizeof(*predicates));
		memcpy(bytes + head->texts + text, string->data, string->size);
		first += string->predicate_count;
		text += string->size;
	}
}

/* Returns the size of all. */
static uint32_t
head_make(const struct plan_set *set, struct half *halves, struct contains *head)
{
	uint32_t size = 0, predicates = 0, texts = 0;

	for (uint32_t i = 0; i < set->string_count; i++) {
		texts += set->strings[i].size;
		predicates += set->strings[i].predicate_count;
	}
	place(&size, sizeof(*head));
	for (int i = 0; i < 2; i++)
		head->halves[i] = half_place(halves + i, &size);
	head->strings = place(&size, set->string_count * sizeof(struct contains_string));
	head->predicates = place(&size, predicates * sizeof(uint32_t));
	head->texts = place(&size, texts + CONTAINS_TEXTS_PAD);
	return (size + 7) / 8 * 8;
}

const struct contains *
contains_make(struct arena *arena, const struct plan_set *set, uint32_t *size)
{
	struct half halves[2] = { { .anchor = 0 }, { .anchor = 0 } };
	struct contains *head = arena_alloc(arena, sizeof(*head)); /* all of it is written, what is between members, too */
	uint8_t *bytes;

	half_make(arena, set, &halves[0], 1);
	half_make(arena, set, &halves[1], 0);
	*size = head_make(set, halves, head);
	bytes = arena_alloc(arena, *size);
	memcpy(bytes, head, sizeof(*head));
	for (int i = 0; i < 2; i++)
		half_write(halves + i, head->halves + i, bytes);
	strings_write(set, head, bytes);
	return (const struct contains *)bytes;
}
