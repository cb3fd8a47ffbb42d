/*
 * role_linux.c - starts one of the agent's processes, and is the first thing such a process runs.
 */
#include "role_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "commands.h"
#include "sandbox_linux.h"

static const struct {
	const char *name;
	enum sandbox_profile profile;
	int (*run)(void);
} roles[] = {
	{"config", SANDBOX_CONFIG, role_config},
	{"detect", SANDBOX_DETECT, role_detect},
	{"scan", SANDBOX_SCAN, role_scan},
};

void
role_user(const char *name, uint32_t spare, struct role_user *user)
{
	FILE *accounts = fopen("/etc/passwd", "re");
	struct passwd *entry;

	user->uid = user->gid = spare;
	if (!accounts)
		return;
	while ((entry = fgetpwent(accounts)) != NULL) {
		if (strcmp(entry->pw_name, name) != 0 || !entry->pw_uid)
			continue;
		user->uid = entry->pw_uid;
		user->gid = entry->pw_gid;
		break;
	}
	fclose(accounts);
}

/* In the child: puts fds at 3, 4, ...; everything else is closed, also what we inherited. */
static int
fds_place(const int *fds, int count)
{
	int high[32], null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, ROLE_FD_FIRST + count);
		if (high[i] < 0)
			return -errno;
	}
	for (int i = 0; i < count; i++) {
		if (dup2(high[i], ROLE_FD_FIRST + i) < 0)
			return -errno;
	}
	return close_range((unsigned)(ROLE_FD_FIRST + count), ~0u, 0) ? -errno : 0;
}

pid_t
role_start(const char *name, const struct role_user *user, const int *fds, int fd_count)
{
	/* sent to all of a terminal or a service, they are broker's to handle: it still needs the others to drain */
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE};
	char uid[16], gid[16], parent[16];
	char *argv[] = {"rsnl", "role", (char *)name, uid, gid, parent, NULL};
	char *environment[] = {NULL};
	sigset_t none;
	pid_t pid;

	snprintf(uid, sizeof(uid), "%u", user->uid);
	snprintf(gid, sizeof(gid), "%u", user->gid);
	snprintf(parent, sizeof(parent), "%d", (int)getpid());
	pid = fork();
	if (pid)
		return pid < 0 ? -errno : pid;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!fds_place(fds, fd_count))
		execve("/proc/self/exe", argv, environment);
	_exit(127);
}

static int
run(const struct command *command, int argc, char **argv)
{
	(void)command;
	if (argc != 5)
		return CODE_USAGE;
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		int error;

		if (strcmp(argv[1], roles[i].name) != 0)
			continue;
		error = sandbox_enter(roles[i].profile, (uint32_t)atoi(argv[2]), (uint32_t)atoi(argv[3]));
		if (error) {
			fprintf(stderr, "rsnl: %s: cannot give up rights: %s\n", argv[1], strerror(-error));
			_exit(3);
		}
		if (getppid() != (pid_t)atoi(argv[4])) /* it ended before we asked to end with it */
			_exit(3);
		fflush(NULL);
		error = roles[i].run();
		fflush(NULL);
		_exit(error);
	}
	return CODE_USAGE;
}

const struct command command_role = {"role", "NAME UID GID PARENT", NULL, NULL, run};
