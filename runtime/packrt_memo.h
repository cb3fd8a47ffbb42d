/*
 * packrt_memo.h - what is known of texts that came before, slot by slot. Part of the image (packrt.h).
 *
 * An endpoint sees the same programs, users and folders again and again. A text that is remembered need not be folded
 * and looked through: the predicates that it made true are listed, the rules that those gave a chance, and what rules
 * asked of it alone. Texts are compared whole, so that no two are taken for the same. One is remembered when it comes for
 * the second time: those that come once would only push others out.
 */
#ifndef PACKRT_MEMO_H
#define PACKRT_MEMO_H

#include "packrt.h"
#include "packrt_text.h"

enum { MEMO_SETS = WORK_MEMOS / WORK_MEMO_WAYS };

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
		*a = *(const word_raw *)text;
		*b = *(const word_raw *)(text + size - 8);
	} else if (size >= 4) {
		*a = *(const half_raw *)text;
		*b = *(const half_raw *)(text + size - 4);
	} else {
		*a = size ? text[0] | (uint64_t)text[size / 2] << 8 | (uint64_t)text[size - 1] << 16 : 0;
		*b = 0;
	}
}

/* One step: 16 bytes more. */
static inline uint64_t
memo_step(uint64_t hash, const uint8_t *text)
{
	return memo_mix(*(const word_raw *)text ^ hash, *(const word_raw *)(text + 8));
}

/* Long texts in four lanes, none of which waits for another. */
static __attribute__((noinline)) uint64_t
memo_lanes(const uint8_t *text, uint32_t size, uint64_t hash)
{
	uint64_t a = hash, b = 1, c = 2, d = 3;

	for (uint32_t i = 0; i + 64 <= size; i += 64) {
		a = memo_step(a, text + i);
		b = memo_step(b, text + i + 16);
		c = memo_step(c, text + i + 32);
		d = memo_step(d, text + i + 48);
	}
	return memo_mix(a, b) ^ memo_mix(c, d);
}

/* Not of the text alone: hash is where to begin. */
static inline uint64_t
memo_hash(uint64_t hash, const uint8_t *text, uint32_t size)
{
	uint64_t a, b;

	hash += size;
	if (size < 16) {
		memo_short(text, size, &a, &b);
		return memo_mix(a ^ hash, b);
	}
	if (size >= 64)
		hash = memo_lanes(text, size, hash);
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

/* NULL: nothing is there any more, or place is 0. */
static inline struct memo_text *
memo_text_at(struct work_kept *kept, uint64_t place)
{
	return place && kept->memo_place - place <= MEMO_BYTES ? (struct memo_text *)(kept->memo_bytes + place % MEMO_BYTES) : 0;
}

/* Where is remembered, as it seems, what has that hash? 0: nowhere. */
static inline uint64_t
memo_find(struct work_kept *kept, uint64_t hash)
{
	const struct memo *memos = kept->memos[hash % MEMO_SETS], *memo;

	memo = memos + ((memos[1].hash == hash) + 2 * (memos[2].hash == hash) + 3 * (memos[3].hash == hash)) % WORK_MEMO_WAYS;
	return memo->hash == hash ? memo->place : 0;
}

static inline const uint16_t *
memo_predicates(const struct memo_text *memo)
{
	return (const uint16_t *)(memo->chances + memo->chance_count);
}

static inline int
memo_is(const struct memo_text *memo, const struct scan_of *of, const struct value *value)
{
	return memo->of == of && memo->size == value->size &&
		memo_equals((const uint8_t *)(memo_predicates(memo) + memo->count), value->data, value->size);
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
		*(word_raw *)(to + i) = *(const word_raw *)(from + i);
	*(word_raw *)(to + size - 8) = *(const word_raw *)(from + size - 8);
}

/* Is the hash here for the second time, as far as is known? Those that come once would only push others out. */
static inline int
memo_is_due(struct work_kept *kept, uint64_t hash)
{
	uint16_t *seen = kept->memo_seen + (hash >> 24) % WORK_MEMOS, tag = hash >> 48;

	if (*seen == tag)
		return 1;
	*seen = tag;
	return 0;
}

/* The place of one that seems to be the same, or of one of its set in turn. */
static inline struct memo *
memo_choose(struct work_kept *kept, uint64_t hash)
{
	struct memo *memos = kept->memos[hash % MEMO_SETS];

	for (uint32_t i = 0; i < WORK_MEMO_WAYS; i++)
		if (memos[i].hash == hash)
			return memos + i;
	return memos + kept->turn % WORK_MEMO_WAYS;
}

/* Where so many bytes can be kept, in one piece. */
static inline uint64_t
memo_room(struct work_kept *kept, uint32_t size)
{
	uint64_t place = kept->memo_place ? kept->memo_place : MEMO_BYTES;

	size = (size + 7) & ~7u;
	if (place % MEMO_BYTES + size > MEMO_BYTES)
		place += MEMO_BYTES - place % MEMO_BYTES;
	kept->memo_place = place + size;
	return place;
}

/* Remembers of a value what was found from found[first] on, and the chances from chances[chance] on; returns its place, or 0. */
static inline uint64_t
memo_keep(struct work *work, uint64_t hash, const struct scan_of *of, const struct value *value, uint32_t first,
          uint32_t chance)
{
	struct work_kept *kept = work->kept;
	uint32_t count = work->found_count - first, chances = work->chance_count - chance;
	struct memo_text *memo;
	uint16_t *predicates;
	uint64_t place;

	if (count > MEMO_PREDICATES_MAX || chances > MEMO_CHANCES_MAX)
		return 0;
	for (uint32_t i = 0; i < count; i++)
		if (work->found[first + i] > UINT16_MAX)
			return 0;
	place = memo_room(kept, sizeof(*memo) + chances * sizeof(*memo->chances) + count * sizeof(*predicates) + value->size);
	memo = memo_text_at(kept, place);
	*memo = (struct memo_text){ .of = of, .size = value->size, .count = count, .chance_count = chances };
	for (uint32_t i = 0; i < chances; i++)
		memo->chances[i] = work->chances[chance + i];
	predicates = (uint16_t *)(memo->chances + chances);
	for (uint32_t i = 0; i < count; i++)
		predicates[i] = work->found[first + i];
	memo_copy((uint8_t *)(predicates + count), value->data, value->size);
	*memo_choose(kept, hash) = (struct memo){ hash, place };
	return place;
}

enum answer
memo_answer(const struct work *work, uint32_t scan, uint32_t predicate)
{
	const struct memo_text *memo = scan == SCAN_NONE ? 0 : memo_text_at(work->kept, work->places[scan]);

	for (uint32_t i = 0; memo && i < memo->answer_count; i++)
		if (memo->asked[i] == predicate)
			return memo->answers >> i & 1 ? ANSWER_YES : ANSWER_NO;
	return ANSWER_UNKNOWN;
}

void
memo_learn(struct work *work, uint32_t scan, uint32_t predicate, enum answer answer)
{
	struct memo_text *memo = scan == SCAN_NONE ? 0 : memo_text_at(work->kept, work->places[scan]);

	if (!memo || answer == ANSWER_UNKNOWN || memo->answer_count == MEMO_ANSWERS_MAX || predicate > UINT16_MAX)
		return;
	memo->asked[memo->answer_count] = predicate;
	memo->answers |= (answer == ANSWER_YES) << memo->answer_count++;
}
#endif
