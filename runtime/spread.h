/*
 * spread.h - how long something took, many times: sum and percentiles in fixed memory.
 */
#ifndef SPREAD_H
#define SPREAD_H

#include <stdint.h>

enum { SPREAD_STEPS = 32, SPREAD_SLOTS = 60 * SPREAD_STEPS }; /* steps to each doubling */

struct spread { /* all zero to begin with */
	uint64_t count, sum;
	uint64_t slots[SPREAD_SLOTS];
};

void spread_add(struct spread *spread, uint64_t value);
/* The value that so many percent do not exceed, within 1/32 of it; 0 of none. */
uint64_t spread_percentile(const struct spread *spread, unsigned percent);
/* The mean; 0 of none. */
double spread_mean(const struct spread *spread);
#endif
