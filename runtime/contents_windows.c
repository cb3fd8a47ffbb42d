/*
 * contents_windows.c - contents.h on Windows.
 */
#include "contents.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "api_windows.h"

int
contents_open(const char *path)
{
	const DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
	wchar_t *wide = api_path(path);
	HANDLE file = wide ? CreateFileW(wide, GENERIC_READ, share, NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL)
	                   : INVALID_HANDLE_VALUE;
	int error = !wide ? -ENOMEM : file == INVALID_HANDLE_VALUE ? api_error() : 0;

	free(wide);
	return error ? error : api_descriptor(file);
}

int
contents_path(int fd, char *path, size_t size)
{
	static const wchar_t local[] = L"\\\\?\\", remote[] = L"\\\\?\\UNC\\";
	DWORD length = GetFinalPathNameByHandleW(api_handle(fd), NULL, 0, 0);
	wchar_t *wide = length ? malloc(sizeof(*wide) * length) : NULL, *at = wide;
	int written = 0;

	if (wide && GetFinalPathNameByHandleW(api_handle(fd), wide, length, 0) < length) {
		if (!wcsncmp(at, remote, wcslen(remote)))
			*(at += wcslen(remote) - 2) = L'\\';
		else if (!wcsncmp(at, local, wcslen(local)))
			at += wcslen(local);
		written = WideCharToMultiByte(CP_UTF8, 0, at, -1, path, (int)size, NULL, NULL);
	}
	free(wide);
	return written ? 0 : length ? -ENAMETOOLONG : api_error();
}

static uint64_t
join(DWORD high, DWORD low)
{
	return (uint64_t)high << 32 | low;
}

static uint64_t
time_ns(LARGE_INTEGER time)
{
	const uint64_t epoch = 116444736000000000; /* 1970 in units of 100 ns since 1601 */

	return ((uint64_t)time.QuadPart - epoch) * 100;
}

int
contents_know(int fd, struct contents *contents)
{
	BY_HANDLE_FILE_INFORMATION file;
	FILE_BASIC_INFO times;

	if (GetFileType(api_handle(fd)) != FILE_TYPE_DISK)
		return -EINVAL;
	if (!GetFileInformationByHandle(api_handle(fd), &file) ||
	    !GetFileInformationByHandleEx(api_handle(fd), FileBasicInfo, &times, sizeof(times)))
		return api_error();
	if (file.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
		return -EINVAL;
	*contents = (struct contents){join(file.nFileSizeHigh, file.nFileSizeLow), file.dwVolumeSerialNumber,
		join(file.nFileIndexHigh, file.nFileIndexLow), time_ns(times.ChangeTime), time_ns(times.LastWriteTime)};
	return 0;
}

long
contents_read(int fd, void *buffer, size_t size, uint64_t offset)
{
	OVERLAPPED place = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
	DWORD got;

	if (ReadFile(api_handle(fd), buffer, size < 1 << 30 ? (DWORD)size : 1 << 30, &got, &place))
		return (long)got;
	return GetLastError() == ERROR_HANDLE_EOF ? 0 : api_error();
}

int
contents_map(int fd, size_t size, const void **bytes)
{
	HANDLE mapping = CreateFileMappingW(api_handle(fd), NULL, PAGE_READONLY, 0, 0, NULL);
	int error = 0;

	if (!mapping)
		return api_error();
	*bytes = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, size);
	if (!*bytes)
		error = api_error();
	CloseHandle(mapping);
	return error;
}

void
contents_unmap(const void *bytes, size_t size)
{
	(void)size;
	UnmapViewOfFile(bytes);
}
