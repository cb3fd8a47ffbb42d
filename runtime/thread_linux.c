/* thread_linux.c - threads and monitors by POSIX. */
#include <pthread.h>
#include <stdlib.h>

#include "thread.h"

struct thread {
	pthread_t id;
	void (*run)(void *data);
	void *data;
};

struct monitor {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
};

static void *
start(void *data)
{
	struct thread *thread = data;

	thread->run(thread->data);
	return NULL;
}

struct thread *
thread_start(void (*run)(void *data), void *data)
{
	struct thread *thread = malloc(sizeof *thread);

	if (!thread)
		return NULL;
	thread->run = run;
	thread->data = data;
	if (pthread_create(&thread->id, NULL, start, thread)) {
		free(thread);
		return NULL;
	}
	return thread;
}

void
thread_join(struct thread *thread)
{
	pthread_join(thread->id, NULL);
	free(thread);
}

struct monitor *
monitor_new(void)
{
	struct monitor *monitor = malloc(sizeof *monitor);

	if (!monitor)
		return NULL;
	pthread_mutex_init(&monitor->mutex, NULL);
	pthread_cond_init(&monitor->changed, NULL);
	return monitor;
}

void
monitor_free(struct monitor *monitor)
{
	if (!monitor)
		return;
	pthread_cond_destroy(&monitor->changed);
	pthread_mutex_destroy(&monitor->mutex);
	free(monitor);
}

void
monitor_enter(struct monitor *monitor)
{
	pthread_mutex_lock(&monitor->mutex);
}

void
monitor_leave(struct monitor *monitor)
{
	pthread_mutex_unlock(&monitor->mutex);
}

void
monitor_wait(struct monitor *monitor)
{
	pthread_cond_wait(&monitor->changed, &monitor->mutex);
}

void
monitor_wake(struct monitor *monitor)
{
	pthread_cond_broadcast(&monitor->changed);
}
