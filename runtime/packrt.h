/*
 * packrt.h - what generated C is written in: the work of one match() call, its bitmaps, values and texts.
 *
 * The image is freestanding: nothing here calls out, nothing is writable but scratch. The longer routines stand in the other
 * packrt_*.h, which exactly one file of an image includes (image.c); all other generated files see only the declarations
 * below, and the tables.
 */
#ifndef PACKRT_H
#define PACKRT_H

#include <stdint.h>

#include "pack.h"
#include "packfile.h"
#include "packrt_memory.h"
#include "packrt_tables.h"

#pragma GCC visibility push(hidden)

enum {
	WORK_TEXT_PAD = 32,                              /* readable bytes after every text in the arena */
	WORK_TEXT_ROOM = 2 * VALUE_TEXT_MAX + 2 * WORK_TEXT_PAD,
	WORK_ARENA = 2 * WORK_TEXT_ROOM,                 /* the cache's bytes */
	WORK_BITS_STEP = 512,                            /* bitmaps have a multiple of so many bits */
	YES_SPAN = 128,                                  /* so many bits are two words */
	WORK_LEAVES = -1,                                /* "slot" of keyword predicates: every leaf */
};

/* Two words of a bitmap at once. */
typedef uint64_t words2_raw __attribute__((vector_size(16), aligned(1), may_alias));

enum form {
	FORM_RAW,    /* as it came */
	FORM_CLEAN,  /* fold.h: bytes that are not UTF-8 escaped; for regexes, and for wildcards and fieldref when cased */
	FORM_FOLDED, /* clean and folded; followed by WORK_TEXT_PAD readable bytes */
};

/* What an automaton reads after the last byte: the end, or that the value goes on unseen. */
enum stop { STOP_END = 256, STOP_CUT = 257 };

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* What match() works with, in scratch: all but event, data, times and the counts stays the same. The bitmaps are over the
 * group's predicates, then the planner's own (gates and sets). */
struct work {
	const struct event *event;
	const uint8_t *data;    /* the pack's DATA section */
	uint64_t *yes;          /* decided true; the start of scratch */
	uint64_t yes_spans;     /* bit i: in some of the spans i, i + 64, i + 128 ... of yes strings of sets made predicates true */
	uint64_t *unknown;      /* hangs on what a cut value lost */
	uint64_t *known;        /* decided because a rule asked */
	uint64_t *marks;        /* over the group's rules: 0 but in the midst of a step ... */
	uint64_t *mark_words;   /* ... and over those words: likewise, which are not 0 */
	uint16_t *seen;         /* by rule: the last turn in which it was a candidate; 0: none */
	uint32_t seen_count;    /* of any group's rules */
	uint32_t *candidates[2]; /* kept->candidate_count rules, each once: that are not late, that are */
	uint32_t *found;        /* bits that are set, in that order: predicates that strings of sets made true, but for what is
	                         * remembered, then what was decided because a rule asked */
	uint32_t found_count;
	uint32_t chance_count;
	struct candidate *chances; /* of which one of the witnesses came true */
	uint64_t *leaf_yes;     /* over the strings that are looked for in all values: which were found ... */
	uint32_t *leaf_found;   /* ... kept->leaf_count numbers */
	struct work_kept *kept;
	struct memo **memos;    /* by the group's scans: the text's, or NULL */
	uint8_t *arena, *second; /* WORK_ARENA bytes; WORK_TEXT_ROOM bytes for the other side of a fieldref */
	struct match_times *times; /* NULL: nobody asks */
};

/* Forgets all texts. */
PACKRT_INLINE void
work_turn(struct work *work)
{
	work->kept->turn++;
	work->kept->arena_used = WORK_TEXT_PAD;
}

/* What comes from now on is another event's. */
PACKRT_INLINE void
work_event(struct work *work)
{
	work->kept->event++;
	work_turn(work);
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

/* Of work.yes_spans. */
PACKRT_INLINE uint64_t
yes_span(uint32_t predicate)
{
	return UINT64_C(1) << predicate / YES_SPAN % 64;
}

/* Decides one predicate of a group that is neither known nor true yet: sets its bits. Every group has one. */
typedef enum answer decide_fn(struct work *work, uint32_t predicate);

/* What a group's rules ask it: a predicate's answer, decided only if it is not known yet. */
typedef enum answer ask_fn(struct work *work, uint32_t predicate);

/* Of a predicate that is known. */
PACKRT_INLINE int
is_yes(const struct work *work, uint32_t predicate)
{
	return bit_test(work->yes, predicate);
}

PACKRT_INLINE int
is_no(const struct work *work, uint32_t predicate)
{
	return !bit_test(work->yes, predicate) && !bit_test(work->unknown, predicate);
}

/* eager: those that are known of every event. */
PACKRT_INLINE enum answer
answer_of(struct work *work, uint32_t predicate, const uint64_t *eager, decide_fn *decide)
{
	if (is_yes(work, predicate))
		return ANSWER_YES;
	if (!bit_test(work->known, predicate) && !bit_test(eager, predicate))
		return decide(work, predicate);
	return bit_test(work->unknown, predicate) ? ANSWER_UNKNOWN : ANSWER_NO;
}

PACKRT_INLINE enum answer
settle(struct work *work, uint32_t predicate, enum answer answer)
{
	if (!bit_test(work->yes, predicate))
		work->found[work->found_count++] = predicate;
	bit_set(work->known, predicate);
	if (answer == ANSWER_YES)
		bit_set(work->yes, predicate);
	if (answer == ANSWER_UNKNOWN)
		bit_set(work->unknown, predicate);
	return answer == ANSWER_NO && bit_test(work->unknown, predicate) ? ANSWER_UNKNOWN : answer; /* a set left it open */
}

/* A string of a set makes a predicate true: found once an event at most, which is what the lists of chances and candidates have
 * room for. */
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

/* Scalars of a slot or of all leaves, one after another. */
struct each {
	const struct value *at, *end;
};

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

/* Does a folded text contain one of several parts? They begin with the same byte, and are looked for at once. */
int text_contains_any(struct text text, const struct short_part *parts, uint32_t count);

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

/* What is found, when an automaton that began at start came to the string found: it, or its fallback. */
uint32_t tail_after(const struct tail *tails, const char *texts, uint32_t found, const uint8_t *start,
                    const uint8_t *end, uint32_t stop);
uint32_t tail_before(const struct tail *tails, const char *texts, uint32_t found, const uint8_t *start,
                     const uint8_t *end, uint32_t stop);

/* Is the set to be run over its slot, because it was not yet? */
PACKRT_INLINE int
set_begin(struct work *work, uint32_t bit)
{
	if (bit_test(work->known, bit))
		return 0;
	work->found[work->found_count++] = bit;
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

/* packrt_scan.h ---------------------------------------------------------------------------------------------------- */

/* Runs all sets of a slot that the group runs for every event, over one text. */
typedef void scan_fn(struct work *work, const struct texts *texts);

/* What a group needs to know of every event. */
struct scans {
	const struct scan_of *list;
	uint32_t count;
	const int32_t *slots;           /* the group's */
	const uint32_t *first;          /* of predicate i, witnesses[first[i] .. first[i + 1]) ... */
	const struct candidate *witnesses; /* ... are the rules that it gives a chance */
};

/* Decides the predicates of the sets that a group runs for every event, and tells the chances of all that is found. */
void group_scan(struct work *work, const struct scans *scans);

/* Decides a predicate that is all about a table of DATA, and tells its chances. */
void data_settle(struct work *work, const struct scans *scans, uint32_t predicate, int32_t slot, uint32_t number);

/* packrt_memo.h ---------------------------------------------------------------------------------------------------- */

/* What is remembered of a predicate that hangs on nothing but the text of a scan's slot; ANSWER_UNKNOWN: nothing. */
enum answer memo_answer(const struct work *work, uint32_t scan, uint32_t predicate);

/* Remembers it, if it is known and the text is remembered. */
void memo_learn(struct work *work, uint32_t scan, uint32_t predicate, enum answer answer);

/* packrt_leaves.h -------------------------------------------------------------------------------------------------- */

/* Looks through all values for the strings of the set, unless another group of the event did. */
void leaves_scan(struct work *work, const struct contains *set);

/* Sets the predicates of the strings that were found. */
void leaves_found(struct work *work, const struct leaf_map *map, uint32_t count);

/* packrt_head.h ---------------------------------------------------------------------------------------------------- */

/* The same of contained strings; bit: as above. */
void contains_run_slot(struct work *work, const struct contains *set, int32_t slot, uint32_t bit);

/* Sets the predicates of every string that is in text, which is folded. */
void contains_run(struct work *work, const struct contains *set, struct text text);

/* Asks memory for what data_ask() will read: it takes longer than most sets. */
void data_ahead(struct work *work, int32_t slot, uint32_t number);

/* Is one of the slot's values in a table of DATA? */
enum answer data_ask(struct work *work, int32_t slot, uint32_t number);

/* packrt_group.h --------------------------------------------------------------------------------------------------- */

/* Is the event what the group was asked about last, for other rules? Then the bitmaps hold what is known of it. */
int group_again(struct work *work, uint32_t group);

/* Decides a predicate that has a scan: what is remembered of the text, or its test. */
enum answer scanned_decide(struct work *work, const struct test_of *of, const int32_t *slots, uint32_t predicate);

/* The steps of a group otherwise. The bitmaps, of so many words, are as they are of an event of which nothing is known: what
 * was set of the one before, for whatever group, is taken back; nor are there candidates ... */
void group_begin(struct work *work, uint32_t group, uint32_t words);

/* ... but, when the sets are done, rules without a witness, and those that have a chance; early: how many are not late ... */
void group_candidates(struct work *work, const struct candidate *always, uint32_t count, uint32_t early);

/* ... everything, for who wants to know all; decide is called directly ... */
PACKRT_INLINE void
group_decide(struct work *work, uint32_t count, const uint64_t *eager, decide_fn *decide)
{
	for (uint32_t i = 0; i < count; i++)
		if (!bit_test(eager, i) && !bit_test(work->known, i) && !is_yes(work, i))
			decide(work, i);
}

struct rules {
	const int32_t *places; /* by rule: its code; 0: it is no more than its witness */
	uint32_t first, count; /* they are numbered through the pack from here on */
	uint32_t lone;         /* so many of the first are hits if the predicate of the same number is true */
};

/* ... and the candidates that are late, or those that are not. Returns the number of hits, which are in order. Where times are
 * asked for, there is a look at the clock after each. */
uint32_t group_rules(struct work *work, const struct rules *rules, uint32_t late, struct hit *hits);

/* packrt_place.h --------------------------------------------------------------------------------------------------- */

/* Is a rule true? */
typedef int rule_fn(struct work *work);

/* Go on at a scan, a test or a rule, as a switch goes to a case: *place is how far from there it begins. A compiler takes a second
 * over a switch of a thousand. */
void go_scan(struct work *work, const struct texts *texts, const int32_t *place);
enum answer go_test(struct work *work, int32_t slot, const int32_t *place);
int go_rule(struct work *work, const int32_t *place);

PACKRT_INLINE enum answer
predicate_test(struct work *work, const struct test_of *of, const int32_t *slots)
{
	return of->test ? go_test(work, slots[of->slot], &of->test) : ANSWER_NO;
}

/* Is a predicate's gate to be asked? Nobody knows what a value that is cut had. */
PACKRT_INLINE int
has_gate(const struct work *work, const struct test_of *of)
{
	return of->gate && !(work->event->flags & EVENT_HAS_CUT);
}

/* packrt_number.h -------------------------------------------------------------------------------------------------- */

/* Exact, for decimals of any size. op is PACK_EQUALS or PACK_LT to PACK_GTE. No number: false. */
int number_compare(struct text text, uint32_t op, const char *other, uint64_t size);

/* A part (enum pack_time_part) of an ISO 8601 time, in UTC, compared with a number. No time: false. */
int time_compare(struct text text, uint32_t part, uint32_t op, const char *other, uint64_t size);

/* Is text an address in one of the nets? */
int address_in(struct text text, const struct net *nets, uint32_t count);

/* packrt_dfa.h ----------------------------------------------------------------------------------------------------- */

/* Is text in the language? stop is STOP_END, or STOP_CUT where the value goes on unseen. */
int dfa_run(const struct dfa_table *dfa, struct text text, uint32_t stop);

/* packrt_nfa.h ----------------------------------------------------------------------------------------------------- */

/* The same. */
int nfa_run(const struct nfa *nfa, struct text text, uint32_t stop);

#pragma GCC visibility pop
#endif
