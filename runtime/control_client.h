/*
 * control_client.h - asks a running agent one thing at its control socket, or pipe.
 */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include <stddef.h>

/* Sends one request line (without newline) and a descriptor (-1: none) to the agent at path, and waits for its answer
 * line. *answer is the caller's to free(). 0, or a negative errno. */
int control_ask(const char *path, const char *request, int fd, char **answer, size_t *size);
/* "no agent at PATH: ERRNO (text)" for an error of control_ask; 3. */
int control_failed(const char *path, int error);
#endif
