/*
 * main.c - rsnlc: the commands. What build and check run is the list of passes in compile.c.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "options.h"

extern const struct command command_build, command_check, command_test, command_explain, command_list, command_coverage,
	command_key, command_sign, command_inspect, command_diff;

static const struct command *const commands[] = {
	&command_build, &command_check, &command_test, &command_explain, &command_list, &command_coverage, &command_key,
	&command_sign, &command_inspect, &command_diff,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

static void
usage_print(FILE *out)
{
	fputs("usage: rsnlc COMMAND [OPTION]... [OPERAND]...\n\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nrsnlc COMMAND --help lists the options of a command.\n", out);
}

static int
command_unknown(const char *word)
{
	const char *names[COMMAND_COUNT], *nearest;

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i]->name;
	nearest = diag_nearest(word, strlen(word), names, COMMAND_COUNT);
	if (nearest)
		options_error("unknown command \"%s\"; did you mean \"%s\"?", word, nearest);
	else
		options_error("unknown command \"%s\"; rsnlc --help lists them", word);
	return CODE_USAGE;
}

/* Output that could not be written is no success. */
static int
output_close(int code)
{
	if (!ferror(stdout) && !fflush(stdout))
		return code;
	options_error("cannot write to stdout");
	return CODE_CANNOT;
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		usage_print(stderr);
		return CODE_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		usage_print(stdout);
		return output_close(CODE_DONE);
	}
	if (!strcmp(argv[1], "-V") || !strcmp(argv[1], "--version")) {
		printf("rsnlc %s\n", RSNL_VERSION);
		return output_close(CODE_DONE);
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i]->name, argv[1]))
			return output_close(commands[i]->run(commands[i], argc - 1, argv + 1));
	return command_unknown(argv[1]);
}
