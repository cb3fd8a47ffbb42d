/*
 * memory_linux.c - memory.h by memfds.
 */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os.h"

int
memory_seal(const void *bytes, size_t size)
{
	int fd = memfd_create("rsnl-sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING), error;

	if (fd < 0)
		return -errno;
	error = os_write(fd, bytes, size);
	if (!error && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL))
		error = -errno;
	if (!error)
		return fd;
	close(fd);
	return error;
}

int
memory_map(int fd, const void **bytes, size_t *size)
{
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st))
		return fd < 0 ? -EBADF : -errno;
	if (st.st_size <= 0)
		return -ENODATA;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	*bytes = map;
	*size = (size_t)st.st_size;
	return 0;
}

void
memory_unmap(const void *bytes, size_t size)
{
	if (bytes)
		munmap((void *)bytes, size);
}

int
memory_share(size_t size, void **memory)
{
	int fd = memfd_create("rsnl-shared", MFD_CLOEXEC | MFD_ALLOW_SEALING), error = 0;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
		error = -errno;
	} else {
		*memory = memory_take(fd, size);
		error = *memory ? 0 : -ENOMEM;
	}
	if (!error)
		return fd;
	close(fd);
	return error;
}

void *
memory_take(int fd, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}
