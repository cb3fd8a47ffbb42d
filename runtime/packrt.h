/*
 * packrt.h - what generated C is written in: the work of one match() call, its bitmaps, values and texts.
 *
 * The image is freestanding: nothing here calls out, nothing is writable but scratch, tables hold offsets instead of
 * pointers. The longer routines stand in the other packrt_*.h, which exactly one file of an image includes (image.c);
 * all other generated files see only the declarations below.
 */
#ifndef PACKRT_H
#define PACKRT_H

#include <stdint.h>

#include "pack.h"
#include "packfile.h"

#pragma GCC visibility push(hidden)

#define PACKRT_INLINE static inline __attribute__((always_inline, unused))

enum {
	WORK_TEXTS = 64,                                 /* entries of the cache of folded texts */
	WORK_MEMOS = 2048,                               /* texts whose strings are remembered (packrt_memo.h) */
	WORK_TEXT_PAD = 32,                              /* readable bytes after every text in the arena */
	WORK_TEXT_ROOM = 2 * VALUE_TEXT_MAX + 2 * WORK_TEXT_PAD,
	WORK_ARENA = 2 * WORK_TEXT_ROOM,                 /* the cache's bytes */
	WORK_LEAVES = -1,                                /* "slot" of keyword predicates: every leaf */
};

struct text {
	const uint8_t *data;
	uint32_t size;
	uint32_t plain; /* it is known to have ASCII bytes only */
};

enum form {
	FORM_RAW,    /* as it came */
	FORM_CLEAN,  /* fold.h: bytes that are not UTF-8 escaped; for regexes, and for wildcards and fieldref when cased */
	FORM_FOLDED, /* clean and folded; followed by WORK_TEXT_PAD readable bytes */
};

/* What an automaton reads after the last byte: the end, or that the value goes on unseen. */
enum stop { STOP_END = 256, STOP_CUT = 257 };

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

struct work_text { /* one cached text of a turn */
	const struct value *value;
	struct text text;
	uint64_t turn;
	uint32_t form;
};

enum {
	MEMO_TEXT_MAX = 1536,      /* longer ones are not remembered */
	MEMO_TEXTS = 256 << 10,    /* bytes of those that are: a new one takes the place of the oldest */
	MEMO_PREDICATES = 17,
};

struct memo { /* what a slot's sets found in a text that came before; all zero: nothing yet */
	uint64_t hash;
	const void *scan; /* of which slot and group: slot_scan() */
	uint64_t place;   /* of the text, as it came, among all that were ever kept; it stands at place % MEMO_TEXTS */
	uint32_t size;
	uint16_t count;
	uint16_t predicates[MEMO_PREDICATES];
};

struct work_kept { /* what stays in scratch from call to call */
	uint64_t turn; /* texts of other turns are of other events */
	uint64_t arena_used;
	uint64_t leaf_turn; /* when the values were looked through */
	uint32_t leaf_count;
	struct work_text texts[WORK_TEXTS];
	uint64_t memo_seen[WORK_MEMOS / 2]; /* by pair of memos: the hash of what was looked for last and not there */
	struct memo memos[WORK_MEMOS];
	uint64_t memo_place; /* of the next text */
	uint8_t memo_texts[MEMO_TEXTS];
};

/* One call of match(). The bitmaps are over the group's predicates, then the planner's own (gates and sets). */
struct work {
	const struct event *event;
	const uint8_t *data;    /* the pack's DATA section */
	uint64_t *yes;          /* decided true; the start of scratch */
	uint64_t *unknown;      /* hangs on what a cut value lost */
	uint64_t *known;        /* decided at all */
	uint64_t *candidates;   /* over the group's rules */
	uint32_t *found;        /* predicates that strings of sets made true, in that order */
	uint32_t found_count;
	uint64_t *leaf_yes;     /* over the strings that are looked for in all values: which were found ... */
	uint32_t *leaf_found;   /* ... kept->leaf_count numbers */
	struct memo *memo;      /* where the slot at hand is remembered, or NULL */
	struct work_kept *kept;
	uint8_t *arena, *second; /* WORK_ARENA bytes; WORK_TEXT_ROOM bytes for the other side of a fieldref */
	struct match_times *times; /* NULL: nobody asks */
};

/* Texts from now on are of another event. */
PACKRT_INLINE void
work_turn(struct work *work)
{
	work->kept->turn++;
	work->kept->arena_used = WORK_TEXT_PAD;
}

PACKRT_INLINE int
bit_test(const uint64_t *bits, uint32_t index)
{
	return bits[index / 64] >> index % 64 & 1;
}

PACKRT_INLINE void
bit_set(uint64_t *bits, uint32_t index)
{
	bits[index / 64] |= UINT64_C(1) << index % 64;
}

/* Decides one predicate of a group that is not known yet: sets its bits. Every group has one. */
typedef void decide_fn(struct work *work, uint32_t predicate);

/* What a group's rules ask it: a predicate's answer, decided only if it is not known yet. */
typedef enum answer ask_fn(struct work *work, uint32_t predicate);

PACKRT_INLINE enum answer
answer_of(struct work *work, uint32_t predicate, decide_fn *decide)
{
	if (!bit_test(work->known, predicate))
		decide(work, predicate);
	if (bit_test(work->yes, predicate))
		return ANSWER_YES;
	return bit_test(work->unknown, predicate) ? ANSWER_UNKNOWN : ANSWER_NO;
}

PACKRT_INLINE void
settle(struct work *work, uint32_t predicate, enum answer answer)
{
	bit_set(work->known, predicate);
	if (answer == ANSWER_YES)
		bit_set(work->yes, predicate);
	if (answer == ANSWER_UNKNOWN)
		bit_set(work->unknown, predicate);
}

/* A string of a set makes a predicate true. */
PACKRT_INLINE void
predicate_found(struct work *work, uint32_t predicate)
{
	if (bit_test(work->yes, predicate))
		return;
	bit_set(work->yes, predicate);
	work->found[work->found_count++] = predicate;
}

/* A string of a set was found: list[first[string] .. first[string + 1]) are the predicates it makes true. */
PACKRT_INLINE void
string_found(struct work *work, const uint32_t *first, const uint32_t *list, uint32_t string)
{
	for (uint32_t i = first[string]; i < first[string + 1]; i++)
		predicate_found(work, list[i]);
}

/* The steps of a group, over its tables: what is known from the start, rules that are always candidates ... */
PACKRT_INLINE void
group_begin(struct work *work, const uint64_t *eager, uint32_t words, const uint64_t *always, uint32_t rule_words)
{
	if (work->times)
		work->times->shared = tick_count();
	for (uint32_t i = 0; i < words; i++) {
		work->yes[i] = work->unknown[i] = 0;
		work->known[i] = eager[i];
	}
	for (uint32_t i = 0; i < rule_words; i++)
		work->candidates[i] = always[i];
}

/* ... the rules whose witness came true: those of predicate i are list[first[i] .. first[i + 1]) ... */
PACKRT_INLINE void
group_candidates(struct work *work, const uint32_t *first, const uint32_t *list)
{
	for (uint32_t i = 0; i < work->found_count; i++)
		for (uint32_t k = first[work->found[i]]; k < first[work->found[i] + 1]; k++)
			bit_set(work->candidates, list[k]);
}

/* ... everything, for who wants to know all ... */
PACKRT_INLINE void
group_decide(struct work *work, uint32_t count, decide_fn *decide)
{
	for (uint32_t i = 0; i < count; i++)
		if (!bit_test(work->known, i))
			decide(work, i);
}

/* Asks one rule of a group by its number there. */
typedef int rule_fn(struct work *work, uint32_t rule);

/* The same as group_rules(), with a look at the clock after each. */
PACKRT_INLINE uint32_t
group_rules_timed(struct work *work, uint32_t rule_words, rule_fn *rule, struct hit *hits)
{
	struct match_times *times = work->times;
	uint64_t before = tick_count(), now = tick_count();
	uint32_t count = 0;

	times->shared = before - times->shared;
	times->idle = now - before;
	before = now;
	for (uint32_t i = 0; i < rule_words; i++)
		for (uint64_t left = work->candidates[i]; left; left &= left - 1) {
			uint32_t number = i * 64 + __builtin_ctzll(left);

			if (rule(work, number))
				hits[count++].rule = number;
			now = tick_count();
			times->rules[times->count++] = (struct rule_time){ number, now - before };
			before = now;
		}
	return count;
}

/* ... and the candidates themselves, in order. Returns the number of hits. */
PACKRT_INLINE uint32_t
group_rules(struct work *work, uint32_t rule_words, rule_fn *rule, struct hit *hits)
{
	uint32_t count = 0;

	if (work->times)
		return group_rules_timed(work, rule_words, rule, hits);
	for (uint32_t i = 0; i < rule_words; i++)
		for (uint64_t left = work->candidates[i]; left; left &= left - 1)
			if (rule(work, i * 64 + __builtin_ctzll(left)))
				hits[count++].rule = i * 64 + __builtin_ctzll(left);
	return count;
}

/* Scalars of a slot or of all leaves, one after another. */
struct each {
	const struct value *at, *end;
};

/* Has the event any text there? */
PACKRT_INLINE int
slot_is_there(const struct work *work, int32_t slot)
{
	return slot == WORK_LEAVES || bit_test(work->event->present, slot);
}

/* Has the event text in some of these slots, or are all predicates asked for? */
PACKRT_INLINE int
group_is_touched(const struct work *work, const int32_t *slots, const uint32_t *needs, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (slots[needs[i]] == WORK_LEAVES ? work->event->leaf_count != 0 : slot_is_there(work, slots[needs[i]]))
			return 1;
	return work->event->flags & EVENT_DECIDE_ALL;
}

PACKRT_INLINE struct each
each_of(const struct work *work, int32_t slot)
{
	const struct event *event = work->event;
	const struct value *value;

	if (slot == WORK_LEAVES)
		return (struct each){ event->leaves, event->leaves + event->leaf_count };
	value = event->slots + slot;
	if (!bit_test(event->present, slot))
		return (struct each){ value, value };
	if (value->type == VALUE_LIST)
		return (struct each){ value->data, (const struct value *)value->data + value->size };
	return (struct each){ value, value + 1 };
}

/* NULL at the end. */
PACKRT_INLINE const struct value *
each_next(struct each *each)
{
	while (each->at < each->end) {
		const struct value *value = each->at++;

		if (value->type == VALUE_STRING || value->type == VALUE_NUMBER || value->type == VALUE_BOOL)
			return value;
	}
	return 0;
}

PACKRT_INLINE int
value_is_cut(const struct value *value)
{
	return value->flags & VALUE_CUT || value->size > VALUE_TEXT_MAX;
}

/* packrt_text.h ---------------------------------------------------------------------------------------------------- */

/* The text of a scalar in a form. FORM_RAW is the event's own; others may be in the arena, valid until the next call. */
struct text value_text(struct work *work, const struct value *value, enum form form);

/* The scalars of a slot as texts in a form, one after another. Set slot and form, the rest to 0. */
struct texts {
	int32_t slot;
	enum form form;
	struct each each;
	struct text text;
	uint32_t stop; /* what follows text: STOP_END, or STOP_CUT where the value goes on unseen */
};

/* Fills text and stop; 0 at the end. */
int texts_next(struct work *work, struct texts *texts);

int text_equals(struct text text, const char *other, uint64_t size);
int text_starts(struct text text, const char *prefix, uint64_t size);
int text_ends(struct text text, const char *suffix, uint64_t size);
int text_contains(struct text text, const char *part, uint64_t size); /* linear in text and part together */

/* Has the text so many characters in a row that have bytes of a set? Bytes of one character are in it together. */
int text_has_run(struct text text, const uint64_t bytes[4], uint64_t least);

/* As the above, for the next piece of a wildcard: what was matched is taken off the text. */
int text_take_start(struct text *text, const char *prefix, uint64_t size);
int text_take_part(struct text *text, const char *part, uint64_t size);

/* Does a value of the slot fit what a predicate asks of it? */
typedef enum answer test_fn(struct work *work, int32_t slot);

/* Does a field compare with another: op is PACK_FIELD_EQUALS and its like. Any member with any member. */
enum answer fields_compare(struct work *work, int32_t slot, int32_t other, uint32_t op, enum form form);

int field_is_null(const struct work *work, int32_t slot);

/* packrt_set.h ----------------------------------------------------------------------------------------------------- */

/* The longest string of a set that begins at p (before end) or ends there (behind end), as its number from 1; 0: none.
 * The text is folded: the byte at its other end is followed by a 0. */
typedef uint32_t find_fn(const uint8_t *p, const uint8_t *end, uint32_t stop);

/* What an automaton did not read of a string. */
struct tail {
	uint32_t text;     /* offset of its bytes */
	uint32_t size;
	uint32_t head;     /* how many bytes it did read */
	uint16_t fallback; /* what is found if the tail is not there */
	uint16_t whole;    /* 1: the text ends behind it */
};

/* What is found, when an automaton that began at start came to the string found: it, or its fallback. */
uint32_t tail_after(const struct tail *tails, const char *texts, uint32_t found, const uint8_t *start,
                    const uint8_t *end, uint32_t stop);
uint32_t tail_before(const struct tail *tails, const char *texts, uint32_t found, const uint8_t *start,
                     const uint8_t *end, uint32_t stop);

/* A set of whole values and beginnings, or of ends. Offsets count from this head. */
struct strings {
	uint32_t bit;         /* among the group's predicates: the set was run */
	uint32_t backward;
	uint32_t first, list; /* uint32_t[]: as string_found(), by the string's number */
	uint32_t anchored, anchored_count; /* uint32_t[]: predicates that are unknown where a value was cut */
};

/* Is the set to be run over its slot, because it was not yet? */
PACKRT_INLINE int
set_begin(struct work *work, uint32_t bit)
{
	if (bit_test(work->known, bit))
		return 0;
	bit_set(work->known, bit);
	return 1;
}

/* Settles what was found: the set's find_fn returned it. */
void strings_settle(struct work *work, const struct strings *set, uint32_t found);
/* The value goes on unseen: what is anchored at its end is unknown. */
void strings_cut(struct work *work, const struct strings *set);

/* Decides the predicates of a set over one text. find is called directly. */
PACKRT_INLINE void
strings_scan(struct work *work, const struct strings *set, const struct texts *texts, find_fn *find)
{
	const uint8_t *start = texts->text.data, *end = start + texts->text.size;

	if (texts->stop == STOP_CUT)
		strings_cut(work, set);
	if (!set->backward)
		strings_settle(work, set, find(start, end, texts->stop));
	else if (texts->stop != STOP_CUT)
		strings_settle(work, set, find(end, start, texts->stop));
}

/* The same over the values of a slot, unless that was done. */
PACKRT_INLINE void
strings_run(struct work *work, const struct strings *set, int32_t slot, find_fn *find)
{
	struct texts texts = { .slot = slot, .form = FORM_FOLDED };

	if (set_begin(work, set->bit))
		while (texts_next(work, &texts))
			strings_scan(work, set, &texts, find);
}

/* packrt_memo.h ---------------------------------------------------------------------------------------------------- */

/* Is it known what the sets of a slot find there? Then it is settled. */
int memo_recall(struct work *work, int32_t slot, const void *scan);
/* They found what there is from found[first] on. */
void memo_keep(struct work *work, const void *scan, uint32_t first);

/* Runs all sets of a slot that the group runs for every event, over one text. */
typedef void scan_fn(struct work *work, const struct texts *texts);

/* Decides the predicates of those sets over the values of the slot. key stands for the slot and the group in this image;
 * scan is called directly. */
PACKRT_INLINE void
slot_scan(struct work *work, int32_t slot, const void *key, scan_fn *scan)
{
	struct texts texts = { .slot = slot, .form = FORM_FOLDED };
	uint32_t first = work->found_count;

	if (memo_recall(work, slot, key))
		return;
	while (texts_next(work, &texts))
		scan(work, &texts);
	memo_keep(work, key, first);
}

struct contains;

/* packrt_leaves.h -------------------------------------------------------------------------------------------------- */

/* Looks through all values for the strings of the set, unless another group of the event did. */
void leaves_scan(struct work *work, const struct contains *set);

struct leaf_map { /* of a group; by string */
	uint32_t string, predicate;
};

/* Sets the predicates of the strings that were found. */
void leaves_found(struct work *work, const struct leaf_map *map, uint32_t count);

/* packrt_contains.h ------------------------------------------------------------------------------------------------ */

/* The same of contained strings; bit: as above. */
void contains_run_slot(struct work *work, const struct contains *set, int32_t slot, uint32_t bit);

/*
 * A set of strings, looked for at every place of a text. It is divided into parts by their size: those of one byte are
 * looked for one by one, those of a few bytes are found by one pair of neighbours of theirs, middling ones by one of two
 * windows of 4 bytes, the one for even places of the text and the other for odd ones, so that looking at every second place
 * is enough, and long ones by one of four windows of 8 bytes, at every fourth place; each for strings that have only ASCII
 * and for those that have other bytes, which no plain text can contain. Offsets count from this head.
 */
enum { CONTAINS_SINGLE, CONTAINS_SHORT, CONTAINS_MIDDLE, CONTAINS_LONG, CONTAINS_PLAIN, CONTAINS_PARTS = 2 * CONTAINS_PLAIN };

struct contains_part {
	uint32_t count;         /* of entries */
	uint32_t few;           /* each is looked for by itself, without filter and buckets */
	uint32_t filter_shift;  /* 64 - log2 of the words of the filter, but of pairs' */
	uint32_t bucket_shift;  /* 64 - log2 of the number of buckets */
	uint32_t filter;        /* uint64_t[]: a bit for each pair, or a bit of a word for each window */
	uint32_t buckets;       /* struct contains_bucket[] */
	uint32_t entries;       /* struct contains_entry[] by bucket */
};

struct contains_bucket {
	uint64_t beside;       /* contains_beside() of the strings of its entries */
	uint32_t first, count; /* entries */
};

struct contains_entry {
	uint32_t window; /* its first 4 bytes, or 2 */
	uint32_t string;
	uint32_t at;     /* where the window is in it */
	uint32_t near, mask; /* bytes of the string behind or before those, and which of them count */
	int32_t beside;      /* where they are, from the window */
};

struct contains {
	struct contains_part parts[CONTAINS_PARTS];
	uint32_t strings;       /* struct contains_string[] */
	uint32_t texts;         /* bytes */
	uint32_t first, list;   /* uint32_t[]: as string_found() */
};

struct contains_string {
	uint32_t text, size; /* offset in texts */
};

enum { CONTAINS_FEW = 6 };

/* Of a part's windows: their bytes, at which places of the text they are looked for, and the least size of a string that
 * has one for each, wherever it is. */
enum { CONTAINS_SHORT_WINDOW = 2, CONTAINS_SHORT_STEP = 1 };
enum { CONTAINS_MIDDLE_WINDOW = 4, CONTAINS_MIDDLE_STEP = 2, CONTAINS_MIDDLE_MIN = 5 };
enum { CONTAINS_LONG_WINDOW = 8, CONTAINS_LONG_STEP = 4, CONTAINS_LONG_MIN = 11 };

enum { CONTAINS_TEXTS_PAD = 8 }; /* bytes behind the strings' */

PACKRT_INLINE uint64_t
contains_hash(uint64_t window)
{
	return window * UINT64_C(0x9e3779b97f4a7c15);
}

/* The bit of a filter's word that a window sets. */
PACKRT_INLINE uint32_t
contains_bit(uint64_t hash)
{
	return hash >> 40 & 63;
}

/* The bytes before and after a window: a string has to do with one of them. */
PACKRT_INLINE uint64_t
contains_beside(uint8_t before, uint8_t after)
{
	return UINT64_C(1) << before % 32 | UINT64_C(1) << (32 + after % 32);
}

/* Sets the predicates of every string that is in text, which is folded. */
void contains_run(struct work *work, const struct contains *set, struct text text);

/*
 * A long set of folded strings in the pack's DATA section, as their hashes: a table of offsets stands at its start, by
 * number. A hash is in the bucket that its first bits name; before that is looked at, a filter of some bits a string says
 * of most texts that they are not there. Another text has the hash of one of a million strings once in 2^44 times.
 * Offsets count from this head.
 */
struct data_set {
	uint32_t subdomains; /* 1: what ends with a dot and a string of the set is in it too */
	uint32_t filter_words, bucket_bits;
	uint32_t filter;     /* uint64_t[]: the bits data_bits() of a string's hash in word data_place() */
	uint32_t buckets;    /* uint32_t[]: by the first bucket_bits of a hash, its first rest; one more at the end */
	uint32_t rests;      /* the last data_rest_size() bytes of each hash, ascending in a bucket; DATA_PAD bytes follow */
};

enum { DATA_PAD = 8 };

PACKRT_INLINE uint64_t
data_mix(uint64_t hash, uint64_t word)
{
	__extension__ unsigned __int128 product = (unsigned __int128)(hash ^ word) * UINT64_C(0x9fb21c651e98df25);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* From the hash of what follows, the hash (never 0) of a text, or a label of a domain, in front of it. DATA_PAD bytes
 * behind text can be read. */
PACKRT_INLINE uint64_t
data_hash(uint64_t hash, const uint8_t *text, uint64_t size)
{
	typedef uint64_t word8 __attribute__((aligned(1), may_alias));

	hash = data_mix(hash, size + 1);
	for (; size >= 8; size -= 8, text += 8)
		hash = data_mix(hash, *(const word8 *)text);
	hash = size ? data_mix(hash, *(const word8 *)text << (64 - 8 * size)) : hash;
	return hash + !hash;
}

/* Where the label that ends at end begins; subdomains only: any other text is one label. */
PACKRT_INLINE uint64_t
data_label(const uint8_t *text, uint64_t end, uint32_t subdomains)
{
	if (!subdomains)
		return 0;
	while (end > 0 && text[end - 1] != '.')
		end--;
	return end;
}

/* One of count places. */
PACKRT_INLINE uint32_t
data_place(uint64_t hash, uint32_t count)
{
	return (hash >> 32) * count >> 32;
}

PACKRT_INLINE uint64_t
data_bits(uint64_t hash)
{
	return UINT64_C(1) << (hash & 63) | UINT64_C(1) << (hash >> 6 & 63) | UINT64_C(1) << (hash >> 12 & 63);
}

/* Bytes of a hash that, with its bucket, are all of it. */
PACKRT_INLINE uint32_t
data_rest_size(uint32_t bucket_bits)
{
	return 8 - bucket_bits / 8;
}

/* Is one of the slot's values in a table? */
enum answer data_ask(struct work *work, int32_t slot, uint32_t number);

/* packrt_number.h -------------------------------------------------------------------------------------------------- */

/* Exact, for decimals of any size. op is PACK_EQUALS or PACK_LT to PACK_GTE. No number: false. */
int number_compare(struct text text, uint32_t op, const char *other, uint64_t size);

/* A part (enum pack_time_part) of an ISO 8601 time, in UTC, compared with a number. No time: false. */
int time_compare(struct text text, uint32_t part, uint32_t op, const char *other, uint64_t size);

/* Is text an address in the net? bytes is the net as 16 bytes (IPv4 mapped), bits its length there (IPv4: 96 more). */
int address_in(struct text text, const char *bytes, uint32_t bits, int net_is_v4);

/* packrt_nfa.h ----------------------------------------------------------------------------------------------------- */

enum { NFA_WORDS_MAX = 128 };

/* A bit-parallel automaton over positions. Offsets count from this head. */
struct nfa {
	uint32_t words;         /* of 64 positions */
	uint32_t classes;       /* uint8_t[257]: class of a byte or STOP_END */
	uint32_t masks;         /* uint64_t[classes][words]: positions that take such a byte */
	uint32_t follows;       /* uint32_t[positions + 1]: where a position's followers begin in list */
	uint32_t list;          /* uint16_t[] */
	uint32_t start, final;  /* uint64_t[words] each; start holds the pseudo position before the text */
};

/* Is text in the language? stop is STOP_END, or STOP_CUT where the value goes on unseen. */
int nfa_run(const struct nfa *nfa, struct text text, uint32_t stop);

#pragma GCC visibility pop
#endif
