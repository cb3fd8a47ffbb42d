/* os_windows.c - os.h on Windows, built with mingw-w64. */
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

#include <psapi.h>

#include "os.h"

int
os_read_file(const char *path, size_t max, void **data, size_t *size)
{
	char *bytes = NULL;
	long long length;
	size_t at = 0;
	int fd, error = 0;

	fd = os_open_read(path);
	if (fd < 0)
		return fd;
	length = _filelengthi64(fd);
	if (length < 0)
		error = -errno;
	else if ((uint64_t)length > max)
		error = -EFBIG;
	else if (!(bytes = malloc((size_t)length + 1)))
		error = -ENOMEM;
	while (!error && at < (size_t)length) {
		long n = os_read(fd, bytes + at, (size_t)length - at);

		if (n < 0)
			error = (int)n;
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	os_close(fd);
	if (error) {
		free(bytes);
		return error;
	}
	bytes[at] = 0;
	*data = bytes;
	*size = at;
	return 0;
}

int
os_read_own_file(const char *path, size_t max, void **data, size_t *size)
{
	return os_read_file(path, max, data, size);
}

int
os_open_beside(const char *path, int mode, char *beside, size_t size)
{
	int fd;

	(void)mode;
	if ((size_t)snprintf(beside, size, "%s.new", path) >= size)
		return -ENAMETOOLONG;
	fd = _open(beside, _O_WRONLY | _O_CREAT | _O_TRUNC | _O_BINARY, _S_IREAD | _S_IWRITE);
	return fd < 0 ? -errno : fd;
}

int
os_put(const char *beside, const char *path)
{
	if (!beside[0] || MoveFileExA(beside, path, MOVEFILE_REPLACE_EXISTING))
		return 0;
	remove(beside);
	return -EACCES;
}

int
os_write_file(const char *path, const void *data, size_t size, int mode)
{
	char beside[4096];
	int fd = os_open_beside(path, mode, beside, sizeof beside), error;

	if (fd < 0)
		return fd;
	error = os_write(fd, data, size);
	os_close(fd);
	if (!error)
		return os_put(beside, path);
	remove(beside);
	return error;
}

int
os_open_read(const char *path)
{
	int fd;

	if (!strcmp(path, "-")) {
		_setmode(0, _O_BINARY);
		return 0;
	}
	fd = _open(path, _O_RDONLY | _O_BINARY);
	return fd < 0 ? -errno : fd;
}

long
os_read(int fd, void *buffer, size_t size)
{
	int n = _read(fd, buffer, size > 1 << 30 ? 1 << 30 : (unsigned)size);

	return n < 0 ? -errno : n;
}

int
os_write(int fd, const void *data, size_t size)
{
	const char *at = data;

	if (fd == 1)
		_setmode(1, _O_BINARY);
	while (size) {
		int n = _write(fd, at, size > 1 << 30 ? 1 << 30 : (unsigned)size);

		if (n < 0)
			return -errno;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

int
os_sync(int fd)
{
	return _commit(fd) ? -errno : 0;
}

void
os_close(int fd)
{
	if (fd > 2)
		_close(fd);
}

int
os_writable_by_others(const char *path)
{
	return _access(path, 0) ? -errno : 0;
}

int
os_list_folder(const char *path, const char *suffix, int (*visit)(void *context, const char *path), void *context)
{
	char file[4096];
	WIN32_FIND_DATAA found;
	HANDLE search;
	int result = 0;

	snprintf(file, sizeof file, "%s\\*%s", path, suffix);
	search = FindFirstFileA(file, &found); /* NTFS lists names in order */
	if (search == INVALID_HANDLE_VALUE)
		return -ENOENT;
	do {
		snprintf(file, sizeof file, "%s\\%s", path, found.cFileName);
		result = visit(context, file);
	} while (!result && FindNextFileA(search, &found));
	FindClose(search);
	return result;
}

void *
os_aligned_new(size_t align, size_t size)
{
	return _aligned_malloc(size, align);
}

void
os_aligned_free(void *memory)
{
	_aligned_free(memory);
}

void *
os_pages_new(size_t size)
{
	return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void
os_pages_free(void *pages, size_t size)
{
	(void)size;
	if (pages)
		VirtualFree(pages, 0, MEM_RELEASE);
}

void
os_pages_drop(void *start, size_t size)
{
	SYSTEM_INFO system;
	uintptr_t first, end;

	GetSystemInfo(&system);
	first = ((uintptr_t)start + system.dwPageSize - 1) / system.dwPageSize * system.dwPageSize;
	end = ((uintptr_t)start + size) / system.dwPageSize * system.dwPageSize;
	if (first < end)
		VirtualAlloc((void *)first, end - first, MEM_RESET, PAGE_READWRITE);
}

int
os_image_map(const void *bytes, size_t size, void **address)
{
	DWORD old;
	void *map = VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);

	if (!map)
		return -ENOMEM;
	memcpy(map, bytes, size);
	if (!VirtualProtect(map, size, PAGE_EXECUTE_READ, &old)) {
		VirtualFree(map, 0, MEM_RELEASE);
		return -EACCES;
	}
	FlushInstructionCache(GetCurrentProcess(), map, size);
	*address = map;
	return 0;
}

void
os_image_unmap(void *address, size_t size)
{
	(void)size;
	if (address)
		VirtualFree(address, 0, MEM_RELEASE);
}

uint64_t
os_wall_ns(void)
{
	FILETIME time;

	GetSystemTimePreciseAsFileTime(&time);
	return (((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) - 116444736000000000u) * 100;
}

uint64_t
os_monotonic_ns(void)
{
	LARGE_INTEGER count, frequency;

	QueryPerformanceCounter(&count);
	QueryPerformanceFrequency(&frequency);
	return (uint64_t)((double)count.QuadPart * 1e9 / (double)frequency.QuadPart);
}

uint64_t
os_peak_memory(void)
{
	PROCESS_MEMORY_COUNTERS counters;

	return GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) ? counters.PeakWorkingSetSize : 0;
}

const char *
os_errno_name(int error)
{
	switch (error) {
#define NAME(e) case e: return #e;
	NAME(EACCES) NAME(EAGAIN) NAME(EBADF) NAME(EBUSY) NAME(EEXIST) NAME(EFBIG) NAME(EINVAL) NAME(EIO) NAME(EISDIR)
	NAME(EMFILE) NAME(ENOENT) NAME(ENOMEM) NAME(ENOSPC) NAME(ENOTDIR) NAME(EPERM) NAME(EPIPE) NAME(EROFS)
#undef NAME
	}
	return "E?";
}
