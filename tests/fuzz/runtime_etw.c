/* runtime_etw.c - any bytes as events of Windows: refused, or records that can be read; every decoder is reached. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "enrich.h"
#include "etw.h"
#include "etw_layout.h"
#include "event_line.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"
#include "vocabulary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 8, RUNDOWN_MAX = 64 }; /* layout, version, flags, pid, thread, seconds, size of the user data */

struct target {
	struct etw_decoder *decoder;
	struct process_table *processes;
	struct enrich *enrich;
	uint64_t time;
	uint64_t record[RECORD_SIZE_MAX / 8];
};

/* Answers with some of what it was asked about. */
static size_t
echo(void *context, const char *text, size_t size, char *to, size_t room)
{
	size_t half = size / 2 < room ? size / 2 : room;

	(void)context;
	memcpy(to, text, half);
	return half;
}

static size_t
account(void *context, const uint8_t *sid, size_t size, char *to, size_t room)
{
	(void)context;
	(void)sid;
	memset(to, 'a', room);
	return size % 2 ? room : 0;
}

static int
token(void *context, uint32_t pid, struct etw_token *token)
{
	(void)context;
	token->sid_size = pid % 64;
	token->created = token->logon_id = token->integrity = pid;
	return pid % 3 ? 0 : -1;
}

static void
take(struct target *target)
{
	static char room[4096], line[512];
	struct decode_arena arena = {room, sizeof(room), 0};
	const struct vocabulary_kind *kind = record_check(target->record, sizeof(target->record));
	struct subject subject;

	assert(kind);
	enrich_record(target->enrich, (const void *)target->record, &subject);
	assert(event_line(line, sizeof(line), (const void *)target->record, kind, &subject, &arena) < sizeof(line));
}

/* The event is in memory that ends where it does. */
static void
send(struct target *target, struct etw_event *event, const uint8_t *data)
{
	uint8_t *copy = malloc(event->size ? event->size : 1);
	enum etw_result result;
	int records = 0;

	memcpy(copy, data, event->size);
	event->data = copy;
	do {
		result = etw_decode(target->decoder, event, target->record, sizeof(target->record));
		if (result == ETW_RECORD || result == ETW_AGAIN)
			take(target);
		assert(++records < 100);
	} while (result == ETW_AGAIN);
	free(copy);
}

static size_t
layout_count(void)
{
	size_t count = 0;

	while (etw_layout_at(count))
		count++;
	return count;
}

static size_t
event_read(struct target *target, const uint8_t *at, size_t rest)
{
	const struct etw_layout *layout = etw_layout_at(at[0] % layout_count());
	struct etw_event event = {.id = layout->id, .opcode = (uint8_t)layout->id, .pid = at[3], .tid = at[4]};

	memcpy(event.provider, etw_provider_guid(layout->provider), 16);
	event.version = (uint8_t)(layout->oldest + at[1] % 8);
	event.pointer_size = at[2] & 1 ? 4 : 8;
	event.time = target->time += at[5] * 1000000ull;
	event.size = at[6] | (uint32_t)at[7] << 8;
	if (event.size > rest - HEAD)
		event.size = (uint32_t)(rest - HEAD);
	if (at[2] & 2)
		etw_decoder_name(target->decoder, at[2] & 4 ? ETW_KEY : ETW_FILE, at[3], at + HEAD,
		                 event.size < RUNDOWN_MAX ? event.size : RUNDOWN_MAX);
	send(target, &event, at + HEAD);
	while (etw_flush(target->decoder, target->time, target->record, sizeof(target->record)) == ETW_RECORD)
		take(target);
	return HEAD + event.size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct etw_system system = {.drive = echo, .long_path = echo, .account = account, .token = token};
	struct target *target = calloc(1, sizeof(*target));

	target->decoder = etw_decoder_new(&system, 0);
	target->processes = process_table_new(16);
	target->enrich = enrich_new(target->processes, NULL);
	target->time = 116444736000000000ull;
	for (size_t at = 0; at + HEAD <= size;)
		at += event_read(target, data + at, size - at);
	while (etw_flush(target->decoder, UINT64_MAX, target->record, sizeof(target->record)) == ETW_RECORD)
		take(target);
	etw_decoder_free(target->decoder);
	enrich_free(target->enrich);
	process_table_free(target->processes);
	free(target);
	return 0;
}
