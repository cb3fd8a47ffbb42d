/*
 * options_parse.h - what options.c and options_config.c share while a command line is parsed.
 *
 * Include options.h first.
 */
#ifndef OPTIONS_PARSE_H
#define OPTIONS_PARSE_H

#include <getopt.h>

enum { OPTION_ROWS_MAX = 64, OPTION_LETTER_MAX = 1023 };

struct parsing {
	struct options *options;
	const struct command *command;
	int (*set)(void *state, int letter, const char *value);
	void *state;
	struct option longs[OPTION_ROWS_MAX];
	char shorts[3 * OPTION_ROWS_MAX];
	size_t count;
	char given[OPTION_LETTER_MAX + 1]; /* letters that the command line had: they beat the config file */
};

/* Takes one option, shared or the command's. Returns 0, -EINVAL, or 1 when the answer was printed and nothing else is to
 * be done. */
int option_set(struct parsing *parsing, int letter, const char *value);

/* Reads the config file, if there is one: options that the command line did not give, and operands if it gave none.
 * Returns -1 to go on, or the exit code to leave with. */
int config_read(struct parsing *parsing);
#endif
