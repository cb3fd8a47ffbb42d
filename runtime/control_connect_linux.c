/*
 * control_connect_linux.c - control_connect.h by a stream socket; a file is passed along with the request.
 */
#include "control_connect.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "channel.h"

int
control_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, error;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

int
control_send(struct channel *end, const char *request, int fd)
{
	char line[1024];
	int length = snprintf(line, sizeof(line), "%s\n", request);

	return (size_t)length < sizeof(line) ? channel_send(end, line, (size_t)length, &fd, fd >= 0) : -ENAMETOOLONG;
}
