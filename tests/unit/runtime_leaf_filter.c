/* The filter of keywords over whole lines finds what a plain search finds, wherever it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "leaf_filter.h"
#include "leaf_triples.h"
#include "packfile.h"

static const char strings[] = "::golden\0iwi.com\0lib.dll\0abc\0";
static const struct pack_text texts[] = { { 0, 8 }, { 9, 7 }, { 17, 7 }, { 25, 3 } };
static const struct pack_tables tables = { .strings = strings, .strings_size = sizeof strings, .texts = texts,
	.text_count = 4 };

struct filters { /* for the same texts */
	struct leaf_filter *usual, *base;
};

static struct filters
make(const struct pack_tables *of, const struct pack_list *lists, uint32_t count)
{
	struct filters filters = { leaf_filter_new(of, lists, count), leaf_filter_new_base(of, lists, count) };

	assert_non_null(filters.usual);
	assert_non_null(filters.base);
	return filters;
}

static void
drop(struct filters filters)
{
	free(filters.usual);
	free(filters.base);
}

static char *
copy_exact(const char *text, size_t size)
{
	char *line = malloc(size + !size);

	assert_non_null(line);
	memcpy(line, text, size);
	return line;
}

static int
finds(struct filters filters, const char *text, size_t size)
{
	char *line = copy_exact(text, size);
	int found = leaf_filter_finds(filters.usual, line, size);

	assert_int_equal(leaf_filter_finds(filters.base, line, size), found);
	free(line);
	return found;
}

/* Up to 64. */
static uint64_t
lists_of(struct filters filters, const char *text, size_t size)
{
	char *line = copy_exact(text, size);
	uint64_t found = 0, base = 0;

	leaf_filter_lists(filters.usual, line, size, &found);
	leaf_filter_lists(filters.base, line, size, &base);
	assert_int_equal(found, base);
	free(line);
	return found;
}

static void
test_places(void **state)
{
	const struct pack_list all = { 0, 4 };
	struct filters filter = make(&tables, &all, 1);
	char line[100];
	uint32_t i, at;

	(void)state;
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
	drop(filter);
}

/* Of every byte, wherever it stands in a text, only itself and the same letter fit. */
static void
test_every_byte(void **state)
{
	static const uint8_t data[] = "k@[`{z!1\x7f\xc3\xa9 -/_azaz\\\"";
	struct leaf_text text = { data, 0, 0, 0 };

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
	struct filters filter = make(&tables, &one, 1);

	(void)state;
	assert_int_equal(finds(filter, "::GOLDEN", 8), 1);
	assert_int_equal(finds(filter, "\x1a\x1agolden", 8), 0);
	assert_int_equal(finds(filter, "", 0), 0);
	drop(filter);
}

/* Every literal set of texts of one size, at every place: windows of two, three and four bytes, all steps. */
static void
test_sizes(void **state)
{
	static const char text[] = "abcdefghijklmnopqrstuvw";
	struct pack_text row = { 0, 0 };
	const struct pack_tables other = { .strings = text, .strings_size = sizeof text, .texts = &row, .text_count = 1 };
	const struct pack_list all = { 0, 1 };
	struct filters filter;
	char line[80];
	uint32_t at;

	(void)state;
	for (row.size = 2; row.size < sizeof text; ++row.size) {
		filter = make(&other, &all, 1);
		for (at = 0; at + row.size <= sizeof line; ++at) {
			memset(line, '-', sizeof line);
			memcpy(line + at, text, row.size);
			assert_int_equal(finds(filter, line, sizeof line), 1);
			line[at + row.size - 1] = '+';
			assert_int_equal(finds(filter, line, sizeof line), 0);
		}
		drop(filter);
	}
}

/* Several lists are as one. */
static void
test_lists(void **state)
{
	const struct pack_list lists[] = { { 3, 1 }, { 0, 2 }, { 2, 0 } };
	struct filters filter = make(&tables, lists, 3);

	(void)state;
	assert_int_equal(finds(filter, "say ABC", 7), 1);
	assert_int_equal(finds(filter, "kiwi.com", 8), 1);
	assert_int_equal(finds(filter, "mimilib.dll", 11), 0);
	drop(filter);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16;
}

/* Sets a bit for each list one of whose texts is in the line. */
static uint64_t
search_plainly(const struct pack_tables *of, const struct pack_list *lists, uint32_t count, const char *line, size_t size)
{
	uint64_t found = 0;
	uint32_t i, k, at;

	for (i = 0; i < count; ++i)
		for (k = lists[i].first; k < lists[i].first + lists[i].count; ++k)
			for (at = 0; at + of->texts[k].size <= size; ++at)
				found |= (uint64_t)!memcmp(line + at, of->strings + of->texts[k].offset, of->texts[k].size) << i;
	return found;
}

/* Lines of up to 96 bytes with some of the texts, or nearly so, against a plain search. */
static void
compare_lists(const struct pack_tables *of, const struct pack_list *lists, uint32_t count)
{
	struct filters filter = make(of, lists, count);
	uint32_t seed = 1, i, size;
	struct pack_text text;
	char line[96];

	for (int round = 0; round < 20000; ++round) {
		memset(line, 'x', sizeof line);
		size = next_random(&seed) % (sizeof line + 1);
		for (i = 0; i < 3; ++i) {
			text = of->texts[next_random(&seed) % of->text_count];
			memcpy(line + next_random(&seed) % (sizeof line - text.size + 1), of->strings + text.offset,
			       text.size - !(next_random(&seed) % 16));
		}
		assert_int_equal(lists_of(filter, line, size), search_plainly(of, lists, count, line, size));
	}
	drop(filter);
}

static void
test_which_lists(void **state)
{
	static const struct pack_list lists[] = { { 3, 1 }, { 0, 0 }, { 0, 2 }, { 1, 2 } };
	struct filters filter;

	(void)state;
	compare_lists(&tables, lists, 4);
	filter = make(&tables, lists, 0);
	assert_int_equal(lists_of(filter, "abc", 3), 0);
	drop(filter);
}

/* Short and long texts, so many that those have other ways than these; and those alone. */
static void
test_many_lists(void **state)
{
	enum { TEXTS = 320, LISTS = 40 };
	static char letters[TEXTS * 16];
	static struct pack_text rows[TEXTS];
	static struct pack_list lists[LISTS];
	const struct pack_tables many = { .strings = letters, .strings_size = sizeof letters, .texts = rows,
		.text_count = TEXTS };
	uint32_t seed = 7, i;

	(void)state;
	for (i = 0; i < sizeof letters; ++i)
		letters[i] = "abcdefgp/-$1"[next_random(&seed) % 12];
	for (i = 0; i < TEXTS; ++i)
		rows[i] = (struct pack_text){ 16 * i, i % 8 ? 6 + next_random(&seed) % 10 : 3 + next_random(&seed) % 3 };
	for (i = 0; i < LISTS; ++i)
		lists[i] = (struct pack_list){ 8 * i, 8 };
	compare_lists(&many, lists, LISTS);
	compare_lists(&many, lists, 8);
	for (i = 0; i < TEXTS; ++i)
		rows[i].size = 3 + i % 3;
	compare_lists(&many, lists, LISTS);
	compare_lists(&many, lists, 8);
}

static void
test_too_many(void **state)
{
	static char many[1024 * 4];
	static struct pack_text rows[1024];
	const struct pack_tables other = { .strings = many, .strings_size = sizeof many, .texts = rows, .text_count = 1024 };
	struct pack_list all = { 0, 1024 };
	struct filters filter;
	uint32_t i;

	(void)state;
	memset(many, '!', sizeof many);
	for (i = 0; i < 1024; ++i)
		rows[i] = (struct pack_text){ 4 * i, 16 };
	all.count = 1000;
	filter = make(&other, &all, 1);
	assert_int_equal(finds(filter, "nothing", 7), 1);
	assert_int_equal(lists_of(filter, "nothing", 7), 1);
	drop(filter);
	all.count = 10;
	filter = make(&other, &all, 1);
	assert_int_equal(finds(filter, "nothing", 7), 0);
	drop(filter);
	rows[5].size = 1;
	filter = make(&other, &all, 1);
	assert_int_equal(finds(filter, "nothing", 7), 1);
	drop(filter);
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
		cmocka_unit_test(test_many_lists),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
