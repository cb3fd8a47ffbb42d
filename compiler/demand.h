/*
 * demand.h - what a text must have for a regular expression to be worth trying: a size, a run of some bytes.
 */
#ifndef DEMAND_H
#define DEMAND_H

#include <stdint.h>

struct regex;

struct demand {
	uint32_t size;         /* bytes at least */
	uint32_t run;          /* so many characters in a row with bytes of the set; 0: none in particular */
	uint64_t run_bytes[4];
	int exact;             /* that run is all it asks for: having it is to fit */
};

/* Of clean text (fold.h). */
struct demand demand_of(const struct regex *regex);
#endif
