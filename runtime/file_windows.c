/*
 * file_windows.c - file.h on Windows. Modes are access lists: only SYSTEM and Administrators.
 */
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "acl_windows.h"
#include "api_windows.h"
#include "os.h"

/* 0, also where the folder is there. */
static int
folder_make(const wchar_t *path)
{
	SECURITY_ATTRIBUTES access = {sizeof(access), acl_make(ACL_FOLDER), FALSE};
	int error = 0;

	if (!access.lpSecurityDescriptor)
		return api_error();
	if (!CreateDirectoryW(path, &access) && GetLastError() != ERROR_ALREADY_EXISTS)
		error = api_error();
	LocalFree(access.lpSecurityDescriptor);
	return error;
}

int
file_make_folder(const char *path, int mode)
{
	wchar_t *wide = api_path(path);
	int error = wide ? folder_make(wide) : -ENOMEM;
	DWORD attributes = error ? 0 : GetFileAttributesW(wide);

	(void)mode;
	free(wide);
	if (error)
		return error;
	if (!(attributes & FILE_ATTRIBUTE_DIRECTORY) || attributes & FILE_ATTRIBUTE_REPARSE_POINT)
		return -ENOTDIR;
	error = os_writable_by_others(path);
	return error > 0 ? -EPERM : error;
}

/* The folder that holds path; the caller's to free(). NULL: no memory, or there is none. */
static char *
folder_of(const char *path)
{
	size_t length = (size_t)(file_name(path) - path);
	char *folder = length ? strdup(path) : NULL;

	if (folder)
		folder[length - 1] = 0;
	return folder;
}

static void
parent_make(const char *path)
{
	char *folder = folder_of(path);
	wchar_t *wide = folder ? api_path(folder) : NULL;

	if (wide)
		folder_make(wide);
	free(wide);
	free(folder);
}

/* A descriptor of a plain file, no link, or a negative errno. */
static int
plain_open(const char *path, DWORD access, DWORD share, DWORD how)
{
	wchar_t *wide = api_path(path);
	HANDLE file = wide ? CreateFileW(wide, access, share, NULL, how, FILE_FLAG_OPEN_REPARSE_POINT, NULL) : NULL;
	FILE_ATTRIBUTE_TAG_INFO info = {0, 0};
	int error = !wide ? -ENOMEM : file == INVALID_HANDLE_VALUE ? api_error() : 0;

	free(wide);
	if (error)
		return error;
	GetFileInformationByHandleEx(file, FileAttributeTagInfo, &info, sizeof(info));
	if (!(info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT))
		return api_descriptor(file);
	CloseHandle(file);
	return -ELOOP;
}

/* With the right to append alone: that is all that detect gets. */
int
file_open_log(const char *path, int mode, int *unset)
{
	(void)mode;
	*unset = 0;
	parent_make(path);
	return plain_open(path, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
	                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OPEN_ALWAYS);
}

/* Whoever still writes it does not let us share. */
int
file_open_plain(const char *path)
{
	return plain_open(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, OPEN_EXISTING);
}

static int
move(const char *from, const char *to, DWORD flags)
{
	wchar_t *wide = api_path(from), *target = api_path(to);
	int error = !wide || !target ? -ENOMEM : MoveFileExW(wide, target, flags) ? 0 : api_error();

	free(wide);
	free(target);
	return error;
}

int
file_move(const char *from, const char *to)
{
	return move(from, to, MOVEFILE_REPLACE_EXISTING);
}

int
file_move_new(const char *from, const char *to)
{
	return move(from, to, 0);
}

int
file_exists(const char *path)
{
	wchar_t *wide = api_path(path);
	int exists = wide && GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES;

	free(wide);
	return exists;
}

int
file_remove(const char *path)
{
	wchar_t *wide = api_path(path);
	int error = !wide ? -ENOMEM : DeleteFileW(wide) ? 0 : api_error();

	free(wide);
	return error;
}

int
file_is_replaceable(const char *path)
{
	char *folder = folder_of(path);
	int others = os_writable_by_others(folder ? folder : ".");

	free(folder);
	return others != 0;
}
