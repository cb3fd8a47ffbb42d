/*
 * packrt_memory.h - what an image remembers in scratch from call to call: texts that were folded, what is known of texts and of
 * their first pieces, texts that were looked up. It makes match() faster and changes no answer.
 */
#ifndef PACKRT_MEMORY_H
#define PACKRT_MEMORY_H

#include <stdint.h>

#include "pack.h"

struct text {
	const uint8_t *data;
	uint32_t size;
	uint32_t plain; /* it is known to have ASCII bytes only */
};

enum { WORK_TEXTS = 64 }; /* entries of the cache of clean texts, and of that of folded ones */

struct work_text { /* one cached text of a turn */
	const struct value *value;
	struct text text;
	uint64_t turn;
};

enum { /* what is remembered of texts, packrt_memo.h */
	MEMO_TEXT_MAX = 1536,      /* longer ones are not */
	MEMO_WORDS_MAX = 128,      /* nor are those that make predicates in more words true ... */
	MEMO_CHANCES_MAX = 1024,   /* ... or give more rules a chance */
	MEMO_ANSWERS_MAX = 16,
	MEMO_UNIT = 16,            /* bytes, in which memos are measured */
	MEMO_UNITS = 1 << 14,      /* of all memos */
	MEMO_PIECE = 1 << 11,      /* so many are forgotten together, the oldest; no memo is in two such pieces */
	MEMO_PLACES_LOG = 14,
	MEMO_SEEN = 2048,
	MEMO_SLOTS = 256,
	MEMO_MISSES_MAX = 64,      /* a slot with so many unknown texts in a row is looked through as if nothing were remembered ... */
	MEMO_TRY = 16,             /* ... but for one of so many of its texts */
};

struct memo_word { /* a word of the bitmap of predicates */
	uint64_t bits; /* those that are true */
	uint64_t word;
};

struct memo { /* what is known of a text in a slot: what its sets found, and what rules asked beside that */
	uint64_t key; /* memo_key(); 0: this is none */
	uint64_t yes_spans; /* of work.yes_spans, those of its predicates */
	uint16_t word_count;
	uint16_t chance_count;
	uint16_t answer_count;
	uint16_t answers; /* bit i: asked[i] is true */
	uint16_t asked[MEMO_ANSWERS_MAX];
	_Alignas(MEMO_UNIT) uint8_t text[]; /* as it came, or memo_short() of it; behind it words, then chances */
};

enum { /* what is remembered of the first pieces of texts, packrt_head.h */
	HEAD_PIECE = 64,
	HEAD_MAX = 1536,      /* bytes of a text */
	HEAD_FOUND_MAX = 38,  /* a piece in which more is found, or ... */
	HEAD_OPEN_MAX = 24,   /* ... may be, is looked through each time */
	HEAD_SETS_LOG = 8,    /* of two pieces, one beside the other */
	HEAD_TRY = 8,         /* each so-many-th that would push another out does so */
};

struct head { /* a piece of a text, and what a set found in it */
	_Alignas(MEMO_UNIT) uint8_t piece[HEAD_PIECE];
	uint64_t hash;
	uint64_t before; /* the number of the piece before it; of the first, the set's address; 0: none is remembered here */
	uint64_t number; /* no set's address; 0: too much was found in it */
	uint16_t found_count, open_count;
	uint16_t found[HEAD_FOUND_MAX]; /* predicates that are true */
	uint8_t open[HEAD_OPEN_MAX]; /* where windows begin of which there may be more */
};

enum { LOOKUPS = 4, LOOKUP_HASHES = 6 };

struct lookup { /* of an event's texts in a table of DATA, packrt_set.h */
	uint64_t event; /* 0: there are others than these */
	uint32_t number; /* the table's */
	uint32_t count;
	uint64_t hashes[LOOKUP_HASHES];
};

struct work_kept { /* what stays in scratch from call to call */
	uint64_t event; /* the number of the one at hand */
	uint64_t turn; /* texts of other turns are of other events, or gone because there was no more room */
	uint64_t arena_used;
	uint64_t leaf_event; /* whose values were looked through */
	uint64_t group_event; /* of whom the bitmaps are, and for which group; from 1 */
	uint32_t group;
	uint32_t group_words; /* of the group's bitmaps */
	uint32_t group_scanned; /* of work.found: before rules asked */
	uint32_t group_found; /* ... and in all */
	uint32_t group_cut; /* bits of work.unknown are set beside those */
	uint32_t candidate_count[2];
	uint16_t seen_turn; /* of work.seen; never 0 in one */
	uint32_t leaf_count;
	struct work_text texts[2][WORK_TEXTS]; /* clean, folded */
	struct lookup lookups[LOOKUPS]; /* by number of the table */
	uint16_t memo_seen[MEMO_SEEN]; /* of what was looked for last and not there: part of its hash, by other parts of it */
	uint8_t memo_misses[MEMO_SLOTS]; /* by memo_slot(): so many texts in a row were not known; from MEMO_MISSES_MAX on
	                                  * those that were not looked for are counted */
	uint16_t memos[1 << MEMO_PLACES_LOG]; /* by hash: the unit where one is, or 0 */
	uint32_t memo_next; /* the unit where the next is put */
	_Alignas(64) uint8_t memo_bytes[MEMO_UNITS * MEMO_UNIT];
	uint64_t head_count; /* of those that ever were */
	uint64_t head_tries; /* of those that would have pushed another out */
	struct head heads[1 << HEAD_SETS_LOG][2];
};
#endif
