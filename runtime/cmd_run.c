/*
 * cmd_run.c - rsnl run: the agent, in the foreground.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "broker_server.h"
#include "command.h"
#include "commands.h"
#include "config.h"
#include "config_load.h"
#include "contents.h"
#include "role.h"
#include "agent.h"
#include "file.h"
#include "rights.h"

enum { OPTION_PRETTY = 300, OPTION_EVENTS, OPTION_FOR, OPTION_CHECK };

static const struct option_row options_run[] = {
	{'p', "pack", "PACK", "pack to run (default: the active one, the previous, default.rsnp)"},
	{OPTION_PRETTY, "pretty", NULL, "one line an alert on stdout"},
	{OPTION_EVENTS, "events", NULL, "one line an event on stdout"},
	{OPTION_FOR, "for", "TIME", "stop after, e.g. 20s"},
	{OPTION_CHECK, "check-config", NULL, "print the effective configuration and exit"},
	{0, NULL, NULL, NULL},
};

struct state {
	struct agent_options agent;
	int check;
};

/* 0, or 3 after saying what is missing. */
static int
rights_check(void)
{
	char text[512];

	if (!rights_missing(text, sizeof(text)))
		return 0;
	message("%s", text);
	return CODE_CANNOT;
}

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;

	switch (letter) {
	case 'p': state->agent.pack = value; break;
	case OPTION_PRETTY: state->agent.pretty = 1; break;
	case OPTION_EVENTS: state->agent.events = 1; break;
	case OPTION_CHECK: state->check = 1; break;
	case OPTION_FOR:
		if (!config_duration(value, &state->agent.for_ns))
			break;
		message("--for \"%s\" is not a duration such as 20s", value);
		return -EINVAL;
	}
	return 0;
}

static int
run(const struct command *command, int argc, char **argv)
{
	static struct agent agent;
	struct state state = {.check = 0};
	struct options options;
	int code = options_parse(&options, command, argc, argv, set, &state);

	if (code >= 0)
		return code;
	if (options.operand_count) {
		message("run takes no operand \"%s\"; give a pack with -p", options.operands[0]);
		return CODE_USAGE;
	}
	agent.options = state.agent;
	agent.options.config_path = options.config;
	agent.options.quiet = options.quiet;
	agent.options.verbose = options.verbose;
	code = config_load(options.config, &agent.config);
	if (!code && !state.check)
		code = rights_check();
	if (code)
		return code;
	if (state.check) {
		config_print(&agent.config, stdout);
		return CODE_DONE;
	}
	snprintf(agent.config_file, sizeof(agent.config_file), "%s", options.config ? options.config
	         : file_exists(config_place()) ? config_place() : "(defaults)");
	return agent_run(&agent);
}

const struct command command_run = {
	"run", "[OPTION]...", "Watches this machine with a pack, in the foreground.", options_run, run,
};
