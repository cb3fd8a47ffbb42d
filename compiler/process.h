/*
 * process.h - runs a program and reads what it says, without a shell; a second thread of our own.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stddef.h>

struct process_output { /* standard output and error together */
	/* Takes each line (without LF) as it comes; 1: keep it in tail. NULL: all are kept. */
	int (*line)(void *context, const char *line);
	void *context;
	char tail[8192]; /* its last bytes, NUL-terminated */
	size_t size;     /* of tail */
};

/* Runs argv[0] (searched in PATH, NULL after the last argument) to its end, with standard input empty; variable is one
 * NAME=VALUE added to its environment, or NULL. SIGTERM and SIGHUP are passed on to it, and it is ended when we are
 * killed. Its exit status (128 + signal if one ended it, or came to us meanwhile), or a negative errno when it could
 * not be started. Not for several threads at once. */
int process_run(char *const argv[], const char *variable, struct process_output *output);

/* CPUs that we may use. */
int process_cpus(void);

/* Calls run beside its caller. NULL: no memory, or no more threads. */
struct process_thread *process_thread_start(void (*run)(void *data), void *data);
void process_thread_join(struct process_thread *thread); /* waits for its end and frees it */
#endif
