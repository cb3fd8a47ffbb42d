/*
 * packrt_head.h - what sets of strings found in the heads of texts that came before. Part of the image (packrt.h).
 *
 * Most texts begin as others did: the same programs are started with the same options, and only then differ. A head is known
 * piece by piece: the strings that end in one, and the places where there may be others, which hangs on what follows. A piece
 * is compared whole, and known only behind the pieces that it was seen behind. It is remembered when it comes for the second
 * time.
 */
#ifndef PACKRT_HEAD_H
#define PACKRT_HEAD_H

#include "packrt.h"
#include "packrt_contains.h"
#include "packrt_memo.h"

struct head_learning { /* of a piece that ends at end */
	struct head *head;
	const uint8_t *places, *end;
	int is_lost; /* there is too much to remember */
};

static inline int
head_is(const struct head *head, uint64_t before, const uint8_t *piece)
{
	return head->before == before && memo_equals(head->piece, piece, HEAD_PIECE);
}

static void
head_note(struct head_learning *learning, uint32_t predicate)
{
	struct head *head = learning->head;

	for (uint32_t i = 0; i < head->found_count; i++)
		if (head->found[i] == predicate)
			return;
	if (head->found_count == HEAD_FOUND_MAX || predicate > UINT16_MAX)
		learning->is_lost = 1;
	else
		head->found[head->found_count++] = predicate;
}

static void
head_note_open(struct head_learning *learning, const uint8_t *p)
{
	struct head *head = learning->head;
	uint8_t open = p - learning->places;

	if (head->open_count && head->open[head->open_count - 1] == open)
		return;
	if (head->open_count == HEAD_OPEN_MAX)
		learning->is_lost = 1;
	else
		head->open[head->open_count++] = open;
}

/* Is the string of the entry there, which has its window at p, or as much of it as the piece shows? The entry's own bytes are
 * in the piece: they begin at p or before it. */
static void
head_learn_entry(const struct contains_scan *scan, struct head_learning *learning, const struct contains_entry *entry,
                 const uint8_t *p)
{
	const struct contains *set = scan->set;
	const uint32_t *predicates = contains_table(set, set->predicates);
	const struct contains_string *string;
	const uint8_t *start = p - entry->at;
	uint32_t shown;

	if (*(const window8 *)(p + entry->from) << entry->shift != entry->bytes)
		return;
	if (!(entry->found & CONTAINS_STRING)) {
		head_note(learning, entry->found);
		return;
	}
	string = contains_string(set, entry->found & ~CONTAINS_STRING);
	shown = start + string->size > learning->end ? learning->end - start : string->size;
	if (p - scan->text.data < entry->at || !contains_equals(start, (const uint8_t *)set + set->texts + string->text, shown))
		return;
	if (shown < string->size)
		head_note_open(learning, p);
	else
		for (uint32_t i = 0; i < string->count; i++)
			head_note(learning, predicates[string->first + i]);
}

static void
head_learn_part(const struct contains_scan *scan, struct head_learning *learning, const struct contains_part *part)
{
	const struct contains_windows windows = contains_windows(scan->set, part);
	const uint8_t *end = learning->end - CONTAINS_EDGE;

	for (const uint8_t *p = learning->places; windows.factor && p < end; p += scan->half->step) {
		const struct contains_bucket *bucket = contains_bucket(&windows, p);
		const struct contains_entry *entry = contains_table(scan->set, bucket->entries);
		const struct contains_entry *end = contains_table(scan->set, bucket[1].entries);

		for (; entry < end; entry++)
			head_learn_entry(scan, learning, entry, p);
	}
}

/* What is looked for one by one. */
static void
head_learn_few(const struct contains_scan *scan, struct head_learning *learning)
{
	const struct contains *set = scan->set;
	const uint32_t *list = contains_table(set, scan->half->few_list), *predicates = contains_table(set, set->predicates);
	const uint8_t *text = scan->text.data;

	for (uint32_t i = 0; i < scan->half->few; i++) {
		const struct contains_string *string = contains_string(set, list[i]);
		uint64_t before = string->size - 1, known = learning->end - HEAD_PIECE - text;
		uint64_t start = known > before ? known - before : 0;
		const struct text piece = { text + start, learning->end - text - start, 1 };

		if (text_contains(piece, (const char *)set + set->texts + string->text, string->size))
			for (uint32_t k = 0; k < string->count; k++)
				head_note(learning, predicates[string->first + k]);
	}
}

static __attribute__((noinline)) void
head_learn(const struct contains_scan *scan, struct head *head, uint64_t hash, uint64_t before, uint64_t known)
{
	const uint8_t *text = scan->text.data;
	struct head_learning learning = { head, contains_start(text, known), text + known + HEAD_PIECE, 0 };

	head->found_count = head->open_count = 0;
	head_learn_part(scan, &learning, &scan->half->pairs);
	head_learn_part(scan, &learning, &scan->half->longer);
	head_learn_few(scan, &learning);
	memo_copy(head->piece, text + known, HEAD_PIECE);
	head->hash = hash;
	head->before = before;
	head->number = learning.is_lost ? 0 : ~++scan->work->kept->head_count;
}

/* Looks where there may be more. */
static __attribute__((noinline)) void
head_open(const struct contains_scan *scan, const struct head *head, const uint8_t *places)
{
	const struct contains_windows longer = contains_windows(scan->set, &scan->half->longer);

	for (uint32_t i = 0; i < head->open_count; i++)
		contains_compare(scan, &longer, places + head->open[i]);
}

/* The one that seems to be the same, or that is to be replaced. */
static inline struct head *
heads_find(struct work_kept *kept, uint64_t hash)
{
	struct head *heads = kept->heads[hash >> (64 - HEAD_SETS_LOG)];

	if (heads[0].hash == hash || heads[1].hash == hash)
		return heads + (heads[1].hash == hash);
	return heads + kept->head_count % 2;
}

/* Is a piece to be remembered in the place of a head? It comes again, and where more do than there is room for they would
 * push each other out, and with each those that are known only behind it. */
static inline int
head_is_due(struct work_kept *kept, const struct head *head, uint64_t hash)
{
	return memo_is_due(kept, hash) && (!head->before || ++kept->head_tries % HEAD_TRY == 0);
}

/* Sets what is known of the head. Returns how long that is. */
static inline uint64_t
heads_recall(const struct contains_scan *scan)
{
	struct work *work = scan->work;
	const struct text text = scan->text;
	uint64_t before = (uintptr_t)scan->set, known = 0;

	for (; known + HEAD_PIECE <= text.size && known < HEAD_MAX; known += HEAD_PIECE) {
		uint64_t hash = memo_hash(before, text.data + known, HEAD_PIECE);
		struct head *head = heads_find(work->kept, hash);

		if (!head_is(head, before, text.data + known)) {
			if (!head_is_due(work->kept, head, hash))
				break;
			head_learn(scan, head, hash, before, known);
		}
		if (!head->number)
			break;
		for (uint32_t i = 0; i < head->found_count; i++)
			predicate_found(work, head->found[i]);
		if (head->open_count)
			head_open(scan, head, contains_start(text.data, known));
		before = head->number;
	}
	return known;
}

/* A few strings, or those that are met in wide steps, are as soon looked for as known. */
static inline int
is_slow(const struct contains_half *half)
{
	return half->notes || half->step == 2;
}

void
contains_run(struct work *work, const struct contains *set, struct text text)
{
	struct contains_scan scan = { work, set, &set->halves[0], text };

	contains_half(&scan, text.plain && is_slow(scan.half) ? heads_recall(&scan) : 0);
	if (!text.plain) {
		scan.half = &set->halves[1];
		contains_half(&scan, 0);
	}
}
#endif
