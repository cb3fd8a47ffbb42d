/* main.c - rsnl: finds the command and runs it. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "commands.h"
#include "start.h"

static int
print_help(void)
{
	const struct command *const *command;

	puts("usage: rsnl COMMAND [OPTION]... [OPERAND]...\n");
	for (command = commands; *command; ++command)
		if ((*command)->summary)
			printf("  %-8s %s\n", (*command)->name, (*command)->summary);
	puts("\nrsnl COMMAND --help says more; so do rsnl(8) and pack(5).");
	return CODE_DONE;
}

int
main(int argc, char **argv)
{
	const struct command *const *command;

	if (start(&argc, &argv)) {
		message("not enough memory");
		return CODE_CANNOT;
	}
	if (sodium_init() < 0) {
		message("libsodium does not start");
		return CODE_BUG;
	}
	if (argc < 2) {
		message("a command is wanted; see rsnl --help");
		return CODE_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return print_help();
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("rsnl " RSNL_VERSION);
		return CODE_DONE;
	}
	for (command = commands; *command; ++command)
		if (!strcmp((*command)->name, argv[1]))
			return (*command)->run(*command, argc - 1, argv + 1);
	message("unknown command \"%s\"; see rsnl --help", argv[1]);
	return CODE_USAGE;
}
