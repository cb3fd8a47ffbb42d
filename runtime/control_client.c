/*
 * control_client.c - asks a running agent: one line, one answer.
 */
#include "control_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "control_connect.h"
#include "os.h"

enum { ANSWER_MAX = 1 << 20, WAIT_MS = 60000 };

int
control_failed(const char *path, int error)
{
	fprintf(stderr, "rsnl: no agent at %s: %s (%s)\n", path, os_errno_name(-error), strerror(-error));
	return 3;
}

/* The next bytes of an answer: how many, or a negative errno. */
static long
bytes_receive(struct channel *end, char *bytes, size_t room)
{
	struct os_wait wait = {channel_descriptor(end), 0};
	int error = os_wait(&wait, 1, WAIT_MS);
	long got;

	if (error || !wait.ready)
		return error ? error : -EAGAIN;
	got = channel_receive(end, bytes, room, NULL, NULL, 0);
	return got ? got : -ECONNRESET;
}

/* Up to the end of the line. *answer is the caller's to free(). */
static int
answer_read(struct channel *end, char **answer, size_t *size)
{
	char *data = malloc(ANSWER_MAX), *stop = NULL;
	size_t used = 0;
	long got = data ? 0 : -ENOMEM;

	while (!stop && got >= 0) {
		got = used < ANSWER_MAX ? bytes_receive(end, data + used, ANSWER_MAX - used) : -EMSGSIZE;
		if (got > 0)
			stop = memchr(data + used, '\n', (size_t)got);
		used += got > 0 ? (size_t)got : 0;
	}
	if (!stop) {
		free(data);
		return (int)got;
	}
	*stop = 0;
	*size = (size_t)(stop - data);
	*answer = data;
	return 0;
}

int
control_ask(const char *path, const char *request, int fd, char **answer, size_t *size)
{
	int given = control_connect(path), error;
	struct channel *end;

	if (given < 0)
		return given;
	end = channel_adopt_client(given);
	if (!end) {
		os_close(given);
		return -ENOMEM;
	}
	error = control_send(end, request, fd);
	if (!error)
		error = answer_read(end, answer, size);
	channel_close(end);
	return error;
}
