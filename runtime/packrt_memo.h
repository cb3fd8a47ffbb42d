/*
 * packrt_memo.h - what the sets of a slot found in texts that came before. Part of the image (packrt.h).
 *
 * An endpoint sees the same programs, users and folders again and again. A text that is remembered need not be folded
 * and looked through: the predicates that it made true are listed. Texts are compared whole, so that no two are taken for
 * the same. One is remembered when it comes for the second time: those that come once would only push others out.
 */
#ifndef PACKRT_MEMO_H
#define PACKRT_MEMO_H

#include "packrt.h"
#include "packrt_text.h"

typedef uint64_t memo_word __attribute__((aligned(1), may_alias));
typedef uint32_t memo_half __attribute__((aligned(1), may_alias));

static inline uint64_t
memo_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)(a ^ UINT64_C(0x9e3779b97f4a7c15)) * (b ^ UINT64_C(0xc2b2ae3d27d4eb4f));

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of a text shorter than 16 bytes, all of it: *a and *b overlap unless it is just as long. */
static inline void
memo_short(const uint8_t *text, uint32_t size, uint64_t *a, uint64_t *b)
{
	if (size >= 8) {
		*a = *(const memo_word *)text;
		*b = *(const memo_word *)(text + size - 8);
	} else if (size >= 4) {
		*a = *(const memo_half *)text;
		*b = *(const memo_half *)(text + size - 4);
	} else {
		*a = size ? text[0] | (uint64_t)text[size / 2] << 8 | (uint64_t)text[size - 1] << 16 : 0;
		*b = 0;
	}
}

/* One step: 16 bytes more. */
static inline uint64_t
memo_step(uint64_t hash, const uint8_t *text)
{
	return memo_mix(*(const memo_word *)text ^ hash, *(const memo_word *)(text + 8));
}

/* Long texts in four lanes, none of which waits for another. */
static inline uint64_t
memo_lanes(const uint8_t *text, uint32_t size)
{
	uint64_t a = size, b = 1, c = 2, d = 3;

	for (uint32_t i = 0; i + 64 <= size; i += 64) {
		a = memo_step(a, text + i);
		b = memo_step(b, text + i + 16);
		c = memo_step(c, text + i + 32);
		d = memo_step(d, text + i + 48);
	}
	return memo_mix(a, b) ^ memo_mix(c, d);
}

static inline uint64_t
memo_hash(const uint8_t *text, uint32_t size)
{
	uint64_t hash = size, a, b;

	if (size < 16) {
		memo_short(text, size, &a, &b);
		return memo_mix(a ^ hash, b);
	}
	if (size >= 64)
		hash = memo_lanes(text, size);
	for (uint32_t i = size / 64 * 64; i + 16 < size; i += 16)
		hash = memo_step(hash, text + i);
	return memo_step(hash, text + size - 16);
}

static inline words2
memo_differ(const uint8_t *a, const uint8_t *b)
{
	return (words2)(*(const bytes16 *)a ^ *(const bytes16 *)b);
}

static inline int
memo_equals(const uint8_t *kept, const uint8_t *text, uint32_t size)
{
	uint64_t a, b, c, d;
	words2 differ;
	uint32_t i;

	if (size < 16) {
		memo_short(kept, size, &a, &b);
		memo_short(text, size, &c, &d);
		return a == c && b == d;
	}
	differ = memo_differ(kept + size - 16, text + size - 16);
	for (i = 0; i + 64 <= size; i += 64)
		differ |= memo_differ(kept + i, text + i) | memo_differ(kept + i + 16, text + i + 16) |
			memo_differ(kept + i + 32, text + i + 32) | memo_differ(kept + i + 48, text + i + 48);
	for (; i + 16 < size; i += 16)
		differ |= memo_differ(kept + i, text + i);
	return !(differ[0] | differ[1]);
}

static inline const uint16_t *
memo_predicates(const struct work_kept *kept, const struct memo *memo)
{
	return (const uint16_t *)(kept->memo_bytes + memo->place % MEMO_BYTES);
}

static inline int
memo_is(const struct work_kept *kept, const struct memo *memo, uint64_t hash, const void *scan, const struct value *value)
{
	return memo->hash == hash && memo->scan == scan && memo->size == value->size &&
		kept->memo_place - memo->place <= MEMO_BYTES &&
		memo_equals((const uint8_t *)(memo_predicates(kept, memo) + memo->count), value->data, value->size);
}

/* Words of 8 bytes, the last of which may be over some bytes once more. */
static inline void
memo_copy(uint8_t *to, const uint8_t *from, uint32_t size)
{
	if (size < 8) {
		for (uint32_t i = 0; i < size; i++)
			to[i] = from[i];
		return;
	}
	for (uint32_t i = 0; i + 8 < size; i += 8)
		*(memo_word *)(to + i) = *(const memo_word *)(from + i);
	*(memo_word *)(to + size - 8) = *(const memo_word *)(from + size - 8);
}

/* Takes the place of one of a pair, in turns, unless the text is seen for the first time. */
static inline struct memo *
memo_choose(struct work_kept *kept, uint32_t pair, uint64_t hash)
{
	if (kept->memo_seen[pair] == hash)
		return kept->memos + 2 * pair + (kept->turn & 1);
	kept->memo_seen[pair] = hash;
	return 0;
}

enum recall_of {
	RECALL_TEXT,
	RECALL_NOTHING, /* no text is there */
	RECALL_MUCH,    /* lists, long texts, all leaves: never remembered */
};

static inline uint32_t
recall_pair(const struct recall *recall)
{
	return recall->hash % (WORK_MEMOS / 2);
}

void
memo_ask(const struct work *work, struct recall *recall, int32_t slot, const void *scan)
{
	const struct value *value = work->event->slots + slot;
	const struct memo *memo;

	*recall = (struct recall){ slot, RECALL_NOTHING, scan, 0, 0 };
	if (!bit_test(work->event->present, slot) || value->type == VALUE_NULL || value->type == VALUE_OBJECT)
		return;
	recall->of = RECALL_MUCH;
	if (value->type == VALUE_LIST || value->size > MEMO_TEXT_MAX || value->flags & VALUE_CUT)
		return;
	recall->of = RECALL_TEXT;
	recall->hash = memo_mix(memo_hash(value->data, value->size), (uintptr_t)scan);
	memo = work->kept->memos + 2 * recall_pair(recall);
	__builtin_prefetch(memo);
}

void
memo_find(const struct work *work, struct recall *recall)
{
	const struct memo *memo = work->kept->memos + 2 * recall_pair(recall);

	if (recall->of != RECALL_TEXT)
		return;
	memo += memo->hash != recall->hash;
	if (memo->hash != recall->hash)
		return;
	recall->memo = memo;
	__builtin_prefetch(work->kept->memo_bytes + memo->place % MEMO_BYTES);
}

int
memo_recall(struct work *work, const struct recall *recall)
{
	const struct value *value = work->event->slots + recall->slot;
	const struct memo *memo = recall->memo;
	const uint16_t *predicates;

	work->memo = 0;
	if (recall->of != RECALL_TEXT)
		return recall->of == RECALL_NOTHING;
	if (!memo || !memo_is(work->kept, memo, recall->hash, recall->scan, value)) {
		work->memo = memo_choose(work->kept, recall_pair(recall), recall->hash);
		return 0;
	}
	predicates = memo_predicates(work->kept, memo);
	for (uint32_t i = 0; i < memo->count; i++)
		predicate_found(work, predicates[i]);
	return 1;
}

/* Where so many bytes can be kept, in one piece. */
static inline uint64_t
memo_room(struct work_kept *kept, uint32_t size)
{
	uint64_t place = kept->memo_place;

	size = (size + 7) & ~7u;
	if (place % MEMO_BYTES + size > MEMO_BYTES)
		place += MEMO_BYTES - place % MEMO_BYTES;
	kept->memo_place = place + size;
	return place;
}

void
memo_keep(struct work *work, const struct recall *recall, uint32_t first)
{
	const struct value *value = work->event->slots + recall->slot;
	uint32_t count = work->found_count - first;
	uint16_t *predicates;
	uint64_t place;

	if (!work->memo || count > MEMO_PREDICATES_MAX)
		return;
	for (uint32_t i = 0; i < count; i++)
		if (work->found[first + i] > UINT16_MAX)
			return;
	place = memo_room(work->kept, count * sizeof(*predicates) + value->size);
	predicates = (uint16_t *)(work->kept->memo_bytes + place % MEMO_BYTES);
	for (uint32_t i = 0; i < count; i++)
		predicates[i] = work->found[first + i];
	memo_copy((uint8_t *)(predicates + count), value->data, value->size);
	*work->memo = (struct memo){ recall->hash, recall->scan, place, value->size, count };
}
#endif
