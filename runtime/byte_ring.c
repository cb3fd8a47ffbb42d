/* byte_ring.c - an entry is its size, then its bytes, at a multiple of 8; none wraps around the end. */
#include <errno.h>
#include <string.h>

#include "byte_ring.h"

enum { ENTRY_HEAD = 8 };

#define REST_UNUSED UINT64_MAX /* in place of a size: the next entry is at the start */

static uint64_t
whole_size(size_t size)
{
	return ENTRY_HEAD + (((uint64_t)size + 7) & ~(uint64_t)7);
}

size_t
byte_ring_memory(size_t room)
{
	return sizeof(struct byte_ring) + room;
}

void
byte_ring_writer_open(struct byte_ring_writer *writer, void *memory, size_t room)
{
	struct byte_ring *ring = memory;

	memset(ring, 0, sizeof *ring);
	ring->room = room;
	*writer = (struct byte_ring_writer){ ring, (uint8_t *)(ring + 1), room, 0, 0 };
}

void
byte_ring_reader_open(struct byte_ring_reader *reader, void *memory, size_t room)
{
	struct byte_ring *ring = memory;

	*reader = (struct byte_ring_reader){ ring, (const uint8_t *)(ring + 1), room, ring->released };
}

uint64_t
byte_ring_released(const struct byte_ring_writer *writer)
{
	return __atomic_load_n(&writer->ring->released, __ATOMIC_ACQUIRE);
}

uint64_t
byte_ring_used(const struct byte_ring_writer *writer)
{
	uint64_t used = writer->position - byte_ring_released(writer);

	return used > writer->room ? writer->room : used;
}

void *
byte_ring_reserve(struct byte_ring_writer *writer, size_t size, uint64_t limit)
{
	uint64_t at = writer->position & (writer->room - 1), rest = writer->room - at, whole = whole_size(size);
	uint64_t unused = whole > rest ? rest : 0;
	uint64_t free = writer->room - byte_ring_used(writer), kept = limit < writer->room ? writer->room - limit : 0;

	if (size >= writer->room || free < kept || whole + unused > free - kept)
		return NULL;
	if (unused)
		*(uint64_t *)(writer->data + at) = REST_UNUSED;
	at = unused ? 0 : at;
	*(uint64_t *)(writer->data + at) = size;
	writer->reserved = writer->position + unused + whole;
	return writer->data + at + ENTRY_HEAD;
}

void
byte_ring_submit(struct byte_ring_writer *writer)
{
	writer->position = writer->reserved;
	__atomic_store_n(&writer->ring->written, writer->position, __ATOMIC_RELEASE);
}

int
byte_ring_peek(struct byte_ring_reader *reader, const void **data, size_t *size)
{
	uint64_t written = __atomic_load_n(&reader->ring->written, __ATOMIC_ACQUIRE);

	while (reader->next != written) {
		uint64_t at = reader->next & (reader->room - 1), length = *(const uint64_t *)(reader->data + at);

		if (written - reader->next > reader->room)
			return -EBADMSG;
		if (length == REST_UNUSED) {
			reader->next += reader->room - at;
			continue;
		}
		if (length >= reader->room || whole_size(length) > written - reader->next ||
		    whole_size(length) > reader->room - at)
			return -EBADMSG;
		*data = reader->data + at + ENTRY_HEAD;
		*size = length;
		return 1;
	}
	return 0;
}

void
byte_ring_skip(struct byte_ring_reader *reader, size_t size)
{
	reader->next += whole_size(size);
}

void
byte_ring_release(struct byte_ring_reader *reader)
{
	__atomic_store_n(&reader->ring->released, reader->next, __ATOMIC_RELEASE);
}
