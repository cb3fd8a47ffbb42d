/*
 * runtime_file.c - files created, written, renamed and removed, as the kernel tells us.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ebpf_linux.h"
#include "record.h"
#include "support_live.h"

enum { ENDS = 50 };

static const char *
path_of(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", live_folder(), name);
	return path;
}

static int
write_file(void *context)
{
	int fd = open(context, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	return write(fd, "hello\n", 6) != 6 || close(fd);
}

static void
test_create_and_write(void)
{
	const char *path = path_of("one");
	pid_t pid = live_child(write_file, (void *)path, NULL);
	const struct record_file_create *created = live_find(RECORD_file_create, pid, "path", path);
	const struct record_file_write *written = live_find(RECORD_file_write, pid, "path", path);
	struct stat file;

	stat(path, &file);
	live_check(created && created->inode == file.st_ino && created->device == file.st_dev && created->mode == file.st_mode,
	           "file/create");
	live_check(written && written->inode == file.st_ino && written->size == 6, "file/write-close");
	live_forget();
	pid = live_child(write_file, (void *)path, NULL);
	live_check(live_find(RECORD_file_write, pid, "path", path) && !live_count(RECORD_file_create, pid, NULL, NULL),
	           "file/write-existing");
}

static int
leave_open(void *context)
{
	int fd = open(context, O_WRONLY | O_CREAT, 0600), other = dup(fd);

	close(fd);
	return write(other, "x", 1) != 1;
}

static void *
sleep_thread(void *context)
{
	pause();
	return context;
}

static int
leave_open_threads(void *context)
{
	pthread_t thread;
	int fd = open(context, O_WRONLY | O_CREAT, 0600);

	for (int i = 0; i < 8; i++)
		if (pthread_create(&thread, NULL, sleep_thread, NULL))
			return 1;
	return write(fd, "x", 1) != 1;
}

static int
replace_by_dup(void *context)
{
	int fd = open(context, O_WRONLY | O_CREAT, 0600);

	dup2(STDERR_FILENO, fd);
	execl("/bin/true", "true", NULL);
	return 127;
}

static int
only_read(void *context)
{
	return close(open(context, O_RDONLY));
}

static void
test_ways_to_close(void)
{
	const char *path = path_of("left");
	pid_t pid = live_child(leave_open, (void *)path, NULL);
	int good;

	live_find(RECORD_process_exit, pid, NULL, NULL);
	live_find(RECORD_file_write, pid, "path", path);
	live_check(live_count(RECORD_file_write, pid, "path", path) == 1, "file/closed-by-exit-once");
	for (int i = good = 0; i < ENDS; i++) {
		path = path_of("threads");
		pid = live_child(leave_open_threads, (void *)path, NULL);
		live_find(RECORD_process_exit, pid, NULL, NULL);
		live_find(RECORD_process_exit, live_child(only_read, (void *)path, NULL), NULL, NULL);
		good += live_count(RECORD_file_write, pid, "path", path) == 1;
		live_forget();
	}
	live_check(good == ENDS, "file/closed-by-end-of-threads-once");
	path = path_of("replaced");
	pid = live_child(replace_by_dup, (void *)path, NULL);
	live_check(live_find(RECORD_file_write, pid, "path", path) != NULL, "file/closed-by-dup2");
	pid = live_child(only_read, (void *)path_of("one"), NULL);
	live_find(RECORD_process_exit, pid, NULL, NULL);
	live_check(!live_count(RECORD_file_write, pid, NULL, NULL), "file/read-is-no-write");
}

static int
rename_and_remove(void *context)
{
	int folder = open(context, O_RDONLY | O_DIRECTORY);

	if (chdir(context) || rename("one", "./two") || mkdir("sub", 0700))
		return 1;
	return renameat(folder, "two", AT_FDCWD, "sub/../three") || symlink("three", "link") || unlinkat(folder, "link", 0) ||
	       unlink("sub//../three") || unlinkat(folder, "sub", AT_REMOVEDIR);
}

static int
source_is(const void *record, const char *path)
{
	return record && strcmp(live_text(record, "source_path"), path) == 0;
}

static void
test_names(void)
{
	pid_t pid = live_child(rename_and_remove, (void *)live_folder(), NULL);

	live_check(source_is(live_find(RECORD_file_rename, pid, "path", path_of("two")), path_of("one")), "file/rename");
	live_check(source_is(live_find(RECORD_file_rename, pid, "path", path_of("three")), path_of("two")), "file/renameat");
	live_check(live_find(RECORD_file_create, pid, "path", path_of("link")) != NULL, "file/symlink");
	live_check(live_find(RECORD_file_delete, pid, "path", path_of("link")) != NULL, "file/unlinkat");
	live_check(live_find(RECORD_file_delete, pid, "path", path_of("three")) != NULL, "file/unlink");
	live_check(live_count(RECORD_file_delete, pid, NULL, NULL) == 2, "file/no-folders");
}

static int
work_in_chroot(void *context)
{
	if (chroot(context) || chdir("/"))
		return 1;
	return write_file("/inside") || unlink("inside");
}

static void
test_chroot(void)
{
	pid_t pid = live_child(work_in_chroot, (void *)live_folder(), NULL);
	const struct record_file_write *written = live_find(RECORD_file_write, pid, "path", "/inside");
	const struct record_file_delete *deleted = live_find(RECORD_file_delete, pid, "path", "/inside");

	live_check(written && written->head.flags == RECORD_FOREIGN_ROOT && deleted &&
	           deleted->head.flags == RECORD_FOREIGN_ROOT, "file/chroot");
}

static int
deep_file(void *context)
{
	char name[201];
	int fd;

	memset(name, 'd', 200);
	name[200] = 0;
	if (chdir(context))
		return 1;
	for (int i = 0; i < 15; i++)
		if (mkdir(name, 0700) || chdir(name))
			return 1;
	fd = open("file", O_WRONLY | O_CREAT, 0600);
	return close(fd);
}

static void
test_deep(void)
{
	int status;
	pid_t pid = live_child(deep_file, (void *)live_folder(), &status);
	const struct record_file_write *written = live_find(RECORD_file_write, pid, NULL, NULL);

	live_check(status == 0 && written && written->head.flags == 0 &&
	           written->path.size == strlen(live_folder()) + 15 * 201 + 5, "file/3000-byte-path");
}

/* More folders than are walked: what is left of the path is marked. */
static int
deepest_file(void *context)
{
	if (chdir(context))
		return 1;
	for (int i = 0; i < 140; i++)
		if (mkdir("n", 0700) || chdir("n"))
			return 1;
	return write_file("file") || unlink("file");
}

static int
is_marked(const struct record_head *head, const struct record_span *path)
{
	return head->flags == RECORD_UNSETTLED && path->size & RECORD_SPAN_CUT &&
	       memcmp((const char *)head + path->offset + (path->size & RECORD_SPAN_SIZE) - 7, "/n/file", 7) == 0;
}

static void
test_deepest(void)
{
	pid_t pid = live_child(deepest_file, (void *)live_folder(), NULL);
	const struct record_file_write *written = live_find(RECORD_file_write, pid, NULL, NULL);
	const struct record_file_delete *deleted = live_find(RECORD_file_delete, pid, NULL, NULL);

	live_check(written && is_marked(&written->head, &written->path), "file/140-folders-written");
	live_check(deleted && is_marked(&deleted->head, &deleted->path), "file/140-folders-removed");
}

#if defined(__x86_64__)
static long
call_32_bit(long number, const void *first, long second)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second)
	                 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

/* creat(path, 0600), close() and unlink() as a 32-bit program calls them; path lies below 4 GiB. */
static int
create_32_bit(void *context)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long fd;

	strcpy(low, context);
	fd = call_32_bit(8, low, 0600);
	return fd < 0 || call_32_bit(6, (void *)fd, 0) || call_32_bit(10, low, 0);
}

static void
test_32_bit(void)
{
	const char *path = path_of("compat");
	int status;
	pid_t pid = live_child(create_32_bit, (void *)path, &status);

	if (status)
		printf("skip file/32-bit: this kernel takes no 32-bit calls\n");
	else
		live_check(live_find(RECORD_file_create, pid, "path", path) && live_find(RECORD_file_write, pid, "path", path) &&
		           live_find(RECORD_file_delete, pid, "path", path), "file/32-bit");
}
#else
static void
test_32_bit(void)
{
}
#endif

static void
test_kinds(void)
{
	const struct ebpf_hook *hooks;
	const char *path = path_of("kinds");
	int attached = 0;
	size_t count;
	pid_t pid;

	ebpf_set_kinds(live_ebpf(), 0);
	pid = live_child(write_file, (void *)path, NULL);
	live_check(live_find(RECORD_process_exit, pid, NULL, NULL) && !live_count(RECORD_file_write, pid, NULL, NULL),
	           "file/not-wanted");
	hooks = ebpf_hooks(live_ebpf(), &count);
	for (size_t i = 0; i < count; i++)
		attached += strcmp(hooks[i].area, "file") == 0 && hooks[i].attached;
	live_check(attached == 0, "file/detached");
	ebpf_set_kinds(live_ebpf(), 1ull << RECORD_file_write);
	pid = live_child(write_file, (void *)path, NULL);
	live_check(live_find(RECORD_file_write, pid, "path", path) && !live_count(RECORD_file_create, pid, NULL, NULL),
	           "file/wanted-again");
}

int
main(void)
{
	live_open(~0ull);
	test_create_and_write();
	test_ways_to_close();
	test_names();
	test_chroot();
	test_deep();
	test_deepest();
	test_32_bit();
	test_kinds();
	live_close();
	return live_failed() != 0;
}
