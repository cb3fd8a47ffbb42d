/* The image's routines: vector and scalar folding give the same bytes, searching is right, numbers, times, addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packrt_group.h"
#include "packrt_head.h"
#include "packrt_kept.h"
#include "packrt_leaves.h"
#include "packrt_memo.h"
#include "packrt_number.h"
#include "packrt_place.h"
#include "packrt_scan.h"
#include "packrt_set.h"
#include "packrt_text.h"
#include "random.h"

static struct text
text_of(const char *string)
{
	return (struct text){ (const uint8_t *)string, strlen(string), 0 };
}

static void
test_fold_twins(void **state)
{
	uint8_t in[100], fast[256], slow[256];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint32_t size = next_random() % sizeof(in);
		uint64_t used;
		uint32_t plain;

		for (uint32_t i = 0; i < size; i++)
			in[i] = next_random() % (round % 3 && next_random() % (round % 64 + 1) ? 128 : 256);
		used = fold_ascii_vector(fast, in, size);
		assert_true(used <= fold_ascii_scalar(slow, in, size));
		assert_memory_equal(fast, slow, used);
		used = fold_fast(fast, in, size, &plain);
		assert_int_equal(used, fold_text(slow, in, size, 1));
		assert_memory_equal(fast, slow, used);
		assert_true(used <= FOLD_ROOM(size));
	}
}

static void
test_fold_points(void **state)
{
	static const char *const pairs[][2] = {
		{ "ABCxyz[`{@", "abcxyz[`{@" }, { "ΟΔΟΣ", "οδοσ" }, { "ς", "σ" }, { "\xe2\x84\xaa", "k" }, { "ſ", "s" },
		{ "ẞ", "ß" }, { "İ", "İ" }, { "Ⱥ", "ⱥ" }, { "\xff" "A", "\xf9\xbf" "a" }, { "\xed\xa0\x80", "\xed\xa0\x80" },
		{ "\xe2\x84", "\xf9\xa2\xf8\x84" },
	};
	uint8_t out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		uint32_t plain;
		uint64_t used = fold_fast(out, (const uint8_t *)pairs[i][0], strlen(pairs[i][0]), &plain);

		assert_int_equal(used, strlen(pairs[i][1]));
		assert_memory_equal(out, pairs[i][1], used);
	}
}

static void
test_contains(void **state)
{
	char text[256], part[40];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		uint32_t size = next_random() % sizeof(text), count = next_random() % sizeof(part);
		int found = 0;

		for (uint32_t i = 0; i < size; i++)
			text[i] = 'a' + next_random() % 2;
		for (uint32_t i = 0; i < count; i++)
			part[i] = 'a' + next_random() % 2;
		for (uint32_t i = 0; i + count <= size && !found; i++)
			found = !memcmp(text + i, part, count);
		assert_int_equal(text_contains((struct text){ (uint8_t *)text, size, 0 }, part, count), found);
	}
}

static void
test_contains_any(void **state)
{
	struct short_part parts[5];
	char text[100 + WORK_TEXT_PAD];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		uint32_t size = next_random() % 100, count = 2 + next_random() % 4, letters = 1 + next_random() % 3;
		int found = 0;

		for (uint32_t i = 0; i < sizeof(text); i++) /* what is behind a text is not always 0 */
			text[i] = next_random() % 8 ? 'a' + next_random() % letters : next_random() % 2 * 0xc3;
		for (uint32_t k = 0; k < count; k++) {
			uint32_t part = 1 + next_random() % 8;
			char bytes[8] = "b";

			for (uint32_t i = 1; i < part; i++)
				bytes[i] = next_random() % 16 ? 'a' + next_random() % 3 : next_random() % 2 * 0xc3;
			memcpy(&parts[k].bytes, bytes, 8);
			parts[k].mask = UINT64_MAX >> (64 - 8 * part);
			for (uint32_t i = 0; i + part <= size && !found; i++)
				found = !memcmp(text + i, bytes, part);
		}
		assert_int_equal(text_contains_any((struct text){ (uint8_t *)text, size, 0 }, parts, count), found);
	}
}

/* Slowly: characters in a row that have bytes of the set. */
static int
has_run(const char *text, uint32_t size, const uint64_t bytes[4], uint32_t least)
{
	uint32_t row = 0;

	for (uint32_t i = 0; i < size; i++) {
		if (!(bytes[(uint8_t)text[i] / 64] >> (uint8_t)text[i] % 64 & 1))
			row = 0;
		else if (((uint8_t)text[i] & 0xc0) != 0x80 && ++row == least)
			return 1;
	}
	return 0;
}

static void
test_runs(void **state)
{
	static const char *const pieces[] = { "a", "b", "c", "ab", "\xc3\xa9", "\xe2\x82\xac", "aaaaaaaa", "-" };
	const uint64_t ascii[4] = { 0, 0x0000000e00000000, 0, 0 }, all[4] = { 0, 0x0000000600000000, ~0ull, ~0ull };
	char text[600];

	(void)state;
	for (int round = 0; round < 100000; round++) {
		uint32_t size = 0, least = 8 + next_random() % 30;
		const uint64_t *bytes = round & 1 ? ascii : all;

		for (uint32_t count = next_random() % 60; count > 0; count--) {
			const char *piece = pieces[next_random() % (next_random() % 4 ? 4 : 8)];

			memcpy(text + size, piece, strlen(piece));
			size += strlen(piece);
		}
		assert_int_equal(text_has_run((struct text){ (uint8_t *)text, size, 0 }, bytes, least),
		                 has_run(text, size, bytes, least));
	}
}

/* Some text of letters in both cases, one of three bytes that folds to ASCII, and bytes that are no UTF-8. */
static uint32_t
make_ending(uint8_t *out, uint32_t least)
{
	static const char *const parts[] = { "a", "A", "b", "k", "\xe2\x84\xaa", "\xff" };
	uint32_t size = 0;

	for (uint32_t count = least + next_random() % 4, few = next_random() % 2 ? 4 : 6; count > 0; count--) {
		const char *part = parts[next_random() % few];

		memcpy(out + size, part, strlen(part));
		size += strlen(part);
	}
	return size;
}

/* Fields compare as their texts do when both are folded whole. */
static void
test_fields(void **state)
{
	uint64_t present = 3;
	struct value slots[2] = { { NULL, 0, VALUE_STRING, 0, 0 }, { NULL, 0, VALUE_STRING, 0, 0 } };
	struct event event = { .slots = slots, .present = &present };
	struct work work = { .event = &event, .kept = kept_new(), .arena = malloc(WORK_ARENA), .second = malloc(WORK_TEXT_ROOM) };
	uint8_t texts[2][128], folded[2][2 * sizeof(texts[0])];
	uint32_t yes = 0;

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		uint32_t shared = make_ending(texts[0], next_random() % 20), op = PACK_FIELD_EQUALS + next_random() % 4;
		struct text folds[2];

		for (uint32_t k = 0; k < 2; k++) {
			uint32_t own = next_random() % 4 ? 0 : make_ending(texts[1], 0);

			memmove(texts[1] + own, texts[0], shared);
			slots[k].data = memcpy(malloc(own + shared + 1), texts[1], own + shared);
			slots[k].size = own + shared - (shared && !(next_random() % 4));
			folds[k] = (struct text){ folded[k], fold_text(folded[k], slots[k].data, slots[k].size, 1), 0 };
		}
		work_event(&work);
		assert_int_equal(fields_compare(&work, 0, 1, op, FORM_FOLDED) == ANSWER_YES, texts_compare(folds[0], folds[1], op));
		yes += texts_compare(folds[0], folds[1], op);
		free((void *)slots[0].data);
		free((void *)slots[1].data);
	}
	assert_in_range(yes, 10000, 190000);
	free(work.kept);
	free(work.arena);
	free(work.second);
}

static void
test_numbers(void **state)
{
	static const struct { const char *a; uint32_t op; const char *b; int expected; } rows[] = {
		{ "1", PACK_LT, "2", 1 }, { "10", PACK_LT, "9", 0 }, { "-1", PACK_LT, "0", 1 }, { "0", PACK_EQUALS, "-0.0", 1 },
		{ "9007199254740992", PACK_LT, "9007199254740993", 1 }, { "1e3", PACK_EQUALS, "1000", 1 },
		{ "0.001", PACK_GT, "1e-4", 1 }, { "123456789012345678901234567890", PACK_GT, "123456789012345678901234567889", 1 },
		{ "12x", PACK_LT, "100", 0 }, { "", PACK_LT, "1", 0 }, { "-", PACK_LT, "1", 0 }, { "1.50", PACK_LTE, "1.5", 1 },
		{ "+5", PACK_GTE, "5", 1 }, { "-2", PACK_GT, "-10", 1 }, { ".5", PACK_LT, "1", 1 }, { "1e", PACK_LT, "10", 0 },
		{ "1e999999999999", PACK_GT, "1e99", 1 }, { "0e5", PACK_EQUALS, "0", 1 }, { "00012", PACK_EQUALS, "12", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (number_compare(text_of(rows[i].a), rows[i].op, rows[i].b, strlen(rows[i].b)) != rows[i].expected)
			fail_msg("%s %u %s", rows[i].a, rows[i].op, rows[i].b);
}

static void
test_times(void **state)
{
	static const struct { const char *time; uint32_t part; const char *number; } rows[] = {
		{ "2021-01-04T23:30:59Z", PACK_MINUTE, "30" }, { "2021-01-04T23:30:00+02:00", PACK_HOUR, "21" },
		{ "2021-01-03T12:00:00Z", PACK_WEEK, "53" }, { "2021-01-04T00:00:00.123456Z", PACK_WEEK, "1" },
		{ "2020-12-31 23:30:00-01:00", PACK_YEAR, "2021" }, { "2024-02-29", PACK_DAY, "29" },
		{ "2024-03-01T00:30:00+0100", PACK_DAY, "29" }, { "1969-12-31T23:59:59Z", PACK_MONTH, "12" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!time_compare(text_of(rows[i].time), rows[i].part, PACK_EQUALS, rows[i].number, strlen(rows[i].number)))
			fail_msg("%s %u", rows[i].time, rows[i].part);
	assert_false(time_compare(text_of("2021-13-01T00:00:00Z"), PACK_YEAR, PACK_EQUALS, "2021", 4));
	assert_false(time_compare(text_of("noon"), PACK_HOUR, PACK_EQUALS, "12", 2));
	assert_false(time_compare(text_of("2021-01-01T10:20:61Z"), PACK_HOUR, PACK_EQUALS, "10", 2));
	assert_false(time_compare(text_of("2021-01-01T10:20:30."), PACK_HOUR, PACK_EQUALS, "10", 2));
	assert_false(time_compare(text_of("2021-01-01T10:20:30+02:"), PACK_HOUR, PACK_EQUALS, "8", 1));
	assert_false(time_compare(text_of("2021-01-01T10:20:30+24:00"), PACK_HOUR, PACK_EQUALS, "10", 2));
}

static void
test_addresses(void **state)
{
	static const struct { const char *text; int family; } rows[] = {
		{ "1.2.3.4", 4 }, { "01.2.3.4", 0 }, { "1.2.3", 0 }, { "1.2.3.256", 0 }, { "1.2.3.4:80", 0 }, { "::", 6 },
		{ "::1", 6 }, { "1::", 6 }, { "fe80::1:2", 6 }, { "1:2:3:4:5:6:7:8", 6 }, { "1:2:3:4:5:6:7", 0 },
		{ "::ffff:10.1.1.1", 6 }, { "1::2::3", 0 }, { "[::1]", 0 }, { ":1", 0 }, { "1:2:3:4:5:6:7:", 0 }, { "12345::", 0 },
		{ "", 0 }, { "1:2:3:4:5:6:1.2.3.4", 6 },
	};
	static const struct net nets[] = {
		{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10 }, 104, 1 }, { { 0xfe, 0x80 }, 10, 0 },
	};
	uint8_t bytes[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (address_read(text_of(rows[i].text), bytes) != rows[i].family)
			fail_msg("%s", rows[i].text);
	assert_int_equal(address_read(text_of("::ffff:10.1.1.1"), bytes), 6);
	assert_true(address_in(text_of("::ffff:10.1.1.1"), nets, 2));
	assert_true(address_in(text_of("10.1.1.1"), nets, 2));
	assert_false(address_in(text_of("10.1.1.1"), nets + 1, 1));
	assert_false(address_in(text_of("11.1.1.1"), nets, 2));
	assert_true(address_in(text_of("fe80::1"), nets + 1, 1));
	assert_false(address_in(text_of("fec0::1"), nets, 2));
	assert_false(address_in(text_of("fe80"), nets, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold_twins), cmocka_unit_test(test_fold_points), cmocka_unit_test(test_contains),
		cmocka_unit_test(test_contains_any), cmocka_unit_test(test_runs), cmocka_unit_test(test_fields),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_times), cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
