/*
 * notify.h - tells the service manager, where there is one, how the agent is; one file of code per system behind it.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/* Runs, or runs again after a reload; status: one line about it, NULL: as before. */
void notify_ready(const char *status);
void notify_reloading(void);
void notify_stopping(void);
/* Its loops move: to be said this often, in ns; 0: nobody asks. */
void notify_alive(void);
uint64_t notify_interval_ns(void);
/* One line of the agent's log; level: enum agent_level. */
void notify_log(int level, const char *line);
#endif
