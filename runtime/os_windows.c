/* os_windows.c - os.h on Windows, built with mingw-w64. Descriptors are handles. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <psapi.h>

#include "acl_windows.h"
#include "api_windows.h"
#include "os.h"

const char os_own_hint[] = "run icacls FILE /inheritance:r /grant *S-1-5-18:F *S-1-5-32-544:F";

enum { FILE_WAYS = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

/* The folder that %ProgramData% stands for, from where Windows takes the variable, which a service need not have. */
static int
program_data(wchar_t folder[MAX_PATH])
{
	DWORD size = MAX_PATH * sizeof(*folder);

	return RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList",
	                    L"ProgramData", RRF_RT_REG_SZ, NULL, folder, &size) ? -ENOENT : 0;
}

/* What begins with a variable. 0 or a negative errno. */
static int
path_expand(const char *text, char path[MAX_PATH])
{
	static const char data[] = "%ProgramData%";
	wchar_t folder[MAX_PATH], whole[MAX_PATH], *wide;
	DWORD length;
	int used;

	if (!strncmp(text, data, sizeof data - 1) && !program_data(folder)) {
		used = snprintf(path, MAX_PATH, "%ls%s", folder, text + sizeof data - 1);
		return used > 0 && used < MAX_PATH ? 0 : -ENAMETOOLONG;
	}
	wide = api_wide(text);
	length = wide ? ExpandEnvironmentStringsW(wide, whole, MAX_PATH) : 0;
	free(wide);
	return length && length <= MAX_PATH && WideCharToMultiByte(CP_UTF8, 0, whole, -1, path, MAX_PATH, NULL, NULL) ? 0
		: -ENAMETOOLONG;
}

int
os_path(const char *text, char *path, size_t size)
{
	char whole[MAX_PATH];

	if (*text == '%') {
		int error = path_expand(text, whole);

		if (error)
			return error;
		text = whole;
	}
	if (!(*text && text[1] == ':' && os_is_separator(text[2])) && !(os_is_separator(*text) && os_is_separator(text[1])))
		return -EINVAL;
	if (strlen(text) >= size)
		return -ENAMETOOLONG;
	for (size_t i = 0; i <= strlen(text); i++)
		path[i] = os_is_separator(text[i]) ? '\\' : text[i];
	return 0;
}

int
os_is_separator(char c)
{
	return c == '/' || c == '\\';
}

/* A handle as descriptor, or a negative errno. */
static int
file_open(const char *path, DWORD access, DWORD share, DWORD how)
{
	wchar_t *wide = api_path(path);
	HANDLE file = wide ? CreateFileW(wide, access, share, NULL, how, FILE_ATTRIBUTE_NORMAL, NULL) : NULL;
	int error = !wide ? -ENOMEM : file == INVALID_HANDLE_VALUE ? api_error() : 0;

	free(wide);
	return error ? error : api_descriptor(file);
}

static int
read_file(int fd, size_t max, void **data, size_t *size)
{
	LARGE_INTEGER length;
	size_t at = 0;
	char *bytes;
	long n = 1;

	if (GetFileType(api_handle(fd)) != FILE_TYPE_DISK || !GetFileSizeEx(api_handle(fd), &length))
		return -EINVAL;
	if ((uint64_t)length.QuadPart > max)
		return -EFBIG;
	bytes = malloc((size_t)length.QuadPart + 1);
	if (!bytes)
		return -ENOMEM;
	while (at < (size_t)length.QuadPart && (n = os_read(fd, bytes + at, (size_t)length.QuadPart - at)) > 0)
		at += (size_t)n;
	if (n < 0) {
		free(bytes);
		return (int)n;
	}
	bytes[at] = 0;
	*data = bytes;
	*size = at;
	return 0;
}

int
os_read_file(const char *path, size_t max, void **data, size_t *size)
{
	int fd = os_open_read(path), error;

	if (fd < 0)
		return fd;
	error = read_file(fd, max, data, size);
	os_close(fd);
	return error;
}

int
os_read_own_file(const char *path, size_t max, void **data, size_t *size)
{
	int fd = file_open(path, GENERIC_READ, FILE_WAYS, OPEN_EXISTING), error;

	if (fd < 0)
		return fd;
	error = acl_others_can_write(api_handle(fd)) ? -EPERM : read_file(fd, max, data, size);
	os_close(fd);
	return error;
}

int
os_open_beside(const char *path, int mode, char *beside, size_t size)
{
	(void)mode;
	if ((size_t)snprintf(beside, size, "%s.new", path) >= size)
		return -ENAMETOOLONG;
	return file_open(beside, GENERIC_WRITE, FILE_SHARE_READ, CREATE_ALWAYS);
}

static void
remove_file(const char *path)
{
	wchar_t *wide = api_path(path);

	if (wide)
		DeleteFileW(wide);
	free(wide);
}

int
os_put(const char *beside, const char *path)
{
	wchar_t *from = api_path(beside), *to = api_path(path);
	int error = 0;

	if (beside[0] && (!from || !to))
		error = -ENOMEM;
	else if (beside[0] && !MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
		error = api_error();
	free(from);
	free(to);
	if (error)
		remove_file(beside);
	return error;
}

int
os_write_file(const char *path, const void *data, size_t size, int mode)
{
	char beside[4096];
	int fd = os_open_beside(path, mode, beside, sizeof beside), error;

	if (fd < 0)
		return fd;
	error = os_write(fd, data, size);
	if (!error && !FlushFileBuffers(api_handle(fd)))
		error = api_error();
	os_close(fd);
	if (!error)
		return os_put(beside, path);
	remove_file(beside);
	return error;
}

int
os_open_read(const char *path)
{
	return strcmp(path, "-") ? file_open(path, GENERIC_READ, FILE_WAYS, OPEN_EXISTING) : 0;
}

long
os_read(int fd, void *buffer, size_t size)
{
	DWORD got;

	if (ReadFile(api_handle(fd), buffer, size > 1 << 30 ? 1 << 30 : (DWORD)size, &got, NULL))
		return (long)got;
	return GetLastError() == ERROR_BROKEN_PIPE ? 0 : api_error();
}

int
os_write(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		DWORD n;

		if (!WriteFile(api_handle(fd), at, size > 1 << 30 ? 1 << 30 : (DWORD)size, &n, NULL))
			return api_error();
		at += n;
		size -= n;
	}
	return 0;
}

void
os_close(int fd)
{
	if (fd > 2)
		CloseHandle(api_handle(fd));
}

int
os_duplicate(int fd)
{
	HANDLE copy, own = GetCurrentProcess();

	return DuplicateHandle(own, api_handle(fd), own, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) ? api_descriptor(copy)
		: api_error();
}

int
os_wait(struct os_wait *waits, int count, int ms)
{
	HANDLE handles[OS_WAIT_MAX];
	DWORD used = 0;

	if (count > OS_WAIT_MAX)
		return -EINVAL;
	for (int i = 0; i < count; i++) {
		if (waits[i].fd >= 0)
			handles[used++] = api_handle(waits[i].fd);
	}
	if (!used)
		Sleep((DWORD)ms);
	else if (WaitForMultipleObjects(used, handles, FALSE, (DWORD)ms) == WAIT_FAILED)
		return api_error();
	for (int i = 0; i < count; i++)
		waits[i].ready = waits[i].fd >= 0 && WaitForSingleObject(api_handle(waits[i].fd), 0) == WAIT_OBJECT_0;
	return 0;
}

int
os_writable_by_others(const char *path)
{
	wchar_t *wide = api_path(path);
	const DWORD flags = FILE_FLAG_BACKUP_SEMANTICS; /* folders, too */
	HANDLE file = wide ? CreateFileW(wide, READ_CONTROL, FILE_WAYS, NULL, OPEN_EXISTING, flags, NULL)
	                   : INVALID_HANDLE_VALUE;
	int others = !wide ? -ENOMEM : file == INVALID_HANDLE_VALUE ? api_error() : acl_others_can_write(file);

	free(wide);
	if (file != INVALID_HANDLE_VALUE)
		CloseHandle(file);
	return others;
}

struct names {
	char *items[1024];
	size_t count;
};

static int
order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* FindFirstFileW also compares 8.3 names, so what it finds is looked at again. */
static int
name_fits(const char *name, const char *suffix)
{
	size_t a = strlen(name), b = strlen(suffix);

	return name[0] != '.' && a > b && !strcmp(name + a - b, suffix);
}

static int
names_read(struct names *names, const char *path, const char *suffix)
{
	char pattern[4096];
	WIN32_FIND_DATAW found;
	wchar_t *wide;
	HANDLE search;

	snprintf(pattern, sizeof pattern, "%s\\*", path);
	wide = api_wide(pattern);
	search = wide ? FindFirstFileW(wide, &found) : INVALID_HANDLE_VALUE;
	free(wide);
	if (search == INVALID_HANDLE_VALUE)
		return api_error();
	do {
		char *name = found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? NULL : api_utf8(found.cFileName);

		if (name && name_fits(name, suffix) && names->count < sizeof names->items / sizeof *names->items)
			names->items[names->count++] = name;
		else
			free(name);
	} while (FindNextFileW(search, &found));
	FindClose(search);
	return 0;
}

int
os_list_folder(const char *path, const char *suffix, int (*visit)(void *context, const char *path), void *context)
{
	struct names names = { .count = 0 };
	char file[4096];
	int result = names_read(&names, path, suffix);

	qsort(names.items, names.count, sizeof *names.items, order);
	for (size_t i = 0; i < names.count; ++i) {
		snprintf(file, sizeof file, "%s\\%s", path, names.items[i]);
		if (!result)
			result = visit(context, file);
		free(names.items[i]);
	}
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
os_pages_seal(void *pages, size_t size)
{
	DWORD old;

	return VirtualProtect(pages, size, PAGE_READONLY, &old) ? 0 : -EACCES;
}

int
os_pages_run(void *start, size_t size)
{
	DWORD old;

	if (!VirtualProtect(start, size, PAGE_EXECUTE_READ, &old))
		return -EACCES;
	FlushInstructionCache(GetCurrentProcess(), start, size);
	return 0;
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

static uint64_t
filetime_ns(FILETIME time)
{
	return ((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) * 100;
}

uint64_t
os_thread_ns(void)
{
	FILETIME created, ended, kernel, user;

	if (!GetThreadTimes(GetCurrentThread(), &created, &ended, &kernel, &user))
		return 0;
	return filetime_ns(kernel) + filetime_ns(user);
}

uint64_t
os_peak_memory(void)
{
	PROCESS_MEMORY_COUNTERS counters;

	return GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) ? counters.PeakWorkingSetSize : 0;
}

uint32_t
os_pid(void)
{
	return GetCurrentProcessId();
}

uint64_t
os_cpu_ns(void)
{
	FILETIME made, ended, kernel, user;

	if (!GetProcessTimes(GetCurrentProcess(), &made, &ended, &kernel, &user))
		return 0;
	return (((uint64_t)kernel.dwHighDateTime << 32 | kernel.dwLowDateTime) +
	        ((uint64_t)user.dwHighDateTime << 32 | user.dwLowDateTime)) * 100;
}

const char *
os_errno_name(int error)
{
	switch (error) {
#define NAME(e) case e: return #e;
	NAME(EACCES) NAME(EAGAIN) NAME(EBADF) NAME(EBUSY) NAME(EEXIST) NAME(EFBIG) NAME(EINVAL) NAME(EIO) NAME(EISDIR)
	NAME(EMFILE) NAME(ENOENT) NAME(ENOMEM) NAME(ENOSPC) NAME(ENOSYS) NAME(ENOTDIR) NAME(EPERM) NAME(EPIPE) NAME(EROFS)
	NAME(EADDRINUSE) NAME(ECONNREFUSED) NAME(ECONNRESET) NAME(ENAMETOOLONG) NAME(ENOTCONN)
#undef NAME
	}
	return "E?";
}
