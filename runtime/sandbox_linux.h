/*
 * sandbox_linux.h - gives up every right that a role does not need, for good.
 */
#ifndef SANDBOX_LINUX_H
#define SANDBOX_LINUX_H

#include <stdint.h>

enum sandbox_profile { SANDBOX_CONFIG, SANDBOX_DETECT, SANDBOX_SCAN };

/* Becomes uid and gid (0: stays what it is, for a caller without the right to change it), without capabilities, without
 * a way to gain any, with limits on resources and only the profile's system calls; any other fails with EPERM. Ends
 * with its parent. 0 or a negative errno; on failure the process must end. */
int sandbox_enter(enum sandbox_profile profile, uint32_t uid, uint32_t gid);
#endif
