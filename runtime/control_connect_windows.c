/*
 * control_connect_windows.c - control_connect.h by a pipe; the agent takes a file from our process by its number here.
 */
#include "control_connect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "api_windows.h"
#include "channel.h"

enum { WAIT_MS = 5000 }; /* for a free instance */

/* The agent learns who we are from which pipe lets us in, and may not act in our name. */
static HANDLE
pipe_open(const char *path, const char *suffix)
{
	const DWORD flags = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS;
	char name[512];
	wchar_t *wide;
	HANDLE pipe;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	wide = api_wide(name);
	if (!wide)
		return INVALID_HANDLE_VALUE;
	do
		pipe = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, flags, NULL);
	while (pipe == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY && WaitNamedPipeW(wide, WAIT_MS));
	free(wide);
	return pipe;
}

int
control_connect(const char *path)
{
	HANDLE pipe = pipe_open(path, "");

	if (pipe == INVALID_HANDLE_VALUE && GetLastError() == ERROR_ACCESS_DENIED)
		pipe = pipe_open(path, "-status");
	return pipe == INVALID_HANDLE_VALUE ? api_error() : api_descriptor(pipe);
}

int
control_send(struct channel *end, const char *request, int fd)
{
	size_t size = strlen(request);
	char line[1024];
	int length = fd < 0 ? snprintf(line, sizeof(line), "%s\n", request)
		: snprintf(line, sizeof(line), "%.*s,\"file\":%d}\n", (int)size - 1, request, fd);

	return (size_t)length < sizeof(line) ? channel_send(end, line, (size_t)length, NULL, 0) : -ENAMETOOLONG;
}
