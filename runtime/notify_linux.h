/*
 * notify_linux.h - tells systemd how the agent is (sd_notify(3)), without its library.
 */
#ifndef NOTIFY_LINUX_H
#define NOTIFY_LINUX_H

#include <stdint.h>

/* Sends lines such as "READY=1\nSTATUS=..." to $NOTIFY_SOCKET; nothing where it is not set. */
void notify_send(const char *text);
/* Half of $WATCHDOG_USEC in ns: how often WATCHDOG=1 is due; 0: never. */
uint64_t notify_interval_ns(void);
#endif
