/*
 * ring_linux.c - the consumer's side of a BPF ring buffer.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ring_linux.h"

int
ring_open(struct ring *ring, int fd, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *consumer, *producer, *crossing;
	int error;

	*ring = (struct ring){.fd = -1};
	if (size == 0 || size & (size - 1))
		return -EINVAL;
	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return -errno;
	producer = mmap(NULL, page + size, PROT_READ, MAP_SHARED, fd, page);
	crossing = malloc(size);
	if (producer == MAP_FAILED || !crossing) {
		error = producer == MAP_FAILED ? -errno : -ENOMEM;
		if (producer != MAP_FAILED)
			munmap(producer, page + size);
		munmap(consumer, page);
		free(crossing);
		return error;
	}
	*ring = (struct ring){consumer, producer, (const uint8_t *)producer + page, crossing, size, fd};
	return 0;
}

void
ring_close(struct ring *ring)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (!ring->consumer)
		return;
	munmap(ring->consumer, page);
	munmap((void *)ring->producer, page + ring->size);
	free(ring->crossing);
	*ring = (struct ring){.fd = -1};
}

/* The bytes of a record, in one piece. */
static const void *
record_bytes(const struct ring *ring, const uint8_t *record, size_t size)
{
	const uint8_t *start = record + BPF_RINGBUF_HDR_SZ, *end = ring->data + ring->size;
	size_t first = start < end ? (size_t)(end - start) : 0;

	if (first >= size)
		return start;
	memcpy(ring->crossing, start, first);
	memcpy(ring->crossing + first, ring->data, size - first);
	return ring->crossing;
}

int
ring_next(const struct ring *ring, uint64_t *position, const void **data, size_t *size)
{
	uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);

	while (*position < end) {
		const uint8_t *record = ring->data + (*position & (ring->size - 1));
		uint32_t head = __atomic_load_n((const uint32_t *)record, __ATOMIC_ACQUIRE);
		uint32_t length = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		uint64_t whole = (BPF_RINGBUF_HDR_SZ + (uint64_t)length + 7) & ~7ull;

		if (head & BPF_RINGBUF_BUSY_BIT)
			return 0;
		if (whole > end - *position || whole > ring->size)
			return -EBADMSG;
		*position += whole;
		if (head & BPF_RINGBUF_DISCARD_BIT)
			continue;
		*data = record_bytes(ring, record, length);
		*size = length;
		return 1;
	}
	return 0;
}

void
ring_release(struct ring *ring, uint64_t position)
{
	__atomic_store_n(ring->consumer, position, __ATOMIC_RELEASE);
}

uint64_t
ring_position(const struct ring *ring)
{
	return __atomic_load_n(ring->consumer, __ATOMIC_RELAXED);
}

int
ring_wait(const struct ring *ring, int timeout_ms)
{
	struct pollfd wait = {.fd = ring->fd, .events = POLLIN};
	int count = poll(&wait, 1, timeout_ms);

	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	return count;
}
