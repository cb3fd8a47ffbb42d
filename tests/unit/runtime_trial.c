/* runtime_trial.c - trial: the names in an event, the events of a file, refusals. What it makes of packs: tests/trial. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pack.h"
#include "trial.h"

static void
path_add(void *data, const char *path)
{
	strcat(strcat(data, path), " ");
}

static void
paths(void **state)
{
	static const char *const rows[][2] = {
		{ "{}", "" },
		{ "{\"a\":1,\"b\":null,\"c\":true}", "a b c " },
		{ "{\"a\":{\"b\":{\"c\":1},\"d\":2},\"e\":3}", "a.b.c a.d e " },
		{ "{\"a\":[1,{\"b\":2},[3]],\"c\":[],\"d\":4}", "a c d " },
		{ "{\"a\":{},\"b\":{\"c\":[{}]},\"d\":1}", "b.c d " },
		{ "{\"a\\u0041\\\"\":1,\"b.c\":{\"d\":1}}", "aA\" b.c.d " },
		{ "{\"a\":1", "a " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
		char found[256] = "";

		trial_paths(rows[i][0], strlen(rows[i][0]), path_add, found);
		assert_string_equal(found, rows[i][1]);
	}
}

static void
deep_paths(void **state)
{
	char text[8192] = "", found[65536] = "";
	size_t used = 0;

	(void)state;
	for (int i = 0; i < 200; ++i)
		used += (size_t)sprintf(text + used, "{\"a\":1,\"%0*d\":", i % 30 + 1, i);
	strcpy(text + used, "1");
	trial_paths(text, strlen(text), path_add, found);
	assert_memory_equal(found, "a 0.a 0.01.a ", 13);
}

static void
long_paths(void **state)
{
	char text[16384] = "", found[16384] = "";
	size_t used = 0;

	(void)state;
	for (int i = 0; i < 10; ++i) {
		memset(text + used, 'a' + i, 510);
		memcpy(text + used, "{\"", 2);
		memcpy(text + used + 508, "\":", 2);
		used += 510;
	}
	strcpy(text + used, "1}}}}}}}}}}");
	trial_paths(text, strlen(text), path_add, found);
	assert_true(strlen(found) < 1024);
}

struct seen {
	char lines[64];
	int stop;
};

static int
visit(void *data, const char *text, size_t size, uint64_t line)
{
	struct seen *seen = data;

	(void)text;
	sprintf(seen->lines + strlen(seen->lines), "%d:%d ", (int)line, (int)size);
	return seen->stop;
}

static void
events(void **state)
{
	char path[] = "/tmp/rsnl-trial-XXXXXX", *errors = NULL;
	int fd = mkstemp(path);
	struct seen seen = { "", 0 };
	uint64_t bad = 0;
	size_t size;
	FILE *out = open_memstream(&errors, &size);

	(void)state;
	assert_true(fd >= 0);
	dprintf(fd, "{\"a\":1}\n\n{\"a\":\n{}\n");
	close(fd);
	assert_int_equal(trial_events(path, visit, &seen, out, &bad), 0);
	assert_string_equal(seen.lines, "1:7 3:5 4:2 ");
	seen = (struct seen){ "", 7 };
	assert_int_equal(trial_events(path, visit, &seen, out, &bad), 7);
	assert_string_equal(seen.lines, "1:7 ");
	unlink(path);
	assert_true(trial_events(path, visit, &seen, out, &bad) < 0);
	fclose(out);
	free(errors);
}

static void
refusals(void **state)
{
	const struct trial_config none = { NULL, 0 }, absent = { "/nonexistent/fields", 0 };
	char why[TRIAL_WHY_SIZE];
	struct trial *trial;

	(void)state;
	assert_true(trial_open(&trial, "junk", 4, &none, why) < 0);
	assert_non_null(strstr(why, "size: "));
	assert_true(trial_open(&trial, "junk", 4, &absent, why) < 0);
	assert_non_null(strstr(why, "/nonexistent/fields: ENOENT"));
	trial_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths), cmocka_unit_test(deep_paths), cmocka_unit_test(long_paths),
		cmocka_unit_test(events), cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
