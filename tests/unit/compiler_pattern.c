/* compiler_pattern.c - escapes, base64 at any offset, UTF-16, the dashes of options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "pattern.h"

static int
set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int
tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

/* Literals in brackets, wildcards as they are. */
static const char *
shown(struct arena *arena, const struct sigma_pattern *pattern)
{
	char *text = arena_print(arena, "%s", "");

	for (size_t i = 0; i < pattern->count; i++) {
		const struct ir_piece *piece = &pattern->pieces[i];

		text = piece->type == IR_LITERAL ? arena_print(arena, "%s[%s]", text, piece->literal.data)
		                                 : arena_print(arena, "%s%c", text, piece->type == IR_ANY_RUN ? '*' : '?');
	}
	return text;
}

static void
escapes(void **state)
{
	static const char *const cases[][2] = {
		{"", ""}, {"abc", "[abc]"}, {"\\", "[\\]"}, {"a\\", "[a\\]"}, {"\\W", "[\\W]"}, {"\\\\", "[\\]"},
		{"\\*", "[*]"}, {"\\\\*", "[\\]*"}, {"\\\\\\*", "[\\*]"}, {"\\?", "[?]"}, {"a*b?c", "[a]*[b]?[c]"},
		{"**", "*"}, {"*?*", "*?*"}, {"\\\\\\\\", "[\\\\]"}, {"C:\\x\\*.exe", "[C:\\x*.exe]"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sigma_pattern pattern = pattern_parse(*state, arena_string(*state, cases[i][0])), again;

		assert_string_equal(shown(*state, &pattern), cases[i][1]);
		again = pattern_parse(*state, pattern_source(*state, &pattern));
		assert_string_equal(shown(*state, &again), cases[i][1]);
	}
}

static void
base64_whole(void **state)
{
	static const char *const cases[][2] = { /* RFC 4648, 10 */
		{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(pattern_base64(*state, arena_string(*state, cases[i][0]), -1).data, cases[i][1]);
}

/* The form for an offset is in the encoding of the text between any neighbours, and no longer form would be. */
static void
base64_at_offsets(void **state)
{
	static const char *const neighbours[][2] = {{"\377\377", "\377\377\377"}, {"ab", "cde"}, {"", ""}};

	for (size_t size = 1; size < 9; size++)
		for (int offset = 0; offset < 3; offset++) {
			struct ir_text text = arena_text(*state, "\303\251xyz\001\002\377q", size);
			struct ir_text form = pattern_base64(*state, text, offset);
			size_t sure = ((size + offset) * 8) / 6 - (offset * 8 + 5) / 6;

			assert_int_equal(form.size, sure);
			for (size_t i = 0; i < 2; i++) {
				char whole[32];
				int used = snprintf(whole, sizeof(whole), "%.*s%.*s%s", offset, neighbours[i][0], (int)size, text.data,
				                    neighbours[i][1]);

				assert_non_null(strstr(pattern_base64(*state, arena_text(*state, whole, used), -1).data, form.data));
			}
		}
}

static void
utf16(void **state)
{
	struct sigma_pattern pattern = pattern_parse(*state, arena_string(*state, "a*\360\237\230\200")), wide;

	wide = pattern_utf16(*state, &pattern, UTF16_LE);
	assert_int_equal(wide.count, 3);
	assert_memory_equal(wide.pieces[0].literal.data, "a\0", 2);
	assert_memory_equal(wide.pieces[2].literal.data, "\x3d\xd8\x00\xde", 4);
	wide = pattern_utf16(*state, &pattern, UTF16_BE);
	assert_memory_equal(wide.pieces[2].literal.data, "\xd8\x3d\xde\x00", 4);
	wide = pattern_utf16(*state, &pattern, UTF16_BOM);
	assert_memory_equal(wide.pieces[0].literal.data, "\xff\xfe" "a\0", 4);
}

static void
windash(void **state)
{
	static const struct {
		const char *text;
		size_t spellings;
	} cases[] = {
		{"-c", 5}, {" -c", 5}, {"a-c", 1}, {"a -c /d", 25}, {"-", 1}, {"- c", 1}, {"--c", 5}, {"-a -b -c", 125},
		{"-a -b -c -d", 0}, {"_-c", 1}, {"\303\251-c", 1}, {"\"-c\"", 5}, {"=-c", 5}, {"*-c", 5}, {"-*", 1}, {"-_", 5},
		{"\342\200\223c", 5}, {"", 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sigma_pattern pattern = pattern_parse(*state, arena_string(*state, cases[i].text)), *spellings;
		struct ir_text regex;

		assert_int_equal(pattern_windash(*state, &pattern, &spellings, &regex), cases[i].spellings);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(escapes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(base64_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(base64_at_offsets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(utf16, set_up, tear_down),
		cmocka_unit_test_setup_teardown(windash, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
