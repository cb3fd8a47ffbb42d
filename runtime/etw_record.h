/*
 * etw_record.h - a record (record.h) in the making, in a caller's room.
 */
#ifndef ETW_RECORD_H
#define ETW_RECORD_H

#include <stddef.h>
#include <stdint.h>

struct etw_value;
struct record_span;

struct etw_record {
	uint8_t *data; /* aligned to 8 */
	uint32_t room, used;
	uint32_t cut;  /* texts that found no room */
};

/* Starts a record: its members are 0, its flags RECORD_WINDOWS. Returns its head. room: the kind's struct at least. */
void *etw_record_begin(struct etw_record *record, void *data, size_t room, uint32_t kind);
/* Appends a text for span, cut at a character where it is longer than RECORD_ARGS_MAX or there is no room; nothing when
 * it is empty. */
void etw_record_text(struct etw_record *record, struct record_span *span, const char *text, size_t size);
/* The same from UTF-16. */
void etw_record_wide(struct etw_record *record, struct record_span *span, const struct etw_value *wide);
/* Pads, and writes the size to the head. */
void etw_record_end(struct etw_record *record);
#endif
