/* Where a pattern stands in a value: the fast ways, for plain text and by an index, say what the exact way does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"
#include "pack.h"
#include "packfile.h"
#include "block.h"
#include "rarity.h"
#include "search.h"
#include "search_index.h"

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
		{"\xff\x80\x80\x80\x80\x80\x80\x80\x80" "aaaaaaa\xe2\x84\xaa", "AK", PACK_ENDSWITH, 0, 15},
		{"aaaaaaaaaaaaaaaaaaaa.\xc3\xa9", "\xc3\x89", PACK_SUBDOMAIN, 0, 21},
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

/* What a pattern's escapes mean. */
static struct search_text
meant(struct search_text pattern, char *out)
{
	uint32_t i, size = 0;

	for (i = 0; i < pattern.size; i++) {
		if (pattern.data[i] == '\\' && i + 1 < pattern.size && strchr("*?\\", pattern.data[i + 1]))
			i++;
		out[size++] = pattern.data[i];
	}
	return (struct search_text){out, size};
}

static uint32_t
is_anywhere(struct search_text value, struct search_text pattern)
{
	return search_pattern(NULL, value, pattern, PACK_CONTAINS, 0) >= 0;
}

static void
what_a_value_lacks_is_nowhere(void **state)
{
	static const char *const pieces[] = {"a", "B", "\\", "*", "?", "k", "S", "1", "[", "{"};
	static const char *const folding[] = {"\xe2\x84\xaa", "\xc5\xbf"}; /* to k and s */
	static struct search_plain plain;
	uint32_t lacking = 0, lacking_pair = 0;
	int lacks, lacks_pair;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		char value[16], written[16], room[16];
		struct search_text text = {value, 1 + (uint32_t)round % sizeof(value)}, pattern = {written, 0};

		for (uint32_t i = 0; i < text.size; i++)
			value[i] = *pieces[next_random() % 10];
		for (uint32_t i = next_random() % 5; i--; pattern.size += (uint32_t)strlen(written + pattern.size))
			strcpy(written + pattern.size,
			       next_random() % 8 ? pieces[next_random() % 10] : folding[next_random() % 2]);
		plain.value.data = NULL;
		assert_true(search_plain_make(&plain, text));
		search_plain_note_pairs(&plain);
		lacks_pair = search_plain_lacks_pair(&plain, search_pair(pattern));
		lacks = search_plain_lacks(&plain, pattern);
		assert_true(lacks || !lacks_pair);
		lacking_pair += (uint32_t)lacks_pair;
		if (!lacks)
			continue;
		lacking++;
		assert_false(is_anywhere(text, pattern));
		assert_false(is_anywhere(text, meant(pattern, room)));
	}
	assert_in_range(lacking, 10000, 90000);
	assert_in_range(lacking_pair, 10000, lacking - 1);
}

static uint32_t
piece(uint32_t *seed, char *out)
{
	static const char *const pieces[] = {"\xc3\x89", "\xc3\xa9", "\xe2\x84\xaa", "k", "\xff", "\xf0\x9f\x98\x80",
		"\xc5\xbf", "\x80"};
	const char *from;

	*seed = *seed * 1103515245 + 12345;
	if ((*seed >> 16) % 4) {
		*out = letter(seed);
		return 1;
	}
	from = pieces[(*seed >> 20) % (sizeof(pieces) / sizeof(*pieces))];
	memcpy(out, from, strlen(from));
	return (uint32_t)strlen(from);
}

/* What search_index_find() is to say. */
static int
find_slowly(const struct value *values, uint32_t count, struct search_text pattern, struct search_place *place)
{
	for (uint32_t i = 0; i < count; i++) {
		struct search_text text = {values[i].data, values[i].size};
		int64_t at = values[i].type == VALUE_STRING ? search_pattern(NULL, text, pattern, PACK_CONTAINS, 0) : -1;

		if (at >= 0) {
			*place = (struct search_place){i, (uint32_t)at};
			return 1;
		}
	}
	return 0;
}

enum { MANY = 20, LONG = 3000 };

static void
index_is_exact(void **state)
{
	struct search_indexes *indexes = search_indexes_new();
	static char texts[MANY][LONG + 4];
	struct value values[MANY];
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		uint32_t count = round % 2 ? 1 : MANY, most = count == 1 ? LONG : 40;
		const struct search_index *index;

		for (uint32_t i = 0; i < count; i++) {
			uint32_t size = 0;

			while (size < most)
				if (round % 3)
					size += piece(&seed, texts[i] + size);
				else
					texts[i][size++] = letter(&seed);
			values[i] = (struct value){texts[i], size, count > 1 && i == 3 ? VALUE_OBJECT : VALUE_STRING, 0, 0};
		}
		search_indexes_start(indexes);
		index = search_indexes_get(indexes, values, count);
		assert_non_null(index);
		for (int i = 0; i < 200; i++) {
			struct search_place place = {0, 0}, right = {0, 0};
			char pattern[32];
			struct search_text wanted = {pattern, 0};

			for (int k = 1 + i % 6; k > 0; k--)
				wanted.size += piece(&seed, pattern + wanted.size);
			assert_int_equal(search_index_find(index, wanted, &place), find_slowly(values, count, wanted, &right));
			assert_int_equal(place.value, right.value);
			assert_int_equal(place.offset, right.offset);
		}
	}
	search_indexes_free(indexes);
}

/* A table smaller than the text: windows share places of it. */
static void
index_of_much_is_exact(void **state)
{
	enum { SIZE = 2 << 20 };
	struct search_indexes *indexes = search_indexes_new();
	char *text = malloc(SIZE);
	const struct value value = {text, SIZE, VALUE_STRING, 0, 0};
	const struct search_index *index;
	uint32_t seed = 7;

	(void)state;
	for (uint32_t i = 0; i < SIZE; i++)
		text[i] = letter(&seed);
	index = search_indexes_get(indexes, &value, 1);
	assert_non_null(index);
	for (uint32_t i = 0; i < 40; i++) {
		struct search_text wanted = {text + SIZE / 40 * i, 4 + i};
		struct search_place place = {0, 0}, right = {0, 0};

		assert_true(find_slowly(&value, 1, wanted, &right));
		assert_true(search_index_find(index, wanted, &place));
		assert_int_equal(place.offset, right.offset);
	}
	free(text);
	search_indexes_free(indexes);
}

/* An index is made once an event. */
static void
index_is_kept(void **state)
{
	struct search_indexes *indexes = search_indexes_new();
	char text[] = "one two";
	struct value value = {text, 7, VALUE_STRING, 0, 0}, same = value, list = {&value, 1, VALUE_LIST, 0, 0};
	struct search_place place;

	(void)state;
	assert_true(search_index_find(search_indexes_get(indexes, &value, 1), text_of("TWO"), &place));
	assert_int_equal(place.offset, 4);
	memcpy(text, "six ten", 7);
	assert_false(search_index_find(search_indexes_get(indexes, &same, 1), text_of("ten"), &place));
	search_indexes_start(indexes);
	assert_true(search_index_find(search_indexes_get(indexes, &same, 1), text_of("ten"), &place));
	assert_null(search_indexes_get(indexes, &list, 1));
	search_indexes_free(indexes);
}

/* Letters are as seldom in either case, all bytes at most RARITY_MOST, and those of words more usual than others. */
static void
test_rarity(void **state)
{
	static const char order[] = "eckvx%";
	uint32_t i;

	(void)state;
	for (i = 0; i < 256; ++i)
		assert_in_range(byte_rarity((uint8_t)i), 0, RARITY_MOST);
	for (i = 'a'; i <= 'z'; ++i)
		assert_int_equal(byte_rarity((uint8_t)i), byte_rarity((uint8_t)(i - 0x20)));
	assert_int_equal(byte_rarity('e'), 0);
	assert_int_equal(byte_rarity(0), RARITY_MOST);
	for (i = 1; order[i]; ++i)
		assert_in_range(byte_rarity((uint8_t)order[i]), byte_rarity((uint8_t)order[i - 1]), RARITY_MOST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rarity),
		cmocka_unit_test(places),
		cmocka_unit_test(plain_is_exact),
		cmocka_unit_test(what_a_value_lacks_is_nowhere),
		cmocka_unit_test(index_is_exact),
		cmocka_unit_test(index_of_much_is_exact),
		cmocka_unit_test(index_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
