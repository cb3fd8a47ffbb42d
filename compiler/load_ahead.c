/*
 * load_ahead.c - a thread that reads sources from the last to the first, until it meets who takes them in their order.
 */
#include "diag.h"
#include "ir.h"
#include "node.h"

#include "load_ahead.h"

#include <stdlib.h>
#include <yaml.h>

#include "thread.h"
#include "yaml_reader.h"

struct load_ahead {
	const struct source *const *sources;
	size_t count;
	struct yaml_reader *readers;
	struct monitor *monitor; /* guards what follows */
	struct thread *thread;
	size_t taken; /* sources before this one are not the thread's any more */
	size_t begun; /* the thread has begun with this one and those behind it ... */
	size_t done;  /* ... and is done with this one and those behind it */
};

/* The next source goes to *number; whether there is one. */
static int
next_begin(struct load_ahead *ahead, size_t *number)
{
	int left;

	monitor_enter(ahead->monitor);
	left = ahead->begun > ahead->taken;
	if (left)
		*number = --ahead->begun;
	monitor_leave(ahead->monitor);
	return left;
}

static void
next_end(struct load_ahead *ahead, size_t number)
{
	monitor_enter(ahead->monitor);
	ahead->done = number;
	monitor_wake(ahead->monitor);
	monitor_leave(ahead->monitor);
}

static void
read_sources(void *data)
{
	struct load_ahead *ahead = data;
	size_t number;

	while (next_begin(ahead, &number)) {
		if (!load_open(&ahead->readers[number], ahead->sources[number]))
			yaml_reader_ahead(&ahead->readers[number]);
		next_end(ahead, number);
	}
}

struct load_ahead *
load_ahead_new(const struct source *const *sources, size_t count)
{
	struct load_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	*ahead = (struct load_ahead){.sources = sources, .count = count, .begun = count, .done = count};
	ahead->readers = calloc(count + 1, sizeof(*ahead->readers));
	ahead->monitor = monitor_new();
	if (ahead->readers && ahead->monitor)
		ahead->thread = thread_start(read_sources, ahead);
	if (ahead->thread)
		return ahead;
	load_ahead_free(ahead);
	return NULL;
}

struct yaml_reader *
load_ahead_take(struct load_ahead *ahead, size_t number)
{
	struct yaml_reader *reader = &ahead->readers[number];
	int was_read;

	monitor_enter(ahead->monitor);
	ahead->taken = number + 1;
	was_read = number >= ahead->begun;
	while (was_read && number < ahead->done)
		monitor_wait(ahead->monitor);
	monitor_leave(ahead->monitor);
	return was_read && yaml_reader_is_open(reader) ? reader : NULL;
}

void
load_ahead_free(struct load_ahead *ahead)
{
	if (!ahead)
		return;
	if (ahead->thread) {
		monitor_enter(ahead->monitor);
		ahead->taken = ahead->begun;
		monitor_leave(ahead->monitor);
		thread_join(ahead->thread);
	}
	for (size_t i = 0; ahead->readers && i < ahead->count; i++)
		yaml_reader_close(&ahead->readers[i]);
	monitor_free(ahead->monitor);
	free(ahead->readers);
	free(ahead);
}
