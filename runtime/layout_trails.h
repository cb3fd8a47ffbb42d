/*
 * layout_trails.h - lines by the order of their keys: a trail is what all lines with the same keys in the same order have
 * between their values, in one piece, so that such a line is read by comparing it and by counting quotes.
 *
 * A trail is made of an order that comes for the second time: many a line has one that never comes again.
 */
#ifndef LAYOUT_TRAILS_H
#define LAYOUT_TRAILS_H

#include <stddef.h>
#include <stdint.h>

struct reading;
struct steps;
struct trails;

struct trail_link { /* what stands before a value, or the line's end, and what value comes */
	uint32_t size;   /* of the text */
	uint16_t member; /* of the value */
	uint16_t kind;   /* STEP_STRING, LAYOUT_SCALAR: another scalar, LAYOUT_LIST, STEP_END */
};

struct trail {
	uint64_t order;  /* a hash of its steps, as they come */
	uint32_t layout; /* its number */
	uint32_t link_count;
	const char *text; /* of all links, one behind the other */
	struct trail_link links[];
};

struct trails *trails_new(void); /* NULL: no memory */
void trails_free(struct trails *trails); /* NULL is fine */
void trails_forget(struct trails *trails);
/* Reads the line, which is indexed and ends with a brace, if it goes along a trail; NULL: along none that is known. */
const struct trail *trails_read(struct trails *trails, struct reading *reading);
/* A line that no trail was found for has this layout, by steps of these numbers. */
void trails_learn(struct trails *trails, const struct reading *reading, const struct steps *steps, uint32_t layout,
                  const uint16_t *path, uint32_t count);
#endif
