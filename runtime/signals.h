/*
 * signals.h - what people and the service manager tell the running agent; one file of code per system behind it.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

enum signals_wish { SIGNALS_NONE, SIGNALS_RELOAD, SIGNALS_HEALTH, SIGNALS_STOP };

/* From now on they come only by signals_next. What os_wait takes, or a negative errno. */
int signals_open(void);
/* The next one, SIGNALS_NONE: there is none. */
enum signals_wish signals_next(int fd);
#endif
