/*
 * channel_linux.c - channel.h over a pair of SOCK_SEQPACKET sockets.
 */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct channel {
	int socket;
};

struct channel *
channel_adopt(int other)
{
	struct channel *end = malloc(sizeof(*end));

	if (end)
		end->socket = other;
	return end;
}

struct channel *
channel_adopt_client(int fd)
{
	return channel_adopt(fd);
}

int
channel_new(struct channel **end, int *other)
{
	int sockets[2], room = 4 * CHANNEL_MESSAGE_MAX;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return -errno;
	for (int i = 0; i < 2; i++)
		setsockopt(sockets[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	*end = channel_adopt(sockets[0]);
	if (!*end) {
		close(sockets[0]);
		close(sockets[1]);
		return -ENOMEM;
	}
	*other = sockets[1];
	return 0;
}

void
channel_close(struct channel *end)
{
	if (!end)
		return;
	close(end->socket);
	free(end);
}

void
channel_bind(struct channel *end, const struct role_process *process)
{
	(void)end; /* the kernel carries descriptors */
	(void)process;
}

int
channel_descriptor(const struct channel *end)
{
	return end ? end->socket : -1;
}

int
channel_send(struct channel *end, const void *message, size_t size, const int *fds, int fd_count)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(CHANNEL_FD_MAX * sizeof(int))];
	} control = {{0}};
	struct iovec part = {(void *)message, size};
	struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1};

	if (fd_count > CHANNEL_FD_MAX)
		return -EINVAL;
	if (fd_count) {
		head.msg_control = control.bytes;
		head.msg_controllen = CMSG_SPACE((size_t)fd_count * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN((size_t)fd_count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, (size_t)fd_count * sizeof(int));
	}
	while (sendmsg(end->socket, &head, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int
channel_send_all(struct channel *end, const void *message, size_t size)
{
	int error;

	while ((error = channel_send(end, message, size, NULL, 0)) == -EAGAIN) {
		struct pollfd ready = {end->socket, POLLOUT, 0};

		if (poll(&ready, 1, -1) < 0 && errno != EINTR)
			return -errno;
	}
	return error;
}

/* Takes descriptors out of head into fds; those beyond room are closed. */
static int
fds_take(struct msghdr *head, int *fds, int room)
{
	int count = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
		size_t n = c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS
			? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;

		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (count < room)
				fds[count++] = fd;
			else
				close(fd);
		}
	}
	return count;
}

long
channel_receive(struct channel *end, void *message, size_t size, int *fds, int *fd_count, int wait)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(CHANNEL_FD_MAX * sizeof(int))];
	} control;
	struct iovec part = {message, size};
	struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	int room = fd_count ? *fd_count : 0;
	int count;
	ssize_t got;

	do
		got = recvmsg(end->socket, &head, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	count = fds_take(&head, fds, room);
	if (fd_count)
		*fd_count = count;
	if (!(head.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return got;
	while (count)
		close(fds[--count]);
	if (fd_count)
		*fd_count = 0;
	return -EMSGSIZE;
}
