/*
 * control.h - the words of the control socket: one line of JSON asks, one answers.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stddef.h>
#include <stdint.h>

enum { CONTROL_LINE_MAX = 65536, CONTROL_CLIENT_MAX = 16, CONTROL_NAME_MAX = 200 };

enum control_command { CONTROL_STATUS, CONTROL_SWAP, CONTROL_ROLLBACK, CONTROL_RELOAD, CONTROL_STOP };

struct control_request {
	enum control_command command;
	int allow_older;
	uint64_t file; /* number of the pack's file in the client's process, where it cannot be passed along; 0: none */
	char name[CONTROL_NAME_MAX + 1]; /* of the pack's file, for messages; printable */
};

/* Reads one line without its newline. 0, or -EINVAL with why (static text) set. */
int control_parse(struct control_request *request, const char *line, size_t size, const char **why);
/* Whether a command changes something, so that only root and the agent's own user may give it. */
int control_is_privileged(enum control_command command);
#endif
