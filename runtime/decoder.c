/*
 * decoder.c - records of all kinds into the slots of one pack.
 */
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "decode.h"
#include "pack.h"
#include "record.h"
#include "vocabulary.h"

enum { LEAVES_MAX = 64 }; /* a kind has fewer fields */

struct decoder {
	const struct vocabulary_field **fields[RECORD_KIND_MAX]; /* by slot; NULL where the kind has no such field */
	struct value *slots;
	uint64_t *present;
	struct value leaves[LEAVES_MAX];
	uint32_t slot_count;
	struct event event;
	struct decode_arena arena;
};

/* Does some live source write records of this kind? */
static int
kind_is_live(const struct vocabulary_kind *kind)
{
	return kind && kind->size > sizeof(struct record_head);
}

static int
decoder_bind(struct decoder *decoder, const struct bind_name *names)
{
	for (uint32_t number = 0; number < RECORD_KIND_MAX; number++) {
		const struct vocabulary_kind *kind = vocabulary_kind(number);

		if (!kind_is_live(kind))
			continue;
		decoder->fields[number] = calloc(decoder->slot_count + 1, sizeof(**decoder->fields));
		if (!decoder->fields[number])
			return 0;
		for (uint32_t slot = 0; slot < decoder->slot_count; slot++)
			decoder->fields[number][slot] = vocabulary_field(kind, names[slot].data, names[slot].size);
	}
	return 1;
}

struct decoder *
decoder_new(const struct bind_name *names, uint32_t count)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	decoder->slot_count = count;
	decoder->slots = calloc(count + 1, sizeof(*decoder->slots));
	decoder->present = calloc(count / 64 + 1, sizeof(*decoder->present));
	decoder->arena = (struct decode_arena){malloc(DECODE_ARENA_SIZE), DECODE_ARENA_SIZE, 0};
	if (!decoder->slots || !decoder->present || !decoder->arena.data || !decoder_bind(decoder, names)) {
		decoder_free(decoder);
		return NULL;
	}
	decoder->event.slots = decoder->slots;
	decoder->event.present = decoder->present;
	return decoder;
}

void
decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return;
	for (uint32_t number = 0; number < RECORD_KIND_MAX; number++)
		free(decoder->fields[number]);
	free(decoder->slots);
	free(decoder->present);
	free(decoder->arena.data);
	free(decoder);
}

static void
decoder_read_leaves(struct decoder *decoder, const void *record, const struct vocabulary_kind *kind,
                    const struct subject *subject)
{
	struct event *event = &decoder->event;

	event->leaves = decoder->leaves;
	for (const struct vocabulary_field *field = kind->fields; field->member && event->leaf_count < LEAVES_MAX; field++) {
		struct value *leaf = &decoder->leaves[event->leaf_count];

		if (!field->name[0] || field->storage == STORAGE_VIEW ||
		    !decode_field(record, field, subject, &decoder->arena, leaf))
			continue;
		event->leaf_count++;
		if (leaf->flags & VALUE_CUT)
			event->flags |= EVENT_HAS_CUT;
	}
}

struct event *
decoder_read(struct decoder *decoder, const void *record, const struct vocabulary_kind *kind,
             const struct subject *subject, const uint32_t *slots, uint32_t count, int leaves)
{
	const struct vocabulary_field **fields = decoder->fields[kind->number];
	struct event *event = &decoder->event;

	memset(decoder->present, 0, (decoder->slot_count / 64 + 1) * sizeof(*decoder->present));
	decoder->arena.used = 0;
	event->leaves = NULL;
	event->leaf_count = event->flags = 0;
	for (uint32_t i = 0; fields && i < count; i++) {
		uint32_t slot = slots[i];

		if (!fields[slot] || !decode_field(record, fields[slot], subject, &decoder->arena, &decoder->slots[slot]))
			continue;
		decoder->present[slot / 64] |= 1ull << slot % 64;
		if (decoder->slots[slot].flags & VALUE_CUT)
			event->flags |= EVENT_HAS_CUT;
	}
	if (leaves)
		decoder_read_leaves(decoder, record, kind, subject);
	return event;
}

struct value *
decoder_slots(struct decoder *decoder)
{
	return decoder->slots;
}

uint64_t *
decoder_present(struct decoder *decoder)
{
	return decoder->present;
}

struct decode_arena *
decoder_arena(struct decoder *decoder)
{
	return &decoder->arena;
}
