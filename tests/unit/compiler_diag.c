/* compiler_diag.c - diagnostics: order, carets, JSON, SARIF, silence, the nearest word. */
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

#include "arena.h"
#include "diag.h"

static const struct source source = {"a b.yml", "one\n\ttwo \303\251\377 three\n", 19};
static const struct source other = {"A.yml", "x\n", 2};

static char *
printed(struct diag_list *list, enum diag_format format)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	diag_print(out, list, format, 0);
	fclose(out);
	return text;
}

static struct diag_list *
filled(struct arena *arena)
{
	struct diag_list *list = diag_list_new(arena);

	diag_add(list, (struct place){&source, 2, 6, 2}, DIAG_bad_value, "second \"%d\"", 2);
	diag_add(list, (struct place){&source, 1, 1, 3}, DIAG_redundant_all, "first");
	diag_add(list, (struct place){&other, 1, 1, 0}, DIAG_old_tactic, "of another file");
	diag_set_rule(list, &source, 2, 2, "id-2");
	return list;
}

static void
text(void **state)
{
	struct arena *arena = arena_new();
	char *got = printed(filled(arena), DIAG_TEXT);

	(void)state;
	assert_string_equal(got, "A.yml:1:1: note: of another file [old-tactic]\n    1 | x\n      | ^\n"
	                         "a b.yml:1:1: warning: first [redundant-all]\n    1 | one\n      | ^~~\n"
	                         "a b.yml:2:6: error: second \"2\" [bad-value]\n    2 | \ttwo \303\251\357\277\275 three\n"
	                         "      | \t    ^~\n");
	free(got);
	arena_free(arena);
}

static void
json(void **state)
{
	struct arena *arena = arena_new();
	char *got = printed(filled(arena), DIAG_JSON);

	(void)state;
	assert_non_null(strstr(got, "{\"v\":1,\"type\":\"diagnostic\",\"file\":\"a b.yml\",\"line\":2,\"col\":6,"
	                            "\"severity\":\"error\",\"name\":\"bad-value\",\"text\":\"second \\\"2\\\"\","
	                            "\"rule_id\":\"id-2\"}\n"));
	free(got);
	arena_free(arena);
}

static void
sarif(void **state)
{
	struct arena *arena = arena_new();
	char *got = printed(filled(arena), DIAG_SARIF);

	(void)state;
	assert_non_null(strstr(got, "\"columnKind\":\"unicodeCodePoints\""));
	assert_non_null(strstr(got, "\"uri\":\"a%20b.yml\""));
	assert_non_null(strstr(got, "\"region\":{\"startLine\":2,\"startColumn\":6,\"endColumn\":8}"));
	assert_non_null(strstr(got, "\"rsnlc/v1\":\"id-2\""));
	free(got);
	arena_free(arena);
}

static void
sarif_paths(void **state)
{
	char path[4096], *got;
	struct arena *arena = arena_new();
	struct diag_list *list = diag_list_new(arena);
	struct source inside = {path, "x\n", 2}, outside = {"/absent/b.yml", "x\n", 2};

	(void)state;
	assert_non_null(getcwd(path, sizeof(path) - 16));
	strcat(path, "/f/a.yml");
	diag_add(list, (struct place){&inside, 1, 1, 1}, DIAG_bad_value, "inside");
	diag_add(list, (struct place){&outside, 1, 1, 1}, DIAG_bad_value, "outside");
	got = printed(list, DIAG_SARIF);
	assert_non_null(strstr(got, "\"uri\":\"f/a.yml\""));
	assert_non_null(strstr(got, "\"uri\":\"/absent/b.yml\""));
	free(got);
	arena_free(arena);
}

static void
silence(void **state)
{
	struct arena *arena = arena_new();
	struct diag_list *list = diag_list_new(arena);

	(void)state;
	assert_int_equal(diag_disable(list, NULL, "nonsense", 8), -ENOENT);
	assert_int_equal(diag_disable(list, NULL, "bad-value", 9), -EPERM);
	assert_int_equal(diag_disable(list, &source, "redundant-all", 13), 0);
	diag_add(list, (struct place){&source, 1, 1, 1}, DIAG_redundant_all, "silent");
	diag_add(list, (struct place){&other, 1, 1, 1}, DIAG_redundant_all, "heard");
	assert_int_equal(diag_count(list, DIAG_WARNING), 1);
	arena_free(arena);
}

/* A line too long to show is shown around the caret. */
static void
long_line(void **state)
{
	static char data[5000];
	const struct source wide = {"w", data, sizeof(data) - 1};
	struct arena *arena = arena_new();
	struct diag_list *list = diag_list_new(arena);
	char *got;

	(void)state;
	memset(data, 'x', sizeof(data) - 1);
	diag_add(list, (struct place){&wide, 1, 4000, 9}, DIAG_bad_value, "far");
	diag_add(list, (struct place){&wide, 9, 1, 1}, DIAG_bad_value, "beyond the end");
	got = printed(list, DIAG_TEXT);
	assert_true(strlen(got) < 600);
	free(got);
	arena_free(arena);
}

static void
nearest(void **state)
{
	static const char *const words[] = {"contains", "startswith", "re", "lt"};

	(void)state;
	assert_string_equal(diag_nearest("contain", 7, words, 4), "contains");
	assert_string_equal(diag_nearest("Contains", 8, words, 4), "contains");
	assert_string_equal(diag_nearest("cotnains", 8, words, 4), "contains");
	assert_string_equal(diag_nearest("startwith", 9, words, 4), "startswith");
	assert_string_equal(diag_nearest("r", 1, words, 4), "re");
	assert_null(diag_nearest("foobarbaz", 9, words, 4));
	assert_null(diag_nearest("", 0, words, 2));
}

/* The table is sorted, so that list and reader find a name; every name is of the form that problem matchers take. */
static void
rows(void **state)
{
	(void)state;
	for (int i = 0; i < DIAG_NAME_COUNT; i++) {
		assert_int_equal(strspn(diag_rows[i].name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(diag_rows[i].name));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(diag_rows[i].name, diag_rows[j].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text), cmocka_unit_test(json), cmocka_unit_test(sarif), cmocka_unit_test(sarif_paths),
		cmocka_unit_test(silence), cmocka_unit_test(long_line), cmocka_unit_test(nearest), cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
