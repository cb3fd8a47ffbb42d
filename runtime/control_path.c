/*
 * control_path.c - where a running agent is asked.
 */
#include "control_path.h"

#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "config.h"
#include "config_load.h"
#include "message.h"
#include "os.h"

int
control_path(const char *config_file, char *path, size_t room)
{
	static struct config config;
	const char *given = config_file ? NULL : getenv("RSNL_SOCKET");
	int code = 0;

	if (!given || !*given) {
		code = config_load(config_file, &config);
		given = config.agent.socket;
	}
	if (code && !config_file) { /* an agent that runs can be asked even so */
		os_path(PLACE_SOCKET, path, room);
		return 0;
	}
	if (!code && (size_t)snprintf(path, room, "%s", given) >= room) {
		message("RSNL_SOCKET is longer than %zu bytes", room - 1);
		code = CODE_USAGE;
	}
	return code;
}
