/* Tables of hashes: what was put in is found, and nothing else; full lines go on in the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "data_set.h"
#include "hashed.h"
#include "packrt_data.h"
#include "random.h"

enum { TEXT_MAX = 150, TEXTS = 20000, LINE = sizeof(struct data_line) };

struct texts { /* each with bytes before and behind it that are none of it, dots among them */
	uint8_t bytes[TEXTS][DATA_BLOCK + TEXT_MAX + DATA_PAD];
	uint32_t sizes[TEXTS];
};

static uint8_t *
text_at(struct texts *texts, uint32_t i)
{
	return texts->bytes[i] + DATA_BLOCK;
}

/* Few letters and many dots, so that one is often below another. */
static void
texts_make(struct texts *texts)
{
	for (uint32_t i = 0; i < TEXTS; i++) {
		texts->sizes[i] = next_random() % (next_random() % 8 ? 20 : TEXT_MAX);
		for (uint32_t k = 0; k < sizeof(texts->bytes[i]); k++)
			texts->bytes[i][k] = next_random() % 3 ? 'a' + next_random() % 3 : '.';
	}
}

static void
table_fill(struct arena *arena, struct data_set *set, size_t place, struct hashed *items, uint32_t count)
{
	uint32_t kept = 0;

	hashed_sort(arena, items, count);
	for (uint32_t i = 0; i < count; i++)
		if (i == 0 || items[i].hash != items[kept - 1].hash)
			items[kept++] = items[i];
	data_set_fill(arena, set, place, items, kept);
	assert_int_equal((DATA_START + place + set->lines) % LINE, 0);
}

/* A table of the first count texts. */
static struct data_set *
table_of(struct arena *arena, struct texts *texts, uint32_t count, int subdomains)
{
	size_t place = next_random() % 100 * 8;
	struct data_set *set = arena_alloc(arena, data_set_size(place, count));
	struct hashed *items = arena_alloc(arena, (count + 1) * sizeof(*items));

	set->subdomains = subdomains;
	set->labels_least = UINT32_MAX;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t labels = 1;

		for (uint32_t k = 0; subdomains && k < texts->sizes[i]; k++)
			labels += text_at(texts, i)[k] == '.';
		set->labels_least = labels < set->labels_least ? labels : set->labels_least;
		set->size_most = texts->sizes[i] > set->size_most ? texts->sizes[i] : set->size_most;
		items[i].hash = data_hash(text_at(texts, i), texts->sizes[i]);
	}
	table_fill(arena, set, place, items, count);
	return set;
}

struct known { /* the texts of a table, sorted by their bytes */
	struct texts *texts;
	uint32_t order[TEXTS], count;
};

static const struct known *sorting;

static int
compare_texts(const uint8_t *a, uint32_t a_size, const uint8_t *b, uint32_t b_size)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int
compare_order(const void *a, const void *b)
{
	const uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;

	return compare_texts(text_at(sorting->texts, i), sorting->texts->sizes[i], text_at(sorting->texts, k),
	                     sorting->texts->sizes[k]);
}

static void
known_make(struct known *known, struct texts *texts, uint32_t count)
{
	known->texts = texts;
	known->count = count;
	for (uint32_t i = 0; i < count; i++)
		known->order[i] = i;
	sorting = known;
	qsort(known->order, count, sizeof(*known->order), compare_order);
}

static int
known_has(const struct known *known, const uint8_t *text, uint32_t size)
{
	uint32_t low = 0, high = known->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2, i = known->order[middle];
		int order = compare_texts(text_at(known->texts, i), known->texts->sizes[i], text, size);

		if (!order)
			return 1;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static int
is_below(const struct known *known, const uint8_t *text, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		if (text[i] == '.' && known_has(known, text + i + 1, size - i - 1))
			return 1;
	return 0;
}

static void
test_texts(void **state)
{
	static const uint32_t counts[] = { 1, 2, 9, 100, 4097, TEXTS / 2 };
	struct texts *texts = malloc(sizeof(*texts));
	struct known *known = malloc(sizeof(*known));

	(void)state;
	texts_make(texts);
	for (uint32_t round = 0; round < 2 * sizeof(counts) / sizeof(*counts); round++) {
		struct arena *arena = arena_new();
		struct data_set *set = table_of(arena, texts, counts[round / 2], round & 1);
		uint32_t found = 0;

		known_make(known, texts, counts[round / 2]);
		for (uint32_t i = 0; i < TEXTS; i++) {
			const uint8_t *text = text_at(texts, i);
			uint32_t size = texts->sizes[i];
			int right = known_has(known, text, size) || (round & 1 && is_below(known, text, size));

			assert_int_equal(data_has(set, text, size), right);
			found += right;
		}
		assert_in_range(found, counts[round / 2], TEXTS - 1);
		arena_free(arena);
	}
	free(known);
	free(texts);
}

/* Hashes of one home, the last, of which the last line has no room for all. */
static void
test_full_lines(void **state)
{
	enum { COUNT = 100, HOME = 35 };
	struct arena *arena = arena_new();
	struct data_set *set = arena_alloc(arena, data_set_size(0, COUNT));
	struct hashed *items = arena_alloc(arena, COUNT * sizeof(*items));

	(void)state;
	for (uint64_t i = 0; i < COUNT; i++)
		items[i].hash = (i < HOME ? UINT64_C(0xffffffff) << 32 : i << 60) | i << 20 | i;
	table_fill(arena, set, 0, items, COUNT);
	for (uint64_t i = 0; i < COUNT; i++) {
		assert_true(data_find(set, items[i].hash));
		assert_false(data_find(set, items[i].hash ^ UINT64_C(1) << 40));
		assert_false(data_find(set, items[i].hash ^ UINT64_C(1) << 31));
	}
	arena_free(arena);
}

static void
test_line(void **state)
{
	struct data_line line;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		uint64_t rest = (uint64_t)(next_random() & 3) << 32 | (next_random() & 3);
		int right = 0;

		for (uint32_t i = 0; i < DATA_PLACES; i++) {
			line.low[i] = next_random() & 3;
			line.high[i] = next_random() & 3;
		}
		line.more = next_random();
		for (uint32_t i = 0; i < DATA_PLACES; i++)
			right |= data_line_rest(&line, i) == rest;
		assert_int_equal(data_line_has(&line, rest), right);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts), cmocka_unit_test(test_full_lines), cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
