/*
 * role_linux.c - starts one of the agent's processes, and is the first thing such a process runs.
 */
#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account_linux.h"
#include "command.h"
#include "commands.h"
#include "sandbox_linux.h"

enum { FD_FIRST = 3 }; /* the first descriptor given; the others follow */

static const struct {
	const char *name;
	enum sandbox_profile profile;
	uint32_t spare; /* uid */
} confined[] = {
	{"config", SANDBOX_CONFIG, ACCOUNT_UID_DETECT},
	{"detect", SANDBOX_DETECT, ACCOUNT_UID_DETECT},
	{"scan", SANDBOX_SCAN, ACCOUNT_UID_SCAN},
};

static size_t
confined_find(const char *role)
{
	size_t i = 0;

	while (strcmp(confined[i].name, role) != 0)
		i++;
	return i;
}

/* In the child: puts fds at 3, 4, ...; everything else is closed, also what we inherited. */
static int
fds_place(const int *fds, int count)
{
	int high[ROLE_FD_MAX], null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FD_FIRST + count);
		if (high[i] < 0)
			return -errno;
	}
	for (int i = 0; i < count; i++) {
		if (dup2(high[i], FD_FIRST + i) < 0)
			return -errno;
	}
	return close_range((unsigned)(FD_FIRST + count), ~0u, 0) ? -errno : 0;
}

/* In the child: becomes the role, or ends. */
static void
child_run(char **argv, const int *fds, int fd_count)
{
	/* sent to all of a terminal or a service, they are broker's to handle: it still needs the others to drain */
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE};
	char *environment[] = {NULL};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!fds_place(fds, fd_count))
		execve("/proc/self/exe", argv, environment);
	_exit(127);
}

int
role_start(struct role_process *process, const char *role, const char *account, const int *fds, int fd_count)
{
	char uid[16], gid[16], parent[16], count[16];
	char *argv[] = {"rsnl", "role", (char *)role, uid, gid, parent, count, NULL};
	struct account user = {0, 0};
	pid_t pid;

	if (fd_count > ROLE_FD_MAX)
		return -EINVAL;
	if (!geteuid())
		account_find(account, confined[confined_find(role)].spare, &user);
	snprintf(uid, sizeof(uid), "%u", user.uid);
	snprintf(gid, sizeof(gid), "%u", user.gid);
	snprintf(parent, sizeof(parent), "%d", (int)getpid());
	snprintf(count, sizeof(count), "%d", fd_count);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		child_run(argv, fds, fd_count);
	process->pid = (uint32_t)pid;
	process->guard = -1;
	process->fd = (int)syscall(SYS_pidfd_open, pid, 0);
	return 0;
}

static void
end_tell(struct role_end *end, int status)
{
	const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;

	end->crashed = WIFSIGNALED(status);
	end->fault = end->crashed && WTERMSIG(status) == SIGSEGV;
	end->code = end->crashed ? WTERMSIG(status) : WEXITSTATUS(status);
	if (end->crashed)
		snprintf(end->cause, sizeof(end->cause), "SIG%s", name ? name : "RT");
	else
		snprintf(end->cause, sizeof(end->cause), "exit %d", end->code);
}

int
role_ended(struct role_process *process, struct role_end *end, int wait)
{
	int status;

	if (!process->pid || waitpid((pid_t)process->pid, &status, wait ? 0 : WNOHANG) != (pid_t)process->pid)
		return 0;
	end_tell(end, status);
	if (process->fd >= 0)
		close(process->fd);
	*process = (struct role_process){0, -1, -1};
	return 1;
}

void
role_kill(const struct role_process *process)
{
	if (process->pid)
		kill((pid_t)process->pid, SIGKILL);
}

static int
run(const struct command *command, int argc, char **argv)
{
	const struct role *role = argc == 6 ? role_find(argv[1]) : NULL;
	int fds[ROLE_FD_MAX], error;

	(void)command;
	if (!role)
		return CODE_USAGE;
	error = sandbox_enter(confined[confined_find(role->name)].profile, (uint32_t)atoi(argv[2]), (uint32_t)atoi(argv[3]));
	if (error) {
		fprintf(stderr, "rsnl: %s: cannot give up rights: %s\n", role->name, strerror(-error));
		_exit(3);
	}
	if (getppid() != (pid_t)atoi(argv[4])) /* it ended before we asked to end with it */
		_exit(3);
	for (int i = 0; i < ROLE_FD_MAX; i++)
		fds[i] = i < atoi(argv[5]) ? FD_FIRST + i : -1;
	fflush(NULL);
	error = role->run(fds);
	fflush(NULL);
	_exit(error);
}

const struct command command_role = {"role", "NAME UID GID PARENT COUNT", NULL, NULL, run};
