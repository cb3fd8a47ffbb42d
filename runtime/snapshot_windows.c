/*
 * snapshot_windows.c - processes that run already are told by the sessions themselves, as events at their start.
 */
#include "snapshot.h"

#include <errno.h>

int
snapshot_load(struct process_table *table, struct broker *broker)
{
	(void)table;
	(void)broker;
	return 0;
}

int
snapshot_process(struct process_table *table, struct broker *broker, uint32_t pid)
{
	(void)table;
	(void)broker;
	(void)pid;
	return -ESRCH;
}
