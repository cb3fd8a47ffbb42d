/*
 * listener_windows.c - listener.h by two pipes, whose access lists are the clients' rights.
 *
 * PATH can be opened by SYSTEM and Administrators, so whoever reaches us there may change things. PATH-status can also
 * be opened by the local group of the account's name, where there is one; those clients may only ask.
 */
#include "listener.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <sddl.h>

#include "acl_windows.h"
#include "api_windows.h"
#include "os.h"

enum { MANAGE, STATUS, DOOR_COUNT, BUFFER_SIZE = 65536 };

struct door { /* one pipe */
	wchar_t *name;
	void *access;   /* security descriptor */
	HANDLE waiting; /* the instance that the next client gets; NULL: none */
	OVERLAPPED client;
};

struct listener {
	HANDLE event; /* of both doors: somebody came */
	struct door doors[DOOR_COUNT];
};

/* An instance that a client can connect to. 0 or a negative errno. */
static int
instance_make(struct door *door, DWORD first)
{
	SECURITY_ATTRIBUTES access = {sizeof(access), door->access, FALSE};
	int error;

	door->waiting = CreateNamedPipeW(door->name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | first,
	                                 PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
	                                 PIPE_UNLIMITED_INSTANCES, BUFFER_SIZE, BUFFER_SIZE, 0, &access);
	if (door->waiting == INVALID_HANDLE_VALUE) {
		door->waiting = NULL;
		return first && GetLastError() == ERROR_ACCESS_DENIED ? -EADDRINUSE : api_error();
	}
	if (ConnectNamedPipe(door->waiting, &door->client) || GetLastError() == ERROR_IO_PENDING)
		return 0;
	if (GetLastError() == ERROR_PIPE_CONNECTED) {
		door->client.Internal = 0;
		SetEvent(door->client.hEvent);
		return 0;
	}
	error = api_error();
	CloseHandle(door->waiting);
	door->waiting = NULL;
	return error;
}

/* The group's identity as text; LocalFree(). NULL: there is no such group here. */
static char *
group_text(const char *name)
{
	union { SID sid; char bytes[SECURITY_MAX_SID_SIZE]; } sid;
	DWORD size = sizeof(sid), domain_size = 256;
	SID_NAME_USE use;
	char domain[256], *text = NULL;

	if (LookupAccountNameA(NULL, name, &sid, &size, domain, &domain_size, &use) && use == SidTypeAlias)
		ConvertSidToStringSidA(&sid, &text);
	return text;
}

/* Whether somebody has this pipe already. */
static int
is_taken(const wchar_t *name)
{
	return WaitNamedPipeW(name, 1) || GetLastError() != ERROR_FILE_NOT_FOUND;
}

static int
door_open(struct listener *listener, int number, const char *path, const char *group)
{
	struct door *door = &listener->doors[number];
	char name[512], access[512];

	snprintf(name, sizeof(name), "%s%s", path, number == STATUS ? "-status" : "");
	snprintf(access, sizeof(access), "D:P(A;;GA;;;SY)(A;;GA;;;BA)%s%s%s", group ? "(A;;GRGW;;;" : "",
	         group ? group : "", group ? ")" : "");
	door->name = api_wide(name);
	door->access = acl_make(access);
	door->client.hEvent = listener->event;
	if (!door->name || !door->access)
		return -ENOMEM;
	return is_taken(door->name) ? -EADDRINUSE : instance_make(door, FILE_FLAG_FIRST_PIPE_INSTANCE);
}

int
listener_open(struct listener **out, const char *path, const char *account, int *unset)
{
	struct listener *listener = calloc(1, sizeof(*listener));
	char *group = group_text(account);
	int error = listener ? 0 : -ENOMEM;

	*unset = 0;
	if (!error) {
		listener->event = CreateEventW(NULL, TRUE, FALSE, NULL);
		error = listener->event ? door_open(listener, MANAGE, path, NULL) : api_error();
	}
	if (!error && group)
		error = door_open(listener, STATUS, path, group);
	LocalFree(group);
	if (error)
		listener_close(listener);
	else
		*out = listener;
	return error;
}

void
listener_close(struct listener *listener)
{
	if (!listener)
		return;
	for (int i = 0; i < DOOR_COUNT; i++) {
		struct door *door = &listener->doors[i];
		DWORD size;

		if (door->waiting) {
			CancelIo(door->waiting);
			GetOverlappedResult(door->waiting, &door->client, &size, FALSE);
			CloseHandle(door->waiting);
		}
		free(door->name);
		LocalFree(door->access);
	}
	if (listener->event)
		CloseHandle(listener->event);
	free(listener);
}

int
listener_descriptor(const struct listener *listener)
{
	return listener ? api_descriptor(listener->event) : -1;
}

/* The door where a client waits; NULL: none. */
static struct door *
door_knocked(struct listener *listener)
{
	DWORD size;

	for (int i = 0; i < DOOR_COUNT; i++) {
		struct door *door = &listener->doors[i];

		if (door->waiting && (GetOverlappedResult(door->waiting, &door->client, &size, FALSE) ||
		                      GetLastError() != ERROR_IO_INCOMPLETE))
			return door;
	}
	return NULL;
}

int
listener_accept(struct listener *listener, struct listener_client *client)
{
	struct door *door = door_knocked(listener);
	ULONG pid = 0;

	ResetEvent(listener->event);
	if (!door)
		return -EAGAIN;
	GetNamedPipeClientProcessId(door->waiting, &pid);
	*client = (struct listener_client){api_descriptor(door->waiting), door == &listener->doors[MANAGE], pid};
	instance_make(door, 0);
	if (door_knocked(listener))
		SetEvent(listener->event);
	return 0;
}

/* Only files: to read from anything else could take long, or take something from somebody. */
int
listener_take_file(uint32_t pid, uint64_t number)
{
	HANDLE process = OpenProcess(PROCESS_DUP_HANDLE, FALSE, pid), own = GetCurrentProcess(), file;
	int error = 0;

	if (!process)
		return api_error();
	if (!DuplicateHandle(process, (HANDLE)(uintptr_t)number, own, &file, 0, FALSE, DUPLICATE_SAME_ACCESS))
		error = api_error();
	CloseHandle(process);
	if (error || GetFileType(file) == FILE_TYPE_DISK)
		return error ? error : api_descriptor(file);
	CloseHandle(file);
	return -EINVAL;
}
