/*
 * channel_windows.c - channel.h over named pipes of messages.
 *
 * Before each message stand the handles that come with it, by the numbers they have in the process of the other end:
 * the end that broker made puts them there and takes them from there, for it alone may.
 */
#include "channel.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "acl_windows.h"
#include "api_windows.h"
#include "os.h"
#include "pipe_windows.h"
#include "role.h"

struct passed {
	uint32_t count;
	int32_t fds[CHANNEL_FD_MAX];
};

struct channel {
	struct pipe_end *pipe;
	HANDLE process; /* of the other end, at the end that broker made; borrowed */
	size_t head;    /* of a message: sizeof(struct passed), or 0 for clients */
};

static struct channel *
channel_over(HANDLE handle, size_t head)
{
	struct channel *end = calloc(1, sizeof(*end));

	if (!end)
		return NULL;
	end->head = head;
	end->pipe = pipe_adopt(handle, CHANNEL_MESSAGE_MAX + head);
	if (end->pipe)
		return end;
	free(end);
	return NULL;
}

struct channel *
channel_adopt(int other)
{
	return channel_over(api_handle(other), sizeof(struct passed));
}

struct channel *
channel_adopt_client(int fd)
{
	return channel_over(api_handle(fd), 0);
}

/* Both ends of a pipe that nobody else can open. 0 or a negative errno. */
static int
pipe_make(HANDLE *ours, HANDLE *other)
{
	static LONG number;
	SECURITY_ATTRIBUTES access = {sizeof(access), acl_make("D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;OW)"), FALSE};
	DWORD mode = PIPE_READMODE_MESSAGE;
	wchar_t name[64];
	int error = 0;

	swprintf(name, 64, L"\\\\.\\pipe\\rsnl-%lu-%ld", GetCurrentProcessId(), InterlockedIncrement(&number));
	*ours = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE | FILE_FLAG_OVERLAPPED,
	                         PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS, 1,
	                         4 * CHANNEL_MESSAGE_MAX, 4 * CHANNEL_MESSAGE_MAX, 0, &access);
	if (*ours == INVALID_HANDLE_VALUE)
		error = api_error();
	LocalFree(access.lpSecurityDescriptor);
	if (error)
		return error;
	*other = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
	                     FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
	if (*other != INVALID_HANDLE_VALUE && SetNamedPipeHandleState(*other, &mode, NULL, NULL))
		return 0;
	error = api_error();
	if (*other != INVALID_HANDLE_VALUE)
		CloseHandle(*other);
	CloseHandle(*ours);
	return error;
}

int
channel_new(struct channel **end, int *other)
{
	HANDLE ours, given;
	int error = pipe_make(&ours, &given);

	if (error)
		return error;
	*end = channel_over(ours, sizeof(struct passed));
	if (!*end) {
		CloseHandle(ours);
		CloseHandle(given);
		return -ENOMEM;
	}
	*other = api_descriptor(given);
	return 0;
}

void
channel_close(struct channel *end)
{
	if (!end)
		return;
	pipe_close(end->pipe);
	free(end);
}

void
channel_bind(struct channel *end, const struct role_process *process)
{
	end->process = api_handle(process->fd);
}

int
channel_descriptor(const struct channel *end)
{
	return end ? pipe_descriptor(end->pipe) : -1;
}

/* A descriptor of ours by its number in the other end's process, or the other way round. 0 or a negative errno. */
static int
fd_cross(const struct channel *end, int to_other, int fd, int32_t *number)
{
	HANDLE own = GetCurrentProcess(), copy;

	*number = fd;
	if (!end->process)
		return 0;
	if (!DuplicateHandle(to_other ? own : end->process, api_handle(fd), to_other ? end->process : own, &copy, 0, FALSE,
	                     DUPLICATE_SAME_ACCESS))
		return api_error();
	*number = api_descriptor(copy);
	return 0;
}

static int
message_write(struct channel *end, const void *message, size_t size, const int *fds, int fd_count)
{
	struct passed passed = {(uint32_t)fd_count, {0}};
	char *buffer = pipe_buffer(end->pipe);
	int error = 0;

	for (int i = 0; !error && i < fd_count; i++)
		error = fd_cross(end, 1, fds[i], &passed.fds[i]);
	if (error)
		return error;
	memcpy(buffer, &passed, end->head);
	memcpy(buffer + end->head, message, size);
	return pipe_write(end->pipe, end->head + size);
}

int
channel_send(struct channel *end, const void *message, size_t size, const int *fds, int fd_count)
{
	int may = pipe_may_write(end->pipe, 0);

	if (fd_count > CHANNEL_FD_MAX || (fd_count && !end->head) || size > CHANNEL_MESSAGE_MAX)
		return -EINVAL;
	if (may <= 0)
		return may ? may : -EAGAIN;
	return message_write(end, message, size, fds, fd_count);
}

int
channel_send_all(struct channel *end, const void *message, size_t size)
{
	int may = pipe_may_write(end->pipe, 1);

	return may < 0 ? may : message_write(end, message, size, NULL, 0);
}

/* Descriptors that came along; those beyond room are closed. How many were taken. */
static int
fds_take(struct channel *end, const struct passed *passed, int *fds, int room)
{
	int count = 0;

	for (uint32_t i = 0; i < passed->count && i < CHANNEL_FD_MAX; i++) {
		int32_t fd;

		if (fd_cross(end, 0, passed->fds[i], &fd))
			continue;
		if (count < room)
			fds[count++] = fd;
		else
			os_close(fd);
	}
	return count;
}

long
channel_receive(struct channel *end, void *message, size_t size, int *fds, int *fd_count, int wait)
{
	int room = fd_count ? *fd_count : 0;
	struct passed passed = {0, {0}};
	const void *bytes;
	long got = pipe_read(end->pipe, &bytes, wait);

	if (fd_count)
		*fd_count = 0;
	if (got <= 0)
		return got;
	if ((size_t)got < end->head || (end->head && (size_t)got - end->head > size)) {
		pipe_next(end->pipe);
		return -EMSGSIZE;
	}
	got -= (long)end->head;
	if ((size_t)got > size) /* a client's bytes */
		got = (long)size;
	memcpy(&passed, bytes, end->head);
	memcpy(message, (const char *)bytes + end->head, (size_t)got);
	pipe_next(end->pipe);
	room = fds_take(end, &passed, fds, room);
	if (fd_count)
		*fd_count = room;
	return got;
}
