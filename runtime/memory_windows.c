/*
 * memory_windows.c - memory.h by sections of the paging file.
 *
 * A section's size is one of whole pages, so sealed memory keeps the size of its bytes in its last eight.
 */
#include "memory.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <windows.h>

#include "api_windows.h"

#define PAGE 4096ull

int
memory_share(size_t size, void **memory)
{
	HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, (DWORD)((uint64_t)size >> 32),
	                                    (DWORD)size, NULL);
	int error;

	if (!section)
		return api_error();
	*memory = MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, size);
	if (*memory)
		return api_descriptor(section);
	error = api_error();
	CloseHandle(section);
	return error;
}

void *
memory_take(int fd, size_t size)
{
	return MapViewOfFile(api_handle(fd), FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, size);
}

/* The same section by a handle that can only read. */
static int
handle_narrow(int fd)
{
	HANDLE copy, own = GetCurrentProcess();

	if (DuplicateHandle(own, api_handle(fd), own, &copy, FILE_MAP_READ, FALSE, DUPLICATE_CLOSE_SOURCE))
		return api_descriptor(copy);
	return api_error();
}

int
memory_seal(const void *bytes, size_t size)
{
	size_t whole = (size + sizeof(uint64_t) + PAGE - 1) / PAGE * PAGE;
	uint64_t stored = size;
	void *view;
	int fd = memory_share(whole, &view);

	if (fd < 0)
		return fd;
	memcpy(view, bytes, size);
	memcpy((char *)view + whole - sizeof(stored), &stored, sizeof(stored));
	UnmapViewOfFile(view);
	return handle_narrow(fd);
}

int
memory_map(int fd, const void **bytes, size_t *size)
{
	const char *view = fd < 0 ? NULL : MapViewOfFile(api_handle(fd), FILE_MAP_READ, 0, 0, 0);
	MEMORY_BASIC_INFORMATION info;
	uint64_t stored;

	if (!view)
		return fd < 0 ? -EBADF : api_error();
	VirtualQuery(view, &info, sizeof(info));
	memcpy(&stored, view + info.RegionSize - sizeof(stored), sizeof(stored));
	if (!stored || stored > info.RegionSize - sizeof(stored)) {
		UnmapViewOfFile(view);
		return -ENODATA;
	}
	*bytes = view;
	*size = (size_t)stored;
	return 0;
}

void
memory_unmap(const void *bytes, size_t size)
{
	(void)size;
	if (bytes)
		UnmapViewOfFile(bytes);
}
