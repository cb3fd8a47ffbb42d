/* evtx.c - the frame of a Windows event log file: chunk headers and record headers. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "evtx.h"

enum {
	CHUNK_FREE = 48,     /* offset in the chunk's header of where its unused bytes begin */
	CHUNK_RECORDS = 512, /* its header, the table of names and that of templates */
	RECORD_HEAD = 24,    /* signature, size, id, time written */
	RECORD_TAIL = 4,     /* the size again */
	RECORD_SIGNATURE = 0x00002a2a,
};

int
evtx_is_file(const void *bytes, size_t size)
{
	return size >= 8 && !memcmp(bytes, "ElfFile", 8);
}

int
evtx_chunk_open(struct evtx_chunk *chunk, const void *bytes)
{
	*chunk = (struct evtx_chunk){ bytes, CHUNK_RECORDS, 0 };
	if (memcmp(bytes, "ElfChnk", 8))
		return read_u64(bytes) ? -EBADMSG : 0;
	chunk->end = read_u32(chunk->bytes + CHUNK_FREE);
	if (chunk->end > EVTX_CHUNK_SIZE || chunk->end < CHUNK_RECORDS)
		return -EBADMSG;
	return chunk->end > CHUNK_RECORDS;
}

int
evtx_record_next(struct evtx_chunk *chunk, struct evtx_record *record)
{
	const uint8_t *head = chunk->bytes + chunk->at;
	const uint32_t left = chunk->end - chunk->at;
	uint32_t size;

	if (!left)
		return 0;
	chunk->at = chunk->end;
	if (left < RECORD_HEAD + RECORD_TAIL || read_u32(head) != RECORD_SIGNATURE)
		return -EBADMSG;
	size = read_u32(head + 4);
	if (size < RECORD_HEAD + RECORD_TAIL || size > left || read_u32(head + size - RECORD_TAIL) != size)
		return -EBADMSG;
	*record = (struct evtx_record){ read_u64(head + 8), (uint32_t)(head - chunk->bytes) + RECORD_HEAD,
		(uint32_t)(head - chunk->bytes) + size - RECORD_TAIL };
	chunk->at = record->end + RECORD_TAIL;
	return 1;
}
