/*
 * bind.h - a line of JSON seen through names: which value is which slot, whatever the collector's nesting.
 *
 * struct bind is built once from names and a pack's shapes, and immutable; struct bound is the storage of one event at
 * a time. A name is first a flat key, then a dotted path; arrays on the way fan out. Values borrow the line, or
 * an arena once settled, until the next bound_read().
 */
#ifndef BIND_H
#define BIND_H

#include <stddef.h>
#include <stdint.h>

struct json;
struct layouts;
struct value;
struct event;
struct pack_tables;
struct shown;

struct bind_name {
	const char *data;
	uint32_t size;
};

/* Where events keep the field called name: a dotted path. */
struct bind_field {
	const char *name, *path;
};

struct bind;

/* Slots are numbered as the names stand; those of a pack come first, since its shapes refer to them. Names and tables
 * are borrowed for good; tables may be NULL: names as they are, no shapes. fields say more, whatever the shape. NULL: no
 * memory. */
struct bind *bind_new(const struct bind_name *names, uint32_t count, const struct pack_tables *tables,
                      const struct bind_field *fields, size_t field_count);
void bind_free(struct bind *bind); /* NULL is fine */

struct bind_counters {
	uint64_t cut_values;     /* longer than VALUE_TEXT_MAX */
	uint64_t dropped_leaves; /* beyond EVENT_LEAF_MAX */
	uint64_t dropped_items;  /* beyond EVENT_ITEM_MAX */
};

struct bound;

/* Of the first slot_count names of bind. Borrows that, and layouts of lines, which several may share; without any every
 * line is walked. NULL: no memory. */
struct bound *bound_new(const struct bind *bind, uint32_t slot_count, struct layouts *layouts);
void bound_free(struct bound *bound); /* NULL is fine */
/* Binds one JSON object. 0; -EBADMSG: json says what is wrong and where; -ENOMEM. The present bits are right, a slot's
 * value is once it is settled. */
int bound_read(struct bound *bound, const char *text, size_t size, struct json *json);
/* Binds the event that another one with the same layouts read last, without an error: read is the json of that. */
int bound_again(struct bound *bound, const struct bound *first, const struct json *read);
void bound_settle(struct bound *bound, uint32_t slot);
void bound_settle_these(struct bound *bound, const uint64_t *slots); /* bits, as many words as present has */
void bound_settle_all(struct bound *bound);
/* All slots that are present, in their order, settled; until the next read. */
const struct shown *bound_show(struct bound *bound, uint32_t *count);
void bound_settle_leaves(struct bound *bound);
/* Whether a text of the line, as it stands there, has more than VALUE_TEXT_MAX bytes: it may be cut. */
int bound_has_long(const struct bound *bound);
/* The event; leaves are set after bound_settle_leaves(). Slots and present bits may be changed until the next read. */
struct event *bound_event(struct bound *bound);
struct value *bound_slots(struct bound *bound);
uint64_t *bound_present(struct bound *bound);
/* A number to keep with all events that have the same slots present as this one: 0 to begin with. NULL: nobody knows of
 * others. */
uint32_t *bound_note(struct bound *bound);
/* Where the event says when it happened; NULL: nowhere. Settled. */
const struct value *bound_time(struct bound *bound);
struct bind_counters *bound_counters(struct bound *bound);
#endif
