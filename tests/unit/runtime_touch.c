/* runtime_touch.c - the groups that an event can match, against each group's own list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pack.h"
#include "packfile.h"
#include "touch.h"

enum { GROUPS = 150, SLOTS = 130, INDICES = 4 * GROUPS };

static int
may_match(const struct pack_tables *tables, uint32_t number, const struct event *event)
{
	const struct pack_group *group = &tables->groups[number];

	if (!(group->flags & PACK_GROUP_NEEDS) || (group->flags & PACK_GROUP_NEEDS_LEAVES && event->leaf_count))
		return 1;
	for (uint32_t i = 0; i < group->needs.count; i++) {
		uint32_t slot = tables->indices[group->needs.first + i];

		if (event->present[slot / 64] >> slot % 64 & 1)
			return 1;
	}
	return 0;
}

static void
groups_are_those_whose_fields_are_there(void **state)
{
	static struct pack_group groups[GROUPS];
	static uint32_t indices[INDICES];
	const struct pack_tables tables = { .groups = groups, .indices = indices, .group_count = GROUPS, .slot_count = SLOTS };
	struct touch *touch;

	(void)state;
	srand(7);
	for (uint32_t i = 0; i < GROUPS; i++) {
		groups[i].flags = rand() % 8 ? PACK_GROUP_NEEDS | (rand() % 6 ? 0 : PACK_GROUP_NEEDS_LEAVES) : 0;
		groups[i].needs = (struct pack_list){ 4 * i, groups[i].flags ? rand() % 5 : 0 };
		for (uint32_t k = 0; k < 4; k++)
			indices[4 * i + k] = rand() % SLOTS;
	}
	touch = touch_new(&tables);
	assert_non_null(touch);
	for (int round = 0; round < 2000; round++) {
		uint64_t present[3] = { 0, 0, 0 };
		const struct event event = { .present = present, .leaf_count = rand() % 2 };
		const uint64_t *found;

		for (int count = rand() % 8; count > 0; count--)
			present[rand() % SLOTS / 64] |= 1ull << rand() % 64;
		present[2] &= 3;
		found = touch_find(touch, &event, NULL);
		for (uint32_t i = 0; i < GROUPS; i++)
			assert_int_equal(found[i / 64] >> i % 64 & 1, may_match(&tables, i, &event));
		for (uint32_t i = 0; i < GROUPS; i++)
			assert_int_equal(touch_has(touch, &event, i), may_match(&tables, i, &event));
	}
	touch_free(touch);
}

/* Of four groups with keywords one tells no texts, and one not all. */
static void
keywords_are_those_that_the_line_shows(void **state)
{
	enum { NEEDS = PACK_GROUP_LEAVES | PACK_GROUP_NEEDS | PACK_GROUP_NEEDS_LEAVES };
	static const struct pack_group groups[] = { { .flags = NEEDS }, { .flags = NEEDS }, { .flags = PACK_GROUP_LEAVES },
		{ .flags = PACK_GROUP_NEEDS, .needs = { 0, 1 } }, { .flags = NEEDS, .needs = { 0, 1 } } };
	static const struct pack_literals literals[] = { { 1, 0, { 0, 1 } }, { 2, 0, { 1, 1 } },
		{ 4, PACK_LITERALS_SOME, { 2, 1 } } };
	static const struct pack_text texts[] = { { 0, 4 }, { 4, 4 }, { 8, 4 } };
	static const struct row {
		const char *line;
		uint64_t present, shown, found;
	} rows[] = {
		{ "nothing", 0, 1, 5 }, { "nothing", 1, 0x11, 0x1d }, { "say KIWI", 0, 3, 7 }, { "say pear", 0, 5, 5 },
		{ "plum kiwi", 0, 0x13, 0x17 },
	};
	struct pack_tables tables = { .strings = "kiwipearplum", .texts = texts, .groups = groups, .literals = literals,
		.indices = (const uint32_t[]){ 0 }, .group_count = 5, .slot_count = 1, .literals_count = 3 };
	const struct event none = { .present = &rows[0].present };
	struct touch *touch = touch_new(&tables);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct event event = { .present = &rows[i].present, .leaf_count = 1 };
		const uint64_t *keywords = touch_keywords(touch, &event, rows[i].line, strlen(rows[i].line));

		assert_int_equal(*keywords, rows[i].shown);
		assert_int_equal(*touch_find(touch, &event, keywords), rows[i].found);
		assert_int_equal(*touch_find(touch, &event, NULL), rows[i].present ? 0x1f : 0x17);
	}
	touch_free(touch);
	tables.groups++;
	tables.group_count = 1;
	tables.literals = &(const struct pack_literals){ 0, 0, { 0, 1 } };
	tables.literals_count = 1;
	touch = touch_new(&tables);
	assert_null(touch_keywords(touch, &none, "pear", 4));
	assert_non_null(touch_keywords(touch, &none, "kiwi", 4));
	touch_free(touch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_those_whose_fields_are_there),
		cmocka_unit_test(keywords_are_those_that_the_line_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
