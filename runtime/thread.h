/*
 * thread.h - threads that share what a monitor guards; one file of code per system behind it.
 */
#ifndef THREAD_H
#define THREAD_H

struct thread;
struct monitor;

/* NULL: no memory, or no more threads. */
struct thread *thread_start(void (*run)(void *data), void *data);
void thread_join(struct thread *thread); /* waits for its end and frees it */

struct monitor *monitor_new(void); /* NULL: no memory */
void monitor_free(struct monitor *monitor); /* NULL is fine */
void monitor_enter(struct monitor *monitor);
void monitor_leave(struct monitor *monitor);
/* Inside: lets others in until one of them wakes all who wait; look again at what was waited for. */
void monitor_wait(struct monitor *monitor);
void monitor_wake(struct monitor *monitor);
#endif
