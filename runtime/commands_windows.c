/* commands_windows.c - the commands that rsnl has on Windows. */
#include <stddef.h>

#include "commands.h"

const struct command *const commands[] = { &command_run, &command_replay, &command_bench, &command_scan, &command_swap,
	&command_verify, &command_status, &command_service, &command_role, NULL };
