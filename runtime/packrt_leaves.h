/*
 * packrt_leaves.h - strings that may be in any value: looked for once an event, whatever groups ask. Part of the image
 * (packrt.h).
 */
#ifndef PACKRT_LEAVES_H
#define PACKRT_LEAVES_H

#include "packrt.h"

/* Looks through the values; returns how many strings were found. */
static __attribute__((noinline)) uint32_t
leaves_run(const struct work *work, const struct contains *set)
{
	struct texts texts = { .slot = WORK_LEAVES, .form = FORM_FOLDED };
	struct work leaves = *work;

	leaves.yes = work->leaf_yes;
	leaves.found = work->leaf_found;
	leaves.found_count = 0;
	while (texts_next(&leaves, &texts))
		contains_run(&leaves, set, texts.text);
	return leaves.found_count;
}

void
leaves_scan(struct work *work, const struct contains *set)
{
	struct work_kept *kept = work->kept;

	if (kept->leaf_event == kept->event)
		return;
	for (uint32_t i = 0; i < kept->leaf_count; i++)
		work->leaf_yes[work->leaf_found[i] / 64] = 0;
	kept->leaf_count = work->event->leaf_count ? leaves_run(work, set) : 0;
	kept->leaf_event = kept->event;
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
