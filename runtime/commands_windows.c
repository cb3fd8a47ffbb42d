/* commands_windows.c - the commands that rsnl has on Windows. */
#include <stddef.h>

#include "commands.h"

const struct command *const commands[] = { &command_replay, &command_bench, &command_verify, &command_scan, NULL };
