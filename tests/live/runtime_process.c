/*
 * runtime_process.c - programs that start, processes that fork and end, as the kernel tells us.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ebpf_linux.h"
#include "record.h"
#include "support_live.h"

extern char **environ;

enum { RACERS = 3, RACES = 100 };

/* The smallest x86-64 program: exit(0). Needs no library, so that it runs under any root. */
static const unsigned char tiny[] = {
	0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0, 1, 0, 0, 0, 0x78, 0, 0x40, 0, 0, 0, 0, 0,
	64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 0, 0, 0, 0, 0, 0,
	1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0,
	0x81, 0, 0, 0, 0, 0, 0, 0, 0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0,
	0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05,
};

static void
write_tiny(int fd)
{
	if (write(fd, tiny, sizeof(tiny)) != sizeof(tiny))
		perror("write");
}

static const char *
path_in_folder(const char *name)
{
	static char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", live_folder(), name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	write_tiny(fd);
	close(fd);
	return path;
}

static int
exec_plain(void *context)
{
	char *const args[] = {"mytrue", "a b", "", "-e", NULL};

	if (chdir(live_folder()) == 0)
		execv(context, args);
	return 127;
}

static void
test_plain(void)
{
	const char *path = path_in_folder("plain");
	pid_t pid = live_child(exec_plain, (void *)path, NULL);
	const struct record_process_start *start = live_find(RECORD_process_start, pid, NULL, NULL);
	const struct record_process_fork *fork = live_find(RECORD_process_fork, getpid(), NULL, NULL);
	struct stat file;

	live_check(start && fork, "process/seen");
	if (!start || !fork)
		return;
	stat(path, &file);
	live_check(strcmp(live_text(start, "image"), path) == 0, "process/image");
	live_check(strcmp(live_text(start, "args"), "mytrue a b  -e") == 0 && start->args_count == 4, "process/arguments");
	live_check(strcmp(live_text(start, "directory"), live_folder()) == 0, "process/directory");
	live_check(start->parent_pid == (uint32_t)getpid() && start->parent_start == fork->head.start, "process/parent");
	live_check(start->head.start == fork->child_start && fork->child_pid == (uint32_t)pid, "process/fork");
	live_check(start->inode == file.st_ino && start->device == file.st_dev, "process/file");
	live_check(start->changed == file.st_ctim.tv_sec * 1000000000ull + file.st_ctim.tv_nsec, "process/change-time");
	live_check(start->session == (uint32_t)getsid(0), "process/session");
	live_check(!start->head.flags && live_text(start, "host_path")[0] == 0, "process/host-root");
}

static int
exec_long(void *context)
{
	static char text[41000];
	char *args[] = {"long", text, NULL};

	memset(text, 'x', *(int *)context);
	execve(path_in_folder("long"), args, environ);
	return 127;
}

static void
test_long(void)
{
	int fits = 30 << 10, beyond = 40000;
	pid_t pid = live_child(exec_long, &fits, NULL);
	const struct record_process_start *start = live_find(RECORD_process_start, pid, NULL, NULL);

	live_check(start && start->args.size == 5u + fits + 1, "process/30-KiB-arguments");
	pid = live_child(exec_long, &beyond, NULL);
	start = live_find(RECORD_process_start, pid, NULL, NULL);
	live_check(start && start->args.size == (RECORD_ARGS_MAX | RECORD_SPAN_CUT), "process/40-KiB-arguments-cut");
}

static int
exec_deleted(void *context)
{
	const char *path = path_in_folder("deleted");
	char *const args[] = {"gone", NULL};
	int fd = open(path, O_PATH | O_CLOEXEC);

	(void)context;
	unlink(path);
	fexecve(fd, args, environ);
	return 127;
}

static int
exec_memfd(void *context)
{
	char *const args[] = {"fd", NULL};
	int fd = memfd_create(context, MFD_CLOEXEC);

	write_tiny(fd);
	fexecve(fd, args, environ);
	return 127;
}

static void
test_deleted(void)
{
	pid_t pid = live_child(exec_deleted, NULL, NULL);
	const struct record_process_start *start = live_find(RECORD_process_start, pid, NULL, NULL);
	char path[256];

	snprintf(path, sizeof(path), "%s/deleted", live_folder());
	live_check(start && start->head.flags == RECORD_DELETED && strcmp(live_text(start, "image"), path) == 0,
	           "process/deleted");
	pid = live_child(exec_memfd, "secret", NULL);
	start = live_find(RECORD_process_start, pid, NULL, NULL);
	live_check(start && start->head.flags & RECORD_DELETED && strcmp(live_text(start, "image"), "/memfd:secret") == 0,
	           "process/memfd");
}

static int
exec_chroot(void *context)
{
	char *const args[] = {"inside", NULL};

	path_in_folder("inside");
	if (context && unshare(CLONE_NEWNS))
		return 126;
	if (chroot(live_folder()) == 0 && chdir("/") == 0)
		execv("/inside", args);
	return 127;
}

static void
test_chroot(const char *name, void *own_mounts)
{
	pid_t pid = live_child(exec_chroot, own_mounts, NULL);
	const struct record_process_start *start = live_find(RECORD_process_start, pid, NULL, NULL);
	char path[256];

	snprintf(path, sizeof(path), "%s/inside", live_folder());
	live_check(start && start->head.flags == RECORD_FOREIGN_ROOT && strcmp(live_text(start, "image"), "/inside") == 0 &&
	           strcmp(live_text(start, "host_path"), path) == 0 && strcmp(live_text(start, "directory"), "/") == 0, name);
}

/* As container runtimes do it: a mount namespace and file system of its own, the host's taken off. */
static int
exec_container(void *context)
{
	char *const args[] = {"inside", NULL};
	char path[256];

	snprintf(path, sizeof(path), "%s/root", live_folder());
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mkdir(path, 0755) ||
	    mount("tmpfs", path, "tmpfs", 0, NULL) || chdir(path) || mkdir("bin", 0755))
		return 126;
	path_in_folder("root/bin/inside");
	if (syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/bin"))
		return 126;
	execv("/bin/inside", args);
	(void)context;
	return 127;
}

static void
test_container(void)
{
	int status;
	pid_t pid = live_child(exec_container, NULL, &status);
	const struct record_process_start *start = live_find(RECORD_process_start, pid, NULL, NULL);

	if (WEXITSTATUS(status) == 126) {
		printf("skip process/container: this machine lets nobody make a mount namespace\n");
		return;
	}
	live_check(start && start->head.flags == RECORD_FOREIGN_ROOT && !live_text(start, "host_path")[0] &&
	           strcmp(live_text(start, "image"), "/bin/inside") == 0 && strcmp(live_text(start, "directory"), "/bin") == 0,
	           "process/container");
}

static int
be_somebody(void *context)
{
	char *const args[] = {"user", NULL};

	if (setresgid(4343, 4343, 4343) || setresuid(4242, 4242, 4242) || chdir("/"))
		return 126;
	execv(context, args);
	return 127;
}

static void
test_user(void)
{
	const char *path = path_in_folder("user");
	const struct record_process_start *start;
	pid_t pid;

	chmod(live_folder(), 0755);
	pid = live_child(be_somebody, (void *)path, NULL);
	start = live_find(RECORD_process_start, pid, NULL, NULL);
	live_check(start && start->head.uid == 4242 && start->head.gid == 4343 && start->head.real_uid == 4242,
	           "process/user");
}

static int
be_killed(void *context)
{
	(void)context;
	return raise(SIGKILL);
}

static int
fork_tree(void *context)
{
	int *depth = context;

	if (--*depth > 0)
		live_child(fork_tree, depth, NULL);
	return 3;
}

static void
test_forks(void)
{
	int depth = 4;
	pid_t pid = live_child(fork_tree, &depth, NULL);
	const struct record_process_exit *end = live_find(RECORD_process_exit, pid, NULL, NULL);
	const struct record_process_fork *fork = live_find(RECORD_process_fork, pid, NULL, NULL);
	int links = 0;

	live_check(end && end->exit_code == 3 && end->exit_signal == 0, "process/exit-code");
	while (fork && ++links < 3)
		fork = live_find(RECORD_process_fork, fork->child_pid, NULL, NULL);
	live_check(fork && links == 3, "process/fork-tree");
	pid = live_child(be_killed, NULL, NULL);
	end = live_find(RECORD_process_exit, pid, NULL, NULL);
	live_check(end && end->exit_signal == SIGKILL, "process/killed");
}

struct race { /* threads that end at the same time */
	int ready, go;
};

static void *
end_thread(void *context)
{
	struct race *race = context;

	__atomic_add_fetch(&race->ready, 1, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&race->go, __ATOMIC_RELAXED))
		;
	syscall(SYS_exit, 5);
	return NULL;
}

static int
end_threads(void *context)
{
	struct race race = {0};
	pthread_t thread;

	for (int i = 0; i < RACERS; i++)
		if (pthread_create(&thread, NULL, end_thread, &race))
			return 1;
	while (__atomic_load_n(&race.ready, __ATOMIC_RELAXED) < RACERS)
		sched_yield();
	__atomic_store_n(&race.go, 1, __ATOMIC_RELAXED);
	(void)context;
	return syscall(SYS_exit, 7);
}

/* A process ends once, with the status that its parent gets. */
static void
test_threads(void)
{
	int good = 0;

	for (int i = 0; i < RACES; i++) {
		int status;
		pid_t pid = live_child(end_threads, NULL, &status);
		const struct record_process_exit *end = live_find(RECORD_process_exit, pid, NULL, NULL);

		live_find(RECORD_process_exit, live_child(be_killed, NULL, NULL), NULL, NULL);
		good += end && (int)end->exit_code == WEXITSTATUS(status) && live_count(RECORD_process_exit, pid, NULL, NULL) == 1;
		live_forget();
	}
	live_check(good == RACES, "process/threads-end-once");
}

static void *
exec_from_thread(void *context)
{
	exec_plain(context);
	return NULL;
}

static int
exec_by_thread(void *context)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exec_from_thread, context))
		return 1;
	pthread_join(thread, NULL);
	return 127;
}

/* A thread that executes a program becomes the process: it has not ended before its end. */
static void
test_exec_by_thread(void)
{
	pid_t pid = live_child(exec_by_thread, (void *)path_in_folder("thread"), NULL);
	const struct record_process_start *start = live_find(RECORD_process_start, pid, NULL, NULL);
	const struct record_process_exit *end = live_find(RECORD_process_exit, pid, NULL, NULL);

	live_check(start && end && start->head.start == end->head.start && start->head.time < end->head.time &&
	           start->head.tid == (uint32_t)pid && live_count(RECORD_process_exit, pid, NULL, NULL) == 1,
	           "process/exec-by-thread");
}

static void
test_excluded(void)
{
	const char *path = path_in_folder("own");
	pid_t pid, other;

	ebpf_exclude(live_ebpf(), getpid());
	pid = live_child(exec_plain, (void *)path, NULL);
	ebpf_include(live_ebpf(), getpid());
	other = live_child(exec_plain, (void *)path, NULL);
	live_check(live_find(RECORD_process_start, other, NULL, NULL) && !live_count(RECORD_process_start, pid, NULL, NULL),
	           "process/own-excluded");
}

int
main(void)
{
	live_open(0);
	test_plain();
	test_long();
	test_deleted();
	test_chroot("process/chroot", NULL);
	test_chroot("process/chroot-own-mounts", "");
	test_container();
	test_user();
	test_forks();
	test_threads();
	test_exec_by_thread();
	test_excluded();
	live_close();
	return live_failed() != 0;
}
