/*
 * control_client_linux.c - asks a running agent one thing at its control socket.
 */
#include "control_client_linux.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "channel_linux.h"
#include "os.h"

enum { ANSWER_MAX = 1 << 20, WAIT_S = 60 };

const char *
control_path(void)
{
	const char *path = getenv("RSNL_SOCKET");

	return path && *path ? path : RUNSTATEDIR "/rsnl/control.sock";
}

int
control_failed(const char *path, int error)
{
	fprintf(stderr, "rsnl: no agent at %s: %s (%s)\n", path, os_errno_name(-error), strerror(-error));
	return 3;
}

static int
answer_read(int end, char **answer, size_t *size)
{
	char *data = malloc(ANSWER_MAX);
	size_t used = 0;
	ssize_t got = 1;

	if (!data)
		return -ENOMEM;
	while (used < ANSWER_MAX && !memchr(data, '\n', used) && (got = read(end, data + used, ANSWER_MAX - used)) > 0)
		used += (size_t)got;
	if (got <= 0 || !memchr(data, '\n', used)) {
		free(data);
		return got < 0 ? -errno : -ECONNRESET;
	}
	*size = (size_t)((char *)memchr(data, '\n', used) - data);
	data[*size] = 0;
	*answer = data;
	return 0;
}

int
control_ask(const char *path, const char *request, int fd, char **answer, size_t *size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {WAIT_S, 0};
	char line[1024];
	int end, error = 0, length = snprintf(line, sizeof(line), "%s\n", request);

	if (strlen(path) >= sizeof(address.sun_path) || (size_t)length >= sizeof(line))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (end < 0)
		return -errno;
	setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(end, (struct sockaddr *)&address, sizeof(address)))
		error = -errno;
	if (!error)
		error = channel_send(end, line, (size_t)length, &fd, fd >= 0);
	if (!error)
		error = answer_read(end, answer, size);
	close(end);
	return error;
}
