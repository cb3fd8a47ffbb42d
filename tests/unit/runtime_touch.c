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
	}
	touch_free(touch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(groups_are_those_whose_fields_are_there) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
