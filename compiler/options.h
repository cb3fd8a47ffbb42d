/*
 * options.h - command lines of rsnlc: getopt_long over one table a command, and what every command shares.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>

enum exit_code { /* INTERFACE 1 */
	CODE_DONE = 0,
	CODE_CONTENT = 1,
	CODE_USAGE = 2,
	CODE_CANNOT = 3,
	CODE_UNTRUSTED = 4,
	CODE_BUG = 5,
};

struct option_row { /* a table ends with name NULL */
	int letter;         /* its short option, or a number above 255 for none */
	const char *name;   /* its long option */
	const char *value;  /* what --help calls its argument; NULL: takes none */
	const char *help;
};

struct command { /* every cmd_X.c has one: const struct command command_X */
	const char *name;
	const char *operands; /* for --help: "[OPTION]... PATH..." */
	const char *summary;
	const struct option_row *options;
	int (*run)(const struct command *command, int argc, char **argv); /* argv[0] is the command's name; returns a code */
};

struct options { /* of every command */
	int quiet, verbose;
	int color;          /* 1: diagnostics in colour */
	const char *config; /* -c; NULL: rsnlc.yaml if there is one */
	char **operands;    /* what is left; argv's own, reordered */
	size_t operand_count;
};

/* Parses argv by the command's table and the shared one. set() takes each of the command's own options (letter of its
 * row, value or NULL) and returns 0, or -EINVAL when the value is wrong after saying so with options_error().
 * Returns -1 to go on, or the exit code to leave with (help and version were printed, or usage was wrong). */
int options_parse(struct options *options, const struct command *command, int argc, char **argv,
                  int (*set)(void *state, int letter, const char *value), void *state);

/* "rsnlc: TEXT" on stderr. message is dropped under --quiet. */
void options_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void options_message(const struct options *options, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "ENOENT (No such file or directory)" for a positive or negative errno; static storage, valid until the next call. */
const char *options_errno(int error);

/* Which rules of the content are taken: -i and -x with KEY:GLOB. */
struct selection_rule {
	int exclude;
	const char *key, *glob;
};

struct selection {
	struct selection_rule rules[64];
	size_t count;
	int status_included; /* a given -i status: lifts the default exclusions */
};

struct selection_subject { /* what a rule is known by; NULL where it has none */
	const char *id, *name, *path, *status, *level, *logsource;
	const char *const *tags;
	size_t tag_count;
};

/* Adds KEY:GLOB. -EINVAL: unknown KEY or no colon; -E2BIG: too many. */
int selection_add(struct selection *selection, int exclude, const char *text);
int selection_takes(const struct selection *selection, const struct selection_subject *subject);
#endif
