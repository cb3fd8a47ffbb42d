/*
 * role_config_linux.c - the process that reads rsnl.yaml: no rights, one file to read, one struct to write.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "message.h"
#include "role_linux.h"

/* The first line of the file descriptor's stream is the name it is known by; broker wrote both. */
static long
all_read(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t got;

	while (used < size && (got = read(fd, text + used, size - used)) > 0)
		used += (size_t)got;
	return (long)used;
}

int
role_config(void)
{
	static struct config config;
	static char text[CONFIG_FILE_MAX + CONFIG_PATH_MAX + 2];
	long size = all_read(CONFIG_FD_FILE, text, sizeof(text));
	char *body = memchr(text, '\n', (size_t)size);
	size_t done = 0;

	if (!body)
		return 3;
	*body++ = 0;
	if (config_parse(&config, body, (size_t)(text + size - body), text, stderr))
		return 2;
	while (done < sizeof(config)) {
		ssize_t n = write(CONFIG_FD_RESULT, (const char *)&config + done, sizeof(config) - done);

		if (n < 0 && errno != EINTR)
			return 3;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}
