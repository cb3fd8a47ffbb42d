/*
 * packrt_group.h - the steps of a group, over its tables: from its sets to candidates, and from those to hits. Part of the
 * image (packrt.h).
 */
#ifndef PACKRT_GROUP_H
#define PACKRT_GROUP_H

#include "packrt.h"

int
group_is_touched(const struct work *work, const int32_t *slots, const uint32_t *needs, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (slots[needs[i]] == WORK_LEAVES ? work->event->leaf_count != 0 : slot_is_there(work, slots[needs[i]]))
			return 1;
	return work->event->flags & EVENT_DECIDE_ALL;
}

int
group_again(struct work *work, uint32_t group)
{
	if (work->times)
		work->times->shared = tick_count();
	if (work->kept->group_event != work->kept->event || work->kept->group != group + 1)
		return 0;
	work->found_count = work->kept->group_found;
	return 1;
}

/* Takes back, word by word, what was found of the event before. */
static inline void
group_take_back(struct work *work)
{
	const uint32_t *found = work->found, count = work->kept->group_found;
	uint64_t *yes = work->yes, *unknown = work->unknown, *known = work->known;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t word = found[i] / 64;

		yes[word] = unknown[word] = known[word] = 0;
	}
}

static inline void
group_clear(struct work *work)
{
	uint64_t *yes = work->yes, *unknown = work->unknown, *known = work->known;
	uint32_t words = work->kept->group_words;

	for (uint32_t i = 0; i < words; i += 2)
		*(words2_raw *)(yes + i) = *(words2_raw *)(unknown + i) = *(words2_raw *)(known + i) = (words2_raw){ 0 };
}

/* There may be some of before, in whatever words are marked. */
static inline void
candidates_clear(struct work *work, uint32_t candidate_words)
{
	for (uint32_t i = 0; i < candidate_words; i++) {
		for (uint64_t left = work->candidate_words[i]; left; left &= left - 1)
			work->candidates[i * 64 + __builtin_ctzll(left)] = 0;
		work->candidate_words[i] = 0;
	}
}

void
group_begin(struct work *work, uint32_t group, uint32_t words, uint32_t candidate_words)
{
	struct work_kept *kept = work->kept;

	if (kept->group_cut || kept->group_found > kept->group_words)
		group_clear(work);
	else
		group_take_back(work);
	candidates_clear(work, candidate_words);
	work->chance_count = 0;
	kept->group_event = kept->event;
	kept->group = group + 1;
	kept->group_words = words;
	kept->group_cut = 0;
}

static inline void
candidate_add(struct work *work, const struct candidate *candidate)
{
	for (uint32_t i = 0; i < CANDIDATE_ASKS; i++)
		if (bit_test(work->yes, candidate->asks[i] / 2) != (int)(candidate->asks[i] & 1))
			return;
	bit_set(work->candidates, candidate->rule);
	bit_set(work->candidate_words, candidate->rule / 64);
}

static inline void
candidates_add(struct work *work, const struct candidate *list, uint32_t count)
{
	for (const struct candidate *end = list + count; list < end; list++)
		candidate_add(work, list);
}

void
group_candidates(struct work *work, const struct candidate *always, uint32_t count)
{
	candidates_add(work, work->chances, work->chance_count);
	candidates_add(work, always, count);
}

/* A word of a bitmap, its bits from one on and before another. */
static inline uint64_t
bits_between(const uint64_t *bits, uint32_t word, uint32_t from, uint32_t to)
{
	uint64_t left = bits[word];

	if (word == from / 64)
		left &= ~UINT64_C(0) << from % 64;
	if (word == to / 64)
		left &= ~(~UINT64_C(0) << to % 64);
	return left;
}

/* With EVENT_TIMED: the first look at the clock, then those after each rule. */
static inline uint64_t
times_begin(struct work *work)
{
	uint64_t before = tick_count(), now = tick_count();

	work->times->shared = before - work->times->shared;
	work->times->idle = now - before;
	return now;
}

static inline uint64_t
times_rule(struct work *work, uint32_t number, uint64_t before)
{
	uint64_t now = tick_count();

	work->times->rules[work->times->count++] = (struct rule_time){ number, now - before };
	return now;
}

uint32_t
group_rules(struct work *work, const uint64_t *certain, const int32_t *places, uint32_t from, uint32_t to, struct hit *hits)
{
	uint64_t before = work->times ? times_begin(work) : 0;
	uint32_t count = 0;

	for (uint32_t i = from / 4096; i <= to / 4096; i++)
		for (uint64_t words = bits_between(work->candidate_words, i, from / 64, to / 64 + 1); words; words &= words - 1) {
			uint32_t word = i * 64 + __builtin_ctzll(words);

			for (uint64_t left = bits_between(work->candidates, word, from, to); left; left &= left - 1) {
				uint32_t number = word * 64 + __builtin_ctzll(left);

				hits[count].rule = number;
				count += bit_test(certain, number) || go_rule(work, places + number);
				if (work->times)
					before = times_rule(work, number, before);
			}
		}
	work->kept->group_found = work->found_count;
	return count;
}
#endif
