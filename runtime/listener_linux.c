/*
 * listener_linux.c - listener.h by a stream socket, whose clients the kernel vouches for.
 */
#include "listener.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "account_linux.h"

struct listener {
	int socket;
	uint32_t uid; /* of the agent's own user */
	struct sockaddr_un address;
};

/* Whether somebody answers at address. */
static int
is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* its queue of clients may be full */
	int alive = fd >= 0 && (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) || errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return alive;
}

/* The folder of the socket, where it is missing: one level, not others' to write. */
static void
parent_make(const char *path)
{
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	strcpy(folder, path);
	slash = strrchr(folder, '/');
	if (slash && slash != folder) {
		*slash = 0;
		mkdir(folder, 0755);
	}
}

static int
socket_open(const struct sockaddr_un *address)
{
	const char *path = address->sun_path;
	struct stat st;
	int fd, error;

	if (is_alive(address))
		return -EADDRINUSE;
	parent_make(path);
	if (!lstat(path, &st) && !S_ISSOCK(st.st_mode))
		return -EEXIST;
	if (unlink(path) && errno != ENOENT)
		return -errno;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (!bind(fd, (const struct sockaddr *)address, sizeof(*address)) && !chmod(path, 0660) && !listen(fd, 16))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

int
listener_open(struct listener **out, const char *path, const char *name, int *unset)
{
	struct listener *listener = calloc(1, sizeof(*listener));
	struct account account;
	int error;

	if (!listener)
		return -ENOMEM;
	listener->address.sun_family = AF_UNIX;
	error = strlen(path) < sizeof(listener->address.sun_path) ? 0 : -ENAMETOOLONG;
	if (!error) {
		strcpy(listener->address.sun_path, path);
		listener->socket = error = socket_open(&listener->address);
	}
	if (error < 0) {
		free(listener);
		return error;
	}
	account_find(name, ACCOUNT_UID_DETECT, &account);
	listener->uid = account.uid;
	*unset = chown(path, 0, account.gid) ? errno : 0;
	*out = listener;
	return 0;
}

void
listener_close(struct listener *listener)
{
	if (!listener)
		return;
	unlink(listener->address.sun_path);
	close(listener->socket);
	free(listener);
}

int
listener_descriptor(const struct listener *listener)
{
	return listener ? listener->socket : -1;
}

int
listener_accept(struct listener *listener, struct listener_client *client)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fd = accept4(listener->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), error;

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size)) {
		error = -errno;
		close(fd);
		return error;
	}
	client->fd = fd;
	client->privileged = !peer.uid || peer.uid == geteuid() || peer.uid == listener->uid;
	client->pid = (uint32_t)peer.pid;
	return 0;
}

int
listener_take_file(uint32_t pid, uint64_t number)
{
	(void)pid; /* clients pass them along */
	(void)number;
	return -ENOTSUP;
}
