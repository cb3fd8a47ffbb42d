/*
 * control_path.h - where a running agent is asked.
 */
#ifndef CONTROL_PATH_H
#define CONTROL_PATH_H

#include <stddef.h>

/* The path of its control socket, or pipe, in room bytes: agent.socket of a configuration file; where none is given (NULL),
 * $RSNL_SOCKET, else that of the default file, whose mistakes are told but no hindrance. 0, or an exit code after a message. */
int control_path(const char *config_file, char *path, size_t room);
#endif
