/*
 * pipe_windows.c - one end of a named pipe, by overlapped reads and writes.
 */
#include "pipe_windows.h"

#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "api_windows.h"

struct pipe_end {
	HANDLE handle;
	OVERLAPPED reading, writing;
	int is_writing, is_broken;
	size_t room;
	char *in, *out; /* room bytes each, behind this */
};

void
pipe_next(struct pipe_end *end)
{
	ResetEvent(end->reading.hEvent);
	if (ReadFile(end->handle, end->in, (DWORD)end->room, NULL, &end->reading) || GetLastError() == ERROR_IO_PENDING ||
	    GetLastError() == ERROR_MORE_DATA)
		return;
	end->is_broken = 1;
	SetEvent(end->reading.hEvent);
}

struct pipe_end *
pipe_adopt(void *handle, size_t room)
{
	struct pipe_end *end = calloc(1, sizeof(*end) + 2 * room);

	if (!end)
		return NULL;
	end->handle = handle;
	end->room = room;
	end->in = (char *)(end + 1);
	end->out = end->in + room;
	end->reading.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
	end->writing.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (end->reading.hEvent && end->writing.hEvent) {
		pipe_next(end);
		return end;
	}
	end->handle = NULL;
	pipe_close(end);
	return NULL;
}

/* What is under way uses our memory. */
static void
operations_end(struct pipe_end *end)
{
	DWORD moved;

	CancelIo(end->handle);
	if (!end->is_broken)
		GetOverlappedResult(end->handle, &end->reading, &moved, TRUE);
	if (end->is_writing)
		GetOverlappedResult(end->handle, &end->writing, &moved, TRUE);
}

void
pipe_close(struct pipe_end *end)
{
	if (!end)
		return;
	if (end->handle) {
		operations_end(end);
		CloseHandle(end->handle);
	}
	if (end->reading.hEvent)
		CloseHandle(end->reading.hEvent);
	if (end->writing.hEvent)
		CloseHandle(end->writing.hEvent);
	free(end);
}

int
pipe_descriptor(const struct pipe_end *end)
{
	return api_descriptor(end->reading.hEvent);
}

int
pipe_may_write(struct pipe_end *end, int wait)
{
	DWORD moved;

	if (!end->is_writing)
		return 1;
	if (!GetOverlappedResult(end->handle, &end->writing, &moved, wait))
		return GetLastError() == ERROR_IO_INCOMPLETE ? 0 : api_error();
	end->is_writing = 0;
	return 1;
}

void *
pipe_buffer(struct pipe_end *end)
{
	return end->out;
}

int
pipe_write(struct pipe_end *end, size_t size)
{
	if (WriteFile(end->handle, end->out, (DWORD)size, NULL, &end->writing))
		return 0;
	if (GetLastError() != ERROR_IO_PENDING)
		return api_error();
	end->is_writing = 1;
	return 0;
}

/* Reads the rest of a message away. */
static void
rest_drop(struct pipe_end *end)
{
	DWORD got;

	do {
		pipe_next(end);
	} while (!end->is_broken && !GetOverlappedResult(end->handle, &end->reading, &got, TRUE) &&
	         GetLastError() == ERROR_MORE_DATA);
	if (!end->is_broken)
		pipe_next(end);
}

long
pipe_read(struct pipe_end *end, const void **bytes, int wait)
{
	DWORD got;

	if (end->is_broken)
		return 0;
	*bytes = end->in;
	if (GetOverlappedResult(end->handle, &end->reading, &got, wait))
		return (long)got;
	switch (GetLastError()) {
	case ERROR_IO_INCOMPLETE: return -EAGAIN;
	case ERROR_MORE_DATA: rest_drop(end); return -EMSGSIZE;
	}
	end->is_broken = 1;
	return 0;
}
