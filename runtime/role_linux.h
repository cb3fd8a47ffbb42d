/*
 * role_linux.h - starts one of the agent's processes: this program again, with nothing open but what it is given.
 */
#ifndef ROLE_LINUX_H
#define ROLE_LINUX_H

#include <stdint.h>
#include <sys/types.h>

enum {
	ROLE_FD_FIRST = 3, /* the first descriptor given; the others follow */
	ROLE_UID_DETECT = 64310, ROLE_UID_SCAN = 64311, /* where the users do not exist */
};

struct role_user {
	uint32_t uid, gid;
};

/* Ids of the account of that name, or the spare ones. */
void role_user(const char *name, uint32_t spare, struct role_user *user);
/* Starts "rsnl role NAME UID GID PARENT" with 0 from /dev/null, 1 and 2 as here. Its pid, or a negative errno. */
pid_t role_start(const char *name, const struct role_user *user, const int *fds, int fd_count);
/* What each role does once it has no rights (command_role runs them). Exit codes. */
int role_config(void);
int role_detect(void);
int role_scan(void);
#endif
