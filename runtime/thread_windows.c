/* thread_windows.c - threads and monitors by the Windows API. */
#include <windows.h>
#include <stdlib.h>

#include "thread.h"

struct thread {
	HANDLE handle;
	void (*run)(void *data);
	void *data;
};

struct monitor {
	CRITICAL_SECTION section;
	CONDITION_VARIABLE changed;
};

static DWORD WINAPI
start(void *data)
{
	struct thread *thread = data;

	thread->run(thread->data);
	return 0;
}

struct thread *
thread_start(void (*run)(void *data), void *data)
{
	struct thread *thread = malloc(sizeof *thread);

	if (!thread)
		return NULL;
	thread->run = run;
	thread->data = data;
	thread->handle = CreateThread(NULL, 0, start, thread, 0, NULL);
	if (!thread->handle) {
		free(thread);
		return NULL;
	}
	return thread;
}

void
thread_join(struct thread *thread)
{
	WaitForSingleObject(thread->handle, INFINITE);
	CloseHandle(thread->handle);
	free(thread);
}

struct monitor *
monitor_new(void)
{
	struct monitor *monitor = malloc(sizeof *monitor);

	if (!monitor)
		return NULL;
	InitializeCriticalSection(&monitor->section);
	InitializeConditionVariable(&monitor->changed);
	return monitor;
}

void
monitor_free(struct monitor *monitor)
{
	if (!monitor)
		return;
	DeleteCriticalSection(&monitor->section);
	free(monitor);
}

void
monitor_enter(struct monitor *monitor)
{
	EnterCriticalSection(&monitor->section);
}

void
monitor_leave(struct monitor *monitor)
{
	LeaveCriticalSection(&monitor->section);
}

void
monitor_wait(struct monitor *monitor)
{
	SleepConditionVariableCS(&monitor->changed, &monitor->section, INFINITE);
}

void
monitor_wake(struct monitor *monitor)
{
	WakeAllConditionVariable(&monitor->changed);
}
