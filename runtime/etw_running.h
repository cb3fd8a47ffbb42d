/*
 * etw_running.h - which processes run, as far as events say: what is needed to give each event its process's start.
 */
#ifndef ETW_RUNNING_H
#define ETW_RUNNING_H

#include <stdint.h>

struct etw_process {
	uint32_t pid;
	uint32_t is_used : 1, has_thread : 1, has_ended : 1;
	uint64_t start; /* ns since boot, 0: unknown */
	uint64_t used;  /* when, in uses of the table */
};

struct etw_running;

struct etw_running *etw_running_new(void); /* NULL: no memory */
void etw_running_free(struct etw_running *running); /* NULL is fine */
/* The newest process of that number, which may have ended; NULL: unknown. Valid until the next add. */
struct etw_process *etw_running_find(struct etw_running *running, uint32_t pid);
/* A process that starts, or is found running; forgets an older one of that number. */
struct etw_process *etw_running_add(struct etw_running *running, uint32_t pid, uint64_t start);
uint64_t etw_running_evicted(const struct etw_running *running);
#endif
