/*
 * layout.h - the layouts of lines: which keys a line has, remembered, so that a line like an earlier one is read by
 * comparing its keys with that one's.
 *
 * A layout is the set of a line's keys, in whatever order, and at each one whether a scalar, a list of scalars or an
 * object stands there. What a layout means for slots is bound_places.c's; what a line of it holds are the values of its
 * members, which have the same number in every layout. All checks of json.c's walker are made here too: a line that this
 * reader takes is an object by RFC 8259; others, and rarer ones (lists of lists, a key twice, control characters, a line
 * longer than JSON_INDEX_MAX), it leaves to that walker.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>
#include <stdint.h>

struct layouts;
struct shown;
struct shown_place;
struct value;

enum { LAYOUT_NONE = 0xffffffff, LAYOUT_MAX = 2048, LAYOUT_MEMBERS = 8192, LAYOUT_DEPTH = 16 };
enum { LAYOUT_AN_OBJECT = LAYOUT_MEMBERS };

enum layout_kind { LAYOUT_SCALAR, LAYOUT_LIST, LAYOUT_OBJECT, LAYOUT_LEAVE /* the end of an object */ };

struct layout_step {
	const char *key; /* LAYOUT_LEAVE: none */
	uint32_t size;
	uint16_t member; /* of LAYOUT_SCALAR and LAYOUT_LIST: its number, below LAYOUT_MEMBERS */
	enum layout_kind kind;
};

struct layouts *layouts_new(void); /* NULL: no memory */
void layouts_free(struct layouts *layouts); /* NULL is fine */
/* Reads a line. The number of its layout, below LAYOUT_MAX; LAYOUT_NONE: json.c's walker must. */
uint32_t layouts_read(struct layouts *layouts, const char *text, size_t size);
/* Changes when all layouts were forgotten and their numbers mean others. */
uint32_t layouts_generation(const struct layouts *layouts);
/* How many lines of the layout have been read. */
uint32_t layouts_seen(const struct layouts *layouts, uint32_t layout);
/* The keys of a layout as its first line had them, at most LAYOUT_STEPS; returns how many. */
enum { LAYOUT_STEPS = 4608 }; /* EVENT_LEAF_MAX values, and some objects */
uint32_t layouts_steps(const struct layouts *layouts, uint32_t layout, struct layout_step *steps);
/* What stands at the members of the line last read, by their numbers; at LAYOUT_AN_OBJECT an object always does. Values
 * that are not reserved 0 are to be settled: their escapes are decoded, which lasts until the next line. */
struct value *layouts_values(struct layouts *layouts);
void layouts_settle(struct layouts *layouts, struct value *value);
/* Settles members of the line, and says how it writes them. */
void layouts_show(struct layouts *layouts, const struct shown_place *places, uint32_t count, struct shown *shown);
/* The line's strings and numbers, those in lists one by one, in their order: as many as have room are put to leaves,
 * settled. Returns how many there are. */
uint32_t layouts_leaves(struct layouts *layouts, struct value *leaves, uint32_t room);
/* No fewer than there are, without looking at each. */
uint32_t layouts_most_leaves(const struct layouts *layouts);
int layouts_points(const struct layouts *layouts); /* the line has a \u escape */
int layouts_ascii(const struct layouts *layouts);  /* the line has no bytes that are not ASCII */
#endif
