/*
 * ring_linux.c - the consumer's side of a BPF ring buffer.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ring_linux.h"

int
ring_open(struct ring *ring, int fd, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *consumer, *producer;
	int error;

	*ring = (struct ring){.fd = -1};
	if (size == 0 || size & (size - 1))
		return -EINVAL;
	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return -errno;
	producer = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, page);
	if (producer == MAP_FAILED) {
		error = -errno;
		munmap(consumer, page);
		return error;
	}
	*ring = (struct ring){consumer, producer, (const uint8_t *)producer + page, size, fd};
	return 0;
}

void
ring_close(struct ring *ring)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (!ring->consumer)
		return;
	munmap(ring->consumer, page);
	munmap((void *)ring->producer, page + 2 * ring->size);
	*ring = (struct ring){.fd = -1};
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
		*data = record + BPF_RINGBUF_HDR_SZ;
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
