/*
 * control_path.c - where a running agent is asked.
 */
#include "control_path.h"

#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "config_load.h"
#include "os.h"

int
control_path(const char *config_file, char *path, size_t room)
{
	static struct config config;
	const char *given = getenv("RSNL_SOCKET");
	int code;

	if (given && *given) {
		snprintf(path, room, "%s", given);
		return 0;
	}
	if (!config_file) {
		os_path(PLACE_SOCKET, path, room);
		return 0;
	}
	code = config_load(config_file, &config);
	snprintf(path, room, "%s", config.agent.socket);
	return code;
}
