/*
 * snapshot_windows.c - no process list: rsnl has only recorded events on Windows.
 */
#include <errno.h>

#include "snapshot.h"

int
snapshot_load(struct process_table *table, struct broker *broker)
{
	(void)table;
	(void)broker;
	return -ENOSYS;
}

int
snapshot_process(struct process_table *table, struct broker *broker, uint32_t pid)
{
	(void)table;
	(void)broker;
	(void)pid;
	return -ENOSYS;
}
