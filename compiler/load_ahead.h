/*
 * load_ahead.h - YAML files read on a second processor, from the last one on, while the first ones are looked at.
 */
#ifndef LOAD_AHEAD_H
#define LOAD_AHEAD_H

#include <stddef.h>

struct load_ahead;
struct source;
struct yaml_reader;

/* Borrows sources and their list. NULL: no memory or no threads. */
struct load_ahead *load_ahead_new(const struct source *const *sources, size_t count);
void load_ahead_free(struct load_ahead *ahead); /* NULL is fine */
/* What was read of a source, which is asked for once, after those before it. NULL: nothing, and nobody will. */
struct yaml_reader *load_ahead_take(struct load_ahead *ahead, size_t number);
#endif
