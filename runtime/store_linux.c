/*
 * store_linux.c - the agent's folders: packs (incoming, active, previous, rejected) and state.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker_linux.h"
#include "config.h"
#include "agent_linux.h"
#include "os.h"

enum { ID_SIZE = 12 };

static int
folder_make(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) && errno != EEXIST)
		return -errno;
	if (stat(path, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return (st.st_uid && st.st_uid != geteuid()) || st.st_mode & 022 ? -EPERM : 0;
}

int
store_prepare(const struct config *config)
{
	static const struct { const char *name; mode_t mode; } folders[] = {
		{"", 0755}, {"/packs", 0755}, {"/packs/active", 0755}, {"/packs/previous", 0755}, {"/packs/rejected", 0755},
		{"/state", 0700},
	};
	char path[512];
	int error = 0;

	for (size_t i = 0; !error && i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%s%s", config->agent.state, folders[i].name);
		error = folder_make(path, folders[i].mode);
	}
	if (!error && *config->packs.incoming)
		error = folder_make(config->packs.incoming, 0755);
	return error;
}

static void
serial_path(const struct config *config, const char *name, char path[512])
{
	snprintf(path, 512, "%s/state/%s.serial", config->agent.state, name);
}

uint64_t
store_serial(const struct config *config, const char *name)
{
	char path[512];
	void *data;
	size_t size;
	uint64_t serial;

	serial_path(config, name, path);
	if (os_read_file(path, 64, &data, &size))
		return 0;
	serial = strtoull(data, NULL, 10);
	free(data);
	return serial;
}

int
store_serial_set(const struct config *config, const char *name, uint64_t serial)
{
	char path[512], text[32];
	int size = snprintf(text, sizeof(text), "%" PRIu64 "\n", serial);

	serial_path(config, name, path);
	return os_write_file(path, text, (size_t)size, 0600);
}

int
store_find(const struct config *config, const char *where, char path[512])
{
	char folder[400];
	struct dirent *entry;
	DIR *dir;
	int found = -ENOENT;

	snprintf(folder, sizeof(folder), "%s/packs/%s", config->agent.state, where);
	dir = opendir(folder);
	if (!dir)
		return -errno;
	while (found && (entry = readdir(dir)) != NULL) {
		size_t length = strlen(entry->d_name);

		if (*entry->d_name != '.' && length > 5 && length < 100 && !strcmp(entry->d_name + length - 5, ".rsnp")) {
			snprintf(path, 512, "%s/%.100s", folder, entry->d_name);
			found = 0;
		}
	}
	closedir(dir);
	return found;
}

static int
file_copy(int from, const char *path)
{
	char beside[600];
	struct stat st;
	off_t at = 0;
	int to, error = 0;

	snprintf(beside, sizeof(beside), "%s.new", path);
	to = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (to < 0 || fstat(from, &st))
		error = -errno;
	while (!error && at < st.st_size) {
		if (sendfile(to, from, &at, (size_t)(st.st_size - at)) <= 0)
			error = errno ? -errno : -EIO;
	}
	if (!error && (fsync(to) || rename(beside, path)))
		error = -errno;
	if (to >= 0)
		close(to);
	if (error)
		unlink(beside);
	return error;
}

static int
folder_empty(const struct config *config, const char *where)
{
	char path[512];

	while (!store_find(config, where, path)) {
		if (unlink(path))
			return -errno;
	}
	return 0;
}

/* Moves the pack of one folder to another, in place of what is there. */
static int
folder_move(const struct config *config, const char *from, const char *to)
{
	char path[512], target[1024];
	int error;

	if (store_find(config, from, path))
		return -ENOENT;
	error = folder_empty(config, to);
	if (error)
		return error;
	snprintf(target, sizeof(target), "%s/packs/%s%s", config->agent.state, to, strrchr(path, '/'));
	return rename(path, target) ? -errno : 0;
}

int
store_is_same(int fd, int other)
{
	struct stat a, b;
	void *one, *two;
	int same = 0;

	if (fd < 0 || other < 0 || fstat(fd, &a) || fstat(other, &b) || a.st_size != b.st_size || !a.st_size)
		return 0;
	one = mmap(NULL, (size_t)a.st_size, PROT_READ, MAP_SHARED, fd, 0);
	two = mmap(NULL, (size_t)a.st_size, PROT_READ, MAP_SHARED, other, 0);
	if (one != MAP_FAILED && two != MAP_FAILED)
		same = !memcmp(one, two, (size_t)a.st_size);
	if (one != MAP_FAILED)
		munmap(one, (size_t)a.st_size);
	if (two != MAP_FAILED)
		munmap(two, (size_t)a.st_size);
	return same;
}

static int
is_active(const struct config *config, int fd)
{
	char path[512];
	int active = store_find(config, "active", path) ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	int same = store_is_same(fd, active);

	if (active >= 0)
		close(active);
	return same;
}

int
store_activate(const struct config *config, int fd, const char *name)
{
	char path[512];
	int error;

	if (is_active(config, fd))
		return 0;
	error = folder_move(config, "active", "previous");
	if (error && error != -ENOENT)
		return error;
	snprintf(path, sizeof(path), "%s/packs/active/%s.rsnp", config->agent.state, name);
	return file_copy(fd, path);
}

int
store_swap_back(const struct config *config)
{
	int error = folder_move(config, "previous", "active");

	return error == -ENOENT ? folder_empty(config, "active") : error;
}

int
store_reject(const struct config *config, const char *path, const char *reason)
{
	const char *name = strrchr(path, '/') + 1;
	char target[1024], line[1024];

	snprintf(target, sizeof(target), "%s/packs/rejected/%s", config->agent.state, name);
	if (rename(path, target) && (errno != EXDEV || unlink(path)))
		return -errno;
	snprintf(target, sizeof(target), "%s/packs/rejected/%s.reason", config->agent.state, name);
	snprintf(line, sizeof(line), "%s\n", reason);
	return os_write_file(target, line, strlen(line), 0644);
}

int
store_agent_id(const struct config *config, char id[65])
{
	unsigned char bytes[ID_SIZE];
	char path[512];
	void *data;
	size_t size;

	if (strcmp(config->agent.id, "auto") != 0) {
		snprintf(id, 65, "%s", config->agent.id);
		return 0;
	}
	snprintf(path, sizeof(path), "%s/state/agent-id", config->agent.state);
	if (!os_read_file(path, 128, &data, &size)) {
		snprintf(id, 65, "%.*s", (int)strcspn(data, "\n"), (char *)data);
		free(data);
		if (*id)
			return 0;
	}
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -errno;
	for (int i = 0; i < ID_SIZE; i++)
		sprintf(id + 2 * i, "%02x", bytes[i]);
	return os_write_file(path, id, 2 * ID_SIZE, 0600);
}
