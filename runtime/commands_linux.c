/* commands_linux.c - the commands that rsnl has on Linux. */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "command.h"
#include "commands.h"
#include "role_linux.h"

static int
run_role(const struct command *command, int argc, char **argv)
{
	(void)command;
	return cmd_role(argc, argv);
}

/* How the agent starts its own processes; not for people. */
static const struct command command_role = { "role", "", NULL, NULL, run_role };

const struct command *const commands[] = { &command_run, &command_replay, &command_scan, &command_swap,
	&command_verify, &command_status, &command_role, NULL };
