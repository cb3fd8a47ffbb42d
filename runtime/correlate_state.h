/*
 * correlate_state.h - a correlation engine from inside: what correlate.c makes and correlate_event.c works on.
 *
 * Include correlate.h, packfile.h and window.h first.
 */
#ifndef CORRELATE_STATE_H
#define CORRELATE_STATE_H

#include <stdint.h>

enum { TRIGGER_MAX = 2048, TOUCHED_MAX = 256, HOLD_MAX = 256, RESULT_MAX = 128, TEXT_MAX = 8192, COMBINATION_MAX = 64 };

#define CORRELATE_LATE_NS 5000000000ull

struct correlation {
	const struct pack_correlation *row;
	struct window_spec spec;
	uint64_t span;      /* ns */
	uint64_t clock;     /* time of its newest counted event */
	uint32_t cause_max;
};

struct link { /* a rule's matches go to this correlation as this reference */
	uint32_t correlation, reference;
};

struct hold { /* a correlation held for a group: a match for those that refer to it */
	uint32_t correlation, match;
	const struct correlate_text *group;
};

struct trigger { /* a match that a correlation takes */
	struct link link;
	uint32_t match;
	const struct hold *hold; /* NULL: the match is the event's own */
};

struct touched { /* a group that an event reached */
	struct group *group;
	uint32_t match;
	const struct correlate_text *values;
};

struct member { /* one value of a name */
	struct correlate_text text;
	uint64_t hash;
	double number;
};

struct correlate {
	const struct pack_tables *tables;
	struct correlate_config config;
	struct group_table *groups;
	struct correlation *correlations;
	uint32_t *first_links; /* by rule; its links end where the next rule's begin */
	struct link *links;
	uint64_t newest;       /* time of the newest event, ns */
	uint64_t evicted_seen;
	/* of the event at hand */
	const struct correlate_event *event;
	uint64_t time;
	struct trigger triggers[TRIGGER_MAX];
	struct touched touched[TOUCHED_MAX];
	struct hold holds[HOLD_MAX];
	struct correlate_text texts[TEXT_MAX];
	struct correlate_result results[RESULT_MAX];
	struct measure measures[RESULT_MAX];
	uint8_t causes[RESULT_MAX][CORRELATE_CAUSE_MAX][CORRELATE_ID_SIZE];
	uint32_t trigger_count, touched_count, hold_count, text_count, result_count;
	struct member members[PACK_KEY_MAX][COMBINATION_MAX];
	uint32_t member_counts[PACK_KEY_MAX];
	uint8_t *folded; /* FOLD_ROOM(VALUE_TEXT_MAX) */
};

/* correlate_member.c: fills members of the correlation's names for the trigger. 0; -ENOENT: a field to group by has no
 * value; -ENODATA: none to measure. */
int correlate_members(struct correlate *c, const struct trigger *trigger);
/* A hash of count members, one of each name from first on; at[i] says which. */
void correlate_hash(const struct correlate *c, const uint8_t *seed, uint32_t first, uint32_t count, const uint32_t *at,
                    uint64_t hash[2]);
#endif
