/*
 * packrt_scan.h - the sets that a group runs for every event, slot by slot. Part of the image (packrt.h).
 *
 * What is remembered of the texts (packrt_memo.h) is looked up for many slots before the first answer is used, since it is in
 * no near cache.
 */
#ifndef PACKRT_SCAN_H
#define PACKRT_SCAN_H

#include "packrt.h"
#include "packrt_memo.h"

enum { RECALLS_MAX = 16 };

struct recall { /* a text that may be remembered */
	const struct value *value;
	const struct scan_of *of;
	uint64_t hash;
	uint64_t place; /* of what seems to be of it, or 0 */
};

/* Is it one text, and not too long to remember? */
static inline int
is_memorable(const struct value *value)
{
	return value->type >= VALUE_STRING && value->type <= VALUE_BOOL && !(value->flags & VALUE_CUT) &&
		value->size <= MEMO_TEXT_MAX;
}

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

/* Returns where it is remembered from now on, or 0. */
static inline uint64_t
scan_value(struct work *work, const struct scans *scans, const struct recall *recall)
{
	const struct texts texts = { .text = value_text(work, recall->value, FORM_FOLDED), .stop = STOP_END };
	uint32_t first = work->found_count, chance = work->chance_count;

	go_scan(work, &texts, &recall->of->scan);
	chances_find(work, scans, first);
	return memo_is_due(work->kept, recall->hash) ?
		memo_keep(work, recall->hash, recall->of, recall->value, first, chance) : 0;
}

/* What a text is remembered to make true: of a slot of its own, so that none of it is known yet. */
static inline void
recall_found(struct work *work, const struct memo_text *memo)
{
	const uint16_t *predicates = memo_predicates(memo);
	uint32_t *found = work->found + work->found_count, count = memo->count;
	struct candidate *chances = work->chances + work->chance_count;
	uint64_t *yes = work->yes;

	for (uint32_t i = 0; i < count; i++) {
		found[i] = predicates[i];
		bit_set(yes, found[i]);
	}
	for (uint32_t i = 0; i < memo->chance_count; i++)
		chances[i] = memo->chances[i];
	work->found_count += count;
	work->chance_count += memo->chance_count;
}

static inline void
recall_all(struct work *work, const struct scans *scans, struct recall *recalls, uint32_t count)
{
	struct work_kept *kept = work->kept;

	for (uint32_t i = 0; i < count; i++) {
		recalls[i].place = memo_find(kept, recalls[i].hash);
		__builtin_prefetch(kept->memo_bytes + recalls[i].place % MEMO_BYTES);
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct memo_text *memo = memo_text_at(kept, recalls[i].place);

		if (memo && memo_is(memo, recalls[i].of, recalls[i].value))
			recall_found(work, memo);
		else
			recalls[i].place = scan_value(work, scans, recalls + i);
		work->places[recalls[i].of - scans->list] = recalls[i].place;
	}
}

void
group_scan(struct work *work, const struct scans *scans)
{
	const uint64_t *present = work->event->present;
	const struct value *values = work->event->slots;
	struct recall recalls[RECALLS_MAX];
	uint32_t asked = 0;

	chances_find(work, scans, 0);
	for (const struct scan_of *of = scans->list; of < scans->list + scans->count; of++) {
		int32_t slot = scans->slots[of->slot];
		const struct value *value = values + slot;
		uint64_t hash;

		work->places[of - scans->list] = 0;
		if (!bit_test(present, slot))
			continue;
		if (!is_memorable(value)) {
			scan_all(work, scans, of);
			continue;
		}
		hash = memo_hash((uintptr_t)of, value->data, value->size);
		__builtin_prefetch(work->kept->memos[hash % MEMO_SETS]);
		recalls[asked++] = (struct recall){ value, of, hash, 0 };
		if (asked == RECALLS_MAX) {
			recall_all(work, scans, recalls, asked);
			asked = 0;
		}
	}
	recall_all(work, scans, recalls, asked);
}
#endif
