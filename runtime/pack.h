/*
 * pack.h - the contract between compiled rules and whatever runs them.
 *
 * rsnlc generates C against this header and links it to a flat image; rsnl maps the image and calls its one entry.
 * It includes nothing of ours. A change here that an older image could notice raises PACK_ABI. The file around the
 * image is packfile.h and pack.5.
 */
#ifndef PACK_H
#define PACK_H

#include <stdint.h>

enum { PACK_ABI = 1 };

/* Limits that both sides rely on. What lies beyond is cut, flagged and counted by the runtime. */
enum {
	VALUE_TEXT_MAX = 65536, /* bytes of one scalar's text */
	EVENT_LEAF_MAX = 4096,  /* leaves of one event */
	EVENT_ITEM_MAX = 4096,  /* items of all lists of one event */
};

enum value_type {
	VALUE_NULL,   /* present, without a value */
	VALUE_STRING, /* UTF-8 as it came; may hold invalid bytes */
	VALUE_NUMBER, /* text as written; an integer is its canonical decimal */
	VALUE_BOOL,   /* "true" or "false" */
	VALUE_LIST,   /* flattened: items are never lists */
	VALUE_OBJECT, /* present, but no comparison is true for it */
};

enum value_flag {
	VALUE_CUT = 1, /* text was longer: what is anchored at its end is unknown */
};

/* One value. Scalars are text, a list is an array of scalars (and objects). Borrowed from the event's raw bytes or its
 * decoder's arena; valid until the next event. */
struct value {
	const void *data;  /* text (not NUL-terminated), or const struct value * for a list */
	uint32_t size;     /* bytes of text, or number of items */
	uint8_t type;      /* enum value_type */
	uint8_t flags;     /* enum value_flag */
	uint16_t reserved; /* 0 */
};

enum event_flag {
	EVENT_HAS_CUT = 1, /* some value carries VALUE_CUT */
	EVENT_DECIDE_ALL = 2, /* decide every predicate of the group, also those no rule asks for (explain) */
	EVENT_TIMED = 4, /* say what the rules cost (struct match_times) */
	EVENT_SAME = 8, /* the event of the last call with this scratch, for another group: its texts are known already */
};

/* An event as one pack sees it. slots[i] is meaningful only where bit i of present is set. */
struct event {
	const struct value *slots;  /* one per field slot of the pack */
	const uint64_t *present;    /* bitmap over slots: the event has the field, be it null or empty */
	const struct value *leaves; /* every string and number, for groups with keywords; else NULL */
	uint32_t leaf_count;
	uint32_t flags; /* enum event_flag */
};

/* One rule that matched; rules are numbered through the pack. */
struct hit {
	uint32_t rule;
};

/*
 * The image's entry, at the offset that the pack states. Pure: reads event, data and scratch, writes scratch and hits, nothing
 * else; no import, no allocation, time linear in the event's bytes.
 *
 *   group    index in the pack's group table
 *   data     the pack's DATA section (8-byte aligned), for indicator tables; NULL if it has none
 *   scratch  scratch_size bytes at scratch_align, of the pack's header: all zero before the first call, then this
 *            image's alone, and never moved, as addresses of it lie in it. What the image keeps there from call to call
 *            makes it faster and changes no answer.
 *   hits     room for the most hits any group may have, of the pack's header
 *
 * Returns the number of hits, in ascending rule order, each rule at most once. System V calling convention on every
 * x86_64 system, Windows included.
 */
#if defined(__x86_64__)
#define PACK_CALL __attribute__((sysv_abi))
#else
#define PACK_CALL
#endif

typedef uint32_t PACK_CALL pack_match_fn(const struct event *event, uint32_t group, const void *data, void *scratch,
                                         struct hit *hits);

/* Scratch begins with a bitmap over the group's predicates: which were decided true. It is what `why` is made from.
 * A predicate that no rule needed to ask about is not set. It says so only after a call with hits, or that was asked to
 * decide all. */
static inline int
scratch_predicate(const void *scratch, uint32_t predicate)
{
	const uint64_t *yes = scratch;

	return yes[predicate / 64] >> predicate % 64 & 1;
}

/* With EVENT_TIMED: ticks of the processor's own clock, at the end of scratch. An image of before there was such a flag
 * leaves it alone: count stays MATCH_UNTIMED, if that is written there first. */
enum { MATCH_UNTIMED = -1 };

struct rule_time {
	uint32_t rule;  /* in the logsource: those of its late group, which shares predicates, follow the others */
	uint32_t ticks; /* deciding it, with the predicates that it was the first to ask for */
};

struct match_times {
	uint64_t shared; /* what all rules have in common: sets of strings, candidates */
	uint32_t idle;   /* in each of the others and shared: reading the clock */
	uint32_t count;  /* of rules that were asked, of the most hits there may be */
	struct rule_time rules[];
};

/* Sizes are those of the pack's header. NULL: no room. */
static inline struct match_times *
scratch_times(void *scratch, uint32_t scratch_size, uint32_t hits_max)
{
	uint64_t size = sizeof(struct match_times) + (uint64_t)hits_max * sizeof(struct rule_time);

	return scratch_size < size || scratch_size % 8 ? 0 : (void *)((char *)scratch + (scratch_size - size));
}

/* When all before it is done, so that who waits for memory is not told by what comes next. */
static inline uint64_t
tick_count(void)
{
#if defined(__x86_64__)
	__builtin_ia32_lfence();
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
#endif
}

_Static_assert(sizeof(struct value) == 16, "struct value is part of the ABI");
_Static_assert(sizeof(struct event) == 32, "struct event is part of the ABI");
#endif
