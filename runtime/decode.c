/*
 * decode.c - the one check of a record's bounds, and its fields as values.
 */
#include <string.h>

#include "audit_view.h"
#include "decode.h"
#include "decode_text.h"
#include "derived.h"
#include "pack.h"
#include "record.h"
#include "vocabulary.h"

static int
span_is_good(const struct record_span *span, uint32_t fixed, uint32_t whole)
{
	uint32_t size = span->size & RECORD_SPAN_SIZE;

	if (span->size & ~(RECORD_SPAN_CUT | RECORD_SPAN_FAILED | RECORD_SPAN_SIZE))
		return 0;
	if (span->size & RECORD_SPAN_FAILED)
		return size == 0;
	if (size == 0)
		return span->offset <= whole;
	return span->offset >= fixed && span->offset <= whole && size <= whole - span->offset;
}

const struct vocabulary_kind *
record_check(const void *data, size_t size)
{
	const struct record_head *head = data;
	const struct vocabulary_kind *kind;

	if (size < sizeof(*head) || head->size > size || head->size % 8 || head->size > RECORD_SIZE_MAX)
		return NULL;
	kind = vocabulary_kind(head->kind);
	if (!kind || head->size < kind->size)
		return NULL;
	for (const struct vocabulary_field *field = kind->fields; field->member; field++)
		if ((field->storage == STORAGE_TEXT || field->storage == STORAGE_ARGS) &&
		    !span_is_good((const void *)((const char *)data + field->offset), kind->size, head->size))
			return NULL;
	return kind;
}

static int
decode_span(const char *record, const struct vocabulary_field *field, struct decode_arena *arena, struct value *value)
{
	const struct record_span *span = (const void *)(record + field->offset);
	uint32_t size = span->size & RECORD_SPAN_SIZE;
	int cut = (span->size & RECORD_SPAN_CUT) != 0;

	if (span->size & RECORD_SPAN_FAILED || span->offset == 0)
		return 0;
	if (field->storage == STORAGE_ARGS)
		text_arguments(arena, value, record + span->offset, size, cut);
	else
		text_path(arena, value, record + span->offset, size, cut);
	return 1;
}

static int
decode_number(enum vocabulary_reach reach, uint64_t number, struct decode_arena *arena, struct value *value)
{
	if (number == 0 && reach == VOCABULARY_SOMETIMES)
		return 0;
	text_number(arena, value, number);
	return 1;
}

static int
decode_address(enum vocabulary_reach reach, const uint8_t *bytes, struct decode_arena *arena, struct value *value)
{
	static const uint8_t none[16];

	if (memcmp(bytes, none, sizeof(none)) == 0 && reach == VOCABULARY_SOMETIMES)
		return 0;
	text_address(arena, value, bytes);
	return 1;
}

int
decode_field(const void *record, const struct vocabulary_field *field, const struct subject *subject,
             struct decode_arena *arena, struct value *value)
{
	const char *member = (const char *)record + field->offset;
	int is_windows = ((const struct record_head *)record)->flags & RECORD_WINDOWS;
	enum vocabulary_reach reach = is_windows ? field->on_windows : field->on_linux;
	derive_fn *derive;

	if (reach == VOCABULARY_NEVER)
		return 0;
	switch (field->storage) {
	case STORAGE_TEXT:
	case STORAGE_ARGS:
		return decode_span(record, field, arena, value);
	case STORAGE_U32:
	case STORAGE_PORT:
		return decode_number(reach, *(const uint32_t *)(const void *)member, arena, value);
	case STORAGE_U64:
		return decode_number(reach, *(const uint64_t *)(const void *)member, arena, value);
	case STORAGE_ADDRESS:
		return decode_address(reach, (const uint8_t *)member, arena, value);
	case STORAGE_VIEW:
		return audit_view_field(field->member, record, arena, value);
	}
	derive = derive_find(field->member);
	return derive && derive(record, subject, arena, value);
}
