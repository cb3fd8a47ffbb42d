/*
 * packrt_scan.h - the sets that a group runs for every event, slot by slot. Part of the image (packrt.h).
 *
 * The memos of many texts are fetched before the first is read, since they are in no near cache.
 */
#ifndef PACKRT_SCAN_H
#define PACKRT_SCAN_H

#include "packrt.h"
#include "packrt_memo.h"

enum { SCAN_TEXTS = 16 };

/* The rules to which what was found from found[first] on gives a chance. Returns the spans of the bitmap where that is. */
static inline uint64_t
chances_find(struct work *work, const struct scans *scans, uint32_t first)
{
	const uint32_t *found = work->found + first, *end = work->found + work->found_count, *firsts = scans->first;
	struct candidate *chance = work->chances + work->chance_count;
	uint64_t spans = 0;

	for (; found < end; found++) {
		spans |= yes_span(*found);
		for (uint32_t k = firsts[*found]; k < firsts[*found + 1]; k++)
			*chance++ = scans->witnesses[k];
	}
	work->yes_spans |= spans;
	work->chance_count = chance - work->chances;
	return spans;
}

static inline void
scan_value(struct work *work, const struct scan_of *of, const struct value *value)
{
	struct texts texts = { .text = value_folded(work, value), .stop = STOP_END };

	go_scan(work, &texts, &of->scan);
}

/* A text of a slot where none seems to come again. */
static __attribute__((noinline)) void
scan_unique(struct work *work, const struct scans *scans, const struct scan_of *of, const struct value *value)
{
	uint32_t first = work->found_count;

	scan_value(work, of, value);
	chances_find(work, scans, first);
}

/* Lists, long texts, and what is none; these are not remembered. */
static __attribute__((noinline)) void
scan_all(struct work *work, const struct scans *scans, const struct scan_of *of)
{
	struct texts texts = { .slot = scans->slots[of->slot], .form = FORM_FOLDED };
	uint32_t first = work->found_count;

	while (texts_next(work, &texts))
		go_scan(work, &texts, &of->scan);
	chances_find(work, scans, first);
}

/* A text whose memo is not in its first place; returns its memo from now on, or NULL. */
static __attribute__((noinline)) struct memo *
scan_text(struct work *work, const struct scans *scans, const struct memo_text *text)
{
	uint32_t first = work->found_count, chance = work->chance_count;
	uint8_t *misses = work->kept->memo_misses + memo_slot(text->key);
	struct memo *memo = 0;
	uint64_t spans;

	if (work->kept->memos[memo_place(text->hash) ^ 1])
		memo = memo_find_second(work->kept, text);
	if (memo) {
		*misses = 0;
		memo_recall(work, memo);
		return memo;
	}
	*misses += *misses < MEMO_MISSES_MAX;
	scan_value(work, scans->list + text->scan, text->value);
	spans = chances_find(work, scans, first);
	memo = memo_is_due(work->kept, text->hash) ? memo_keep(work, text, first, chance, scans->count) : 0;
	if (memo)
		memo->yes_spans = spans;
	return memo;
}

/* Those before end, which are prepared. */
static __attribute__((noinline)) void
scan_texts(struct work *work, const struct scans *scans, const struct memo_text *text, const struct memo_text *end)
{
	struct work_kept *kept = work->kept;
	struct memo **memos = work->memos;

	for (const struct memo_text *next = text; next < end; next++) {
		const struct memo *memo = memo_at(kept, memo_place(next->hash));

		__builtin_prefetch(memo);
		__builtin_prefetch(memo->text);
	}
	for (; text < end; text++) {
		struct memo *memo = memo_find(kept, text);

		if (memo) {
			kept->memo_misses[memo_slot(text->key)] = 0;
			memo_recall(work, memo);
		} else {
			memo = scan_text(work, scans, text);
		}
		memos[text->scan] = memo;
	}
}

void
group_scan(struct work *work, const struct scans *scans)
{
	const struct scan_of *list = scans->list;
	const int32_t *slots = scans->slots;
	const uint64_t *present = work->event->present;
	const struct value *values = work->event->slots;
	const uint32_t count = scans->count;
	struct work_kept *kept = work->kept;
	struct memo **memos = work->memos;
	struct memo_text texts[SCAN_TEXTS], *text = texts;

	chances_find(work, scans, 0);
	for (uint64_t i = 0; i < count; i++) {
		const int32_t slot = slots[list[i].slot];
		const struct value *value = values + slot;
		uint64_t about;

		memos[i] = 0;
		if (!bit_test(present, slot))
			continue;
		about = value_about(value);
		if (!is_memorable(about)) {
			scan_all(work, scans, list + i);
			continue;
		}
		text->value = value;
		text->key = memo_key(list + i, about);
		if (is_unique(kept, text->key)) {
			scan_unique(work, scans, list + i, value);
			continue;
		}
		text->scan = i;
		memo_prepare(kept, text++);
		if (text == texts + SCAN_TEXTS) {
			scan_texts(work, scans, texts, text);
			text = texts;
		}
	}
	scan_texts(work, scans, texts, text);
}

void
data_settle(struct work *work, const struct scans *scans, uint32_t predicate, int32_t slot, uint32_t number)
{
	const uint32_t first = work->found_count;
	const enum answer answer = data_ask(work, slot, number);

	if (answer == ANSWER_YES) {
		predicate_found(work, predicate);
		chances_find(work, scans, first);
	} else if (answer == ANSWER_UNKNOWN) {
		work->kept->group_cut = 1;
		bit_set(work->unknown, predicate);
	}
}
#endif
