/* Key folders: every good key is loaded; what others could have put there is refused and named. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "keyring.h"
#include "minisign.h"
#include "os.h"
#include "trust.h"

struct fixture {
	char folder[32], why[TRUST_WHY_SIZE];
	struct keyring ring;
};

static const char *
path_of(const struct fixture *f, const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	return path;
}

static void
key_put(const struct fixture *f, const char *name, uint64_t id)
{
	const struct public_key key = {.id = id};
	char text[KEY_TEXT_SIZE];

	public_key_write(text, &key);
	assert_int_equal(os_write_file(path_of(f, name), text, strlen(text), 0644), 0);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_true(sodium_init() >= 0);
	strcpy(f->folder, "/tmp/rsnl-keys-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	key_put(f, "b.pub", 2);
	key_put(f, "a.pub", 1);
	assert_int_equal(os_write_file(path_of(f, "notes.txt"), "x", 1, 0666), 0);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	static const char *const names[] = {"a.pub", "b.pub", "notes.txt", "c.pub"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove(path_of(f, names[i]));
	remove(f->folder);
	keyring_done(&f->ring);
	free(f);
	return 0;
}

static void
keys_are_loaded_in_order(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(keyring_load(&f->ring, f->folder, f->why), 0);
	assert_int_equal(f->ring.count, 2);
	assert_int_equal(f->ring.keys[0].id, 1);
	assert_int_equal(f->ring.keys[1].id, 2);
	assert_string_equal(f->ring.place, f->folder);
}

static void
absent_folder_is_an_empty_one(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(keyring_load(&f->ring, "/tmp/rsnl-keys-absent", f->why), 0);
	assert_int_equal(f->ring.count, 0);
}

static void
folder_that_others_can_write_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(chmod(f->folder, 0777), 0);
	assert_int_equal(keyring_load(&f->ring, f->folder, f->why), -EPERM);
	assert_non_null(strstr(f->why, f->folder));
	assert_non_null(strstr(f->why, "others can write it"));
}

static void
key_that_others_can_write_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(chmod(path_of(f, "b.pub"), 0664), 0);
	assert_int_equal(keyring_load(&f->ring, f->folder, f->why), -EPERM);
	assert_non_null(strstr(f->why, "b.pub"));
}

static void
what_is_no_key_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(os_write_file(path_of(f, "c.pub"), "junk\n", 5, 0644), 0);
	assert_int_equal(keyring_load(&f->ring, f->folder, f->why), -EINVAL);
	assert_non_null(strstr(f->why, "c.pub: not a minisign public key"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keys_are_loaded_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(absent_folder_is_an_empty_one, setup, teardown),
		cmocka_unit_test_setup_teardown(folder_that_others_can_write_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(key_that_others_can_write_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_key_is_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
