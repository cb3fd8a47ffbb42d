/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * file.bpf.c - files: created, closed after being open for writing, renamed, removed.
 *
 * One program looks at the end of every system call, where the arguments are readable and the result is known; one at
 * the beginning, for the calls that close a file; one at the end of a process, which closes the rest.
 */
#include "ends.bpf.h"
#include "syscalls.bpf.h"
#include "walk.bpf.h"

enum {
	FILE_IS_WRITABLE = 0x2,     /* FMODE_WRITE, linux/fs.h */
	FILE_IS_CREATED = 0x100000, /* FMODE_CREATED */
	MODE_TYPE = 0170000,        /* S_IFMT */
	MODE_REGULAR = 0100000,     /* S_IFREG */
	DIRECTORY_CURRENT = -100,   /* AT_FDCWD */
	UNLINK_DIRECTORY = 0x200,   /* AT_REMOVEDIR */
	END_FILES = 64,             /* descriptors looked at when a process ends */
};

/* struct file counts its references in f_ref (0: one) since 6.13, in f_count (1: one) before. */
struct file___counted {
	atomic_long_t f_count;
} __attribute__((preserve_access_index));

static __always_inline int
file_is_last(struct file *file)
{
	struct file___counted *counted = (void *)file;

	if (bpf_core_field_exists(counted->f_count))
		return BPF_CORE_READ(counted, f_count.counter) <= 1;
	return BPF_CORE_READ(file, f_ref.refcnt.counter) <= 0;
}

static __always_inline struct file *
file_get(struct task_struct *task, uint32_t fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd), *file = NULL;

	if (fd >= BPF_CORE_READ(table, max_fds) || bpf_probe_read_kernel(&file, sizeof(file), files + fd))
		return NULL;
	return file;
}

/* Prepares a record of the given size in the working space. */
static __always_inline struct work *
file_begin(struct collect_counter *counter, struct task_struct *task, enum record_kind kind, uint32_t size)
{
	struct work *work = work_take(counter);
	struct record_head *head;

	if (!work)
		return NULL;
	head = (struct record_head *)work->record;
	__builtin_memset(work->record, 0, sizeof(struct record_file_write));
	head_fill(head, kind, task, counter->produced);
	if (task_is_foreign(task))
		head->flags |= RECORD_FOREIGN_ROOT;
	work->tail = size;
	return work;
}

/* Appends where the last walk went, and says in the head what is odd about it, and about the file (NULL: a folder of
 * names, which may be gone by now). */
static __always_inline void
file_add_walked(struct work *work, struct dentry *dentry, struct record_span *span)
{
	struct record_head *head = (struct record_head *)work->record;
	struct walk *walk = &work->walk;

	work_add_walked(work, walk_left(walk), span);
	if (dentry && (walk->flags & WALK_DETACHED || dentry_is_deleted(dentry)))
		head->flags |= RECORD_DELETED;
	if (walk->flags & (WALK_CUT | WALK_FAILED))
		head->flags |= RECORD_UNSETTLED;
}

/* A record about an open file: kind is file_create or file_write. Global, so that the verifier reads it once. */
__noinline int
file_send(uint64_t address, uint32_t kind)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file = (struct file *)address;
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct record_file_create *created;
	struct record_file_write *written;
	struct collect_counter *counter;
	struct work *work;

	kind = kind == RECORD_file_create ? RECORD_file_create : RECORD_file_write;
	counter = event_begin(kind);
	if (!counter)
		return 0;
	work = file_begin(counter, task, kind, kind == RECORD_file_create ? sizeof(*created) : sizeof(*written));
	if (!work)
		return 0;
	created = (struct record_file_create *)work->record;
	written = (struct record_file_write *)work->record;
	walk_path(__builtin_preserve_access_index(&file->f_path), BPF_CORE_READ(task, fs));
	if (kind == RECORD_file_create) {
		created->inode = BPF_CORE_READ(inode, i_ino);
		created->device = device_encode(BPF_CORE_READ(inode, i_sb, s_dev));
		created->mode = BPF_CORE_READ(inode, i_mode);
		file_add_walked(work, dentry, &created->path);
	} else {
		written->inode = BPF_CORE_READ(inode, i_ino);
		written->size = BPF_CORE_READ(inode, i_size);
		written->device = device_encode(BPF_CORE_READ(inode, i_sb, s_dev));
		written->mode = BPF_CORE_READ(inode, i_mode);
		file_add_walked(work, dentry, &written->path);
	}
	work_send(work, counter);
	return 0;
}

/* Sends file_write when nobody else holds this regular file that was open for writing. */
static __always_inline void
file_closes(struct file *file)
{
	if (file && BPF_CORE_READ(file, f_mode) & FILE_IS_WRITABLE && file_is_last(file) &&
	    (BPF_CORE_READ(file, f_inode, i_mode) & MODE_TYPE) == MODE_REGULAR)
		file_send((uint64_t)file, RECORD_file_write);
}

/* Appends a path as the caller wrote it, after its directory's path where it is relative. */
static __noinline int
file_add_named(struct work *work, uint64_t directory, uint64_t text, struct record_span *span)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	uint32_t start = work->tail & WORK_TAIL_MASK, tail, cut = 0;
	struct file *file;
	char first = 0;
	long size;

	bpf_probe_read_user(&first, 1, (void *)text);
	if (first != '/') {
		if ((int)directory == DIRECTORY_CURRENT) {
			walk_path(__builtin_preserve_access_index(&fs->pwd), fs);
		} else if ((file = file_get(task, directory))) {
			walk_path(__builtin_preserve_access_index(&file->f_path), fs);
		} else {
			span->size = RECORD_SPAN_FAILED;
			return 0;
		}
		file_add_walked(work, NULL, span);
		if (span->size & RECORD_SPAN_FAILED)
			return 0;
		cut = span->size & RECORD_SPAN_CUT;
		tail = work->tail & WORK_TAIL_MASK;
		work->record[tail] = '/';
		work->tail = tail + 1;
	}
	tail = work->tail & WORK_TAIL_MASK;
	size = bpf_probe_read_user_str(work->record + tail, RECORD_PATH_MAX, (void *)text);
	span->offset = start;
	if (size <= 1 || size > RECORD_PATH_MAX) {
		span->size = RECORD_SPAN_FAILED;
		return 0;
	}
	work->tail = tail + size - 1;
	span->size = (work->tail - start) | cut;
	return 0;
}

static __always_inline uint32_t
named_size(uint32_t kind)
{
	switch (kind) {
	case RECORD_file_create: return sizeof(struct record_file_create);
	case RECORD_file_rename: return sizeof(struct record_file_rename);
	}
	return sizeof(struct record_file_delete);
}

/* A record about names: file_create (of a link), file_delete, or file_rename with the old name too. */
__noinline int
file_send_named(uint32_t kind, uint64_t directory, uint64_t text, uint64_t old_directory, uint64_t old_text)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct collect_counter *counter;
	struct work *work;

	if (kind >= COLLECT_KIND_COUNT || !(counter = event_begin(kind)))
		return 0;
	work = file_begin(counter, task, kind, named_size(kind));
	if (!work)
		return 0;
	if (kind == RECORD_file_create) {
		file_add_named(work, directory, text, &((struct record_file_create *)work->record)->path);
	} else if (kind == RECORD_file_delete) {
		file_add_named(work, directory, text, &((struct record_file_delete *)work->record)->path);
	} else {
		file_add_named(work, directory, text, &((struct record_file_rename *)work->record)->path);
		file_add_named(work, old_directory, old_text, &((struct record_file_rename *)work->record)->source_path);
	}
	work_send(work, counter);
	return 0;
}

static __always_inline void
file_opened(struct task_struct *task, uint32_t fd)
{
	struct file *file = file_get(task, fd);

	if (file && BPF_CORE_READ(file, f_mode) & FILE_IS_CREATED && is_wanted(RECORD_file_create))
		file_send((uint64_t)file, RECORD_file_create);
}

SEC("tp_btf/sys_exit")
int
BPF_PROG(file_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task;
	uint64_t a, b, c, d;
	enum call call;

	if (result < 0 || (call = call_of(regs)) == CALL_NONE || call == CALL_CLOSE || call == CALL_DUP)
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	if (call == CALL_OPEN) {
		file_opened(task, result);
		return 0;
	}
	a = call_argument(task, regs, 0);
	b = call_argument(task, regs, 1);
	c = call_argument(task, regs, 2);
	d = call_argument(task, regs, 3);
	if (call == CALL_UNLINK && is_wanted(RECORD_file_delete))
		file_send_named(RECORD_file_delete, DIRECTORY_CURRENT, a, 0, 0);
	else if (call == CALL_UNLINKAT && !(c & UNLINK_DIRECTORY) && is_wanted(RECORD_file_delete))
		file_send_named(RECORD_file_delete, a, b, 0, 0);
	else if (call == CALL_RENAME && is_wanted(RECORD_file_rename))
		file_send_named(RECORD_file_rename, DIRECTORY_CURRENT, b, DIRECTORY_CURRENT, a);
	else if (call == CALL_RENAMEAT && is_wanted(RECORD_file_rename))
		file_send_named(RECORD_file_rename, c, d, a, b);
	else if (call == CALL_LINK && is_wanted(RECORD_file_create))
		file_send_named(RECORD_file_create, DIRECTORY_CURRENT, b, 0, 0);
	else if (call == CALL_LINKAT && is_wanted(RECORD_file_create))
		file_send_named(RECORD_file_create, c, d, 0, 0);
	else if (call == CALL_SYMLINKAT && is_wanted(RECORD_file_create))
		file_send_named(RECORD_file_create, b, c, 0, 0);
	return 0;
}

SEC("tp_btf/sys_enter")
int
BPF_PROG(file_enter, struct pt_regs *regs, long number)
{
	enum call call = call_of(regs);
	struct task_struct *task;

	if ((call != CALL_CLOSE && call != CALL_DUP) || !is_wanted(RECORD_file_write))
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	file_closes(file_get(task, call_argument(task, regs, call == CALL_DUP)));
	return 0;
}

/* What a process leaves open is closed by its end, unless another process shares the table of descriptors: then its
 * count is above that of the threads. */
SEC("tp_btf/sched_process_exit")
int
BPF_PROG(file_end, struct task_struct *task)
{
	struct files_struct *files = BPF_CORE_READ(task, files);
	uint64_t open = 0;

	if (!files || !is_wanted(RECORD_file_write) || !process_ends(task) ||
	    BPF_CORE_READ(files, count.counter) > BPF_CORE_READ(task, signal, nr_threads))
		return 0;
	bpf_probe_read_kernel(&open, sizeof(open), BPF_CORE_READ(files, fdt, open_fds));
	for (uint32_t fd = 0; fd < END_FILES; fd++)
		if (open >> fd & 1)
			file_closes(file_get(task, fd));
	return 0;
}
