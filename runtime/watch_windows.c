/*
 * watch_windows.c - watch.h by a folder's change notifications.
 *
 * They tell that a file is being written, not that it is whole; who looks finds out by opening it (file_open_plain).
 */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "api_windows.h"

struct watch {
	HANDLE folder;
	OVERLAPPED change;
	DWORD changes[1024]; /* what they are is not read */
};

static int
change_ask(struct watch *watch)
{
	ResetEvent(watch->change.hEvent);
	return ReadDirectoryChangesW(watch->folder, watch->changes, sizeof(watch->changes), FALSE,
	                             FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_LAST_WRITE,
	                             NULL, &watch->change, NULL) ? 0 : api_error();
}

int
watch_open(struct watch **out, const char *folder)
{
	const DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
	struct watch *watch = calloc(1, sizeof(*watch));
	wchar_t *wide = api_path(folder);
	int error = watch && wide ? 0 : -ENOMEM;

	if (!error) {
		watch->change.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
		watch->folder = CreateFileW(wide, FILE_LIST_DIRECTORY, share, NULL, OPEN_EXISTING,
		                            FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL);
		error = watch->folder == INVALID_HANDLE_VALUE || !watch->change.hEvent ? api_error() : change_ask(watch);
	}
	free(wide);
	if (error)
		watch_close(watch);
	else
		*out = watch;
	return error;
}

void
watch_close(struct watch *watch)
{
	DWORD size;

	if (!watch)
		return;
	if (watch->folder && watch->folder != INVALID_HANDLE_VALUE) {
		if (CancelIo(watch->folder))
			GetOverlappedResult(watch->folder, &watch->change, &size, TRUE);
		CloseHandle(watch->folder);
	}
	if (watch->change.hEvent)
		CloseHandle(watch->change.hEvent);
	free(watch);
}

int
watch_descriptor(const struct watch *watch)
{
	return watch ? api_descriptor(watch->change.hEvent) : -1;
}

enum watch_found
watch_next(struct watch *watch, char name[WATCH_NAME_MAX])
{
	DWORD size;

	(void)name;
	if (!GetOverlappedResult(watch->folder, &watch->change, &size, FALSE) && GetLastError() == ERROR_IO_INCOMPLETE)
		return WATCH_NOTHING;
	return change_ask(watch) ? WATCH_NOTHING : WATCH_ALL;
}
