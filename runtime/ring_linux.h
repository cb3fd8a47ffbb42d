/*
 * ring_linux.h - reads a BPF ring buffer through its mapped pages, without the bpf() system call.
 *
 * Layout as in kernel/bpf/ringbuf.c: a page with the consumer's position, a page with the producer's, the data (twice in
 * a row, of which one is mapped: both count as memory). Each record has an 8-byte head: length with a busy and a discard
 * bit, and the page's offset.
 */
#ifndef RING_LINUX_H
#define RING_LINUX_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	uint64_t *consumer; /* position up to which the kernel may write again */
	const uint64_t *producer;
	const uint8_t *data;
	uint8_t *crossing; /* copy of the record that goes over the end: one at most before it is released */
	size_t size; /* bytes, a power of two */
	int fd;
};

/* Maps the ring of a map's descriptor, which is borrowed. 0 or a negative errno. */
int ring_open(struct ring *ring, int fd, size_t size);
void ring_close(struct ring *ring);
/* The record at *position, which becomes the position after it; discarded ones are stepped over. 1, or 0 when there
 * is none yet, or -EBADMSG where the ring is not well-formed. The bytes stay until ring_release. */
int ring_next(const struct ring *ring, uint64_t *position, const void **data, size_t *size);
/* Gives everything before position back to the kernel. */
void ring_release(struct ring *ring, uint64_t position);
/* Position of the oldest byte not given back. */
uint64_t ring_position(const struct ring *ring);
/* Waits until the kernel says that something came, at most timeout_ms. 1, 0 or a negative errno. */
int ring_wait(const struct ring *ring, int timeout_ms);
#endif
