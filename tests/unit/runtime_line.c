/* Strings of a line against a slow reference, at every length and place; the scalar twin says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fold.h"
#include "line.h"

#define LINE_SCALAR
#define line_done scalar_done
#define line_grow scalar_grow
#define line_string scalar_string
#define line_digits scalar_digits
#define line_number scalar_number
#define line_comma scalar_comma
#define line_key scalar_key
#define line_object scalar_object
#include "line.c"
#undef line_string

enum { TEXT_MAX = 70 };

static size_t
refer(char *out, const char *text, size_t size, size_t max)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	size_t i, n, used = 0;
	uint32_t point;

	out[used++] = '"';
	for (i = 0; i < size; i += n) {
		n = utf8_read((const uint8_t *)text + i, size - i, &point);
		if (i + n > max)
			break;
		if (point >= FOLD_BYTE || point >> 11 == 0x1b)
			used += (size_t)sprintf(out + used, "\xef\xbf\xbd");
		else if (point && point < 0x80 && strchr(escaped, (int)point))
			used += (size_t)sprintf(out + used, "\\%c", letters[strchr(escaped, (int)point) - escaped]);
		else if (point < ' ' || point == 0x7f)
			used += (size_t)sprintf(out + used, "\\u%04x", point);
		else
			used += (size_t)sprintf(out + used, "%.*s", (int)n, text + i);
	}
	out[used++] = '"';
	return used;
}

/* The text ends where its memory does, so that a sanitizer sees what is read behind it. */
static void
check(const char *text, size_t size, size_t max)
{
	char wanted[6 * TEXT_MAX + 8], *copy = malloc(size + !size);
	size_t expected = refer(wanted, text, size, max);
	struct line line = {0}, twin = {0};

	memcpy(copy, text, size);
	line_string(&line, copy, size, max);
	scalar_string(&twin, copy, size, max);
	assert_int_equal(line.size, expected);
	assert_memory_equal(line.data, wanted, expected);
	assert_int_equal(twin.size, expected);
	assert_memory_equal(twin.data, wanted, expected);
	free(copy);
	line_done(&line);
	scalar_done(&twin);
}

static void
one_special_byte_anywhere(void **state)
{
	static const char special[] = "\"\\\x7f\n\x01 ~\x1f\x80\xff";
	char text[TEXT_MAX];

	(void)state;
	for (size_t size = 0; size < TEXT_MAX; size++)
		for (size_t at = 0; at < size; at++)
			for (size_t i = 0; i < sizeof(special); i++) {
				memset(text, 'a', size);
				text[at] = special[i];
				check(text, size, size);
			}
}

static void
mixed_texts(void **state)
{
	static const char *const pieces[] = {"\\", "\"", "a", "bc", "\xc3\xa9", "\xe2\x84\xaa", "\xf0\x9f\x98\x80", "\xc3",
		"\t", "plain text of some length", "\xed\xa0\xbd"};
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[TEXT_MAX];
		size_t size = 0, max;

		for (;;) {
			const char *piece;

			seed = seed * 1103515245 + 12345;
			piece = pieces[(seed >> 16) % (sizeof(pieces) / sizeof(*pieces))];
			if (size + strlen(piece) > sizeof(text))
				break;
			memcpy(text + size, piece, strlen(piece));
			size += strlen(piece);
		}
		max = (seed >> 8) % (2 * TEXT_MAX);
		check(text, size, max);
	}
}

static void
numbers_of_every_length(void **state)
{
	struct line line = {0};
	char wanted[24];

	(void)state;
	for (uint64_t limit = 1;; limit *= 10) {
		for (uint64_t number = limit - 1; number != limit + 2; number++) {
			line.size = 0;
			line_number(&line, number);
			assert_int_equal(line.size, sprintf(wanted, "%llu", (unsigned long long)number));
			assert_memory_equal(line.data, wanted, line.size);
		}
		if (limit > UINT64_MAX / 10)
			break;
	}
	line.size = 0;
	line_number(&line, UINT64_MAX);
	assert_int_equal(line.size, 20);
	assert_memory_equal(line.data, "18446744073709551615", 20);
	line_done(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_every_length),
		cmocka_unit_test(one_special_byte_anywhere),
		cmocka_unit_test(mixed_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
