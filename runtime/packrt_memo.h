/*
 * packrt_memo.h - what is known of texts that came before, slot by slot. Part of the image (packrt.h).
 *
 * An endpoint sees the same programs, users and folders again and again. A text that is remembered need not be folded
 * and looked through: the predicates that it made true are listed, the rules that those gave a chance, and what rules
 * asked of it alone. Texts are compared whole, so that no two are taken for the same: texts with the same hash cost no more
 * than texts that are new. One is remembered when it comes for the second time: those that come once would only push others
 * out. Where none comes again, as of numbers that count, texts are looked for only now and then.
 */
#ifndef PACKRT_MEMO_H
#define PACKRT_MEMO_H

#include "packrt.h"
#include "packrt_text.h"

/* Two words at a whole unit. */
typedef uint64_t words2_kept __attribute__((vector_size(16), may_alias));

_Static_assert(sizeof(struct memo) + MEMO_TEXT_MAX + MEMO_UNIT + MEMO_WORDS_MAX * sizeof(struct memo_word) +
               MEMO_CHANCES_MAX * sizeof(struct candidate) < (MEMO_PIECE - 1) * MEMO_UNIT, "a memo is in one piece");

struct memo_text { /* one that may be remembered */
	const struct value *value;
	uint64_t key, hash;
	uint64_t first, last; /* memo_short(), of a short one */
	uint32_t scan;        /* the group's, by number */
};

/* All of a value but where its text is, as one number. */
static inline uint64_t
value_about(const struct value *value)
{
	return *(const word_raw *)&value->size;
}

/* Is it one text that is neither cut nor too long? */
static inline int
is_memorable(uint64_t about)
{
	const uint64_t first = (uint64_t)VALUE_STRING << 32, end = (uint64_t)(VALUE_BOOL + 1) << 32;

	return about - first < end - first && (uint32_t)about <= MEMO_TEXT_MAX;
}

/* Which slot of which group it is of, too: by the last 32 bits of where that is, as an image is smaller. Never 0: the two bits
 * that tell the type are none of an address. */
static inline uint64_t
memo_key(const struct scan_of *of, uint64_t about)
{
	return (uint64_t)(uintptr_t)of << 32 ^ about;
}

/* Where it is counted how often texts of the slot were not known; slots that share that are looked for more often than need be. */
static inline uint32_t
memo_slot(uint64_t key)
{
	return (key >> 35) % MEMO_SLOTS;
}

/* Is a text not worth looking for, as of its slot none comes again? */
static inline int
is_unique(struct work_kept *kept, uint64_t key)
{
	uint8_t *misses = kept->memo_misses + memo_slot(key);

	if (*misses >= MEMO_MISSES_MAX && ++*misses == MEMO_MISSES_MAX + MEMO_TRY)
		*misses = MEMO_MISSES_MAX;
	return *misses > MEMO_MISSES_MAX;
}

/* Of a text shorter than 16 bytes, all of it: *a and *b overlap unless it is just as long. */
static inline void
memo_short(const uint8_t *text, uint64_t size, uint64_t *a, uint64_t *b)
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

static inline uint64_t
memo_mix(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
}

/* With the last two words of a text. */
static inline uint64_t
memo_end(uint64_t a, uint64_t b, uint64_t first, uint64_t last)
{
	uint64_t both = memo_mix(a, first) ^ memo_mix(b, last);

	return memo_mix(both >> 32 | both << 32, 0);
}

/* Of a text of 16 bytes or more. */
static inline uint64_t
memo_hash(uint64_t key, const uint8_t *text, uint64_t size)
{
	uint64_t a = key, b = 0;

	for (uint64_t i = 0; i + 16 < size; i += 16) {
		a = memo_mix(a, *(const word_raw *)(text + i));
		b = memo_mix(b, *(const word_raw *)(text + i + 8));
	}
	return memo_end(a, b, *(const word_raw *)(text + size - 16), *(const word_raw *)(text + size - 8));
}

/* Is such a text what is kept? */
static inline int
memo_equals(const uint8_t *kept, const uint8_t *text, uint64_t size)
{
	words2 differ = (words2)(*(const bytes16 *)(kept + size - 16) ^ *(const bytes16 *)(text + size - 16));

	for (uint64_t i = 0; i + 16 < size; i += 16)
		differ |= *(const words2_kept *)(kept + i) ^ *(const words2_raw *)(text + i);
	return !(differ[0] | differ[1]);
}

/* The same of a shorter one, by memo_short(). */
static inline int
memo_equals_short(const uint8_t *kept, uint64_t a, uint64_t b)
{
	return !((((const word_raw *)kept)[0] ^ a) | (((const word_raw *)kept)[1] ^ b));
}

/* The first of the two places for a hash; the other is beside it. */
static inline uint32_t
memo_place(uint64_t hash)
{
	return hash >> (64 - MEMO_PLACES_LOG);
}

static inline struct memo *
memo_at(struct work_kept *kept, uint32_t place)
{
	return (struct memo *)(kept->memo_bytes + (uint64_t)kept->memos[place] * MEMO_UNIT);
}

static inline uint64_t
memo_size(uint64_t key)
{
	return (uint32_t)key;
}

/* Sets hash and what is compared; value and key are set. */
static inline void
memo_prepare(struct work_kept *kept, struct memo_text *text)
{
	const uint64_t key = text->key, size = memo_size(key);
	const uint8_t *data = text->value->data;
	uint64_t first, last, hash;

	if (size < 16) {
		memo_short(data, size, &first, &last);
		hash = memo_end(key, 0, first, last);
		text->first = first;
		text->last = last;
	} else {
		hash = memo_hash(key, data, size);
	}
	text->hash = hash;
	__builtin_prefetch(kept->memos + memo_place(hash));
}

/* The memo of a text, if it is in its first place; otherwise NULL. */
static inline struct memo *
memo_find(struct work_kept *kept, const struct memo_text *text)
{
	struct memo *memo = memo_at(kept, memo_place(text->hash));
	const uint64_t size = memo_size(text->key);

	if (memo->key != text->key)
		return 0;
	if (size < 16)
		return memo_equals_short(memo->text, text->first, text->last) ? memo : 0;
	return memo_equals(memo->text, text->value->data, size) ? memo : 0;
}

/* The same of its second place, which then becomes its first: what was there moves. */
static __attribute__((noinline, unused)) struct memo *
memo_find_second(struct work_kept *kept, const struct memo_text *text)
{
	uint16_t *first = kept->memos + memo_place(text->hash), *second = kept->memos + (memo_place(text->hash) ^ 1);
	uint16_t unit = *first;
	struct memo *memo;

	*first = *second;
	*second = unit;
	memo = memo_find(kept, text);
	if (!memo) {
		*second = *first;
		*first = unit;
	}
	return memo;
}

/* Behind the text, which has a unit or more. */
static inline struct memo_word *
memo_words(struct memo *memo)
{
	return (struct memo_word *)(memo->text + (memo_size(memo->key) | (MEMO_UNIT - 1)) + 1);
}

static inline struct candidate *
memo_chances(struct memo *memo)
{
	return (struct candidate *)(memo_words(memo) + memo->word_count);
}

/* Whole units; behind either there is room for that. */
static inline void
memo_copy(void *to, const void *from, uint64_t size)
{
	for (uint64_t i = 0; i < size; i += MEMO_UNIT)
		*(bytes16 *)((uint8_t *)to + i) = *(const bytes16 *)((const uint8_t *)from + i);
}

/* What a text is remembered to make true: of a slot of its own, so that none of it is known yet. */
static inline void
memo_recall(struct work *work, struct memo *memo)
{
	const struct memo_word *word = memo_words(memo), *end = word + memo->word_count;
	uint64_t *yes = work->yes;

	if (word == end)
		return;
	do
		yes[word->word] |= word->bits;
	while (++word < end);
	work->yes_spans |= memo->yes_spans;
	if (memo->chance_count) {
		memo_copy(work->chances + work->chance_count, end, memo->chance_count * sizeof(struct candidate));
		work->chance_count += memo->chance_count;
	}
}

/* Is the hash here for the second time, as far as is known? Those that come once would only push others out. */
static inline int
memo_is_due(struct work_kept *kept, uint64_t hash)
{
	uint16_t *seen = kept->memo_seen + (hash >> 24) % MEMO_SEEN, tag = hash >> 48;

	if (*seen == tag)
		return 1;
	*seen = tag;
	return 0;
}

/* The words of the bitmap that predicates are in; returns how many, or more than MEMO_WORDS_MAX. */
static inline uint32_t
memo_gather(struct memo_word *words, const uint32_t *predicates, uint32_t count)
{
	uint32_t words_count = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t word = predicates[i] / 64, at = words_count;

		while (at && words[at - 1].word != word)
			at--;
		if (!at) {
			if (words_count == MEMO_WORDS_MAX)
				return MEMO_WORDS_MAX + 1;
			words[words_count++] = (struct memo_word){ 0, word };
			at = words_count;
		}
		words[at - 1].bits |= UINT64_C(1) << predicates[i] % 64;
	}
	return words_count;
}

/* Forgets what is in a piece of the bytes. */
static inline void
memo_forget(struct work *work, uint32_t piece, uint32_t scan_count)
{
	uint16_t *memos = work->kept->memos;

	for (uint32_t i = 0; i < 1 << MEMO_PLACES_LOG; i++)
		memos[i] = memos[i] / MEMO_PIECE == piece ? 0 : memos[i];
	for (uint32_t i = 0; i < scan_count; i++)
		work->memos[i] = 0;
}

/* The first of units for so many bytes, in one piece; 0 is never used. */
static inline uint32_t
memo_room(struct work *work, uint32_t size, uint32_t scan_count)
{
	uint32_t units = (size + MEMO_UNIT - 1) / MEMO_UNIT, at = work->kept->memo_next;

	if (at % MEMO_PIECE + units > MEMO_PIECE)
		at = (at / MEMO_PIECE + 1) * MEMO_PIECE % MEMO_UNITS;
	if (at % MEMO_PIECE == 0)
		memo_forget(work, at / MEMO_PIECE, scan_count);
	at += !at;
	work->kept->memo_next = (at + units) % MEMO_UNITS;
	return at;
}

/* Remembers of a text what was found from found[first] on, and the chances from chances[chance] on; or returns NULL. */
static __attribute__((noinline, unused)) struct memo *
memo_keep(struct work *work, const struct memo_text *text, uint32_t first, uint32_t chance, uint32_t scan_count)
{
	struct work_kept *kept = work->kept;
	uint32_t chances = work->chance_count - chance, place = memo_place(text->hash), count, unit;
	const uint64_t size = memo_size(text->key);
	struct memo_word words[MEMO_WORDS_MAX];
	struct memo *memo;

	count = memo_gather(words, work->found + first, work->found_count - first);
	if (count > MEMO_WORDS_MAX || chances > MEMO_CHANCES_MAX)
		return 0;
	unit = memo_room(work, sizeof(*memo) + size + MEMO_UNIT + count * sizeof(*words) +
	                  chances * sizeof(struct candidate), scan_count);
	if (kept->memos[place])
		kept->memos[place ^ 1] = kept->memos[place];
	kept->memos[place] = unit;
	memo = memo_at(kept, place);
	*memo = (struct memo){ .key = text->key, .word_count = count, .chance_count = chances };
	if (size < 16) {
		((word_raw *)memo->text)[0] = text->first;
		((word_raw *)memo->text)[1] = text->last;
	} else {
		memo_copy(memo->text, text->value->data, size / 16 * 16);
		memo_copy(memo->text + size - 16, (const uint8_t *)text->value->data + size - 16, 16);
	}
	memo_copy(memo_words(memo), words, count * sizeof(*words));
	memo_copy(memo_chances(memo), work->chances + chance, chances * sizeof(struct candidate));
	return memo;
}

static inline struct memo *
memo_of_scan(const struct work *work, uint32_t scan)
{
	return scan == SCAN_NONE ? 0 : work->memos[scan];
}

enum answer
memo_answer(const struct work *work, uint32_t scan, uint32_t predicate)
{
	const struct memo *memo = memo_of_scan(work, scan);

	for (uint32_t i = 0; memo && i < memo->answer_count; i++)
		if (memo->asked[i] == predicate)
			return memo->answers >> i & 1 ? ANSWER_YES : ANSWER_NO;
	return ANSWER_UNKNOWN;
}

void
memo_learn(struct work *work, uint32_t scan, uint32_t predicate, enum answer answer)
{
	struct memo *memo = memo_of_scan(work, scan);

	if (!memo || answer == ANSWER_UNKNOWN || memo->answer_count == MEMO_ANSWERS_MAX || predicate > UINT16_MAX)
		return;
	memo->asked[memo->answer_count] = predicate;
	memo->answers |= (answer == ANSWER_YES) << memo->answer_count++;
}
#endif
