/*
 * bound_places.h - what a layout of lines means for slots: which member each slot gets, and which says the time. Include
 * layout.h first.
 */
#ifndef BOUND_PLACES_H
#define BOUND_PLACES_H

#include <stdint.h>

struct cells;
struct shown_place;
struct value;

enum { PLACES_NO_MEMBER = LAYOUT_AN_OBJECT + 1 };

struct places { /* what the values of a layout are for */
	uint32_t shape;
	uint32_t note;     /* bound_note() */
	uint16_t time;     /* number of a member, or PLACES_NO_MEMBER */
	uint16_t *index;   /* by slot: of a member, or LAYOUT_AN_OBJECT */
	struct shown_place *shown; /* slots that are present, in their order */
	uint32_t shown_count;
	uint64_t present[];
};

struct bound_places { /* of all layouts */
	struct layouts *layouts;
	struct cells *cells; /* to work in, as are slots */
	struct value *slots;
	uint32_t slot_count, generation;
	struct places *of[LAYOUT_MAX];
};

/* All zero so far. What it is given is borrowed. */
void bound_places_init(struct bound_places *all, struct layouts *layouts, struct cells *cells, struct value *slots,
                       uint32_t slot_count);
void bound_places_done(struct bound_places *all);
/* The places of a layout, LAYOUT_NONE among them; NULL: its lines have to be walked. */
struct places *bound_places_find(struct bound_places *all, uint32_t layout);

static inline uint32_t
bound_places_words(uint32_t slot_count)
{
	return slot_count / 64 + 1;
}
#endif
