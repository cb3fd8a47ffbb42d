/*
 * rights_linux.c - rights.h by capabilities.
 */
#include "rights.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights the agent needs, by number (linux/capability.h). */
static const struct { int number; const char *name; } rights[] = {
	{39, "CAP_BPF"}, {38, "CAP_PERFMON"}, {CAP_NET_ADMIN, "CAP_NET_ADMIN"}, {CAP_SYS_PTRACE, "CAP_SYS_PTRACE"},
	{CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"}, {CAP_SETUID, "CAP_SETUID"}, {CAP_SETGID, "CAP_SETGID"},
};

int
rights_missing(char *text, size_t size)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct has[2] = {{0}};
	char missing[256] = "";

	syscall(SYS_capget, &header, has);
	for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		if (has[rights[i].number / 32].effective >> rights[i].number % 32 & 1)
			continue;
		strcat(missing, " ");
		strcat(missing, rights[i].name);
	}
	snprintf(text, size, "needs root or CAP_BPF CAP_PERFMON CAP_NET_ADMIN CAP_SYS_PTRACE CAP_DAC_READ_SEARCH "
	         "CAP_SETUID CAP_SETGID; missing:%s", missing);
	return *missing != 0;
}
