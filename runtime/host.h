/*
 * host.h - what alerts say about the machine and the agent; "" where unknown.
 */
#ifndef HOST_H
#define HOST_H

#include <stdint.h>

struct host {
	char id[65], name[256], architecture[32], os_type[16], os_kernel[128], boot_id[37];
	char agent_id[65];
	uint64_t boot_ns; /* wall clock when CLOCK_BOOTTIME was 0, ns since 1970 */
};

/* Of this machine; agent_id is the caller's. Fills what it can find out. */
void host_read(struct host *host, const char *agent_id);
#endif
