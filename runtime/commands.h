/* commands.h - every command of rsnl, one row each; a system's own are in commands_linux.c and commands_windows.c. */
#ifndef COMMANDS_H
#define COMMANDS_H

struct command;

extern const struct command command_bench, command_replay, command_verify, command_run, command_scan, command_service,
	command_swap, command_status;
/* Without a summary: not for people. What the agent starts its processes with. */
extern const struct command command_role;
/* This system's commands, in the order of --help; ends with NULL. */
extern const struct command *const commands[];
#endif
