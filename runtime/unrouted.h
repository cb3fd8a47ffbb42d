/*
 * unrouted.h - examples of events that no route takes, for whoever wonders why nothing matched.
 */
#ifndef UNROUTED_H
#define UNROUTED_H

#include <stdint.h>
#include <stdio.h>

struct raw_event;

enum { UNROUTED_EXAMPLES = 3, UNROUTED_KEYS = 240 };

struct unrouted { /* zeroed to start with */
	struct {
		const char *file;
		uint64_t line;
		char keys[UNROUTED_KEYS]; /* names of the event's top level, joined by ", " */
	} examples[UNROUTED_EXAMPLES]; /* of different shapes */
	uint32_t count, seen;
};

/* Fits pipeline_config.unrouted; data: struct unrouted. File names of events are borrowed. */
void unrouted_note(void *data, const struct raw_event *raw);
/* A line for each example. */
void unrouted_print(const struct unrouted *unrouted, FILE *out);
#endif
