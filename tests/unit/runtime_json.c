/* The JSON walker: tokens, exact places of errors, escapes, depth; the scalar twin says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"

#define JSON_SCALAR
#define json_start scalar_start
#define json_next scalar_next
#define json_rest scalar_rest
#define json_unescape scalar_unescape
#define json_place scalar_place
#include "json.c"
#undef json_start
#undef json_next
#undef json_rest
#undef json_unescape
#undef json_place

/* One letter a token, then the text of keys and scalars; "!LINE:COL TEXT" for an error. */
static void
show(char *out, size_t room, const char *text, size_t size, int scalar)
{
	static const char letters[] = "!.{}[]ksntfz";
	struct json json;
	struct json_text token;
	enum json_token got;
	size_t used = 0, line, column;

	(scalar ? scalar_start : json_start)(&json, text, size);
	do {
		got = (scalar ? scalar_next : json_next)(&json, &token);
		if (got == JSON_END)
			got = (scalar ? scalar_rest : json_rest)(&json);
		if (used + 64 + size < room)
			used += (size_t)sprintf(out + used, "%c", letters[got]);
		if (used + 64 + size < room && (got == JSON_KEY || got == JSON_STRING || got == JSON_NUMBER))
			used += (size_t)sprintf(out + used, "<%.*s>", (int)token.size, token.data);
	} while (got != JSON_END && got != JSON_ERROR);
	if (got == JSON_ERROR) {
		json_place(json.start, json.at, &line, &column);
		sprintf(out + used, "%zu:%zu %s", line, column, json.error);
	}
}

static void
test_tokens(void **state)
{
	static const char *const rows[][2] = {
		{ "{}", "{}." },
		{ " [ ] \n", "[]." },
		{ "{\"a\":1,\"b\":[true,false,null,\"x\"]}", "{k<a>n<1>k<b>[tfzs<x>]}." },
		{ "{\"a\":{\"b\":{}}}", "{k<a>{k<b>{}}}." },
		{ "-0", "n<0>." },
		{ "-0.0", "n<-0.0>." },
		{ "1e+5", "n<1e+5>." },
		{ "12345678901234567890123", "n<12345678901234567890123>." },
		{ "\"\\u00e9\\\\\"", "s<\\u00e9\\\\>." },
		{ "\"0123456789abcdef\\n0123456789abcdef\"", "s<0123456789abcdef\\n0123456789abcdef>." },
		{ "", "!1:1 value expected, end of input found" },
		{ "{", "{!1:2 unexpected end of input" },
		{ "{\"a\"", "{!1:5 unexpected end of input" },
		{ "{\"a\":", "{k<a>!1:6 value expected, end of input found" },
		{ "{\"a\" 1}", "{!1:6 ':' expected" },
		{ "{\"a\":1,}", "{k<a>n<1>!1:8 key expected" },
		{ "[1,]", "[n<1>!1:4 value expected" },
		{ "[1 2]", "[n<1>!1:4 ',' or ']' expected" },
		{ "{\"a\":1 \"b\"}", "{k<a>n<1>!1:8 ',' or '}' expected" },
		{ "[1}", "[n<1>!1:3 ',' or ']' expected" },
		{ "01", "!1:2 number with a leading zero" },
		{ "+1", "!1:1 value expected" },
		{ "1.", "!1:3 unexpected end of input" },
		{ "1.x", "!1:3 digit expected after the point" },
		{ "1ex", "!1:3 digit expected in the exponent" },
		{ "-x", "!1:2 digit expected" },
		{ "tru", "!1:1 value expected" },
		{ "nul1", "!1:1 value expected" },
		{ "\"\\x\"", "!1:3 unknown escape in a string" },
		{ "\"\\u12g4\"", "!1:6 four hexadecimal digits expected after \\u" },
		{ "\"a\tb\"", "!1:3 control character in a string" },
		{ "\"abc", "!1:5 unexpected end of input" },
		{ "{}\n{}", "{}!2:1 end of line expected after the value" },
		{ "[\n \"\xc3\xa9\", x]", "[s<\xc3\xa9>!2:7 value expected" },
	};
	char got[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; ++i) {
		show(got, sizeof got, rows[i][0], strlen(rows[i][0]), 0);
		assert_string_equal(got, rows[i][1]);
		show(got, sizeof got, rows[i][0], strlen(rows[i][0]), 1);
		assert_string_equal(got, rows[i][1]);
	}
}

static void
test_depth(void **state)
{
	char text[2 * JSON_DEPTH_MAX + 16], got[8192];

	(void)state;
	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	show(got, sizeof got, text, 2 * JSON_DEPTH_MAX, 0);
	assert_int_equal(got[strlen(got) - 1], '.');
	memset(text, '[', JSON_DEPTH_MAX + 1);
	show(got, sizeof got, text, sizeof text, 0);
	assert_non_null(strstr(got, "nested deeper"));
}

static void
test_unescape(void **state)
{
	static const char *const rows[][2] = {
		{ "plain", "plain" },
		{ "a\\\\b\\\"\\/", "a\\b\"/" },
		{ "\\b\\f\\n\\r\\t", "\b\f\n\r\t" },
		{ "\\u0041\\u00e9\\u20AC", "A\xc3\xa9\xe2\x82\xac" },
		{ "\\ud83d\\ude00", "\xf0\x9f\x98\x80" },
		{ "\\ud83dx", "\xed\xa0\xbdx" },
		{ "\\ud83d\\u0041", "\xed\xa0\xbd" "A" },
		{ "\\udc00", "\xed\xb0\x80" },
	};
	char out[64];
	size_t i, size;
	int cut;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof *rows; ++i) {
		size = json_unescape(out, sizeof out, rows[i][0], strlen(rows[i][0]), &cut);
		assert_int_equal(cut, 0);
		assert_int_equal(size, strlen(rows[i][1]));
		assert_memory_equal(out, rows[i][1], size);
	}
	assert_int_equal(json_unescape(out, 3, "ab\\u20ac", 8, &cut), 2);
	assert_int_equal(cut, 1);
	assert_int_equal(json_unescape(out, 3, "abcd", 4, &cut), 3);
	assert_int_equal(cut, 1);
	assert_int_equal(json_unescape(out, 4, "abcd", 4, &cut), 4);
	assert_int_equal(cut, 0);
}

/* Mutations of one text: both walkers agree on every token and place. */
static void
test_twin(void **state)
{
	static const char seed[] =
		"{\"key\":\"a long string of more than sixteen bytes \\\\ and \\u00e9\",\"n\":[-1.5e3,0,true,null],\"o\":{}}";
	static const char bytes[] = "\"\\{}[]:,0e-tn\x01\xff u";
	char text[sizeof seed], a[4096], b[4096];
	unsigned random = 12345;
	int i, j;

	(void)state;
	for (i = 0; i < 20000; ++i) {
		memcpy(text, seed, sizeof seed);
		for (j = 0; j < 1 + i % 3; ++j) {
			random = random * 1103515245 + 12345;
			text[(random >> 8) % (sizeof seed - 1)] = bytes[(random >> 20) % (sizeof bytes - 1)];
		}
		show(a, sizeof a, text, sizeof seed - 1 - (size_t)(i % 7), 0);
		show(b, sizeof b, text, sizeof seed - 1 - (size_t)(i % 7), 1);
		assert_string_equal(a, b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens), cmocka_unit_test(test_depth), cmocka_unit_test(test_unescape),
		cmocka_unit_test(test_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
