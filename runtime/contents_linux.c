/*
 * contents_linux.c - contents.h on Linux.
 */
#include "contents.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int
contents_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

int
contents_path(int fd, char *path, size_t size)
{
	char link[32];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, size);
	if (length < 0)
		return -errno;
	if ((size_t)length >= size)
		return -ENAMETOOLONG;
	path[length] = 0;
	return 0;
}

static uint64_t
time_ns(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
}

int
contents_know(int fd, struct contents *contents)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*contents = (struct contents){(uint64_t)st.st_size, st.st_dev, st.st_ino,
		time_ns(&st.st_ctim), time_ns(&st.st_mtim)};
	return 0;
}

long
contents_read(int fd, void *buffer, size_t size, uint64_t offset)
{
	ssize_t got = pread(fd, buffer, size, (off_t)offset);

	return got < 0 ? -errno : got;
}

int
contents_map(int fd, size_t size, const void **bytes)
{
	void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	*bytes = map;
	return 0;
}

void
contents_unmap(const void *bytes, size_t size)
{
	munmap((void *)bytes, size);
}
