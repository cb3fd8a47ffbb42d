/* Files moved by what they are: another one put in their place stays where it is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "contents.h"
#include "../../runtime/file.h"
#include "os.h"

struct fixture {
	char folder[32], from[64], to[64];
	struct contents known; /* what lies at from, to begin with */
};

static void
put(const char *path, const char *text)
{
	assert_int_equal(os_write_file(path, text, strlen(text), 0644), 0);
}

static int
holds(const char *path, const char *text)
{
	size_t size;
	void *data;
	int same;

	if (os_read_file(path, 64, &data, &size))
		return 0;
	same = size == strlen(text) && !memcmp(data, text, size);
	free(data);
	return same;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	strcpy(f->folder, "/tmp/rsnl-file-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->from, sizeof(f->from), "%s/from", f->folder);
	snprintf(f->to, sizeof(f->to), "%s/to", f->folder);
	put(f->from, "first");
	fd = file_open_plain(f->from);
	assert_true(fd >= 0);
	assert_int_equal(contents_know(fd, &f->known), 0);
	os_close(fd);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	file_remove(f->from);
	file_remove(f->to);
	rmdir(f->folder);
	free(f);
	return 0;
}

static void
test_known(void **state)
{
	struct fixture *f = *state;

	put(f->to, "left from before");
	assert_int_equal(file_move_known(&f->known, f->from, f->to), 0);
	assert_true(holds(f->to, "first") && !file_exists(f->from));
	assert_int_equal(file_move_known(&f->known, f->from, f->to), -ENOENT);
	assert_true(holds(f->to, "first"));
}

static void
test_replaced_stays(void **state)
{
	struct fixture *f = *state;

	put(f->from, "other");
	assert_int_equal(file_move_known(&f->known, f->from, f->to), -ENOENT);
	assert_true(holds(f->from, "other") && !file_exists(f->to));
}

/* The same file by its number, but not by what it holds. */
static void
test_rewritten_stays(void **state)
{
	struct fixture *f = *state;
	FILE *file = fopen(f->from, "a");

	assert_non_null(file);
	assert_true(fputs(" and more", file) >= 0);
	fclose(file);
	assert_int_equal(file_move_known(&f->known, f->from, f->to), -ENOENT);
	assert_true(holds(f->from, "first and more") && !file_exists(f->to));
}

static void
test_move_new(void **state)
{
	struct fixture *f = *state;

	put(f->to, "newer");
	assert_int_equal(file_move_new(f->from, f->to), -EEXIST);
	assert_true(holds(f->from, "first") && holds(f->to, "newer"));
	assert_int_equal(file_remove(f->to), 0);
	assert_int_equal(file_move_new(f->from, f->to), 0);
	assert_true(holds(f->to, "first") && !file_exists(f->from));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replaced_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rewritten_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_move_new, setup, teardown),
	};

	return cmocka_run_group_tests_name("runtime_file", tests, NULL, NULL);
}
