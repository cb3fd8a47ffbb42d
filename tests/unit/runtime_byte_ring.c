/* A ring of entries: in order, bounded, across its end, with a reader that dies and one that writes where it may. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "byte_ring.h"
#include "thread.h"

enum { ROOM = 4096, LOAD = 200000 };

struct fixture {
	void *memory;
	struct byte_ring_writer writer;
	struct byte_ring_reader reader;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->memory = aligned_alloc(64, byte_ring_memory(ROOM));
	byte_ring_writer_open(&f->writer, f->memory, ROOM);
	byte_ring_reader_open(&f->reader, f->memory, ROOM);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	free(f->memory);
	free(f);
	return 0;
}

/* Whether an entry of size bytes, all of them fill, found room. */
static int
put(struct byte_ring_writer *writer, size_t size, int fill, uint64_t limit)
{
	void *entry = byte_ring_reserve(writer, size, limit);

	if (!entry)
		return 0;
	memset(entry, fill, size);
	byte_ring_submit(writer);
	return 1;
}

static void
expect(struct byte_ring_reader *reader, size_t size, int fill)
{
	const void *data;
	size_t found;

	assert_int_equal(byte_ring_peek(reader, &data, &found), 1);
	assert_int_equal(found, size);
	assert_int_equal((uintptr_t)data % 8, 0);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(((const uint8_t *)data)[i], (uint8_t)fill);
	byte_ring_skip(reader, found);
}

static void
expect_nothing(struct byte_ring_reader *reader, int result)
{
	const void *data;
	size_t size;

	assert_int_equal(byte_ring_peek(reader, &data, &size), result);
}

static void
entries_come_in_order_across_the_end(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 1000; i++) {
		assert_true(put(&f->writer, (size_t)i % 900, i, ROOM));
		assert_true(put(&f->writer, (size_t)i % 7, ~i, ROOM));
		expect(&f->reader, (size_t)i % 900, i);
		expect(&f->reader, (size_t)i % 7, ~i);
		expect_nothing(&f->reader, 0);
		byte_ring_release(&f->reader);
	}
	assert_int_equal(byte_ring_used(&f->writer), 0);
	assert_int_equal(byte_ring_released(&f->writer), f->writer.position);
}

static void
room_comes_back_at_release_only(void **state)
{
	struct fixture *f = *state;
	int count = 0;

	while (put(&f->writer, 56, count, ROOM))
		count++;
	assert_int_equal(count, ROOM / 64);
	expect(&f->reader, 56, 0);
	assert_false(put(&f->writer, 56, 0, ROOM));
	byte_ring_release(&f->reader);
	assert_true(put(&f->writer, 56, 0, ROOM));
	assert_false(put(&f->writer, ROOM, 0, ROOM));
	assert_null(byte_ring_reserve(&f->writer, SIZE_MAX, ROOM));
}

static void
a_limit_leaves_room_for_others(void **state)
{
	struct fixture *f = *state;
	int count = 0;

	while (put(&f->writer, 56, count, ROOM - ROOM / 4))
		count++;
	assert_int_equal(count, ROOM / 64 * 3 / 4);
	while (put(&f->writer, 56, count, ROOM))
		count++;
	assert_int_equal(count, ROOM / 64);
}

static void
a_reader_begins_where_the_last_one_released(void **state)
{
	struct fixture *f = *state;

	put(&f->writer, 8, 1, ROOM);
	put(&f->writer, 8, 2, ROOM);
	expect(&f->reader, 8, 1);
	byte_ring_release(&f->reader);
	expect(&f->reader, 8, 2);
	byte_ring_reader_open(&f->reader, f->memory, ROOM);
	expect(&f->reader, 8, 2);
}

static void
a_position_that_cannot_be_is_a_full_ring(void **state)
{
	struct fixture *f = *state;

	put(&f->writer, 8, 1, ROOM);
	f->writer.ring->released = 1 << 20;
	assert_int_equal(byte_ring_used(&f->writer), ROOM);
	assert_false(put(&f->writer, 8, 1, ROOM));
	f->writer.ring->released = 0;
	assert_true(put(&f->writer, 8, 1, ROOM));
}

/* Sizes that cannot be, at every place that is read. */
static void
what_is_no_entry_is_refused(void **state)
{
	static const uint64_t sizes[] = { ROOM, ROOM - 8, 24, UINT64_MAX - 1, UINT64_MAX };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		byte_ring_writer_open(&f->writer, f->memory, ROOM);
		byte_ring_reader_open(&f->reader, f->memory, ROOM);
		put(&f->writer, 8, 1, ROOM);
		memcpy(f->writer.data, &sizes[i], sizeof *sizes);
		expect_nothing(&f->reader, -EBADMSG);
	}
	f->writer.ring->written = 1 << 20;
	expect_nothing(&f->reader, -EBADMSG);
}

static void
write_load(void *data)
{
	struct fixture *f = data;

	for (int i = 0; i < LOAD;)
		i += put(&f->writer, (size_t)i % 300, i, ROOM);
}

static void
two_threads_lose_nothing(void **state)
{
	struct fixture *f = *state;
	struct thread *writer = thread_start(write_load, f);
	const void *data;
	size_t size;

	for (int i = 0; i < LOAD;) {
		if (!byte_ring_peek(&f->reader, &data, &size))
			continue;
		expect(&f->reader, (size_t)i % 300, i);
		byte_ring_release(&f->reader);
		i++;
	}
	thread_join(writer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entries_come_in_order_across_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(room_comes_back_at_release_only, setup, teardown),
		cmocka_unit_test_setup_teardown(a_limit_leaves_room_for_others, setup, teardown),
		cmocka_unit_test_setup_teardown(a_reader_begins_where_the_last_one_released, setup, teardown),
		cmocka_unit_test_setup_teardown(a_position_that_cannot_be_is_a_full_ring, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_entry_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(two_threads_lose_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
