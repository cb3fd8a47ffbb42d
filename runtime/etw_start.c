/*
 * etw_start.c - a few slots.
 */
#include <stdlib.h>
#include <string.h>

#include "etw_record.h"
#include "etw_start.h"

enum { SLOTS = 32 };

struct etw_starts {
	uint32_t count;
	struct etw_start slots[SLOTS];
};

struct etw_starts *
etw_starts_new(void)
{
	return calloc(1, sizeof(struct etw_starts));
}

void
etw_starts_free(struct etw_starts *starts)
{
	free(starts);
}

struct etw_start *
etw_start_find(struct etw_starts *starts, uint32_t pid)
{
	for (int i = 0; starts->count && i < SLOTS; i++)
		if (starts->slots[i].is_used && starts->slots[i].pid == pid)
			return &starts->slots[i];
	return NULL;
}

struct etw_start *
etw_start_new(struct etw_starts *starts, uint32_t pid, uint64_t time)
{
	for (int i = 0; i < SLOTS; i++) {
		struct etw_start *start = &starts->slots[i];

		if (start->is_used)
			continue;
		memset(start, 0, offsetof(struct etw_start, data));
		start->pid = pid;
		start->time = time;
		start->is_used = 1;
		etw_record_begin(&start->record, start->data, sizeof(start->data), RECORD_process_start);
		starts->count++;
		return start;
	}
	return NULL;
}

struct etw_start *
etw_start_oldest(struct etw_starts *starts, uint64_t before)
{
	struct etw_start *oldest = NULL;

	for (int i = 0; starts->count && i < SLOTS; i++) {
		struct etw_start *start = &starts->slots[i];

		if (start->is_used && start->time < before && (!oldest || start->time < oldest->time))
			oldest = start;
	}
	return oldest;
}

void
etw_start_drop(struct etw_starts *starts, struct etw_start *start)
{
	start->is_used = 0;
	starts->count--;
}
