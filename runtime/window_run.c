/*
 * window_run.c - how far rules came in their order: rule 0, then rule 1 by a later event, and so on.
 *
 * begins[i] is the time at which the latest run of rules 0 to i began; a run lies in the window when it began in it. What
 * comes late has to be put between events that were there before, so the events of the last seconds are kept in order,
 * over the state that the ones before them left.
 */
#include <errno.h>
#include <string.h>

#include "group_table.h"
#include "window.h"

struct step {
	uint64_t time, event;
	uint32_t reference, reserved;
};

struct head {
	uint64_t settled; /* time of the last event of the state below, ns; 0: none */
	uint32_t references, reserved;
};

struct run { /* one block */
	struct head *head;
	uint64_t *begins; /* after all events */
	uint64_t *below;  /* before the steps */
	struct step *steps;
};

enum { STEPS_FIRST = 4 };

static struct run
run_of(const struct window *window)
{
	struct head *head = group_table_block(window->table, window->group, GROUP_WINDOW);
	uint64_t *begins = (uint64_t *)(void *)(head + 1);
	uint32_t count = window->spec->references;

	return (struct run){ head, begins, begins + count, (struct step *)(void *)(begins + 2 * count) };
}

static size_t
size_of(const struct window *window, uint32_t steps)
{
	return sizeof(struct head) + 2 * window->spec->references * sizeof(uint64_t) + steps * sizeof(struct step);
}

static uint32_t
capacity_of(const struct window *window)
{
	return (uint32_t)((group_table_room(window->group, GROUP_WINDOW) - size_of(window, 0)) / sizeof(struct step));
}

static void
advance(uint64_t *begins, const struct step *step)
{
	uint32_t i = step->reference;

	if (!i)
		begins[0] = step->time;
	else if (begins[i] < begins[i - 1])
		begins[i] = begins[i - 1];
}

/* Lets the first steps become part of the state below the others. */
static void
settle(const struct window *window, uint32_t count)
{
	struct run run = run_of(window);
	uint32_t i;

	if (!count)
		return;
	for (i = 0; i < count; ++i)
		advance(run.below, &run.steps[i]);
	run.head->settled = run.steps[count - 1].time;
	window->group->count -= count;
	memmove(run.steps, run.steps + count, window->group->count * sizeof *run.steps);
}

/* Steps that nothing can come before any more; not one of an event without the others of its time. */
static uint32_t
count_settled(const struct window *window, uint64_t newest)
{
	struct run run = run_of(window);
	uint32_t i = 0;

	while (i < window->group->count && run.steps[i].time + window->spec->late < newest)
		++i;
	return i;
}

static int
make_room(const struct window *window, uint64_t newest)
{
	struct group *group = window->group;
	uint32_t capacity;

	if (!group_table_room(group, GROUP_WINDOW)) {
		if (group_table_resize(window->table, group, GROUP_WINDOW, size_of(window, STEPS_FIRST)))
			return -ENOMEM;
		memset(run_of(window).head, 0, size_of(window, 0));
	}
	capacity = capacity_of(window);
	if (group->count < capacity)
		return 0;
	settle(window, count_settled(window, newest));
	if (group->count <= capacity / 2)
		return 0;
	if (capacity < WINDOW_RUN_MAX &&
	    !group_table_resize(window->table, group, GROUP_WINDOW, 2 * group_table_room(group, GROUP_WINDOW)))
		return 0;
	if (group->count == capacity)
		settle(window, capacity / 2);
	return 0;
}

/* Where the step belongs: after what is no later, but rules of one event stand together, the last rule first, so that an
 * event is never two steps of a run. UINT32_MAX: it is there already. */
static uint32_t
find_place(const struct window *window, const struct window_entry *entry)
{
	const struct step *steps = run_of(window).steps;
	uint32_t end = window->group->count, i;

	while (end && steps[end - 1].time > entry->time)
		--end;
	for (i = end; i && steps[i - 1].time == entry->time && steps[i - 1].event != entry->event;)
		--i;
	if (!i || steps[i - 1].time != entry->time)
		return end;
	while (i && steps[i - 1].time == entry->time && steps[i - 1].event == entry->event &&
	       steps[i - 1].reference <= entry->reference) {
		if (steps[i - 1].reference == entry->reference)
			return UINT32_MAX;
		--i;
	}
	return i;
}

int
window_run_add(const struct window *window, const struct window_entry *entry)
{
	struct group *group = window->group;
	uint64_t newest = group->newest > entry->time ? group->newest : entry->time;
	struct run run;
	uint32_t place, i;

	if (make_room(window, newest))
		return WINDOW_CUT;
	run = run_of(window);
	if (entry->time < run.head->settled)
		return WINDOW_LATE;
	place = find_place(window, entry);
	if (place == UINT32_MAX)
		return WINDOW_ADDED;
	memmove(run.steps + place + 1, run.steps + place, (group->count - place) * sizeof *run.steps);
	run.steps[place] = (struct step){ entry->time, entry->event, entry->reference, 0 };
	if (place == group->count++) {
		advance(run.begins, &run.steps[place]);
		return WINDOW_ADDED;
	}
	memcpy(run.begins, run.below, window->spec->references * sizeof *run.begins);
	for (i = 0; i < group->count; ++i)
		advance(run.begins, &run.steps[i]);
	return WINDOW_ADDED;
}

struct measure
window_run_measure(const struct window *window, uint64_t begin)
{
	const struct run run = run_of(window);
	uint32_t length = 0;

	if (!group_table_room(window->group, GROUP_WINDOW))
		return (struct measure){ 0, 0 };
	while (length < window->spec->references && run.begins[length] > begin)
		++length;
	return (struct measure){ (__int128)length * WINDOW_SCALE, 1 };
}
