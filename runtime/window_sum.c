/*
 * window_sum.c - how many events, and what their values add up to.
 *
 * The entries are a heap with the oldest on top: adding one in order costs one step, one out of order or letting go of
 * the oldest a logarithm. Entry 0 is the sum of the values.
 */
#include <errno.h>
#include <string.h>

#include "group_table.h"
#include "packfile.h"
#include "window.h"

struct timed {
	uint64_t time;
	double value;
};

static struct timed *
entries(const struct window *window)
{
	return group_table_block(window->table, window->group, GROUP_WINDOW);
}

static __int128 *
sum_of(struct timed *heap)
{
	return (__int128 *)(void *)heap;
}

/* Puts the entry into the empty place i, or where it belongs below it. */
static void
sink(struct timed *heap, uint32_t count, uint32_t i, struct timed entry)
{
	uint32_t child;

	while ((child = 2 * i) <= count) {
		if (child < count && heap[child + 1].time < heap[child].time)
			++child;
		if (entry.time <= heap[child].time)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = entry;
}

static void
rise(struct timed *heap, uint32_t i, struct timed entry)
{
	for (; i > 1 && entry.time < heap[i / 2].time; i /= 2)
		heap[i] = heap[i / 2];
	heap[i] = entry;
}

static void
drop_oldest(const struct window *window)
{
	struct timed *heap = entries(window);
	uint32_t count = window->group->count--;

	*sum_of(heap) -= number_scale(heap[1].value);
	sink(heap, count - 1, 1, heap[count]);
}

static int
make_room(const struct window *window)
{
	struct group *group = window->group;
	size_t room = group_table_room(group, GROUP_WINDOW);

	if (group->count + 2 <= room / sizeof(struct timed))
		return 0;
	if (group_table_resize(window->table, group, GROUP_WINDOW, room ? 2 * room : 2 * sizeof(struct timed)))
		return -ENOMEM;
	if (!room)
		memset(entries(window), 0, sizeof(struct timed));
	return 0;
}

int
window_sum_add(const struct window *window, const struct window_entry *entry)
{
	struct group *group = window->group;
	struct timed fresh = { entry->time, entry->value };
	int result = WINDOW_ADDED;

	if (group->count && group->count >= window->spec->keep) {
		if (fresh.time <= entries(window)[1].time)
			return WINDOW_ADDED;
		drop_oldest(window);
	}
	if (make_room(window)) {
		result = WINDOW_CUT;
		if (!group->count || fresh.time <= entries(window)[1].time)
			return result;
		drop_oldest(window);
	}
	rise(entries(window), ++group->count, fresh);
	*sum_of(entries(window)) += number_scale(fresh.value);
	return result;
}

/* Gives back what a burst took. */
static void
shrink(const struct window *window)
{
	size_t room = group_table_room(window->group, GROUP_WINDOW), needed = (window->group->count + 1) * sizeof(struct timed);

	if (needed < room / 8)
		group_table_resize(window->table, window->group, GROUP_WINDOW, room / 2);
}

struct measure
window_sum_measure(const struct window *window, uint64_t begin)
{
	struct group *group = window->group;

	while (group->count && entries(window)[1].time <= begin)
		drop_oldest(window);
	if (!group->count)
		return (struct measure){ 0, 0 };
	shrink(window);
	if (window->spec->type == PACK_EVENT_COUNT)
		return (struct measure){ (__int128)group->count * WINDOW_SCALE, 1 };
	return (struct measure){ *sum_of(entries(window)), window->spec->type == PACK_VALUE_AVG ? group->count : 1 };
}
