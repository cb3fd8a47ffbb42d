/*
 * feed.h - indicator feeds: plain lists and CSV become rules of the IR, one predicate with a value set each.
 *
 * Include diag.h and ir.h first.
 */
#ifndef FEED_H
#define FEED_H

#include <stddef.h>

struct arena;
struct ir_builder;
struct logsources;

/* 1 if the bytes look like a feed (the first lines are indicators, or the CSV header). Reads at most 64 KiB. */
int feed_recognises(const struct source *source);

/* Adds a feed's indicators to the builder. Bad lines are queued. Returns how many indicators it took. */
size_t feed_lower(struct ir_builder *builder, struct arena *arena, struct diag_list *diags,
                  const struct logsources *logsources, const struct source *source);
#endif
