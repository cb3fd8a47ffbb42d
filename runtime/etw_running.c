/*
 * etw_running.c - a hash of small sets of processes; in a full set one that has ended gives way, else the one that was
 * used longest ago.
 */
#include <stdlib.h>

#include "etw_running.h"

enum { SETS = 4096, WAYS = 4 }; /* SETS is a power of two */

struct etw_running {
	uint64_t clock, evicted;
	struct etw_process processes[SETS][WAYS];
};

struct etw_running *
etw_running_new(void)
{
	return calloc(1, sizeof(struct etw_running));
}

void
etw_running_free(struct etw_running *running)
{
	free(running);
}

/* Windows gives out multiples of four. */
static struct etw_process *
set_of(struct etw_running *running, uint32_t pid)
{
	return running->processes[(pid >> 2) & (SETS - 1)];
}

struct etw_process *
etw_running_find(struct etw_running *running, uint32_t pid)
{
	struct etw_process *set = set_of(running, pid);

	for (int i = 0; i < WAYS; i++)
		if (set[i].is_used && set[i].pid == pid) {
			set[i].used = ++running->clock;
			return &set[i];
		}
	return NULL;
}

static int
goes_before(const struct etw_process *one, const struct etw_process *other)
{
	if (one->has_ended != other->has_ended)
		return one->has_ended;
	return one->used < other->used;
}

struct etw_process *
etw_running_add(struct etw_running *running, uint32_t pid, uint64_t start)
{
	struct etw_process *process = etw_running_find(running, pid), *set = set_of(running, pid);

	for (int i = 0; !process && i < WAYS; i++)
		if (!set[i].is_used)
			process = &set[i];
	if (!process) {
		process = set;
		for (int i = 1; i < WAYS; i++)
			if (goes_before(&set[i], process))
				process = &set[i];
		running->evicted += !process->has_ended;
	}
	*process = (struct etw_process){.pid = pid, .is_used = 1, .start = start, .used = ++running->clock};
	return process;
}

uint64_t
etw_running_evicted(const struct etw_running *running)
{
	return running->evicted;
}
