/*
 * touch.h - the groups that an event can match at all: by which of its fields are there, and which keywords.
 */
#ifndef TOUCH_H
#define TOUCH_H

#include <stddef.h>
#include <stdint.h>

struct event;
struct pack_tables;
struct touch;

/* NULL: no memory. Borrows tables. */
struct touch *touch_new(const struct pack_tables *tables);
void touch_free(struct touch *touch); /* NULL is fine */
/* Whether a rule of the group may match. */
int touch_has(const struct touch *touch, const struct event *event, uint32_t group);
/* The same of many. A bitmap over the pack's groups: whether its rules have to know the event's keywords, which is a
 * line without \u escapes and characters that fold to ASCII letters. NULL: no group's have. Valid until the next call. */
const uint64_t *touch_keywords(struct touch *touch, const struct event *event, const char *line, size_t size);
/* A bitmap over the pack's groups: whether a rule of it may match. keywords: what is known of those; NULL: nothing. Valid
 * until the next call. */
const uint64_t *touch_find(struct touch *touch, const struct event *event, const uint64_t *keywords);
#endif
