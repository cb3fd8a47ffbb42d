/*
 * source_merge.h - several live sources as one: polled in turn, committed together.
 */
#ifndef SOURCE_MERGE_H
#define SOURCE_MERGE_H

#include <stddef.h>

struct source;

enum { SOURCE_MERGE_MAX = 4 };

/* Closes the sources with itself; on failure they stay the caller's. poll does not wait; all events of one poll are
 * of one source, whose name and in_hand the merged one then has. 0 or a negative errno. */
int source_merge_open(struct source **merged, struct source *const *sources, size_t count);
#endif
