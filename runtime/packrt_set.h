/*
 * packrt_set.h - the ends of strings that automata share, and long sets of strings in the DATA section. Part of the image.
 */
#ifndef PACKRT_SET_H
#define PACKRT_SET_H

#include "packrt.h"
#include "packrt_data.h"

static int
tail_equals(const uint8_t *text, const char *tail, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		if (text[i] != (uint8_t)tail[i])
			return 0;
	return 1;
}

uint32_t
tail_after(const struct tail *tails, const char *texts, uint32_t found, const uint8_t *start, const uint8_t *end,
           uint32_t stop)
{
	const struct tail *tail = tails + found - 1;
	const uint8_t *p = start + tail->head;
	uint64_t left = end - p;

	if (left < tail->size || (tail->whole && (left != tail->size || stop != STOP_END)) ||
	    !tail_equals(p, texts + tail->text, tail->size))
		return tail->fallback;
	return found;
}

uint32_t
tail_before(const struct tail *tails, const char *texts, uint32_t found, const uint8_t *start, const uint8_t *end,
            uint32_t stop)
{
	const struct tail *tail = tails + found - 1;
	const uint8_t *p = start - tail->head;

	(void)stop;
	if ((uint64_t)(p - end) < tail->size || !tail_equals(p - tail->size, texts + tail->text, tail->size))
		return tail->fallback;
	return found;
}

void
strings_cut(struct work *work, const struct strings *set)
{
	const uint32_t *anchored = (const uint32_t *)((const uint8_t *)set + set->anchored);

	work->kept->group_cut = 1;
	for (uint32_t i = 0; i < set->anchored_count; i++)
		bit_set(work->unknown, anchored[i]);
}

void
strings_settle(struct work *work, const struct strings *set, uint32_t found)
{
	const uint8_t *head = (const uint8_t *)set;

	if (found)
		string_found(work, (const uint32_t *)(head + set->first), (const uint32_t *)(head + set->list), found - 1);
}

void
contains_run_slot(struct work *work, const struct contains *set, int32_t slot, uint32_t bit)
{
	struct texts texts = { .slot = slot, .form = FORM_FOLDED };

	if (set_begin(work, bit))
		while (texts_next(work, &texts))
			contains_run(work, set, texts.text);
}

_Static_assert((int)DATA_BLOCK <= (int)WORK_TEXT_PAD && (int)DATA_PAD <= (int)WORK_TEXT_PAD, "a folded text has them");

static const struct data_set *
data_set_of(const struct work *work, uint32_t number)
{
	return (const void *)(work->data + ((const uint32_t *)work->data)[number]);
}

/* A data_visit: fetches what is asked for later, while there is room for it. */
PACKRT_INLINE int
lookup_add(const struct data_set *set, uint64_t hash, void *context)
{
	struct lookup *lookup = context;

	if (lookup->count == LOOKUP_HASHES)
		return 1;
	data_fetch(set, hash);
	lookup->hashes[lookup->count++] = hash;
	return 0;
}

void
data_ahead(struct work *work, int32_t slot, uint32_t number)
{
	const struct data_set *set = data_set_of(work, number);
	struct lookup *lookup = work->kept->lookups + number % LOOKUPS;
	struct texts texts = { .slot = slot, .form = FORM_FOLDED };

	lookup->event = 0;
	lookup->count = 0;
	while (texts_next(work, &texts))
		if (texts.stop == STOP_CUT || data_visit_ends(set, texts.text.data, texts.text.size, lookup_add, lookup))
			return;
	lookup->event = work->kept->event;
	lookup->number = number;
}

static enum answer
lookup_finish(const struct lookup *lookup, const struct data_set *set)
{
	for (uint32_t i = 0; i < lookup->count; i++)
		if (data_find(set, lookup->hashes[i]))
			return ANSWER_YES;
	return ANSWER_NO;
}

enum answer
data_ask(struct work *work, int32_t slot, uint32_t number)
{
	const struct data_set *set = data_set_of(work, number);
	const struct lookup *lookup = work->kept->lookups + number % LOOKUPS;
	struct texts texts = { .slot = slot, .form = FORM_FOLDED };
	enum answer answer = ANSWER_NO;

	if (lookup->event == work->kept->event && lookup->number == number)
		return lookup_finish(lookup, set);
	while (texts_next(work, &texts)) {
		if (texts.stop == STOP_CUT)
			answer = ANSWER_UNKNOWN;
		else if (data_has(set, texts.text.data, texts.text.size))
			return ANSWER_YES;
	}
	return answer;
}
#endif
