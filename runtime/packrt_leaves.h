/*
 * packrt_leaves.h - strings that may be in any value: looked for once an event, whatever groups ask. Part of the image
 * (packrt.h).
 */
#ifndef PACKRT_LEAVES_H
#define PACKRT_LEAVES_H

#include "packrt.h"

void
leaves_scan(struct work *work, const struct contains *set)
{
	struct texts texts = { .slot = WORK_LEAVES, .form = FORM_FOLDED };
	struct work leaves = *work;

	if (work->kept->leaf_event == work->kept->event)
		return;
	for (uint32_t i = 0; i < work->kept->leaf_count; i++)
		work->leaf_yes[work->leaf_found[i] / 64] = 0;
	leaves.yes = work->leaf_yes;
	leaves.found = work->leaf_found;
	leaves.found_count = 0;
	while (texts_next(&leaves, &texts))
		contains_run(&leaves, set, texts.text);
	work->kept->leaf_count = leaves.found_count;
	work->kept->leaf_event = work->kept->event;
}

void
leaves_found(struct work *work, const struct leaf_map *map, uint32_t count)
{
	for (uint32_t i = 0; i < work->kept->leaf_count; i++) {
		uint32_t low = 0, high = count;

		while (low < high) {
			uint32_t middle = (low + high) / 2;

			if (map[middle].string < work->leaf_found[i])
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < count && map[low].string == work->leaf_found[i]; low++)
			predicate_found(work, map[low].predicate);
	}
}
#endif
