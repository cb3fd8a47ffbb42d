/*
 * byte_ring.h - entries of bytes from one writer to one reader, over memory that two processes may share.
 *
 * The writer never reads what the reader can write but the reader's position, and a position that cannot be means a
 * full ring. The reader's position moves only at release, so that the next reader begins where the last one died.
 */
#ifndef BYTE_RING_H
#define BYTE_RING_H

#include <stddef.h>
#include <stdint.h>

struct byte_ring { /* the first bytes of the memory; the entries' follow */
	uint64_t room; /* bytes of the entries, a power of two */
	uint64_t written __attribute__((aligned(64)));  /* ever; the writer's */
	uint64_t released __attribute__((aligned(64))); /* ever; the reader's */
};

struct byte_ring_writer {
	struct byte_ring *ring;
	uint8_t *data;
	uint64_t room, position, reserved; /* reserved: where the entry ends that was reserved */
};

struct byte_ring_reader {
	struct byte_ring *ring;
	const uint8_t *data;
	uint64_t room, next; /* next: position of the next entry to hand out */
};

/* Bytes of memory for room bytes of entries, a power of two. */
size_t byte_ring_memory(size_t room);
/* Makes an empty ring of memory, aligned to 64. */
void byte_ring_writer_open(struct byte_ring_writer *writer, void *memory, size_t room);
/* Memory that a writer opened with the same room. */
void byte_ring_reader_open(struct byte_ring_reader *reader, void *memory, size_t room);

/* Room for an entry, aligned to 8, that ends before so many bytes of the ring are taken; NULL: there is none. */
void *byte_ring_reserve(struct byte_ring_writer *writer, size_t size, uint64_t limit);
void byte_ring_submit(struct byte_ring_writer *writer); /* what was reserved last is whole */
/* Bytes that are written and not released. */
uint64_t byte_ring_used(const struct byte_ring_writer *writer);
/* Position that a reader has released everything before. */
uint64_t byte_ring_released(const struct byte_ring_writer *writer);

/* 1 and the next entry, which stays until it is released; 0: there is none; -EBADMSG: these are no entries. Does not
 * move on: that is byte_ring_skip(), with the size that came. */
int byte_ring_peek(struct byte_ring_reader *reader, const void **data, size_t *size);
void byte_ring_skip(struct byte_ring_reader *reader, size_t size);
/* All that was stepped over may be written to again. */
void byte_ring_release(struct byte_ring_reader *reader);
#endif
