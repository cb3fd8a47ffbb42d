/*
 * packrt_tables.h - the constant tables that generated C holds, and how they are addressed: what the compiler fills and the
 * image's routines read. Offsets instead of pointers, so that nothing needs a relocation.
 */
#ifndef PACKRT_TABLES_H
#define PACKRT_TABLES_H

#include <stdint.h>

#define PACKRT_INLINE static inline __attribute__((always_inline, unused))

/* What an automaton did not read of a string. */
struct tail {
	uint32_t text;     /* offset of its bytes */
	uint32_t size;
	uint32_t head;     /* how many bytes it did read */
	uint16_t fallback; /* what is found if the tail is not there */
	uint16_t whole;    /* 1: the text ends behind it */
};

/* A set of whole values and beginnings, or of ends. Offsets count from this head. */
struct strings {
	uint32_t bit;         /* among the group's predicates: the set was run */
	uint32_t backward;
	uint32_t first, list; /* uint32_t[]: as string_found(), by the string's number */
	uint32_t anchored, anchored_count; /* uint32_t[]: predicates that are unknown where a value was cut */
};

/* A slot that a group looks through for every event: where its scan_fn is, and which of the group's slots. */
struct scan_of {
	int32_t scan;
	uint32_t slot;
};

/* How a predicate is asked by itself: where its test_fn is (0: it has none), and of which of the group's slots. */
struct test_of {
	int32_t test;
	uint32_t slot;
	uint32_t scan; /* of that slot, where nothing else is done to decide the predicate; SCAN_NONE */
	uint32_t gate; /* a predicate that is true if this one is, and that with a scan is known of every event; 0: none */
};

enum { SCAN_NONE = 0xffff };

/* A short string that texts are looked through for. */
struct short_part {
	uint64_t bytes; /* the first lowest */
	uint64_t mask;  /* of those that are its own */
};

/* A net of cidr. */
struct net {
	uint8_t bytes[16]; /* IPv4: mapped to ::ffff:0:0/96 */
	uint32_t bits;     /* its length there: IPv4 has 96 more */
	uint32_t is_v4;
};

enum { CANDIDATE_ASKS = 2 };

struct ask {
	uint8_t bit; /* of a word: the predicate */
	uint8_t yes; /* 1: is it true? 0: is it not? */
	uint16_t word;
};

enum { ASK_WORDS_MAX = UINT16_MAX };

/* A rule that may match. It does not unless these have such answers. */
struct candidate {
	uint32_t rule;
	struct ask asks[CANDIDATE_ASKS];
};

struct leaf_map { /* of a group; by string */
	uint32_t string, predicate;
};

/*
 * A set of strings, looked for everywhere in a text. Each is found by a window, some of its neighbouring bytes: two pairs, one
 * a step behind the other. Most sets are looked through at every place or at every second one, and there a table says of each
 * pair which groups of windows begin with it, and which end with it: a window may be where both pairs say so of the same group.
 * Sets of nothing but long strings are looked through in wider steps, with a filter of whole windows; or only behind an anchor,
 * a byte that each of them has and that is rare, as in `MD5=...`. What passes is looked up by its hash. A string has a window for
 * each place in a step, so that one of them is met wherever it is. Strings that have only ASCII are in a half of their own: the
 * others no plain text can contain. Offsets count from the set's head.
 */
enum { CONTAINS_EDGE = 8 }; /* a multiple of the step and more than a window, where heads are known */
enum { CONTAINS_PAIR = 2, CONTAINS_THREE = 3, CONTAINS_FOUR = 4, CONTAINS_EIGHT = 8 }; /* bytes of windows */
enum { CONTAINS_LONG = 5 }; /* the least of a string that is found at every second place */

enum { CONTAINS_GROUPS = 4 };

struct contains_part { /* strings that are found by windows of one size */
	uint64_t factor;        /* contains_factor() of that size; 0: there are no such strings */
	uint32_t buckets;       /* struct contains_bucket[]: by a window's hash; one more, where the last ends */
	uint16_t buckets_shift; /* 64 - log2 of their number */
	uint16_t size;          /* of the windows, in bytes */
};

struct contains_bucket {
	uint32_t entries; /* where those begin: struct contains_entry[], until those of the next bucket */
	uint32_t next;    /* a bit by contains_next() of each byte that a string has behind the window; all where one ends there */
};

struct contains_half {
	uint32_t few, few_list; /* so many strings are looked for one by one: uint32_t[], these ... */
	uint16_t letters;       /* ... the first of which have one byte */
	uint16_t step;          /* from one place of the text to the next where others are looked for */
	uint32_t notes;         /* uint8_t[] by contains_pair(): bit g is of the windows of group g that begin with the pair, bit
	                         * CONTAINS_GROUPS + g of those that end with it; 0: there are none */
	uint32_t notes_shift;   /* 16 - log2 of their number */
	uint32_t filter;        /* uint64_t[], without notes: by contains_word(), contains_bits() of each window; 0: there is none */
	uint32_t filter_shift;  /* 64 - log2 of their number */
	uint32_t anchor;        /* without either: the byte before each window; 0: there are none */
	struct contains_part pairs; /* of strings of two bytes, group 0: every pair ends it */
	struct contains_part longer;
};

struct contains_entry {
	uint64_t bytes;  /* eight of the string, or all it has, the last on top */
	uint32_t found;  /* the predicate that it makes true, where those are all its bytes and that is the only one; or
	                  * CONTAINS_STRING and its number */
	uint16_t at;     /* where the window is in it */
	int8_t from;     /* where those bytes are, from the window */
	uint8_t shift;   /* bits of bytes that are none of the string's */
};

enum { CONTAINS_STRING = 1 << 30 };

struct contains {
	struct contains_half halves[2]; /* only ASCII; others */
	uint32_t strings;      /* struct contains_string[] */
	uint32_t predicates;   /* uint32_t[] */
	uint32_t texts;        /* bytes */
};

struct contains_string {
	uint32_t text, size;   /* offset in texts */
	uint32_t first, count; /* of the predicates that it makes true */
};

enum { CONTAINS_LETTERS = 4 }; /* so many are looked for at once */
enum { CONTAINS_FEW = 6, CONTAINS_TEXTS_PAD = 8 }; /* bytes behind the strings' */

enum { CONTAINS_PAIR_FACTOR = 0x9e35 };

/* A hash of a pair: only in 16 bits, so that eight are made at once. */
PACKRT_INLINE uint16_t
contains_pair(uint32_t pair)
{
	return pair * CONTAINS_PAIR_FACTOR;
}

/* Eight bytes times this are a hash of the first size of them: its upper bits. */
PACKRT_INLINE uint64_t
contains_factor(uint32_t size)
{
	return UINT64_C(0x9e3779b97f4a7c15) << (64 - 8 * size);
}

/* Where the filter tells of a window's hash: in which word ... */
PACKRT_INLINE uint32_t
contains_word(uint64_t hash, uint32_t shift)
{
	return hash >> shift;
}

/* ... and bits. */
PACKRT_INLINE uint64_t
contains_bits(uint64_t hash, uint32_t shift)
{
	uint64_t rest = hash >> (shift - 12);

	return UINT64_C(1) << (rest & 63) | UINT64_C(1) << (rest >> 6 & 63);
}

PACKRT_INLINE uint32_t
contains_next(uint8_t byte)
{
	return UINT32_C(1) << byte % 32;
}

enum { NFA_WORDS_MAX = 128 };

/* Where an automaton goes that knows its answer: no row begins there. */
enum { ROW_LOST = 0xfffe, ROW_FOUND = 0xffff };

/* An automaton of many states, a row each. Offsets count from this head. */
struct dfa_table {
	uint32_t classes;       /* uint8_t[257]: class of a byte or STOP_END */
	uint32_t rows;          /* uint16_t[states][classes]: where in it the next row begins */
};

/* A bit-parallel automaton over positions. Offsets count from this head. */
struct nfa {
	uint32_t words;         /* of 64 positions */
	uint32_t classes;       /* uint8_t[257]: class of a byte or STOP_END */
	uint32_t masks;         /* uint64_t[classes][words]: positions that take such a byte */
	uint32_t follows;       /* uint32_t[positions + 1]: where a position's followers begin in list */
	uint32_t list;          /* uint16_t[] */
	uint32_t start, final;  /* uint64_t[words] each; start holds the pseudo position before the text */
	uint32_t idle;          /* uint64_t[words]: the positions while nothing of a match has been seen ... */
	uint32_t quiet;         /* ... uint64_t[4]: and the bytes that leave it so */
};
#endif
