/*
 * hold.h - a bounded area where copies of events wait for what is known only later (hashes, a scan).
 *
 * First in, first out in space: room comes back in the order in which events came, whatever order they settle in.
 */
#ifndef HOLD_H
#define HOLD_H

#include <stddef.h>
#include <stdint.h>

struct hold;

struct hold_key { /* the file that an event waits for */
	uint64_t device, inode, changed_ns;
};

typedef void hold_release_fn(void *context, const void *event, size_t size);

struct hold *hold_new(size_t bytes); /* NULL: no memory */
void hold_free(struct hold *hold);   /* NULL is fine; what is held is gone */
/* Copies an event. 0, or -ENOSPC. deadline: on the caller's clock. */
int hold_add(struct hold *hold, const void *event, size_t size, const struct hold_key *key, uint64_t deadline);
/* Releases all that wait for key; how many. release may not add. */
uint32_t hold_settle(struct hold *hold, const struct hold_key *key, hold_release_fn *release, void *context);
/* Releases all whose deadline is at or before now; how many. */
uint32_t hold_expire(struct hold *hold, uint64_t now, hold_release_fn *release, void *context);
uint32_t hold_count(const struct hold *hold);
#endif
