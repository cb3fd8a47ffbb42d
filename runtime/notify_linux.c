/*
 * notify_linux.c - notify.h for systemd (sd_notify(3)), without its library; its journal takes stderr.
 */
#include "notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "os.h"

/* Sends lines to $NOTIFY_SOCKET; nothing where it is not set. */
static void
send_lines(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = path ? strlen(path) : 0;
	int fd;

	if (!length || length >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, length);
	if (*path == '@')
		address.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address,
	       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	close(fd);
}

void
notify_ready(const char *status)
{
	char text[256];

	snprintf(text, sizeof(text), "READY=1%s%s", status ? "\nSTATUS=" : "", status ? status : "");
	send_lines(text);
}

void
notify_reloading(void)
{
	char text[64];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, os_monotonic_ns() / 1000);
	send_lines(text);
}

void
notify_stopping(void)
{
	send_lines("STOPPING=1");
}

void
notify_alive(void)
{
	send_lines("WATCHDOG=1");
}

uint64_t
notify_interval_ns(void)
{
	const char *text = getenv("WATCHDOG_USEC");

	return text ? strtoull(text, NULL, 10) * 500 : 0;
}

void
notify_log(int level, const char *line)
{
	(void)level;
	fprintf(stderr, "rsnl: %s\n", line);
}
