/*
 * hold.c - copies of events in a ring of bytes, released by key or by time.
 */
#include "hold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	uint64_t room; /* bytes from here to the next entry, a multiple of 8 */
	uint64_t size; /* of the event; UINT64_MAX: released, or the gap at the end of the bytes */
	uint64_t deadline;
	struct hold_key key;
};

#define RELEASED UINT64_MAX

struct hold {
	uint64_t head, tail; /* ever-growing; the bytes between are in use */
	uint64_t size;       /* of data, a multiple of 8 */
	uint64_t next_deadline; /* not later than any entry's */
	uint32_t count;
	_Alignas(8) unsigned char data[];
};

struct hold *
hold_new(size_t bytes)
{
	struct hold *hold = calloc(1, sizeof(*hold) + (bytes & ~(size_t)7));

	if (hold) {
		hold->size = bytes & ~(size_t)7;
		hold->next_deadline = UINT64_MAX;
	}
	return hold;
}

void
hold_free(struct hold *hold)
{
	free(hold);
}

static struct entry *
entry_at(struct hold *hold, uint64_t position)
{
	return (struct entry *)(hold->data + position % hold->size);
}

/* An entry never wraps: what is left at the end of the bytes becomes a gap. */
static int
room_make(struct hold *hold, uint64_t need)
{
	uint64_t left = hold->size - hold->tail % hold->size;
	uint64_t free_bytes = hold->size - (hold->tail - hold->head);

	if (left < need && free_bytes >= left + need) {
		if (left >= sizeof(struct entry)) {
			struct entry *gap = entry_at(hold, hold->tail);

			gap->room = left;
			gap->size = RELEASED;
		}
		hold->tail += left;
		return 0;
	}
	return left >= need && free_bytes >= need ? 0 : -ENOSPC;
}

int
hold_add(struct hold *hold, const void *event, size_t size, const struct hold_key *key, uint64_t deadline)
{
	uint64_t need = sizeof(struct entry) + ((size + 7) & ~(size_t)7);
	struct entry *entry;

	if (room_make(hold, need))
		return -ENOSPC;
	entry = entry_at(hold, hold->tail);
	entry->room = need;
	entry->size = size;
	entry->deadline = deadline;
	entry->key = *key;
	memcpy(entry + 1, event, size);
	hold->tail += need;
	hold->count++;
	if (deadline < hold->next_deadline)
		hold->next_deadline = deadline;
	return 0;
}

/* The position after the entry at position. */
static uint64_t
entry_after(struct hold *hold, uint64_t position)
{
	uint64_t left = hold->size - position % hold->size;

	return position + (left < sizeof(struct entry) ? left : entry_at(hold, position)->room);
}

static int
is_entry(struct hold *hold, uint64_t position)
{
	return hold->size - position % hold->size >= sizeof(struct entry) && entry_at(hold, position)->size != RELEASED;
}

static void
head_advance(struct hold *hold)
{
	while (hold->head < hold->tail && !is_entry(hold, hold->head))
		hold->head = entry_after(hold, hold->head);
}

static void
entry_release(struct hold *hold, struct entry *entry, hold_release_fn *release, void *context)
{
	uint64_t size = entry->size;

	entry->size = RELEASED;
	hold->count--;
	release(context, entry + 1, size);
}

uint32_t
hold_settle(struct hold *hold, const struct hold_key *key, hold_release_fn *release, void *context)
{
	uint32_t released = 0;

	for (uint64_t at = hold->head; at < hold->tail; at = entry_after(hold, at)) {
		struct entry *entry = entry_at(hold, at);

		if (!is_entry(hold, at) || entry->key.device != key->device || entry->key.inode != key->inode ||
		    entry->key.changed_ns != key->changed_ns)
			continue;
		entry_release(hold, entry, release, context);
		released++;
	}
	head_advance(hold);
	return released;
}

uint32_t
hold_expire(struct hold *hold, uint64_t now, hold_release_fn *release, void *context)
{
	uint32_t released = 0;
	uint64_t next = UINT64_MAX;

	if (now < hold->next_deadline)
		return 0;
	for (uint64_t at = hold->head; at < hold->tail; at = entry_after(hold, at)) {
		struct entry *entry = entry_at(hold, at);

		if (!is_entry(hold, at))
			continue;
		if (entry->deadline <= now) {
			entry_release(hold, entry, release, context);
			released++;
		} else if (entry->deadline < next) {
			next = entry->deadline;
		}
	}
	hold->next_deadline = next;
	head_advance(hold);
	return released;
}

uint32_t
hold_count(const struct hold *hold)
{
	return hold->count;
}
