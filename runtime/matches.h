/*
 * matches.h - the rules that one event matched, each once, with why; kept between events so that it seldom grows.
 */
#ifndef MATCHES_H
#define MATCHES_H

#include <stdint.h>

struct capture;
struct pack_tables;
struct why;

struct match {
	uint32_t rule; /* in PACK_RULES */
	uint32_t why_count;
	struct why *why; /* WHY_MAX of them */
	uint32_t first_field, field_count; /* in capture: what correlations want of the event */
};

struct matches {
	struct match *rows;
	uint32_t count, room;
	struct capture *capture; /* NULL: nothing yet */
};

void matches_done(struct matches *matches);
void matches_start(struct matches *matches); /* the next event */
/* A row for the rule; NULL: it is there already, or no memory. */
struct match *matches_add(struct matches *matches, uint32_t rule);
/* Takes out those of rules (indicators) that had expired at time, ns since 1970. */
void matches_drop_expired(struct matches *matches, const struct pack_tables *tables, uint64_t time);
/* Takes out those that only correlations ask for; how many. */
uint32_t matches_drop_silent(struct matches *matches, const struct pack_tables *tables);
/* Highest level first, then rule id. */
void matches_sort(struct matches *matches, const struct pack_tables *tables);
#endif
