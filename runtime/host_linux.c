/*
 * host_linux.c - what this machine is called.
 */
#include "host.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The first line of a small file; "" when it cannot be read. */
static void
line_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = 0;
	text[strcspn(text, "\n")] = 0;
}

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec now;

	return clock_gettime(clock, &now) ? 0 : (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void
host_read(struct host *host, const char *agent_id)
{
	struct utsname name;

	memset(host, 0, sizeof(*host));
	line_read("/etc/machine-id", host->id, sizeof(host->id));
	line_read("/proc/sys/kernel/random/boot_id", host->boot_id, sizeof(host->boot_id));
	if (!uname(&name)) {
		snprintf(host->name, sizeof(host->name), "%s", name.nodename);
		snprintf(host->architecture, sizeof(host->architecture), "%.31s", name.machine);
		snprintf(host->os_kernel, sizeof(host->os_kernel), "%s", name.release);
	}
	snprintf(host->os_type, sizeof(host->os_type), "linux");
	snprintf(host->agent_id, sizeof(host->agent_id), "%s", agent_id);
	host->boot_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
}
