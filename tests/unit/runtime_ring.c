/* The reader of a BPF ring, over a file laid out as the kernel lays out its pages. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <linux/bpf.h>

#include "record.h"
#include "ring_linux.h"
#include "ring_progress.h"
#include "source.h"
#include "source_ebpf_linux.h"

enum { RING_SIZE = 4096 };

struct fake { /* the kernel's side */
	int fd;
	uint8_t *pages; /* consumer, producer, data, data again */
	size_t page;
	uint64_t *producer;
	struct ring ring;
};

static void
fake_write(struct fake *fake, uint64_t position, const void *bytes, size_t size)
{
	uint8_t *data = fake->pages + 2 * fake->page;

	for (size_t i = 0; i < size; i++) {
		data[(position + i) % RING_SIZE] = ((const uint8_t *)bytes)[i];
		data[(position + i) % RING_SIZE + RING_SIZE] = ((const uint8_t *)bytes)[i];
	}
}

/* Appends a record whose bytes are all `fill`; flags are ORed into its length. */
static void
fake_put(struct fake *fake, uint32_t length, uint32_t flags, int fill)
{
	uint32_t head[2] = {length | flags, 0};
	uint8_t bytes[RING_SIZE];

	memset(bytes, fill, sizeof(bytes));
	fake_write(fake, *fake->producer, head, sizeof(head));
	fake_write(fake, *fake->producer + 8, bytes, length);
	*fake->producer += (8 + length + 7) & ~7u;
}

static int
setup(void **state)
{
	struct fake *fake = calloc(1, sizeof(*fake));
	size_t size;

	fake->page = sysconf(_SC_PAGESIZE);
	size = 2 * fake->page + 2 * RING_SIZE;
	fake->fd = memfd_create("ring", 0);
	assert_int_equal(ftruncate(fake->fd, size), 0);
	fake->pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fake->fd, 0);
	assert_ptr_not_equal(fake->pages, MAP_FAILED);
	fake->producer = (uint64_t *)(void *)(fake->pages + fake->page);
	assert_int_equal(ring_open(&fake->ring, fake->fd, RING_SIZE), 0);
	*state = fake;
	return 0;
}

static int
teardown(void **state)
{
	struct fake *fake = *state;

	ring_close(&fake->ring);
	munmap(fake->pages, 2 * fake->page + 2 * RING_SIZE);
	close(fake->fd);
	free(fake);
	return 0;
}

static void
expect(struct fake *fake, uint64_t *position, size_t wanted, int fill)
{
	const void *data;
	size_t size;

	assert_int_equal(ring_next(&fake->ring, position, &data, &size), 1);
	assert_int_equal(size, wanted);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(((const uint8_t *)data)[i], fill);
}

static void
expect_nothing(struct fake *fake, uint64_t *position, int result)
{
	const void *data;
	size_t size;

	assert_int_equal(ring_next(&fake->ring, position, &data, &size), result);
}

static void
test_order(void **state)
{
	struct fake *fake = *state;
	uint64_t position = ring_position(&fake->ring);

	expect_nothing(fake, &position, 0);
	fake_put(fake, 5, 0, 'a');
	fake_put(fake, 16, 0, 'b');
	expect(fake, &position, 5, 'a');
	expect(fake, &position, 16, 'b');
	expect_nothing(fake, &position, 0);
	assert_int_equal(ring_position(&fake->ring), 0);
	ring_release(&fake->ring, position);
	assert_int_equal(ring_position(&fake->ring), 16 + 24);
}

static void
test_busy_and_discarded(void **state)
{
	struct fake *fake = *state;
	uint32_t ready = 8;
	uint64_t position = 0, busy;

	fake_put(fake, 8, BPF_RINGBUF_DISCARD_BIT, 'x');
	busy = *fake->producer;
	fake_put(fake, 8, BPF_RINGBUF_BUSY_BIT, 'b');
	fake_put(fake, 8, 0, 'c');
	expect_nothing(fake, &position, 0);
	assert_int_equal(position, busy);
	fake_write(fake, busy, &ready, sizeof(ready));
	expect(fake, &position, 8, 'b');
	expect(fake, &position, 8, 'c');
}

static void
test_wrap(void **state)
{
	struct fake *fake = *state;
	uint64_t position = 0;

	for (int round = 0; round < 100; round++) {
		fake_put(fake, 1000, 0, round);
		expect(fake, &position, 1000, round);
		ring_release(&fake->ring, position);
	}
}

static void
test_malformed(void **state)
{
	struct fake *fake = *state;
	uint32_t wrong = 5000;
	uint64_t position = 0;

	fake_put(fake, 8, 0, 'a');
	fake_write(fake, 0, &wrong, sizeof(wrong));
	expect_nothing(fake, &position, -EBADMSG);
	assert_int_equal(position, 0);
}

static void
test_bad_size(void **state)
{
	struct fake *fake = *state;
	struct ring ring;

	assert_int_equal(ring_open(&ring, fake->fd, 3000), -EINVAL);
	assert_int_equal(ring_open(&ring, fake->fd, 0), -EINVAL);
	assert_int_equal(ring_open(&ring, -1, RING_SIZE), -EBADF);
	ring_close(&ring);
}

/* What the reader had in hand when it died is left out by the next, once; what is too short is counted. */
static void
test_source_skips(void **state)
{
	struct fake *fake = *state;
	struct ring_progress progress = {0};
	struct source_ebpf_config config = {fake->fd, RING_SIZE, &progress};
	struct raw_event events[8];
	struct source *source;

	for (int i = 0; i < 3; i++)
		fake_put(fake, sizeof(struct record_head), 0, i);
	fake_put(fake, 8, 0, 'x');
	assert_int_equal(source_ebpf_open(&source, &config), 0);
	assert_int_equal(source->ops->poll(source, events, 8, 0), 3);
	assert_int_equal(progress.bad, 1);
	*source->in_hand = 1 + events[1].position;
	source->ops->close(source);
	assert_int_equal(source_ebpf_open(&source, &config), 0);
	assert_int_equal(source->ops->poll(source, events, 8, 0), 2);
	assert_int_equal(progress.skipped, 1);
	assert_int_equal(((const uint8_t *)events[1].data)[0], 2);
	source->ops->commit(source);
	assert_int_equal(progress.in_hand, 0);
	assert_int_equal(ring_position(&fake->ring), *fake->producer);
	source->ops->close(source);
}

/* What is no event is given back without a commit, but not before what was handed out. */
static void
test_source_steps_over(void **state)
{
	struct fake *fake = *state;
	struct source_ebpf_config config = {fake->fd, RING_SIZE, NULL};
	struct raw_event events[8];
	struct source *source;
	uint64_t before;

	assert_int_equal(source_ebpf_open(&source, &config), 0);
	fake_put(fake, 64, BPF_RINGBUF_DISCARD_BIT, 'x');
	fake_put(fake, 8, 0, 'y');
	before = *fake->producer;
	assert_int_equal(source->ops->poll(source, events, 8, 0), 0);
	assert_int_equal(ring_position(&fake->ring), before);
	fake_put(fake, sizeof(struct record_head), 0, 'z');
	assert_int_equal(source->ops->poll(source, events, 8, 0), 1);
	fake_put(fake, 64, BPF_RINGBUF_DISCARD_BIT, 'x');
	assert_int_equal(source->ops->poll(source, events, 8, 0), 0);
	assert_int_equal(ring_position(&fake->ring), before);
	source->ops->commit(source);
	assert_int_equal(ring_position(&fake->ring), *fake->producer);
	source->ops->close(source);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_busy_and_discarded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_size, setup, teardown),
		cmocka_unit_test_setup_teardown(test_source_skips, setup, teardown),
		cmocka_unit_test_setup_teardown(test_source_steps_over, setup, teardown),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
