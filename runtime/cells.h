/*
 * cells.h - one event's values gathered by the paths of a tree while it is walked, then given to slots.
 */
#ifndef CELLS_H
#define CELLS_H

#include <stdint.h>

struct bind;
struct cells;
struct json_text;
struct value;

/* Of the first slot_count slots of bind, which it borrows. NULL: no memory. */
struct cells *cells_new(const struct bind *bind, uint32_t slot_count);
void cells_free(struct cells *cells); /* NULL is fine */

/* The walk of one event, in the order of its text. */
void cells_start(struct cells *cells);
void cells_key(struct cells *cells, const struct json_text *key);
void cells_put(struct cells *cells, const struct value *value);
void cells_enter(struct cells *cells, int object); /* an object or an array as the value */
void cells_leave(struct cells *cells);
uint32_t cells_depth(const struct cells *cells); /* containers that are open */

/* After it: the event's shape, or PATH_ANY_SHAPE ... */
uint32_t cells_shape(const struct cells *cells);
/* ... what each slot gets, and its bit in present, which starts empty; lists lie in cells until the next start ... */
void cells_fill(struct cells *cells, uint32_t shape, struct value *slots, uint64_t *present);
/* ... the first value of where an event of the shape says when it happened; NULL: it does not ... */
const struct value *cells_time(const struct cells *cells, uint32_t shape);
/* ... and the items of a list in a slot, to decode. */
struct value *cells_items(struct cells *cells, const struct value *list);
/* Items beyond EVENT_ITEM_MAX, since the last start. */
uint32_t cells_dropped(const struct cells *cells);
/* Whether another order of the event's keys would give slots other values. */
int cells_ordered(const struct cells *cells);
/* Some slot wants the value at one index of what the key read last names. */
int cells_wants_item(const struct cells *cells);
#endif
