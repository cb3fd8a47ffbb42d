/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * process.bpf.c - processes: a program starts, a process is forked, a process ends. The base object.
 */
#include "ends.bpf.h"
#include "walk.bpf.h"

enum {
	GROUP_EXIT = 4,          /* SIGNAL_GROUP_EXIT, linux/sched/signal.h */
	NOBODY = (uint32_t)-1,   /* a login uid or session that was never set */
};

/* Where inode keeps its change time in kernels before 6.6, and before 6.11. */
struct inode___first {
	struct timespec64 i_ctime;
} __attribute__((preserve_access_index));

struct inode___second {
	struct timespec64 __i_ctime;
} __attribute__((preserve_access_index));

static __always_inline uint64_t
inode_changed(struct inode *inode)
{
	struct inode___first *first = (void *)inode;
	struct inode___second *second = (void *)inode;

	if (bpf_core_field_exists(inode->i_ctime_sec)) /* the top bit of the nanoseconds is a mark of the kernel's */
		return BPF_CORE_READ(inode, i_ctime_sec) * 1000000000ull + (BPF_CORE_READ(inode, i_ctime_nsec) & 0x7fffffff);
	if (bpf_core_field_exists(second->__i_ctime))
		return BPF_CORE_READ(second, __i_ctime.tv_sec) * 1000000000ull + BPF_CORE_READ(second, __i_ctime.tv_nsec);
	return BPF_CORE_READ(first, i_ctime.tv_sec) * 1000000000ull + BPF_CORE_READ(first, i_ctime.tv_nsec);
}

/* Goes first: the verifier then knows where it goes. */
static __always_inline void
start_add_task_name(struct work *work, struct record_process_start *record, struct task_struct *task)
{
	long size = bpf_probe_read_kernel_str(work->record + sizeof(*record), sizeof(task->comm), task->comm);

	record->task_name.offset = sizeof(*record);
	record->task_name.size = size > 0 ? size - 1 : RECORD_SPAN_FAILED;
	work->tail = sizeof(*record) + sizeof(task->comm);
}

/* Kernels without audit do not know who logged in: the same as nobody. */
static __always_inline void
start_add_login(struct record_process_start *record, struct task_struct *task)
{
	record->login_uid = record->login_session = NOBODY;
	if (!bpf_core_field_exists(task->loginuid))
		return;
	record->login_uid = BPF_CORE_READ(task, loginuid.val);
	record->login_session = BPF_CORE_READ(task, sessionid);
}

static __always_inline void
start_add_image(struct work *work, struct record_process_start *record, struct task_struct *task)
{
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct walk *walk = &work->walk;
	uint32_t left;

	record->inode = BPF_CORE_READ(inode, i_ino);
	record->device = device_encode(BPF_CORE_READ(inode, i_sb, s_dev));
	record->changed = inode_changed(inode);
	walk_path(__builtin_preserve_access_index(&file->f_path), BPF_CORE_READ(task, fs));
	left = walk_left(walk);
	work_add_walked(work, left, &record->image);
	if (left != walk->left)
		work_add_walked(work, walk->left, &record->host_path);
	if (walk->flags & WALK_DETACHED || dentry_is_deleted(dentry))
		record->head.flags |= RECORD_DELETED;
	if (walk->flags & (WALK_CUT | WALK_FAILED))
		record->head.flags |= RECORD_UNSETTLED;
}

static __always_inline void
start_add_directory(struct work *work, struct record_process_start *record, struct task_struct *task)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	walk_path(__builtin_preserve_access_index(&fs->pwd), fs);
	work_add_walked(work, walk_left(&work->walk), &record->directory);
}

static __always_inline void
start_add_args(struct work *work, struct record_process_start *record, struct task_struct *task)
{
	uint64_t from = BPF_CORE_READ(task, mm, arg_start), to = BPF_CORE_READ(task, mm, arg_end);
	uint64_t whole = to > from ? to - from : 0;
	uint32_t tail = work->tail & WORK_TAIL_MASK, size = RECORD_ARGS_MAX;

	if (size > RECORD_SIZE_MAX - 8 - tail)
		size = RECORD_SIZE_MAX - 8 - tail;
	if (whole < size)
		size = whole;
	record->args.offset = tail;
	barrier_var(size); /* keeps the compiler from proving the next test away: the verifier needs it */
	if (size > RECORD_ARGS_MAX || bpf_probe_read_user(work->record + tail, size, (void *)from)) {
		record->args.size = RECORD_SPAN_FAILED;
		return;
	}
	record->args.size = size | (size < whole ? RECORD_SPAN_CUT : 0);
	work->tail = tail + size;
}

SEC("tp_btf/sched_process_exec")
int
BPF_PROG(process_start, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	struct record_process_start *record;
	struct collect_counter *counter;
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	const struct collect_settings *set = settings_get();
	struct work *work;

	if (!is_wanted(RECORD_process_start) || !set || is_own(set, BPF_CORE_READ(parent, tgid)))
		return 0;
	counter = event_begin(RECORD_process_start);
	if (!counter || !(work = work_take(counter)))
		return 0;
	record = (struct record_process_start *)work->record;
	__builtin_memset(record, 0, sizeof(*record));
	head_fill(&record->head, RECORD_process_start, task, counter->produced);
	if (task_is_foreign(task))
		record->head.flags |= RECORD_FOREIGN_ROOT;
	record->parent_pid = BPF_CORE_READ(parent, tgid);
	record->parent_start = task_start(parent);
	record->args_count = BPF_CORE_READ(bprm, argc);
	record->session = BPF_CORE_READ(task, signal, pids[PIDTYPE_SID], numbers[0].nr);
	start_add_login(record, task);
	start_add_task_name(work, record, task);
	start_add_image(work, record, task);
	start_add_directory(work, record, task);
	start_add_args(work, record, task);
	work_send(work, counter);
	return 0;
}

/* task_newtask fires in the parent, before the child runs, and has the flags of clone. */
SEC("tp_btf/task_newtask")
int
BPF_PROG(process_fork, struct task_struct *child, unsigned long clone_flags)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct record_process_fork *record;
	struct collect_counter *counter;

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid) ||
	    BPF_CORE_READ(child, flags) & PROCESS_IS_KERNEL_THREAD || !is_wanted(RECORD_process_fork))
		return 0;
	counter = event_begin(RECORD_process_fork);
	if (!counter)
		return 0;
	record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
	if (!record) {
		__sync_fetch_and_add(&counter->lost_ring, 1);
		return 0;
	}
	head_fill(&record->head, RECORD_process_fork, task, counter->produced);
	record->head.size = sizeof(*record);
	record->child_pid = BPF_CORE_READ(child, tgid);
	record->child_start = BPF_CORE_READ(child, start_boottime);
	record->clone_flags = clone_flags;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* As wait() tells it: what exit_group() or a signal set for all threads, or else the first thread's own. */
static __always_inline uint32_t
exit_status(struct task_struct *task)
{
	if (BPF_CORE_READ(task, signal, flags) & GROUP_EXIT)
		return BPF_CORE_READ(task, signal, group_exit_code);
	return BPF_CORE_READ(task, group_leader, exit_code);
}

SEC("tp_btf/sched_process_exit")
int
BPF_PROG(process_exit, struct task_struct *task)
{
	struct record_process_exit *record;
	struct collect_counter *counter;
	uint32_t status;

	if (BPF_CORE_READ(task, flags) & PROCESS_IS_KERNEL_THREAD || !is_wanted(RECORD_process_exit) || !process_ends(task))
		return 0;
	counter = event_begin(RECORD_process_exit);
	if (!counter)
		return 0;
	record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
	if (!record) {
		__sync_fetch_and_add(&counter->lost_ring, 1);
		return 0;
	}
	status = exit_status(task);
	head_fill(&record->head, RECORD_process_exit, task, counter->produced);
	record->head.size = sizeof(*record);
	record->exit_code = status >> 8 & 0xff;
	record->exit_signal = status & 0x7f;
	bpf_ringbuf_submit(record, 0);
	return 0;
}
