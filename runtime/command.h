/*
 * command.h - the command line of rsnl: a table of commands, getopt_long over one table of options a command.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stddef.h>

enum exit_code {
	CODE_DONE = 0,
	CODE_CONTENT = 1,   /* a rule, event or test is wrong; --fail-on was reached */
	CODE_USAGE = 2,
	CODE_CANNOT = 3,    /* I/O, no permission, no agent: with the errno's name */
	CODE_UNTRUSTED = 4, /* a pack, config or key file is not to be trusted */
	CODE_BUG = 5,
};

struct option_row { /* a table ends with name NULL */
	int letter;        /* its short option, or a number above 255 for none */
	const char *name;  /* its long option */
	const char *value; /* what --help calls its argument; NULL: takes none */
	const char *help;
};

struct command {
	const char *name;
	const char *operands; /* for --help: "[OPTION]... FILE..." */
	const char *summary;
	const struct option_row *options;
	int (*run)(const struct command *command, int argc, char **argv); /* argv[0] is the name; an exit code */
};

struct options { /* of every command */
	int quiet, verbose;
	const char *config; /* -c; NULL: the default one */
	char **operands;    /* what is left; argv's own, reordered */
	size_t operand_count;
};

/* Parses argv by the command's table and the shared one. set takes each of the command's own options and returns 0, or
 * a negative errno when the value is wrong, after saying so. Returns -1 to go on, or the exit code to leave with. */
int options_parse(struct options *options, const struct command *command, int argc, char **argv,
                  int (*set)(void *state, int letter, const char *value), void *state);
/* "rsnl: TEXT" on stderr. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "ENOENT (No such file or directory)" for a positive or negative errno; static storage. */
const char *message_errno(int error);
/* An enum pack_level by its name, or -1. */
int level_number(const char *name);
#endif
