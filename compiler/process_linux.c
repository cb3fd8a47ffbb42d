/*
 * process_linux.c - process.h on POSIX.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

enum { SIGNAL_COUNT = sizeof(numbers) / sizeof(numbers[0]) };

struct signals { /* as they were before a program ran */
	struct sigaction before[SIGNAL_COUNT];
	sigset_t mask;
};

static volatile sig_atomic_t running, stopped; /* the program's process id; the signal that we passed on to it */

static void
signal_pass(int number)
{
	stopped = number;
	if (running > 0)
		kill(running, number);
}

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

struct start { /* of a program */
	char *const *argv, *const *environment;
	int output;
	pid_t parent;
	const struct signals *signals;
	volatile int error; /* errno of what failed in the child */
};

/* The child's part, in our memory until exec. It ends with us, however we end: ninja then stops its compilers. */
static void
child_exec(struct start *start)
{
	int input = open("/dev/null", O_RDONLY);

	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaction(numbers[i], &start->signals->before[i], NULL);
	sigprocmask(SIG_SETMASK, &start->signals->mask, NULL);
	if (input >= 0 && !prctl(PR_SET_PDEATHSIG, SIGTERM) && getppid() == start->parent &&
	    dup2(input, STDIN_FILENO) >= 0 && dup2(start->output, STDOUT_FILENO) >= 0 &&
	    dup2(start->output, STDERR_FILENO) >= 0)
		execvpe(start->argv[0], start->argv, start->environment);
	start->error = errno;
	_exit(127);
}

static int
process_start(pid_t *pid, struct start *start)
{
	start->parent = getpid();
	start->error = 0;
	*pid = vfork();
	if (*pid < 0)
		return -errno;
	if (*pid == 0)
		child_exec(start);
	if (!start->error)
		return 0;
	waitpid(*pid, NULL, 0);
	return -start->error;
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

/* An interrupt from the keyboard reaches the program that runs, what is sent to us alone is passed on to it; we go on
 * and clean up. What our own caller wants ignored stays ignored. */
static void
signals_take(struct signals *signals)
{
	struct sigaction action = {.sa_flags = SA_RESTART};
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaddset(&blocked, numbers[i]);
	sigprocmask(SIG_BLOCK, &blocked, &signals->mask);
	stopped = 0;
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		sigaction(numbers[i], NULL, &signals->before[i]);
		action.sa_handler = numbers[i] == SIGINT ? SIG_IGN : signal_pass;
		if (signals->before[i].sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

static void
signals_give_back(const struct signals *signals)
{
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaction(numbers[i], &signals->before[i], NULL);
}

int
process_run(char *const argv[], const char *variable, struct process_output *output)
{
	char **environment = variable ? environment_with(variable) : environ;
	struct signals signals;
	struct start start = {.argv = argv, .environment = environment, .signals = &signals};
	int ends[2], status;
	pid_t pid = 0;

	if (!environment)
		return -ENOMEM;
	output->size = 0;
	output->tail[0] = '\0';
	signals_take(&signals);
	status = pipe2(ends, O_CLOEXEC) ? -errno : 0;
	if (!status) {
		start.output = ends[1];
		status = process_start(&pid, &start);
		running = status ? 0 : pid;
		close(ends[1]);
		sigprocmask(SIG_SETMASK, &signals.mask, NULL);
		if (!status)
			status = process_finish(pid, ends[0], output);
		running = 0;
		close(ends[0]);
	}
	sigprocmask(SIG_SETMASK, &signals.mask, NULL);
	signals_give_back(&signals);
	if (variable)
		free(environment);
	return stopped ? 128 + stopped : status;
}

int
process_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}

struct process_thread {
	pthread_t id;
	void (*run)(void *data);
	void *data;
};

static void *
thread_run(void *data)
{
	struct process_thread *thread = data;

	thread->run(thread->data);
	return NULL;
}

struct process_thread *
process_thread_start(void (*run)(void *data), void *data)
{
	struct process_thread *thread = malloc(sizeof(*thread));

	if (!thread)
		return NULL;
	*thread = (struct process_thread){.run = run, .data = data};
	if (!pthread_create(&thread->id, NULL, thread_run, thread))
		return thread;
	free(thread);
	return NULL;
}

void
process_thread_join(struct process_thread *thread)
{
	pthread_join(thread->id, NULL);
	free(thread);
}
