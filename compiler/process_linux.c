/*
 * process_linux.c - process.h on POSIX.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* environ with variable in front. */
static char **
environment_with(const char *variable)
{
	size_t count = 0;
	char **copy;

	while (environ[count])
		count++;
	copy = calloc(count + 2, sizeof(*copy));
	if (!copy)
		return NULL;
	copy[0] = (char *)variable;
	memcpy(copy + 1, environ, count * sizeof(*copy));
	return copy;
}

static void
tail_add(struct process_output *output, const char *data, size_t size)
{
	const size_t room = sizeof(output->tail) - 1;
	size_t excess;

	if (size > room) {
		data += size - room;
		size = room;
	}
	excess = output->size + size > room ? output->size + size - room : 0;
	memmove(output->tail, output->tail + excess, output->size - excess);
	output->size -= excess;
	memcpy(output->tail + output->size, data, size);
	output->size += size;
	output->tail[output->size] = '\0';
}

static void
line_give(struct process_output *output, char *line, size_t *length)
{
	line[*length] = '\0';
	if (!output->line || output->line(output->context, line)) {
		tail_add(output, line, *length);
		tail_add(output, "\n", 1);
	}
	*length = 0;
}

static void
output_read(int fd, struct process_output *output)
{
	char buffer[4096], line[4096];
	size_t length = 0;
	ssize_t got;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0 || (got < 0 && errno == EINTR))
		for (ssize_t i = 0; i < got; i++) {
			if (buffer[i] == '\n' || length == sizeof(line) - 1)
				line_give(output, line, &length);
			if (buffer[i] != '\n')
				line[length++] = buffer[i];
		}
	if (length > 0)
		line_give(output, line, &length);
}

static int
process_start(pid_t *pid, char *const argv[], char *const environment[], const int ends[2])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int error;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&actions);
	error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	if (!error)
		error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -error;
}

/* Reads what it says and waits for its end. */
static int
process_finish(pid_t pid, int fd, struct process_output *output)
{
	int status;

	output_read(fd, output);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* An interrupt from the keyboard ends the program that runs; we go on and clean up. */
int
process_run(char *const argv[], const char *variable, struct process_output *output)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	char **environment = variable ? environment_with(variable) : environ;
	struct sigaction before;
	int ends[2], status;
	pid_t pid;

	if (!environment)
		return -ENOMEM;
	output->size = 0;
	output->tail[0] = '\0';
	sigaction(SIGINT, &ignore, &before);
	status = pipe2(ends, O_CLOEXEC) ? -errno : 0;
	if (!status) {
		status = process_start(&pid, argv, environment, ends);
		close(ends[1]);
		if (!status)
			status = process_finish(pid, ends[0], output);
		close(ends[0]);
	}
	sigaction(SIGINT, &before, NULL);
	if (variable)
		free(environment);
	return status;
}

int
process_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}
