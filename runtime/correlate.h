/*
 * correlate.h - correlations: the matches of rules, counted and measured by group in a window that slides over event time.
 *
 * Driven by the pack's tables alone. A window ends at the newest event of its group and takes in what is later than
 * timespan before that. The matches of one event count together, then each group they reached is asked whether its
 * condition holds. All memory is taken when the pack comes in; what finds no room is counted. One per pipeline; no locks.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include <stddef.h>
#include <stdint.h>

struct correlate;
struct correlate_counters;
struct matches;
struct measure;
struct pack_tables;

enum { CORRELATE_CAUSE_MAX = 32, CORRELATE_ID_SIZE = 16, CORRELATE_KEY_SIZE = 16 };

struct correlate_event {
	uint64_t time;                 /* ns since 1970; 0: it does not say */
	uint8_t id[CORRELATE_ID_SIZE]; /* of the event itself */
	const struct matches *matches; /* with what was captured of them */
};

struct correlate_text {
	const char *data;
	uint32_t size;
};

struct correlate_result { /* an alert is due; everything lives until the next event */
	uint32_t correlation;  /* in PACK_CORRELATIONS */
	uint32_t match;        /* row of the event's match that made it hold */
	const struct correlate_text *group; /* the values it groups by, as the event writes them */
	const struct measure *measure;
	const uint8_t (*causes)[CORRELATE_ID_SIZE]; /* the last events that count, as they came */
	uint32_t cause_count;
};

struct correlate_config {
	size_t memory;                     /* bytes of all groups */
	uint8_t key[CORRELATE_KEY_SIZE];   /* of hashes: secret where events may be hostile */
	struct correlate_counters *counters; /* borrowed */
};

/* tables are borrowed. *correlate is NULL where the pack has no correlations. 0 or -ENOMEM. */
int correlate_new(struct correlate **correlate, const struct pack_tables *tables, const struct correlate_config *config);
void correlate_free(struct correlate *correlate); /* NULL is fine */
/* Whether some correlation asks for one of the matches. */
int correlate_wants(const struct correlate *correlate, const struct matches *matches);
/* Takes the matches of one event. Returns how many results, highest level first, then by rule id. */
uint32_t correlate_event(struct correlate *correlate, const struct correlate_event *event,
                         const struct correlate_result **results);
/* Another pack: fresh goes on with the state of old's correlations that mean the same (id and digest), and the others'
 * is dropped; both are counted. Either may be NULL. old is only good for correlate_free() then. 0, or -ENOMEM: nothing has
 * changed. */
int correlate_carry(struct correlate *fresh, struct correlate *old, struct correlate_counters *counters);
#endif
