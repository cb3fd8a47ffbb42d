/*
 * file_linux.c - file.h on Linux.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
others_can_write(const struct stat *st)
{
	return (st->st_uid && st->st_uid != geteuid()) || st->st_mode & 022;
}

int
file_make_folder(const char *path, int mode)
{
	struct stat st;

	if (mkdir(path, (mode_t)mode) && errno != EEXIST)
		return -errno;
	if (stat(path, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	return others_can_write(&st) ? -EPERM : 0;
}

/* The folder of a file, where it is missing: not others' to write. */
static void
parent_make(const char *path)
{
	char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;

	if (slash && slash != folder) {
		*slash = 0;
		mkdir(folder, 0755);
	}
	free(folder);
}

/* Debian's group of those who read logs; 0 where it does not exist. */
static gid_t
log_group(void)
{
	FILE *groups = fopen("/etc/group", "re");
	struct group *entry = NULL;
	gid_t gid = 0;

	while (groups && (entry = fgetgrent(groups)) != NULL) {
		if (!strcmp(entry->gr_name, "adm"))
			gid = entry->gr_gid;
	}
	if (groups)
		fclose(groups);
	return gid;
}

int
file_open_log(const char *path, int mode, int *unset)
{
	struct stat st;
	int fd;

	*unset = 0;
	parent_make(path);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, (mode_t)mode);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) /* a device or a pipe keeps its mode */
		return fd;
	if (fchmod(fd, (mode_t)mode) || (log_group() && fchown(fd, (uid_t)-1, log_group())))
		*unset = errno;
	return fd;
}

int
file_open_plain(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

int
file_move(const char *from, const char *to)
{
	return rename(from, to) ? -errno : 0;
}

int
file_move_new(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) ? -errno : 0;
}

int
file_exists(const char *path)
{
	return !access(path, F_OK);
}

int
file_remove(const char *path)
{
	return unlink(path) ? -errno : 0;
}

/* In a folder with the sticky bit they cannot. */
int
file_is_replaceable(const char *path)
{
	char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
	struct stat st;
	int is_open;

	if (slash)
		slash[slash == folder] = 0;
	is_open = !folder || stat(slash ? folder : ".", &st) || (others_can_write(&st) && !(st.st_mode & S_ISVTX));
	free(folder);
	return is_open;
}
