/* The filter of keywords over whole lines finds what a plain search finds, wherever it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "leaf_filter.h"
#include "leaf_pairs.h"
#include "packfile.h"

static const char strings[] = "::golden\0iwi.com\0lib.dll\0abc\0";
static const struct pack_text texts[] = { { 0, 8 }, { 9, 7 }, { 17, 7 }, { 25, 3 } };
static const struct pack_tables tables = { .strings = strings, .strings_size = sizeof strings, .texts = texts,
	.text_count = 4 };

static int
finds(const struct leaf_filter *filter, const char *text, size_t size)
{
	char *line = malloc(size + !size);
	int found;

	assert_non_null(line);
	memcpy(line, text, size);
	found = leaf_filter_finds(filter, line, size);
	assert_int_equal(leaf_filter_finds_base(filter, line, size), found);
	free(line);
	return found;
}

static void
test_places(void **state)
{
	const struct pack_list all = { 0, 4 };
	struct leaf_filter *filter = leaf_filter_new(&tables, &all, 1);
	char line[100];
	uint32_t i, at;

	(void)state;
	assert_non_null(filter);
	for (i = 0; i < 4; ++i)
		for (at = 0; at + texts[i].size <= sizeof line; ++at) {
			memset(line, "x:il"[i], sizeof line);
			assert_int_equal(finds(filter, line, sizeof line), 0);
			memcpy(line + at, strings + texts[i].offset, texts[i].size);
			assert_int_equal(finds(filter, line, sizeof line), 1);
			assert_int_equal(finds(filter, line, at + texts[i].size), 1);
			assert_int_equal(finds(filter, line, at + texts[i].size - 1), 0);
			line[at + 2] ^= line[at + 2] >= 'a' ? 0x20 : 1;
			assert_int_equal(finds(filter, line, sizeof line), strings[texts[i].offset + 2] >= 'a');
		}
	free(filter);
}

/* Of every byte, wherever it stands in a text, only itself and the same letter fit. */
static void
test_every_byte(void **state)
{
	static const uint8_t data[] = "k@[`{z!1\x7f\xc3\xa9 -/_azaz\\\"";
	struct leaf_text text = { data, 0, 0 };

	(void)state;
	for (text.size = 2; text.size < sizeof data; ++text.size)
		for (uint32_t at = 0; at < text.size; ++at)
			for (uint32_t byte = 0; byte < 256; ++byte) {
				char *line = malloc(text.size);
				int letter = data[at] >= 'a' && data[at] <= 'z';

				memcpy(line, data, text.size);
				line[at] = (char)byte;
				assert_int_equal(leaf_text_fits(&text, line, text.size, 0),
				                 byte == data[at] || (letter && byte == data[at] - 0x20u));
				free(line);
			}
}

static void
test_case_bit(void **state)
{
	const struct pack_list one = { 0, 1 };
	struct leaf_filter *filter = leaf_filter_new(&tables, &one, 1);

	(void)state;
	assert_int_equal(finds(filter, "::GOLDEN", 8), 1);
	assert_int_equal(finds(filter, "\x1a\x1agolden", 8), 0);
	assert_int_equal(finds(filter, "", 0), 0);
	free(filter);
}

/* Every literal set of texts of one size, at every place: windows of two, three and four bytes, all steps. */
static void
test_sizes(void **state)
{
	static const char text[] = "abcdefghijklmnopqrstuvw";
	struct pack_text row = { 0, 0 };
	const struct pack_tables other = { .strings = text, .strings_size = sizeof text, .texts = &row, .text_count = 1 };
	const struct pack_list all = { 0, 1 };
	struct leaf_filter *filter;
	char line[80];
	uint32_t at;

	(void)state;
	for (row.size = 2; row.size < sizeof text; ++row.size) {
		filter = leaf_filter_new(&other, &all, 1);
		for (at = 0; at + row.size <= sizeof line; ++at) {
			memset(line, '-', sizeof line);
			memcpy(line + at, text, row.size);
			assert_int_equal(finds(filter, line, sizeof line), 1);
			line[at + row.size - 1] = '+';
			assert_int_equal(finds(filter, line, sizeof line), 0);
		}
		free(filter);
	}
}

/* Several lists are as one. */
static void
test_lists(void **state)
{
	const struct pack_list lists[] = { { 3, 1 }, { 0, 2 }, { 2, 0 } };
	struct leaf_filter *filter = leaf_filter_new(&tables, lists, 3);

	(void)state;
	assert_int_equal(finds(filter, "say ABC", 7), 1);
	assert_int_equal(finds(filter, "kiwi.com", 8), 1);
	assert_int_equal(finds(filter, "mimilib.dll", 11), 0);
	free(filter);
}

/* Which lists they are, wherever their texts stand, against a plain search. */
static void
test_which_lists(void **state)
{
	static const struct pack_list lists[] = { { 3, 1 }, { 0, 0 }, { 0, 2 }, { 1, 2 } };
	struct leaf_filter *filter = leaf_filter_new(&tables, lists, 4);
	char line[64], *exact;
	uint64_t found, wanted;
	uint32_t seed = 1, i, k, at;

	(void)state;
	for (int round = 0; round < 20000; ++round) {
		memset(line, 'x', sizeof line);
		for (i = 0; i < 3; ++i) {
			seed = seed * 1103515245 + 12345;
			k = seed >> 16 & 3;
			at = (seed >> 20) % (sizeof line - texts[k].size + 1);
			memcpy(line + at, strings + texts[k].offset, texts[k].size - (seed >> 28 == 0));
		}
		for (wanted = 0, i = 0; i < 4; ++i)
			for (k = lists[i].first; k < lists[i].first + lists[i].count; ++k)
				for (at = 0; at + texts[k].size <= sizeof line; ++at)
					wanted |= (uint64_t)!memcmp(line + at, strings + texts[k].offset, texts[k].size) << i;
		exact = malloc(sizeof line);
		memcpy(exact, line, sizeof line);
		found = 0;
		leaf_filter_lists(filter, exact, sizeof line, &found);
		assert_int_equal(found, wanted);
		free(exact);
	}
	free(filter);
	found = 0;
	filter = leaf_filter_new(&tables, lists, 0);
	leaf_filter_lists(filter, line, sizeof line, &found);
	assert_int_equal(found, 0);
	free(filter);
}

static void
test_too_many(void **state)
{
	static char many[1024 * 4];
	static struct pack_text rows[1024];
	const struct pack_tables other = { .strings = many, .strings_size = sizeof many, .texts = rows, .text_count = 1024 };
	struct pack_list all = { 0, 1024 };
	struct leaf_filter *filter;
	uint64_t lists = 0;
	uint32_t i;

	(void)state;
	memset(many, '!', sizeof many);
	for (i = 0; i < 1024; ++i)
		rows[i] = (struct pack_text){ 4 * i, 16 };
	all.count = 1000;
	filter = leaf_filter_new(&other, &all, 1);
	assert_int_equal(finds(filter, "nothing", 7), 1);
	leaf_filter_lists(filter, "nothing", 7, &lists);
	assert_int_equal(lists, 1);
	free(filter);
	all.count = 10;
	filter = leaf_filter_new(&other, &all, 1);
	assert_int_equal(finds(filter, "nothing", 7), 0);
	free(filter);
	rows[5].size = 1;
	filter = leaf_filter_new(&other, &all, 1);
	assert_int_equal(finds(filter, "nothing", 7), 1);
	free(filter);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_case_bit),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_which_lists),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
