/*
 * snapshot.h - processes that were there before the first event, read through the broker.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdint.h>

struct broker;
struct process_table;

/* Adds every process that runs now. How many, or a negative errno. */
int snapshot_load(struct process_table *table, struct broker *broker);
/* Adds one process. 0, or a negative errno: it is gone. */
int snapshot_process(struct process_table *table, struct broker *broker, uint32_t pid);
#endif
