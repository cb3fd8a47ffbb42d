/* runtime_record.c - any bytes as records: refused, or every field, the process table and the line can be read. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "enrich.h"
#include "event_line.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"
#include "vocabulary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_all(const void *record, const struct vocabulary_kind *kind, const struct subject *subject)
{
	static char room[4096], line[512];
	struct decode_arena arena = {room, sizeof(room), 0};
	struct value value;
	unsigned sum = 0;

	for (const struct vocabulary_field *field = kind->fields; field->member; field++)
		if (decode_field(record, field, subject, &arena, &value))
			for (uint32_t i = 0; i < value.size; i++)
				sum += ((const unsigned char *)value.data)[i];
	assert(arena.used <= arena.size && sum < 0xffffffff);
	arena.used = 0;
	assert(event_line(line, sizeof(line), record, kind, subject, &arena) < sizeof(line));
}

/* Records one after another, each as long as its head says. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct process_table *table = process_table_new(16);
	struct enrich *enrich = enrich_new(table, NULL);
	size_t step;

	for (size_t at = 0; at + sizeof(struct record_head) <= size; at += step) {
		size_t rest = size - at;
		void *record = malloc(rest);
		const struct vocabulary_kind *kind;
		struct subject subject;

		memcpy(record, data + at, rest);
		kind = record_check(record, rest);
		step = kind ? ((const struct record_head *)record)->size : 8;
		if (kind) {
			enrich_record(enrich, record, &subject);
			read_all(record, kind, &subject);
		}
		free(record);
	}
	enrich_free(enrich);
	process_table_free(table);
	return 0;
}
