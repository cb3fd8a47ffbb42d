/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * walk.bpf.h - from a dentry and its mount to the text of a path, and from there into a record.
 *
 * bpf_d_path() is refused in tracepoints, so the walk is our own. It goes from the leaf upward and writes from the
 * buffer's end backward. Its state lies in a map value, not in registers: the verifier then meets the same state after
 * each step and follows the loop once, not once for each way through it.
 */
#ifndef WALK_BPF_H
#define WALK_BPF_H

#include "collect.bpf.h"

enum {
	WALK_STEPS = 128, /* components and mounts of one path */
	WALK_NAME_MAX = 255,
	WALK_NONE = 0xffffffff,
	WORK_TAIL_MASK = 0x3fff, /* where text other than arguments may start in a record */
};

enum walk_flag {
	WALK_CUT = 1,      /* more components or bytes than there is room for */
	WALK_FAILED = 2,   /* a name could not be read */
	WALK_DETACHED = 4, /* ended at a dentry that hangs in no tree: memfd, pipe, lazily unmounted */
};

struct walk {
	struct dentry *dentry;
	struct vfsmount *mount;
	struct dentry *root_dentry; /* the task's root */
	struct vfsmount *root_mount;
	uint32_t left;      /* first byte of text in use; the text ends at RECORD_PATH_MAX */
	uint32_t root_left; /* what it was at the task's root, or WALK_NONE */
	uint32_t flags;     /* enum walk_flag */
	uint32_t reserved;
	char text[RECORD_PATH_MAX + WALK_NAME_MAX + 1];
};

/* One CPU's working space: a walk, and a record in the making. */
struct work {
	uint32_t busy;
	uint32_t tail; /* where the record's next text goes */
	struct walk walk;
	char record[WORK_TAIL_MASK + 1 + RECORD_ARGS_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the loader sets the number of CPUs */
	__type(key, uint32_t);
	__type(value, struct work);
} works SEC(".maps");

/* This CPU's working space, taken; NULL and counted when it is in use (a program interrupted by another). */
static __always_inline struct work *
work_take(struct collect_counter *counter)
{
	uint32_t cpu = bpf_get_smp_processor_id();
	struct work *work = bpf_map_lookup_elem(&works, &cpu);

	if (!work || work->busy) {
		__sync_fetch_and_add(&counter->lost_scratch, 1);
		return NULL;
	}
	work->busy = 1;
	return work;
}

static __always_inline int
walk_prepend(struct walk *walk, struct dentry *dentry)
{
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	uint32_t size = BPF_CORE_READ(dentry, d_name.len);
	uint32_t left = walk->left;

	if (size == 0 || size > WALK_NAME_MAX) {
		walk->flags |= WALK_FAILED;
		return 1;
	}
	if (left > RECORD_PATH_MAX || left < size + 1) {
		walk->flags |= WALK_CUT;
		return 1;
	}
	left -= size;
	if (bpf_probe_read_kernel(walk->text + (left & (RECORD_PATH_MAX - 1)), size & WALK_NAME_MAX, name)) {
		walk->flags |= WALK_FAILED;
		return 1;
	}
	left--;
	walk->text[left & (RECORD_PATH_MAX - 1)] = '/';
	walk->left = left;
	return 0;
}

/* One step upward. Non-zero at the end. */
static __always_inline int
walk_step(struct walk *walk)
{
	struct dentry *dentry = walk->dentry, *parent;
	struct vfsmount *mount = walk->mount;
	struct mount *full, *above;

	if (dentry == walk->root_dentry && mount == walk->root_mount && walk->root_left == WALK_NONE)
		walk->root_left = walk->left;
	if (dentry == BPF_CORE_READ(mount, mnt_root)) {
		full = (struct mount *)((char *)mount - bpf_core_field_offset(struct mount, mnt));
		above = BPF_CORE_READ(full, mnt_parent);
		if (above == full)
			return 1;
		walk->dentry = BPF_CORE_READ(full, mnt_mountpoint);
		walk->mount = (struct vfsmount *)((char *)above + bpf_core_field_offset(struct mount, mnt));
		return 0;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (parent == dentry || !parent) {
		walk->flags |= WALK_DETACHED;
		if (walk->left == RECORD_PATH_MAX)
			walk_prepend(walk, dentry);
		return 1;
	}
	walk->dentry = parent;
	return walk_prepend(walk, dentry);
}

/* Writes the path of dentry in mount into this CPU's walk.text, as the host's root sees it; root_left tells where the
 * part begins that the task's own root sees. Not static and with addresses as numbers, so that the verifier reads it
 * once and not at each call. */
__noinline int
walk_run(uint64_t dentry, uint64_t mount, uint64_t fs)
{
	uint32_t cpu = bpf_get_smp_processor_id();
	struct work *work = bpf_map_lookup_elem(&works, &cpu);
	struct walk *walk;

	if (!work)
		return 0;
	walk = &work->walk;
	walk->dentry = (struct dentry *)dentry;
	walk->mount = (struct vfsmount *)mount;
	walk->root_dentry = BPF_CORE_READ((struct fs_struct *)fs, root.dentry);
	walk->root_mount = BPF_CORE_READ((struct fs_struct *)fs, root.mnt);
	walk->left = RECORD_PATH_MAX;
	walk->root_left = WALK_NONE;
	walk->flags = 0;
	for (int i = 0; i < WALK_STEPS; i++)
		if (walk_step(walk))
			return 0;
	walk->flags |= WALK_CUT;
	return 0;
}

static __always_inline void
walk_path(const struct path *path, struct fs_struct *fs)
{
	walk_run((uint64_t)BPF_CORE_READ(path, dentry), (uint64_t)BPF_CORE_READ(path, mnt), (uint64_t)fs);
}

/* Where the path begins as the task sees it. */
static __always_inline uint32_t
walk_left(const struct walk *walk)
{
	return walk->root_left == WALK_NONE ? walk->left : walk->root_left;
}

/* The file was removed from its folder, or never had one. */
static __always_inline int
dentry_is_deleted(struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_hash.pprev) == NULL && BPF_CORE_READ(dentry, d_parent) != dentry;
}

/* Appends walk->text from `left` on to the record. */
static __noinline int
work_add_walked(struct work *work, uint32_t left, struct record_span *span)
{
	uint32_t tail = work->tail & WORK_TAIL_MASK, size = RECORD_PATH_MAX - left;

	span->offset = tail;
	if (work->walk.flags & WALK_FAILED) {
		span->size = RECORD_SPAN_FAILED;
		return 0;
	}
	if (left >= RECORD_PATH_MAX || size > RECORD_PATH_MAX) {
		work->record[tail] = '/';
		size = 1;
	} else {
		bpf_probe_read_kernel(work->record + tail, size, work->walk.text + (left & (RECORD_PATH_MAX - 1)));
	}
	span->size = size | (work->walk.flags & WALK_CUT ? RECORD_SPAN_CUT : 0);
	work->tail = tail + size;
	return 0;
}

/* Sends the record, of which work->tail bytes are in use, and gives the working space back. */
static __always_inline void
work_send(struct work *work, struct collect_counter *counter)
{
	struct record_head *head = (struct record_head *)work->record;
	uint32_t size = (work->tail + 7) & ~7u;

	if (size > RECORD_SIZE_MAX)
		size = RECORD_SIZE_MAX;
	head->size = size;
	if (bpf_ringbuf_output(&ring, work->record, size, 0))
		__sync_fetch_and_add(&counter->lost_ring, 1);
	work->busy = 0;
}
#endif
