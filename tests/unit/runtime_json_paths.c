/* Picking values out of an object by their paths, and showing them on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"
#include "json_paths.h"

static const char *const paths[] = {"a.b", "a.c", "d"};

static void
values_are_found_by_path(void **state)
{
	const char line[] = "{\"x\":{\"d\":0},\"a\":{\"b\":\"one\",\"b\":2,\"c\":[3,4]},\"d\":5}";
	struct json_text found[3];

	(void)state;
	assert_int_equal(json_paths_read(line, sizeof(line) - 1, paths, 3, found), 3);
	assert_memory_equal(found[0].data, "one", 3);
	assert_int_equal(json_text_number(&found[1]), 3);
	assert_int_equal(json_text_number(&found[2]), 5);
	assert_true(json_paths_read("[", 1, paths, 3, found) < 0);
}

/* Names that are too long, or too deep, hide nothing that comes after them. */
static void
long_and_deep_names_are_stepped_over(void **state)
{
	char line[2048];
	struct json_text found[3];
	int used = sprintf(line, "{\"a\":{\"%0300d\":{\"c\":0},\"%0251d\":1,\"b\":2,\"y\":", 0, 0);

	(void)state;
	for (int i = 0; i < 40; i++)
		used += sprintf(line + used, "{\"a\":");
	used += sprintf(line + used, "0");
	for (int i = 0; i < 40; i++)
		used += sprintf(line + used, "}");
	used += sprintf(line + used, ",\"c\":3},\"d\":4}");
	assert_int_equal(json_paths_read(line, (size_t)used, paths, 3, found), 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(json_text_number(&found[i]), i + 2);
}

/* Below a path that is too long, names make it no longer. */
static void
long_names_one_in_another_are_stepped_over(void **state)
{
	static const char *const paths[] = {"b"};
	char line[8192];
	struct json_text found;
	int used = sprintf(line, "{");

	(void)state;
	for (int i = 0; i < 15; i++)
		used += sprintf(line + used, "\"%0254d\":{", i);
	used += sprintf(line + used, "\"a\":1");
	for (int i = 0; i < 15; i++)
		used += sprintf(line + used, "}");
	used += sprintf(line + used, ",\"b\":2}");
	assert_int_equal(json_paths_read(line, (size_t)used, paths, 1, &found), 1);
	assert_int_equal(json_text_number(&found), 2);
}

static void
terminals_get_no_control_characters(void **state)
{
	const char text[] = "a\\u001b[2J\\n\xc2\x9b\xc2\xa0\x7f\xc3\x9f";
	const struct json_text value = {.data = text, .size = sizeof(text) - 1, .escaped = 1};
	char out[64], small[8];

	(void)state;
	json_text_copy(out, sizeof(out), &value);
	assert_string_equal(out, "a?[2J???\xc2\xa0?\xc3\x9f");
	json_text_copy(small, sizeof(small), &value);
	assert_string_equal(small, "a?[2J?\xc2");
	json_text_copy(out, sizeof(out), &(struct json_text){0});
	assert_string_equal(out, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_by_path),
		cmocka_unit_test(long_and_deep_names_are_stepped_over),
		cmocka_unit_test(long_names_one_in_another_are_stepped_over),
		cmocka_unit_test(terminals_get_no_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
