/*
 * broker_windows.c - the server of broker.h: lists processes and opens files for processes that may not.
 */
#include "broker_server.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <tlhelp32.h>

#include "api_windows.h"
#include "broker.h"
#include "contents.h"
#include "etw.h"
#include "etw_system.h"
#include "message.h"
#include "os.h"

void
broker_server_done(struct broker_server *server)
{
	free(server->processes);
	server->processes = NULL;
}

static int
order(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;

	return one < two ? -1 : one > two;
}

/* The processes that run now: their ids in ascending order, then 0. NULL: they cannot be told, or no memory. */
static uint32_t *
pids_list(void)
{
	PROCESSENTRY32W entry = {.dwSize = sizeof(entry)};
	HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	size_t count = 0, room = 0;
	uint32_t *pids = NULL, *more;
	BOOL found = snapshot != INVALID_HANDLE_VALUE && Process32FirstW(snapshot, &entry);

	for (; found; found = Process32NextW(snapshot, &entry)) {
		if (count + 2 > room) {
			more = realloc(pids, (room += 256) * sizeof(*pids));
			if (!more)
				break;
			pids = more;
		}
		if (entry.th32ProcessID)
			pids[count++] = entry.th32ProcessID;
	}
	if (snapshot != INVALID_HANDLE_VALUE)
		CloseHandle(snapshot);
	if (!pids)
		return NULL;
	qsort(pids, count, sizeof(*pids), order);
	pids[count] = 0;
	return pids;
}

int
broker_pid_next(struct broker_server *server, uint32_t from)
{
	const uint32_t *pid;

	if (!server->processes || from <= server->last_pid) {
		free(server->processes);
		server->processes = pids_list();
	}
	if (!server->processes)
		return -ENOMEM;
	pid = server->processes;
	while (*pid && *pid < from)
		pid++;
	server->last_pid = *pid;
	return (int)*pid;
}

/* A path of a drive: one of the network would make broker log on to somebody's machine. */
static int
is_local(const char *path, size_t size)
{
	return size > 2 && path[1] == ':' && path[2] == '\\';
}

int
broker_scanned_open(const struct message *request)
{
	struct contents file;
	int fd = is_local(request->text, strlen(request->text)) ? contents_open(request->text) : -ENOENT;
	int error = fd < 0 ? fd : contents_know(fd, &file);

	if (!error && request->inode && (request->inode != file.inode || request->device != file.device ||
	                                 (request->changed_ns && request->changed_ns != file.changed_ns)))
		error = BROKER_STALE;
	if (!error)
		return fd;
	os_close(fd);
	return error;
}

/* What etw_system() says, with broker's rights. Bytes, or a negative errno. */
int
broker_tell(const struct message *request, void *data, size_t room)
{
	const struct etw_system *system = etw_system();
	struct etw_token token;
	size_t size = request->size < sizeof(request->text) ? request->size : 0;
	int error;

	if (request->type != MESSAGE_SYSTEM)
		return -ENOSYS;
	switch (request->file) {
	case BROKER_DRIVE:
		return (int)system->drive(system->context, request->text, size, data, room);
	case BROKER_LONG_PATH:
		return is_local(request->text, size)
			? (int)system->long_path(system->context, request->text, size, data, room) : -EINVAL;
	case BROKER_ACCOUNT:
		return (int)system->account(system->context, (const uint8_t *)request->text, size, data, room);
	case BROKER_IMAGE:
		return (int)system->image(system->context, request->pid, data, room);
	case BROKER_TOKEN:
		error = system->token(system->context, request->pid, &token);
		memcpy(data, &token, sizeof(token));
		return error ? error : (int)sizeof(token);
	}
	return -EINVAL;
}
