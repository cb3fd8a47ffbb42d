/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * ends.bpf.h - which exit of a thread is the end of its process.
 */
#ifndef ENDS_BPF_H
#define ENDS_BPF_H

#include "collect.bpf.h"

enum { ALREADY_THERE = -17 }; /* -EEXIST */

struct ended {
	uint64_t start;
	uint64_t pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct ended);
	__type(value, uint8_t);
} ends SEC(".maps");

/* In sched_process_exit: once for each process, when none of its threads goes on. Threads that end at the same time all
 * find none left; the first of them counts. */
static __always_inline int
process_ends(struct task_struct *task)
{
	struct ended ended = {task_start(task), bpf_get_current_pid_tgid() >> 32};
	uint8_t one = 1;

	return BPF_CORE_READ(task, signal, live.counter) == 0 &&
	       bpf_map_update_elem(&ends, &ended, &one, BPF_NOEXIST) != ALREADY_THERE;
}
#endif
