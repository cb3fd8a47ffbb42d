/*
 * file_linux.c - file.h on POSIX.
 */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
read_all(int fd, char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = read(fd, data + done, size - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EIO;
		done += got;
	}
	return 0;
}

int
file_read(const char *path, size_t max, char **data, size_t *size)
{
	struct stat st;
	int fd, error;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*data = NULL;
	error = fstat(fd, &st) ? -errno : 0;
	if (!error && !S_ISREG(st.st_mode))
		error = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (!error && (uint64_t)st.st_size > max)
		error = -EFBIG;
	if (!error && !(*data = malloc(st.st_size + 1)))
		error = -ENOMEM;
	if (!error)
		error = read_all(fd, *data, st.st_size);
	if (error) {
		free(*data);
		*data = NULL;
	} else {
		*size = st.st_size;
		(*data)[*size] = '\0';
	}
	close(fd);
	return error;
}

static int
write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t put = write(fd, data, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		data += put;
		size -= put;
	}
	return 0;
}

/* A new file beside path, written and closed; its name is the caller's to free() and to rename or unlink. */
static int
write_beside(const char *path, const void *data, size_t size, unsigned mode, char **beside)
{
	int fd, error;

	if (asprintf(beside, "%s.XXXXXX", path) < 0) {
		*beside = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(*beside, O_CLOEXEC);
	if (fd < 0) {
		error = -errno;
		free(*beside);
		*beside = NULL;
		return error;
	}
	error = write_all(fd, data, size);
	if (!error && fchmod(fd, mode))
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	if (error)
		unlink(*beside);
	return error;
}

/* A device or a pipe is written to, never replaced. */
static int
special_write(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = fd < 0 ? -errno : write_all(fd, data, size);

	if (fd >= 0 && close(fd) && !error)
		error = -errno;
	return error;
}

int
file_write(const char *path, const void *data, size_t size, unsigned mode)
{
	struct stat status;
	char *beside;
	int error;

	if (!strcmp(path, "-"))
		return write_all(STDOUT_FILENO, data, size);
	if (!stat(path, &status) && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return special_write(path, data, size);
	error = write_beside(path, data, size, mode, &beside);
	if (!error && rename(beside, path)) {
		error = -errno;
		unlink(beside);
	}
	free(beside);
	return error;
}

int
file_create(const char *path, const void *data, size_t size, unsigned mode)
{
	char *beside;
	int error;

	error = write_beside(path, data, size, mode, &beside);
	if (!error) {
		error = link(beside, path) ? -errno : 0;
		unlink(beside);
	}
	free(beside);
	return error;
}

int
file_update(const char *path, const void *data, size_t size)
{
	char *old;
	size_t old_size;
	int same;

	if (!file_read(path, size, &old, &old_size)) {
		same = old_size == size && !memcmp(old, data, size);
		free(old);
		if (same)
			return 0;
	}
	return file_write(path, data, size, 0644);
}

int
folder_make(const char *path, unsigned mode)
{
	char *copy = strdup(path), *slash;
	int error = copy ? 0 : -ENOMEM;

	for (slash = copy; !error && slash; ) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(copy, mode) && errno != EEXIST)
			error = -errno;
		if (slash)
			*slash = '/';
	}
	free(copy);
	return error;
}

int
folder_make_temporary(char **path)
{
	*path = strdup("/tmp/rsnlc-XXXXXX");
	if (!*path)
		return -ENOMEM;
	if (!mkdtemp(*path)) {
		int error = -errno;

		free(*path);
		*path = NULL;
		return error;
	}
	return 0;
}

static int
entry_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path) ? -errno : 0;
}

int
folder_remove(const char *path)
{
	int result = nftw(path, entry_remove, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);

	if (result == -1)
		return errno == ENOENT ? 0 : -errno;
	return result;
}

int
file_access_by_others(const char *path, unsigned *mode)
{
	struct stat st;
	int bits = 0;

	if (stat(path, &st))
		return -errno;
	if (mode)
		*mode = st.st_mode & 07777;
	if (st.st_mode & 044)
		bits |= FILE_OTHERS_READ;
	if (st.st_mode & 022 || (st.st_uid != 0 && st.st_uid != geteuid()))
		bits |= FILE_OTHERS_WRITE;
	return bits;
}

static int
entry_compare(const void *a, const void *b)
{
	const struct file_entry *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/* Adds the entry if it is a plain file. */
static int
entry_add(int folder, const char *name, struct file_entry **entries, size_t *count)
{
	struct file_entry *grown;
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return 0;
	grown = realloc(*entries, (*count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*entries = grown;
	grown[*count] = (struct file_entry){
		.name = strdup(name),
		.size = st.st_size,
		.used_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec,
	};
	if (!grown[*count].name)
		return -ENOMEM;
	(*count)++;
	return 0;
}

int
folder_list(const char *path, const char *suffix, struct file_entry **entries, size_t *count)
{
	size_t suffix_size = strlen(suffix);
	struct dirent *entry;
	int error = 0;
	DIR *folder;

	*entries = NULL;
	*count = 0;
	folder = opendir(path);
	if (!folder)
		return -errno;
	while (!error && (entry = readdir(folder))) {
		size_t size = strlen(entry->d_name);

		if (size >= suffix_size && !strcmp(entry->d_name + size - suffix_size, suffix))
			error = entry_add(dirfd(folder), entry->d_name, entries, count);
	}
	closedir(folder);
	if (error) {
		folder_list_free(*entries, *count);
		*entries = NULL;
		*count = 0;
	} else if (*count > 0) {
		qsort(*entries, *count, sizeof(**entries), entry_compare);
	}
	return error;
}

void
folder_list_free(struct file_entry *entries, size_t count)
{
	while (count > 0)
		free(entries[--count].name);
	free(entries);
}

int
file_touch(const char *path)
{
	return utimensat(AT_FDCWD, path, NULL, 0) ? -errno : 0;
}

char *
folder_home(void)
{
	const struct passwd *account = getpwuid(geteuid());

	return account && account->pw_dir[0] == '/' ? strdup(account->pw_dir) : NULL;
}

const char *
file_relative(const char *path)
{
	char folder[PATH_MAX];
	size_t size;

	if (path[0] != '/' || !getcwd(folder, sizeof(folder)))
		return path;
	size = strlen(folder);
	return !strncmp(path, folder, size) && path[size] == '/' ? path + size + 1 : path;
}

char *
file_absolute(const char *path)
{
	return realpath(path, NULL);
}
