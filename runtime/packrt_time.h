/*
 * packrt_time.h - what each rule of a call costs. Part of the image (packrt.h).
 */
#ifndef PACKRT_TIME_H
#define PACKRT_TIME_H

#include "packrt.h"

uint32_t
group_rules_timed(struct work *work, uint32_t rule_words, rule_fn *rule, struct hit *hits)
{
	struct match_times *times = work->times;
	uint64_t before = tick_count(), now = tick_count();
	uint32_t count = 0;

	times->shared = before - times->shared;
	times->idle = now - before;
	before = now;
	for (uint32_t i = 0; i < rule_words; i++)
		for (uint64_t left = work->candidates[i]; left; left &= left - 1) {
			uint32_t number = i * 64 + __builtin_ctzll(left);

			if (rule(work, number))
				hits[count++].rule = number;
			now = tick_count();
			times->rules[times->count++] = (struct rule_time){ number, now - before };
			before = now;
		}
	return count;
}
#endif
