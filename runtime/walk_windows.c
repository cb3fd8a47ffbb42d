/*
 * walk_windows.c - walk.h on Windows. Names are in the order of their UTF-16, whatever the file system's is.
 */
#include "walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "api_windows.h"

enum { DEPTH_MAX = 64 };

struct names {
	wchar_t **items;
	size_t count, room;
};

static int
names_add(struct names *names, const wchar_t *name)
{
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 64;
		wchar_t **items = realloc(names->items, room * sizeof(*items));

		if (!items)
			return -ENOMEM;
		names->items = items;
		names->room = room;
	}
	names->items[names->count] = _wcsdup(name);
	return names->items[names->count] ? (names->count++, 0) : -ENOMEM;
}

static int
order(const void *a, const void *b)
{
	return wcscmp(*(wchar_t *const *)a, *(wchar_t *const *)b);
}

static int
is_link(const WIN32_FIND_DATAW *found)
{
	return found->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT && IsReparseTagNameSurrogate(found->dwReserved0);
}

/* The names in a folder, without links. */
static int
names_read(struct names *names, const char *path)
{
	wchar_t *wide = api_path(path), *pattern;
	WIN32_FIND_DATAW found;
	HANDLE search;
	int error = 0;

	pattern = wide ? realloc(wide, (wcslen(wide) + 3) * sizeof(*wide)) : NULL;
	if (!pattern) {
		free(wide);
		return -ENOMEM;
	}
	search = FindFirstFileW(wcscat(pattern, L"\\*"), &found);
	free(pattern);
	if (search == INVALID_HANDLE_VALUE)
		return api_error();
	do {
		if (wcscmp(found.cFileName, L".") && wcscmp(found.cFileName, L"..") && !is_link(&found))
			error = names_add(names, found.cFileName);
	} while (!error && FindNextFileW(search, &found));
	FindClose(search);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), order);
	return error;
}

/* PATH\NAME as UTF-8; the caller's to free(). NULL: no memory. */
static char *
join(const char *path, const wchar_t *name)
{
	char *last = api_utf8(name), *whole = last ? malloc(strlen(path) + strlen(last) + 2) : NULL;

	if (whole)
		strcat(strcat(strcpy(whole, path), "\\"), last);
	free(last);
	return whole;
}

static void below(const char *path, walk_visit *visit, void *context, int depth);

static void
folder(const char *path, walk_visit *visit, void *context, int depth)
{
	struct names names = {0};
	int error = names_read(&names, path);

	if (error)
		visit(context, path, error);
	for (size_t i = 0; i < names.count; i++) {
		char *entry = error ? NULL : join(path, names.items[i]);

		if (entry)
			below(entry, visit, context, depth + 1);
		free(entry);
		free(names.items[i]);
	}
	free(names.items);
}

static void
below(const char *path, walk_visit *visit, void *context, int depth)
{
	wchar_t *wide = api_path(path);
	DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
	int error = !wide ? -ENOMEM : attributes == INVALID_FILE_ATTRIBUTES ? api_error() : 0;

	free(wide);
	if (error || !(attributes & FILE_ATTRIBUTE_DIRECTORY))
		visit(context, path, error);
	else if (depth < DEPTH_MAX)
		folder(path, visit, context, depth);
	else
		visit(context, path, -ELOOP);
}

void
walk(const char *path, walk_visit *visit, void *context)
{
	below(path, visit, context, 0);
}
