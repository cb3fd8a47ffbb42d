/*
 * evtx.h - Windows event log files (.evtx): chunks, and the records in them.
 *
 * A file is a header of EVTX_HEADER_SIZE bytes and chunks of EVTX_CHUNK_SIZE; a chunk is read by itself. The format is
 * not published by its maker; what is read here is what libevtx's documentation calls version 3.1 and 3.2. Checksums
 * are not compared: every offset is, so that a log that was copied while open can be read as far as it is whole.
 */
#ifndef EVTX_H
#define EVTX_H

#include <stddef.h>
#include <stdint.h>

enum { EVTX_HEADER_SIZE = 4096, EVTX_CHUNK_SIZE = 65536 };

struct evtx_chunk { /* where the next record begins and the last one ends, in the chunk's bytes */
	const uint8_t *bytes;
	uint32_t at, end;
};

struct evtx_record { /* its binary XML: binxml.h */
	uint64_t id; /* EventRecordID */
	uint32_t at, end; /* in the chunk */
};

/* Whether the bytes begin as such a file does; 8 are enough. */
int evtx_is_file(const void *bytes, size_t size);
/* 1: it has records; 0: it was never used; -EBADMSG: it is no chunk. Borrows EVTX_CHUNK_SIZE bytes. */
int evtx_chunk_open(struct evtx_chunk *chunk, const void *bytes);
/* 1 and the next record; 0: none left; -EBADMSG: what follows is no record, and the rest of the chunk is lost. */
int evtx_record_next(struct evtx_chunk *chunk, struct evtx_record *record);
#endif
