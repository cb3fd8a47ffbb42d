/* The process table: identity by pid and start, forks, grace, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "process_table.h"

#define SECOND 1000000000ull

static struct process *
insert(struct process_table *table, uint32_t pid, uint64_t start, const char *image)
{
	struct process process = {.pid = pid, .start = start, .image = image, .image_size = strlen(image), .args = "a\0b",
	                          .args_size = 4, .directory = "/", .directory_size = 1, .args_count = 2};

	return process_table_insert(table, &process);
}

static void
test_identity(void **state)
{
	struct process_table *table = process_table_new(8);
	struct process *process;

	(void)state;
	assert_null(process_table_find(table, 7, 0));
	insert(table, 7, 100, "/bin/old");
	insert(table, 7, 200, "/bin/new");
	process = process_table_find(table, 7, 100);
	assert_string_equal(process->image, "/bin/old");
	assert_memory_equal(process->args, "a\0b", 4);
	assert_string_equal(process_table_find(table, 7, 0)->image, "/bin/new");
	assert_null(process_table_find(table, 7, 300));
	insert(table, 7, 200, "/bin/exec-again");
	assert_string_equal(process_table_find(table, 7, 200)->image, "/bin/exec-again");
	assert_int_equal(process_table_counters(table)->inserted, 2);
	assert_int_equal(process_table_counters(table)->missed, 2);
	process_table_free(table);
}

/* /proc tells starts in hundredths of a second. */
static void
test_coarse_start(void **state)
{
	struct process_table *table = process_table_new(8);

	(void)state;
	insert(table, 9, 5 * SECOND, "/bin/snapshot");
	assert_string_equal(process_table_find(table, 9, 5 * SECOND + 1234567)->image, "/bin/snapshot");
	assert_null(process_table_find(table, 9, 5 * SECOND + 7654321));
	assert_int_equal(process_table_find(table, 9, 5 * SECOND)->start, 5 * SECOND + 1234567);
	insert(table, 9, 5 * SECOND, "/bin/again");
	assert_int_equal(process_table_find(table, 9, 0)->start, 5 * SECOND + 1234567);
	assert_int_equal(process_table_counters(table)->inserted, 1);
	process_table_free(table);
}

static void
test_fork(void **state)
{
	struct process_table *table = process_table_new(8);
	struct process *child;

	(void)state;
	insert(table, 1, 10, "/bin/sh");
	process_table_fork(table, 1, 10, 2, 20);
	process_table_exit(table, 1, 10, 30);
	child = process_table_find(table, 2, 20);
	assert_string_equal(child->image, "/bin/sh");
	assert_int_equal(child->parent_pid, 1);
	assert_int_equal(child->parent_start, 10);
	assert_int_equal(child->exited, 0);
	insert(table, 2, 20, "/bin/ls");
	assert_string_equal(process_table_find(table, 1, 10)->image, "/bin/sh");
	process_table_fork(table, 99, 1, 3, 21);
	child = process_table_find(table, 3, 0);
	assert_string_equal(child->image, "");
	assert_int_equal(child->parent_pid, 99);
	process_table_free(table);
}

/* A parent whose start is unknown is no younger process that got its pid; of one hundredth of a second both may be. */
static void
test_parent(void **state)
{
	struct process_table *table = process_table_new(8);
	struct process child = {.pid = 9, .start = 5 * SECOND, .parent_pid = 7};

	(void)state;
	assert_null(process_table_parent(table, &child));
	insert(table, 7, 5 * SECOND + 1234567, "/bin/parent");
	assert_string_equal(process_table_parent(table, &child)->image, "/bin/parent");
	insert(table, 7, 6 * SECOND, "/bin/young");
	assert_null(process_table_parent(table, &child));
	child.parent_start = 5 * SECOND + 1234567;
	assert_string_equal(process_table_parent(table, &child)->image, "/bin/parent");
	child.parent_pid = 0;
	assert_null(process_table_parent(table, &child));
	process_table_free(table);
}

static void
test_grace(void **state)
{
	struct process_table *table = process_table_new(8);

	(void)state;
	insert(table, 1, 10, "/bin/a");
	insert(table, 2, 20, "/bin/b");
	process_table_exit(table, 1, 10, SECOND);
	assert_int_equal(process_table_find(table, 1, 10)->exited, SECOND);
	process_table_exit(table, 1, 10, 2 * SECOND);
	assert_int_equal(process_table_counters(table)->exited, 1);
	process_table_exit(table, 2, 20, 30 * SECOND);
	assert_non_null(process_table_find(table, 1, 10));
	process_table_exit(table, 3, 30, 70 * SECOND);
	assert_null(process_table_find(table, 1, 10));
	assert_non_null(process_table_find(table, 2, 20));
	process_table_free(table);
}

static void
test_bounds(void **state)
{
	struct process_table *table = process_table_new(4);

	(void)state;
	for (uint32_t pid = 1; pid <= 4; pid++)
		insert(table, pid, pid, "/bin/x");
	process_table_exit(table, 3, 3, SECOND);
	process_table_find(table, 1, 1);
	insert(table, 5, 5, "/bin/y");
	assert_null(process_table_find(table, 3, 3));
	insert(table, 6, 6, "/bin/z");
	assert_null(process_table_find(table, 2, 2));
	assert_non_null(process_table_find(table, 1, 1));
	assert_int_equal(process_table_counters(table)->evicted, 2);
	process_table_free(table);
}

/* Many long texts do not fill the memory: the first part of each is kept. */
static void
test_long_texts(void **state)
{
	enum { COUNT = 3000, SIZE = 32000 };
	struct process_table *table = process_table_new(COUNT);
	struct process process = {.image = "/bin/x", .image_size = 6, .directory = "/", .directory_size = 1};
	struct process *found;
	char *args = malloc(SIZE);

	(void)state;
	memset(args, 'a', SIZE);
	process.args = args;
	process.args_size = SIZE;
	for (process.pid = 1; process.pid <= COUNT; process.pid++)
		assert_non_null(process_table_insert(table, &process));
	found = process_table_find(table, 1, 0);
	assert_int_equal(found->args_size, SIZE);
	assert_int_equal(found->cut, 0);
	found = process_table_find(table, COUNT, 0);
	assert_string_equal(found->image, "/bin/x");
	assert_in_range(found->args_size, 900, 1000);
	assert_memory_equal(found->args, args, found->args_size);
	assert_int_equal(found->cut, PROCESS_CUT_ARGS | PROCESS_CUT_DIRECTORY);
	assert_in_range(process_table_counters(table)->cut, 1, COUNT / 2);
	process.args_size = 2000;
	process.pid = 1;
	process_table_insert(table, &process);
	found = process_table_insert(table, &process);
	assert_int_equal(found->args_size, 2000);
	free(args);
	process_table_free(table);
}

static void
test_churn(void **state)
{
	struct process_table *table = process_table_new(256);
	char image[3000];

	(void)state;
	srand(1);
	for (uint32_t i = 1; i < 200000; i++) {
		uint32_t pid = 1 + rand() % 1000;

		memset(image, 'a' + i % 26, sizeof(image) - 1);
		image[rand() % (sizeof(image) - 1)] = 0;
		image[sizeof(image) - 1] = 0;
		if (rand() % 3 == 0)
			process_table_exit(table, pid, 0, i * SECOND / 100);
		else if (rand() % 2)
			process_table_fork(table, 1 + rand() % 1000, 0, pid, i);
		else
			assert_string_equal(insert(table, pid, i, image)->image, image);
	}
	process_table_free(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity), cmocka_unit_test(test_coarse_start), cmocka_unit_test(test_fork),
		cmocka_unit_test(test_parent), cmocka_unit_test(test_grace), cmocka_unit_test(test_bounds), cmocka_unit_test(test_churn),
		cmocka_unit_test(test_long_texts),
	};

	return cmocka_run_group_tests_name("process_table", tests, NULL, NULL);
}
