/* compiler_selection.c - which rules -i and -x take. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "options.h"

static const char *const tags[] = {"attack.execution", "attack.t1059"};
static const struct selection_subject subject = {
	.id = "1a", .name = "nc", .path = "rules/linux/nc.yml", .status = "test", .level = "high",
	.logsource = "linux/process_creation/", .tags = tags, .tag_count = 2,
};

/* Arguments are "+KEY:GLOB" and "-KEY:GLOB". */
static int
taken(const struct selection_subject *of, const char *one, const char *two)
{
	struct selection selection = {0};

	if (one)
		assert_int_equal(selection_add(&selection, one[0] == '-', one + 1), 0);
	if (two)
		assert_int_equal(selection_add(&selection, two[0] == '-', two + 1), 0);
	return selection_takes(&selection, of);
}

static void
keys(void **state)
{
	(void)state;
	assert_true(taken(&subject, NULL, NULL));
	assert_true(taken(&subject, "+id:1*", NULL));
	assert_false(taken(&subject, "+id:2*", NULL));
	assert_true(taken(&subject, "+tag:attack.t*", NULL));
	assert_false(taken(&subject, "-tag:attack.t1059", NULL));
	assert_true(taken(&subject, "+path:*/linux/*", "+logsource:linux/*"));
	assert_false(taken(&subject, "+path:*/linux/*", "+logsource:windows/*"));
	assert_true(taken(&subject, "+id:x", "+id:1a"));
	assert_false(taken(&subject, "+id:1a", "-name:nc"));
}

static void
levels(void **state)
{
	(void)state;
	assert_true(taken(&subject, "+level:medium+", NULL));
	assert_true(taken(&subject, "+level:high", NULL));
	assert_false(taken(&subject, "+level:critical+", NULL));
	assert_false(taken(&subject, "-level:low+", NULL));
}

static void
statuses(void **state)
{
	struct selection_subject old = subject;

	(void)state;
	old.status = "deprecated";
	assert_false(taken(&old, NULL, NULL));
	assert_false(taken(&old, "+id:1a", NULL));
	assert_true(taken(&old, "+status:deprecated", NULL));
	assert_false(taken(&subject, "+status:deprecated", NULL));
}

static void
wrong(void **state)
{
	struct selection selection = {0};

	(void)state;
	assert_int_equal(selection_add(&selection, 0, "nonsense:x"), -EINVAL);
	assert_int_equal(selection_add(&selection, 0, "level"), -EINVAL);
	for (int i = 0; i < 64; i++)
		assert_int_equal(selection_add(&selection, 0, "id:x"), 0);
	assert_int_equal(selection_add(&selection, 0, "id:x"), -E2BIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys), cmocka_unit_test(levels), cmocka_unit_test(statuses), cmocka_unit_test(wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
