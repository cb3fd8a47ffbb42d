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
	const uint32_t *found = work->found + first, *end = work->found + work->found_count, *firsts = scans->first;
	struct candidate *chance = work->chances + work->chance_count;

	for (; found < end; found++)
		for (uint32_t k = firsts[*found]; k < firsts[*found + 1]; k++)
			*chance++ = scans->witnesses[k];
	work->chance_count = chance - work->chances;
}

/* Lists, long texts, and what is none; these are not remembered. */
static __attribute__((noinline)) struct memo *
scan_all(struct work *work, const struct scans *scans, const struct scan_of *of)
{
	struct texts texts = { .slot = scans->slots[of->slot], .form = FORM_FOLDED };
	uint32_t first = work->found_count;

	while (texts_next(work, &texts))
		go_scan(work, &texts, &of->scan);
	chances_find(work, scans, first);
	return 0;
}

/* A text that is not in its first place; returns its memo from now on, or NULL. */
static __attribute__((noinline)) struct memo *
scan_text(struct work *work, const struct scans *scans, const struct scan_of *of, const struct value *value, uint64_t hash)
{
	const uint64_t key = memo_key(of, value_about(value));
	uint32_t first = work->found_count, chance = work->chance_count;
	struct memo *memo = 0;
	struct texts texts;

	if (work->kept->memos[memo_place(hash) ^ 1])
		memo = memo_find_second(work->kept, key, value, hash);
	if (memo) {
		memo_recall(work, memo);
		return memo;
	}
	texts = (struct texts){ .text = value_folded(work, value), .stop = STOP_END };
	go_scan(work, &texts, &of->scan);
	chances_find(work, scans, first);
	return memo_is_due(work->kept, hash) ? memo_keep(work, hash, key, value, first, chance, scans->count) : 0;
}

/* Returns the text's memo, or NULL. */
static inline struct memo *
scan_value(struct work *work, const struct scans *scans, const struct scan_of *of, const struct value *value)
{
	uint64_t about = value_about(value), hash;
	struct memo *memo;

	if (!is_memorable(about))
		return scan_all(work, scans, of);
	memo = memo_find(work->kept, memo_key(of, about), value->data, (uint32_t)about, &hash);
	if (!memo)
		return scan_text(work, scans, of, value, hash);
	memo_recall(work, memo);
	return memo;
}

void
group_scan(struct work *work, const struct scans *scans)
{
	const struct scan_of *list = scans->list;
	const uint64_t *present = work->event->present;
	const struct value *values = work->event->slots;
	const int32_t *slots = scans->slots;
	struct memo **memos = work->memos;
	uint32_t count = scans->count;

	if (work->found_count)
		chances_find(work, scans, 0);
	for (uint32_t i = 0; i < count; i++) {
		int32_t slot = slots[list[i].slot];

		memos[i] = bit_test(present, slot) ? scan_value(work, scans, list + i, values + slot) : 0;
	}
}
#endif
