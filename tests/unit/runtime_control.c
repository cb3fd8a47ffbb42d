/* The control socket's lines, and how an answer is picked apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "control.h"
#include "json.h"
#include "json_paths.h"

static struct control_request request;

/* So that what is read before it is written leads nowhere. */
static __attribute__((noinline)) void
fill_stack(void)
{
	volatile char bytes[4096];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)0xaa;
}

static int
parse(const char *line)
{
	const char *why;

	fill_stack();
	return control_parse(&request, line, strlen(line), &why);
}

static void
requests(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"cmd\":\"status\"}"), 0);
	assert_int_equal(request.command, CONTROL_STATUS);
	assert_int_equal(parse(" { \"name\" : \"a\\u0062.rsnp\", \"allow_older\":true, \"cmd\":\"swap\" } "), 0);
	assert_int_equal(request.command, CONTROL_SWAP);
	assert_int_equal(request.allow_older, 1);
	assert_string_equal(request.name, "ab.rsnp");
	assert_int_equal(control_is_privileged(CONTROL_STATUS), 0);
	assert_int_equal(control_is_privileged(CONTROL_SWAP), 1);
	assert_int_equal(control_is_privileged(CONTROL_STOP), 1);
}

static void
refused(void **state)
{
	static const char *const lines[] = {"", "{", "{}", "[]", "1", "{\"cmd\":1}", "{\"cmd\":\"halt\"}",
		"{\"cmd\":\"status\"} x", "{\"cmd\":\"status\",\"more\":1}", "{\"cmd\":\"swap\",\"allow_older\":1}",
		"{\"cmd\":\"swap\",\"name\":\"a\\nb\"}", "{\"cmd\":{\"cmd\":\"stop\"}}", "{\"cmd\":\"swap\",\"name\":[\"x\"]}",
		"{\"cmd\":\"swap\",\"file\":true}", "{\"cmd\":\"swap\",\"file\":\"7\"}", "{\"cmd\":\"swap\",\"file\":[7]}",
		"{\"cmd\":\"swap\",\"file\":0}", "{\"file\":\"\\", "{\"file\":", "{\"file\":tru", "{\"name\":\"", "{\"cmd\":"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		if (!parse(lines[i]))
			fail_msg("taken: %s", lines[i]);
	}
}

static void
paths(void **state)
{
	static const char line[] = "{\"a\":{\"b\":\"x\\ty\",\"c\":[1,2]},\"d\":7,\"e\":{\"a\":{\"b\":\"no\"}}}";
	static const char *const names[] = {"a.b", "a.c", "d", "b"};
	struct json_text found[4];
	char text[16];

	(void)state;
	assert_int_equal(json_paths_read(line, strlen(line), names, 4, found), 3);
	json_text_copy(text, sizeof(text), &found[0]);
	assert_string_equal(text, "x?y");
	assert_int_equal(json_text_number(&found[1]), 1);
	assert_int_equal(json_text_number(&found[2]), 7);
	assert_int_equal(found[3].size, 0);
	assert_true(json_paths_read("{\"a\":", 5, names, 4, found) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests), cmocka_unit_test(refused), cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
