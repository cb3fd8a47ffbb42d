/*
 * api_windows.c - texts by the API's own conversion, and a table of errors.
 */
#include "api_windows.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>

wchar_t *
api_wide(const char *text)
{
	int size = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
	wchar_t *wide = malloc(sizeof(*wide) * (size_t)(size ? size : 1));

	if (wide && !MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, size))
		*wide = 0;
	return wide;
}

wchar_t *
api_path(const char *path)
{
	static const wchar_t prefix[] = L"\\\\?\\";
	wchar_t *wide = api_wide(path), *whole = NULL;
	DWORD size = wide ? GetFullPathNameW(wide, 0, NULL, NULL) : 0;

	if (!size || wide[0] == L'\\')
		return wide;
	whole = malloc(sizeof(prefix) + sizeof(*whole) * size);
	if (whole) {
		wcscpy(whole, prefix);
		GetFullPathNameW(wide, size, whole + wcslen(prefix), NULL);
	}
	free(wide);
	return whole;
}

char *
api_utf8(const wchar_t *text)
{
	int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
	char *utf8 = malloc((size_t)(size ? size : 1));

	if (utf8 && !WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, size, NULL, NULL))
		*utf8 = 0;
	return utf8;
}

void *
api_handle(int fd)
{
	static const DWORD standard[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};

	return fd >= 0 && fd <= 2 ? GetStdHandle(standard[fd]) : (HANDLE)(intptr_t)fd;
}

int
api_descriptor(void *handle)
{
	return (int)(intptr_t)handle;
}

int
api_error(void)
{
	switch (GetLastError()) {
	case ERROR_FILE_NOT_FOUND:
	case ERROR_PATH_NOT_FOUND:
	case ERROR_INVALID_NAME:
	case ERROR_BAD_NETPATH: return -ENOENT;
	case ERROR_ACCESS_DENIED:
	case ERROR_PRIVILEGE_NOT_HELD: return -EACCES;
	case ERROR_SHARING_VIOLATION:
	case ERROR_LOCK_VIOLATION:
	case ERROR_PIPE_BUSY: return -EBUSY;
	case ERROR_FILE_EXISTS:
	case ERROR_ALREADY_EXISTS: return -EEXIST;
	case ERROR_DIRECTORY: return -ENOTDIR;
	case ERROR_NOT_ENOUGH_MEMORY:
	case ERROR_OUTOFMEMORY:
	case ERROR_COMMITMENT_LIMIT: return -ENOMEM;
	case ERROR_INVALID_HANDLE: return -EBADF;
	case ERROR_INVALID_PARAMETER: return -EINVAL;
	case ERROR_DISK_FULL:
	case ERROR_HANDLE_DISK_FULL: return -ENOSPC;
	case ERROR_BROKEN_PIPE:
	case ERROR_NO_DATA: return -EPIPE;
	case ERROR_NOT_SAME_DEVICE: return -EXDEV;
	case ERROR_CALL_NOT_IMPLEMENTED:
	case ERROR_NOT_SUPPORTED: return -ENOSYS;
	}
	return -EIO;
}
