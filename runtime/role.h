/*
 * role.h - the agent's processes: this program again, with no rights and nothing open but what it is given; one file of
 * code per system behind it (command_role is what it starts).
 */
#ifndef ROLE_H
#define ROLE_H

#include <stdint.h>

enum { ROLE_FD_MAX = 8 };

struct role_process {
	uint32_t pid; /* 0: does not run */
	int fd;       /* what os_wait takes, ready when it has ended; -1 */
	int guard;    /* the system's: what keeps it within bounds; -1 */
};

struct role_end {
	int crashed;   /* it did not exit by itself */
	int fault;     /* it touched memory that is not its own */
	int code;      /* exit code, or the signal or exception that ended it */
	char cause[64]; /* in words: "SIGSEGV", "exit 3" */
};

struct role {
	const char *name;
	int (*run)(const int *fds); /* with the descriptors that role_start was given, in its order; an exit code */
};

/* NULL: there is none of that name. */
const struct role *role_find(const char *name);
/* Starts a role with 0 from nowhere and 1 and 2 as here, as the user of that name where the system has one. 0 or a
 * negative errno. */
int role_start(struct role_process *process, const char *role, const char *account, const int *fds, int fd_count);
/* 1 when it has ended: end is filled, process is as if it had never run. wait: not before. */
int role_ended(struct role_process *process, struct role_end *end, int wait);
void role_kill(const struct role_process *process);

int role_config(const int *fds);
int role_detect(const int *fds);
int role_scan(const int *fds);
#endif
