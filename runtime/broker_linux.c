/*
 * broker_linux.c - the server of broker.h: reads /proc and opens files for processes that may not.
 */
#include "broker_server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "broker.h"
#include "message.h"
#include "scan.h"

void
broker_server_done(struct broker_server *server)
{
	if (server->processes)
		closedir(server->processes);
	server->processes = NULL;
}

/* /proc lists processes in ascending order, so going on from the last answer costs one entry. */
int
broker_pid_next(struct broker_server *server, uint32_t from)
{
	struct dirent *entry;

	if (!server->processes)
		server->processes = opendir("/proc");
	if (!server->processes)
		return -errno;
	if (from <= server->last_pid)
		rewinddir(server->processes);
	while ((entry = readdir(server->processes)) != NULL) {
		uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);

		if (pid && pid >= from) {
			server->last_pid = pid;
			return (int)pid;
		}
	}
	closedir(server->processes);
	server->processes = NULL;
	server->last_pid = 0;
	return 0;
}

static int
proc_read(const struct message *request, char *data, size_t size)
{
	static const char *const names[] = {"stat", "status", "cmdline", "exe", "cwd", "cgroup"};
	char path[64];
	ssize_t got;
	size_t used = 0;
	int fd;

	if (request->file >= sizeof(names) / sizeof(*names))
		return -EINVAL;
	snprintf(path, sizeof(path), "/proc/%u/%s", request->pid, names[request->file]);
	if (request->file == BROKER_PROC_EXE_LINK || request->file == BROKER_PROC_CWD_LINK) {
		got = readlink(path, data, size);
		return got < 0 ? -errno : (int)got;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (used < size && (got = read(fd, data + used, size - used)) > 0)
		used += (size_t)got;
	close(fd);
	return (int)used;
}

static int
user_name(uint32_t uid, char *data, size_t size)
{
	FILE *accounts = fopen("/etc/passwd", "re");
	struct passwd *entry;
	int result = -ENOENT;

	if (!accounts)
		return -errno;
	while (result < 0 && (entry = fgetpwent(accounts)) != NULL) {
		if (entry->pw_uid == uid && strlen(entry->pw_name) < size) {
			result = (int)strlen(entry->pw_name);
			memcpy(data, entry->pw_name, (size_t)result);
		}
	}
	fclose(accounts);
	return result;
}

/* Events have the number of the superblock. On file systems of no device (major 0), overlay and btrfs among them, stat()
 * may tell that of a layer or a subvolume instead. */
static int
is_same_device(uint64_t superblock, dev_t device)
{
	return superblock == device || major(superblock) == 0;
}

static int
is_same_file(const struct message *request, const struct stat *st)
{
	uint64_t changed = (uint64_t)st->st_ctim.tv_sec * 1000000000 + (uint64_t)st->st_ctim.tv_nsec;

	return S_ISREG(st->st_mode) && request->inode == st->st_ino && is_same_device(request->device, st->st_dev) &&
		(!request->changed_ns || request->changed_ns == changed);
}

/* Opens for reading what path_fd stands for, if it is the file asked for: before that nothing is opened that could have
 * an effect. */
static int
file_open(int path_fd, const struct message *request)
{
	char link[64];
	struct stat st;
	int fd;

	if (path_fd < 0)
		return -errno;
	if (fstat(path_fd, &st) || !is_same_file(request, &st)) {
		close(path_fd);
		return BROKER_STALE;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path_fd);
	fd = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	close(path_fd);
	return fd < 0 ? -errno : fd;
}

/* path as pid's root shows it. */
static int
rooted_open(uint32_t pid, const struct message *request)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	char root[64];
	int base, fd;

	snprintf(root, sizeof(root), "/proc/%u/root", pid);
	base = open(root, O_PATH | O_CLOEXEC | O_DIRECTORY);
	if (base < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, base, request->text, &how, sizeof(how));
	close(base);
	return file_open(fd, request);
}

/* value of a scan request is the parent's pid. */
int
broker_scanned_open(const struct message *request)
{
	char exe[64];
	int fd = -ENOENT;

	if (request->file == SCAN_ON_EXEC) {
		snprintf(exe, sizeof(exe), "/proc/%u/exe", request->pid);
		fd = file_open(open(exe, O_PATH | O_CLOEXEC), request);
	}
	if (fd < 0 && request->file == SCAN_ON_WRITE)
		fd = rooted_open(request->pid, request);
	if (fd < 0 && request->value)
		fd = rooted_open((uint32_t)request->value, request);
	return fd;
}

int
broker_tell(const struct message *request, void *data, size_t size)
{
	if (request->type == MESSAGE_READ_PROC)
		return proc_read(request, data, size);
	return request->type == MESSAGE_USER_NAME ? user_name((uint32_t)request->value, data, size) : -ENOSYS;
}
