/*
 * etw_record.c - members first, then texts one after another.
 */
#include <string.h>

#include "etw.h"
#include "etw_layout.h"
#include "etw_record.h"
#include "etw_text.h"
#include "record.h"
#include "vocabulary.h"

void *
etw_record_begin(struct etw_record *record, void *data, size_t room, uint32_t kind)
{
	struct record_head *head = data;

	*record = (struct etw_record){data, room < RECORD_SIZE_MAX ? (uint32_t)room & ~7u : RECORD_SIZE_MAX, 0, 0};
	record->used = vocabulary_kind(kind)->size;
	memset(data, 0, record->used);
	head->kind = (uint16_t)kind;
	head->flags = RECORD_WINDOWS;
	return head;
}

/* Where the next text goes, and how much of it. */
static char *
text_room(const struct etw_record *record, size_t *room)
{
	*room = record->room - record->used;
	if (*room > RECORD_ARGS_MAX)
		*room = RECORD_ARGS_MAX;
	return (char *)record->data + record->used;
}

static void
text_done(struct etw_record *record, struct record_span *span, size_t size, int cut)
{
	span->offset = record->used;
	span->size = (uint32_t)size | (cut ? (uint32_t)RECORD_SPAN_CUT : 0);
	record->used += (uint32_t)size;
	record->cut += cut != 0;
}

void
etw_record_text(struct etw_record *record, struct record_span *span, const char *text, size_t size)
{
	size_t room;
	char *to = text_room(record, &room);
	int cut = size > room;

	if (!size)
		return;
	while (cut && room && ((unsigned char)text[room] & 0xc0) == 0x80)
		room--;
	size = cut ? room : size;
	memcpy(to, text, size);
	text_done(record, span, size, cut);
}

void
etw_record_wide(struct etw_record *record, struct record_span *span, const struct etw_value *wide)
{
	size_t room;
	char *to = text_room(record, &room);
	int cut = 0;

	if (!wide->size)
		return;
	room = etw_text_wide(to, room, wide->data, wide->size, &cut);
	text_done(record, span, room, cut);
}

void
etw_record_end(struct etw_record *record)
{
	struct record_head *head = (void *)record->data;
	uint32_t size = (record->used + 7) & ~7u;

	memset(record->data + record->used, 0, size - record->used);
	record->used = head->size = size;
}
