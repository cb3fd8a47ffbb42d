/*
 * listener.h - where clients reach the running agent: the control socket, or pipe; one file of code per system behind
 * it. Broker only lets them in and hands them to detect.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdint.h>

struct listener;

struct listener_client {
	int fd;         /* for channel_adopt_client; the caller's */
	int privileged; /* may change something, not only ask */
	uint32_t pid;
};

/* account: the user whose group may ask. -EADDRINUSE: another agent listens there. *unset is 0, or why the group could
 * not be given its right. 0 or a negative errno. */
int listener_open(struct listener **listener, const char *path, const char *account, int *unset);
void listener_close(struct listener *listener); /* NULL is fine */
int listener_descriptor(const struct listener *listener); /* what os_wait takes; -1 of NULL */
/* 0, -EAGAIN: nobody is there, or another negative errno: this one could not be let in. */
int listener_accept(struct listener *listener, struct listener_client *client);
/* A file that a client holds open, by the number it has there, where files are not passed along with a request. A
 * descriptor, or a negative errno. */
int listener_take_file(uint32_t pid, uint64_t number);
#endif
