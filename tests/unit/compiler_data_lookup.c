/* Looking an event up in tables of DATA: asked for ahead or not, the answer is the same. */
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
#include "packrt_head.h"
#include "packrt_set.h"
#include "packrt_text.h"
#include "random.h"

enum { DOMAINS = 200, NAME_MAX_SIZE = 64, ITEMS = 3, TABLES = LOOKUPS + 2 };

struct lookups { /* an event with one field */
	char names[ITEMS][NAME_MAX_SIZE];
	struct value items[ITEMS], value;
	uint64_t present;
	struct event event;
	struct work work;
	struct work_kept kept;
};

/* Few letters, so that one is often below another. */
static uint32_t
name_make(char *name, uint32_t labels)
{
	uint32_t size = 0;

	for (uint32_t i = 0; i < labels; i++) {
		if (i)
			name[size++] = '.';
		name[size++] = (char)('a' + next_random() % 4);
	}
	return size;
}

/* DATA: of every number the same table. */
static uint8_t *
tables_make(struct arena *arena)
{
	struct hashed *items = arena_alloc(arena, DOMAINS * sizeof(*items));
	const size_t head = (TABLES * sizeof(uint32_t) + 7) / 8 * 8;
	uint8_t *data = arena_alloc(arena, head + data_set_size(head, DOMAINS));
	struct data_set *set = (struct data_set *)(data + head);
	uint32_t kept = 0;

	set->subdomains = 1;
	set->labels_least = 2;
	for (uint32_t i = 0; i < DOMAINS; i++) {
		char name[NAME_MAX_SIZE] = { 0 };
		uint32_t size = name_make(name, i % 8 ? 4 : 12);

		set->size_most = size > set->size_most ? size : set->size_most;
		items[i].hash = data_hash((const uint8_t *)name, size);
	}
	hashed_sort(arena, items, DOMAINS);
	for (uint32_t i = 0; i < DOMAINS; i++)
		if (i == 0 || items[i].hash != items[kept - 1].hash)
			items[kept++] = items[i];
	data_set_fill(arena, set, head, items, kept);
	for (uint32_t i = 0; i < TABLES; i++)
		((uint32_t *)data)[i] = head;
	return data;
}

/* One name, or a list; some have more ends than are asked for ahead, some are cut. */
static void
event_make(struct lookups *lookups)
{
	const uint32_t count = next_random() % 3 ? 1 : 1 + next_random() % ITEMS;

	for (uint32_t i = 0; i < count; i++) {
		const uint32_t size = name_make(lookups->names[i], 1 + next_random() % (next_random() % 4 ? 5 : 16));

		lookups->items[i] = (struct value){ lookups->names[i], size, VALUE_STRING, next_random() % 8 ? 0 : VALUE_CUT, 0 };
	}
	lookups->value = count == 1 ? lookups->items[0] : (struct value){ lookups->items, count, VALUE_LIST, 0, 0 };
	work_event(&lookups->work);
}

static struct lookups *
lookups_new(struct arena *arena)
{
	struct lookups *l = aligned_alloc(_Alignof(struct lookups), sizeof(*l));

	memset(l, 0, sizeof(*l));
	l->present = 1;
	l->event = (struct event){ .slots = &l->value, .present = &l->present };
	l->work = (struct work){ .event = &l->event, .data = tables_make(arena), .arena = arena_alloc(arena, WORK_ARENA),
		.kept = &l->kept };
	return l;
}

static void
test_ahead(void **state)
{
	struct arena *arena = arena_new();
	struct lookups *l = lookups_new(arena);
	uint32_t answers[3] = { 0 };

	(void)state;
	for (uint32_t round = 0; round < 50000; round++) {
		const uint32_t number = next_random() % TABLES, other = next_random() % TABLES;
		enum answer answer;

		event_make(l);
		answer = data_ask(&l->work, 0, number);
		answers[answer]++;
		data_ahead(&l->work, 0, number);
		data_ahead(&l->work, 0, other);
		assert_int_equal(data_ask(&l->work, 0, number), answer);
		assert_int_equal(data_ask(&l->work, 0, other), answer);
	}
	for (uint32_t i = 0; i < 3; i++)
		assert_in_range(answers[i], 1000, 40000);
	free(l);
	arena_free(arena);
}

/* What was asked for ahead of one event says nothing of the next. */
static void
test_next_event(void **state)
{
	struct arena *arena = arena_new();
	struct lookups *l = lookups_new(arena);

	(void)state;
	do
		event_make(l);
	while (data_ask(&l->work, 0, 0) != ANSWER_YES);
	data_ahead(&l->work, 0, 0);
	work_event(&l->work);
	l->present = 0;
	assert_int_equal(data_ask(&l->work, 0, 0), ANSWER_NO);
	free(l);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_ahead), cmocka_unit_test(test_next_event) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
