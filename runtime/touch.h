/*
 * touch.h - of many groups, those that an event can match at all: by which of its fields are there.
 */
#ifndef TOUCH_H
#define TOUCH_H

#include <stdint.h>

struct event;
struct pack_tables;
struct touch;

/* NULL: no memory. */
struct touch *touch_new(const struct pack_tables *tables);
void touch_free(struct touch *touch); /* NULL is fine */
/* A bitmap over the pack's groups: whether a rule of it may match. Valid until the next call. */
const uint64_t *touch_find(struct touch *touch, const struct event *event);
#endif
