/*
 * load_ahead.c - a thread that reads sources from the last to the first, until it meets who takes them in their order.
 */
#include "diag.h"
#include "ir.h"
#include "node.h"

#include "load_ahead.h"

#include <stdlib.h>
#include <yaml.h>

#include "process.h"
#include "yaml_reader.h"

struct load_ahead {
	const struct source *const *sources;
	struct yaml_reader *readers;
	unsigned char *claimed; /* by source, atomic: whoever sets it first reads it */
	size_t count;
	struct process_thread *thread; /* NULL: its work is done */
};

static int
claim(struct load_ahead *ahead, size_t number)
{
	return !__atomic_exchange_n(&ahead->claimed[number], 1, __ATOMIC_RELAXED);
}

static void
read_sources(void *data)
{
	struct load_ahead *ahead = data;

	for (size_t i = ahead->count; i-- > 0 && claim(ahead, i);)
		if (!load_open(&ahead->readers[i], ahead->sources[i]))
			yaml_reader_ahead(&ahead->readers[i]);
}

struct load_ahead *
load_ahead_new(const struct source *const *sources, size_t count)
{
	struct load_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return NULL;
	*ahead = (struct load_ahead){.sources = sources, .count = count};
	ahead->readers = calloc(count + 1, sizeof(*ahead->readers));
	ahead->claimed = calloc(count + 1, 1);
	if (ahead->readers && ahead->claimed)
		ahead->thread = process_thread_start(read_sources, ahead);
	if (ahead->thread)
		return ahead;
	load_ahead_free(ahead);
	return NULL;
}

static void
thread_end(struct load_ahead *ahead)
{
	if (ahead->thread)
		process_thread_join(ahead->thread);
	ahead->thread = NULL;
}

/* Where the thread was first, all before it are claimed: it is about to end. */
struct yaml_reader *
load_ahead_take(struct load_ahead *ahead, size_t number)
{
	if (claim(ahead, number))
		return NULL;
	thread_end(ahead);
	return yaml_reader_is_open(&ahead->readers[number]) ? &ahead->readers[number] : NULL;
}

void
load_ahead_free(struct load_ahead *ahead)
{
	if (!ahead)
		return;
	for (size_t i = 0; ahead->claimed && i < ahead->count; i++)
		claim(ahead, i);
	thread_end(ahead);
	for (size_t i = 0; ahead->readers && i < ahead->count; i++)
		yaml_reader_close(&ahead->readers[i]);
	free(ahead->readers);
	free(ahead->claimed);
	free(ahead);
}
