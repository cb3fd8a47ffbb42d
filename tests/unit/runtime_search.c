/* Where a pattern stands in a value: the fast way for plain text says what the exact way does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pack.h"
#include "packfile.h"
#include "block.h"
#include "search.h"

static struct search_text
text_of(const char *text)
{
	return (struct search_text){text, (uint32_t)strlen(text)};
}

static void
places(void **state)
{
	static const struct {
		const char *value, *pattern;
		uint32_t op;
		int cased, place;
	} rows[] = {
		{"C:\\Windows\\CMD.exe", "\\cmd.EXE", PACK_ENDSWITH, 0, 10},
		{"C:\\Windows\\CMD.exe", "\\cmd.exe", PACK_ENDSWITH, 1, -1},
		{"cmd.exe", "\\cmd.exe", PACK_ENDSWITH, 0, -1},
		{"aXa", "a", PACK_ENDSWITH, 0, 2},
		{"\xe2\x84\xaa", "k", PACK_ENDSWITH, 0, 0},
		{"x\xe2\x84\xaa", "XK", PACK_EQUALS, 0, 0},
		{"one", "on", PACK_EQUALS, 0, -1},
		{"one", "ON", PACK_STARTSWITH, 0, 0},
		{"a.example.org", "Example.org", PACK_SUBDOMAIN, 0, 2},
		{"example.org", "example.org", PACK_SUBDOMAIN, 0, 0},
		{"notexample.org", "example.org", PACK_SUBDOMAIN, 0, -1},
		{"abc", "", PACK_CONTAINS, 0, 0},
		{"abc", "", PACK_ENDSWITH, 0, 3},
		{"abc", "", PACK_EQUALS, 0, -1},
		{"", "", PACK_EQUALS, 0, 0},
		{"\xc3\x89t\xc3\xa9", "\xc3\xa9T", PACK_CONTAINS, 0, 0},
		{"ab\xe2\x84\xaa" "cd", "KC", PACK_CONTAINS, 0, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(search_pattern(NULL, text_of(rows[i].value), text_of(rows[i].pattern), rows[i].op, rows[i].cased),
		                 rows[i].place);
}

static char
letter(uint32_t *seed)
{
	static const char letters[] = "aAbB -/\\\"";

	*seed = *seed * 1103515245 + 12345;
	return letters[(*seed >> 16) % (sizeof(letters) - 1)];
}

/* Values end where their memory does, so that a sanitizer sees what is read behind them. */
static void
plain_is_exact(void **state)
{
	static struct search_plain plain;
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		uint32_t size = (uint32_t)round % 200, i;
		char pattern[4], *value = malloc(size + !size);
		struct search_text text = {value, size}, wanted = {pattern, 1 + (uint32_t)round % sizeof(pattern)};

		for (i = 0; i < size; i++)
			value[i] = letter(&seed);
		for (i = 0; i < wanted.size; i++)
			pattern[i] = letter(&seed);
		plain.value.data = NULL;
		assert_true(search_plain_make(&plain, text));
		assert_int_equal(search_pattern(&plain, text, wanted, PACK_CONTAINS, 0),
		                 search_pattern(NULL, text, wanted, PACK_CONTAINS, 0));
		free(value);
	}
	assert_false(search_plain_make(&plain, text_of("\xc3\xa9")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(plain_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
