/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * collect.bpf.h - what every program here starts from: shared maps, the record's head, the way into the ring.
 *
 * Each object declares these maps; the loader makes those of the first object serve all.
 */
#ifndef COLLECT_BPF_H
#define COLLECT_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "../runtime/collect.h"
#include "../runtime/record.h"

char LICENSE[] SEC("license") = "GPL and additional rights";

enum { PROCESS_IS_KERNEL_THREAD = 0x00200000 }; /* PF_KTHREAD, linux/sched.h */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct collect_settings);
} settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader sets the number of CPUs */
	__type(key, uint32_t);
	__type(value, struct collect_counters);
} counters SEC(".maps");

static __always_inline const struct collect_settings *
settings_get(void)
{
	uint32_t zero = 0;

	return bpf_map_lookup_elem(&settings, &zero);
}

static __always_inline struct collect_counter *
counter_get(enum record_kind kind)
{
	uint32_t cpu = bpf_get_smp_processor_id();
	struct collect_counters *all = bpf_map_lookup_elem(&counters, &cpu);

	return all ? &all->kinds[kind] : NULL;
}

static __always_inline int
is_own(const struct collect_settings *set, uint32_t pid)
{
#pragma unroll
	for (int i = 0; i < COLLECT_OWN_MAX; i++)
		if (set->own[i] && set->own[i] == pid)
			return 1;
	return 0;
}

/* Is the kind asked for, and the acting process not one of ours? */
static __always_inline int
is_wanted(enum record_kind kind)
{
	const struct collect_settings *set = settings_get();

	return set && set->kinds >> kind & 1 && !is_own(set, bpf_get_current_pid_tgid() >> 32);
}

/* Counts an event as produced. Returns its counter, or NULL where it has to be shed. */
static __always_inline struct collect_counter *
event_begin(enum record_kind kind)
{
	struct collect_counter *counter = counter_get(kind);
	const struct collect_settings *set = settings_get();

	if (!counter || !set)
		return NULL;
	__sync_fetch_and_add(&counter->produced, 1);
	if (kind > RECORD_process_exit && bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) > set->high_water) {
		__sync_fetch_and_add(&counter->lost_ring, 1);
		__sync_fetch_and_add(&counter->shed, 1);
		return NULL;
	}
	return counter;
}

/* A device number as stat() gives it (new_encode_dev, linux/kdev_t.h). */
static __always_inline uint32_t
device_encode(uint32_t device)
{
	uint32_t major = device >> 20, minor = device & 0xfffff;

	return (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

static __always_inline uint64_t
task_start(struct task_struct *task)
{
	return BPF_CORE_READ(task, group_leader, start_boottime);
}

/* The process has another root directory than the host. */
static __always_inline int
task_is_foreign(struct task_struct *task)
{
	const struct collect_settings *set = settings_get();
	struct inode *root = BPF_CORE_READ(task, fs, root.dentry, d_inode);

	return set && root && (BPF_CORE_READ(root, i_ino) != set->root_inode ||
	                       device_encode(BPF_CORE_READ(root, i_sb, s_dev)) != set->root_device);
}

static __always_inline void
head_fill(struct record_head *head, enum record_kind kind, struct task_struct *task, uint64_t sequence)
{
	uint64_t id = bpf_get_current_pid_tgid();

	head->kind = kind;
	head->flags = 0;
	head->time = bpf_ktime_get_boot_ns();
	head->start = task_start(task);
	head->sequence = sequence;
	head->cgroup = bpf_get_current_cgroup_id();
	head->cpu = bpf_get_smp_processor_id();
	head->pid = id >> 32;
	head->tid = (uint32_t)id;
	head->uid = BPF_CORE_READ(task, cred, euid.val);
	head->gid = BPF_CORE_READ(task, cred, egid.val);
	head->real_uid = BPF_CORE_READ(task, cred, uid.val);
}
#endif
