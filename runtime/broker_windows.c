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
#include "channel.h"
#include "contents.h"
#include "message.h"
#include "os.h"

void
broker_server_init(struct broker_server *server)
{
	memset(server, 0, sizeof(*server));
}

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

static int
pid_next(struct broker_server *server, uint32_t from)
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

/* BROKER_STALE: another file lies at the path than was asked for. */
static int
file_open(const struct message *request)
{
	struct contents file;
	int fd = contents_open(request->text), error = fd < 0 ? fd : contents_know(fd, &file);

	if (!error && ((request->inode && (request->inode != file.inode || request->device != file.device)) ||
	               (request->changed_ns && request->changed_ns != file.changed_ns)))
		error = BROKER_STALE;
	if (!error)
		return fd;
	os_close(fd);
	return error;
}

static int
scan_start(struct broker_server *server, const struct message *request)
{
	struct message file = {.type = MESSAGE_FILE, .id = request->id, .device = request->device, .inode = request->inode,
		.changed_ns = request->changed_ns, .file = request->file, .want_hashes = request->want_hashes};
	int fd, error;

	if (!server->scan)
		return -ENOTCONN;
	fd = file_open(request);
	if (fd < 0) {
		server->counters.scan_stale += fd == BROKER_STALE;
		server->counters.scan_gone += fd != BROKER_STALE;
		return fd;
	}
	error = channel_send(server->scan, &file, MESSAGE_SIZE(0), &fd, 1);
	os_close(fd);
	server->counters.scans += !error;
	server->counters.scan_busy += error != 0;
	return error;
}

size_t
broker_serve(struct broker_server *server, const struct message *request, struct message_answer *answer)
{
	int result = -ENOSYS;

	server->counters.requests++;
	if (request->type == MESSAGE_NEXT_PID)
		result = pid_next(server, request->pid);
	else if (request->type == MESSAGE_SCAN)
		result = scan_start(server, request);
	server->counters.refused += result < 0;
	answer->result = result;
	answer->size = 0;
	return MESSAGE_ANSWER_SIZE(0);
}
