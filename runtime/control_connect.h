/*
 * control_connect.h - a client's end of the control socket, or pipe; one file of code per system behind it.
 */
#ifndef CONTROL_CONNECT_H
#define CONTROL_CONNECT_H

struct channel;

/* To the agent that listens at path. A descriptor for channel_adopt_client, or a negative errno. */
int control_connect(const char *path);
/* Sends a request, a JSON object, as one line, and a file with it (descriptor, -1: none) that stays open until the answer
 * is there. 0 or a negative errno. */
int control_send(struct channel *end, const char *request, int fd);
#endif
