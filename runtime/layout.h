/*
 * layout.h - the layouts of lines: which key comes behind which, remembered, so that a line like an earlier one is read
 * by comparing its keys with that one's.
 *
 * A layout is a line's keys in order, and at each one whether a scalar, a list of scalars or an object stands there.
 * What a layout means for slots is bound.c's; what a line of it holds are its values, numbered in order. All checks of
 * json.c's walker are made here too: a line that this reader takes is an object by RFC 8259; others, and rarer ones
 * (lists of lists, control characters, a line longer than JSON_INDEX_MAX), it leaves to that walker.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>
#include <stdint.h>

struct layouts;
struct value;

enum { LAYOUT_NONE = 0xffffffff, LAYOUT_MAX = 2048, LAYOUT_VALUES = 512, LAYOUT_DEPTH = 16 };

enum layout_kind { LAYOUT_SCALAR, LAYOUT_LIST, LAYOUT_OBJECT, LAYOUT_LEAVE /* the end of an object */ };

struct layout_step {
	const char *key; /* LAYOUT_LEAVE: none */
	uint32_t size;
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
/* The keys of a layout, at most LAYOUT_STEPS; returns how many. */
enum { LAYOUT_STEPS = 2 * LAYOUT_VALUES };
uint32_t layouts_steps(const struct layouts *layouts, uint32_t layout, struct layout_step *steps);
/* What stands at the layout's scalars and lists in the line last read, in order. Their escapes are decoded once they are
 * settled; that lasts until the next line. */
struct value *layouts_values(struct layouts *layouts);
uint32_t layouts_value_count(const struct layouts *layouts);
void layouts_settle(struct layouts *layouts, struct value *value);
int layouts_points(const struct layouts *layouts); /* the line has a \u escape */
int layouts_ascii(const struct layouts *layouts);  /* the line has no bytes that are not ASCII */
#endif
