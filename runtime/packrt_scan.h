/*
 * packrt_scan.h - the sets that a group runs for every event, slot by slot. Part of the image (packrt.h).
 */
#ifndef PACKRT_SCAN_H
#define PACKRT_SCAN_H

#include "packrt.h"
#include "packrt_memo.h"

/* The rules to which what was found from found[first] on gives a chance. */
static inline void
chances_find(struct work *work, const struct scans *scans, uint32_t first)
{
	for (uint32_t i = first; i < work->found_count; i++)
		for (uint32_t k = scans->first[work->found[i]]; k < scans->first[work->found[i] + 1]; k++)
			work->chances[work->chance_count++] = scans->witnesses[k];
}

/* Lists, long texts, and what is none. */
static inline void
scan_all(struct work *work, const struct scans *scans, const struct scan_of *of)
{
	struct texts texts = { .slot = scans->slots[of->slot], .form = FORM_FOLDED };
	uint32_t first = work->found_count;

	while (texts_next(work, &texts))
		go_scan(work, &texts, &of->scan);
	chances_find(work, scans, first);
}

/* A text that is not remembered; returns the place of its memo from now on, or 0. */
static __attribute__((noinline)) uint32_t
scan_text(struct work *work, const struct scans *scans, const struct scan_of *of, const struct value *value, uint64_t hash)
{
	const struct texts texts = { .text = value_text(work, value, FORM_FOLDED), .stop = STOP_END };
	uint32_t first = work->found_count, chance = work->chance_count;

	go_scan(work, &texts, &of->scan);
	chances_find(work, scans, first);
	return memo_is_due(work->kept, hash) ?
		memo_keep(work, hash, memo_key(of, value_about(value)), value, first, chance, scans->count) : 0;
}

/* Returns the place of the text's memo, or 0. */
static inline uint32_t
scan_value(struct work *work, const struct scans *scans, const struct scan_of *of, const struct value *value)
{
	uint64_t about = value_about(value), key = memo_key(of, about), size = (uint32_t)about, hash;
	uint32_t place;
	struct memo *memo;

	if (!is_memorable(about)) {
		scan_all(work, scans, of);
		return 0;
	}
	hash = memo_hash(key, value->data, size);
	place = memo_find(work->kept, hash);
	memo = memo_at(work->kept, place);
	if (memo->key != key || memo_differs(memo->text, value->data, size))
		return scan_text(work, scans, of, value, hash);
	memo_recall(work, memo);
	return place;
}

void
group_scan(struct work *work, const struct scans *scans)
{
	const struct scan_of *list = scans->list;
	const uint64_t *present = work->event->present;
	const struct value *values = work->event->slots;
	const int32_t *slots = scans->slots;
	uint32_t *memos = work->memos, count = scans->count;

	chances_find(work, scans, 0);
	for (uint32_t i = 0; i < count; i++) {
		int32_t slot = slots[list[i].slot];

		memos[i] = bit_test(present, slot) ? scan_value(work, scans, list + i, values + slot) : 0;
	}
}
#endif
