/*
 * options.c - command lines: getopt_long over a command's table and the shared one, and messages.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "options.h"
#include "options_parse.h"

#ifndef RSNL_VERSION
#define RSNL_VERSION "0"
#endif

enum { LETTER_COLOR = 1000 };

static const struct option_row shared_rows[] = {
	{'h', "help", NULL, "print this and exit"},
	{'V', "version", NULL, "print the version and exit"},
	{'q', "quiet", NULL, "errors only"},
	{'v', "verbose", NULL, "say more"},
	{'c', "config", "FILE", "read options from FILE instead of rsnlc.yaml"},
	{LETTER_COLOR, "color", "auto|always|never", "colour diagnostics"},
	{0},
};

static void
message_write(const char *format, va_list arguments)
{
	fputs("rsnlc: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

void
options_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message_write(format, arguments);
	va_end(arguments);
}

void
options_message(const struct options *options, const char *format, ...)
{
	va_list arguments;

	if (options->quiet)
		return;
	va_start(arguments, format);
	message_write(format, arguments);
	va_end(arguments);
}

const char *
options_errno(int error)
{
	static char text[128];
	int number = error < 0 ? -error : error;
	const char *name = strerrorname_np(number);

	snprintf(text, sizeof(text), "%s (%s)", name ? name : "E?", strerrordesc_np(number) ? strerrordesc_np(number) : "");
	return text;
}

static void
rows_print(const struct option_row *rows)
{
	char left[64];

	for (; rows && rows->name; rows++) {
		snprintf(left, sizeof(left), "--%s%s%s", rows->name, rows->value ? "=" : "", rows->value ? rows->value : "");
		if (rows->letter < 256)
			printf("  -%c, %-28s %s\n", rows->letter, left, rows->help);
		else
			printf("      %-28s %s\n", left, rows->help);
	}
}

static void
help_print(const struct command *command)
{
	printf("usage: rsnlc %s %s\n%s\n\n", command->name, command->operands, command->summary);
	rows_print(command->options);
	rows_print(shared_rows);
}

static void
rows_add(struct parsing *parsing, const struct option_row *rows)
{
	size_t end = strlen(parsing->shorts);

	for (; rows && rows->name; rows++) {
		parsing->longs[parsing->count++] = (struct option){rows->name, rows->value ? required_argument : no_argument,
		                                                   NULL, rows->letter};
		if (rows->letter > 255)
			continue;
		parsing->shorts[end++] = rows->letter;
		if (rows->value)
			parsing->shorts[end++] = ':';
	}
	parsing->shorts[end] = '\0';
}

static int
color_set(struct options *options, const char *value)
{
	const char *term = getenv("TERM");

	if (!strcmp(value, "auto"))
		options->color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb");
	else if (!strcmp(value, "always") || !strcmp(value, "never"))
		options->color = value[0] == 'a';
	else
		return -EINVAL;
	return 0;
}

int
option_set(struct parsing *parsing, int letter, const char *value)
{
	struct options *options = parsing->options;

	switch (letter) {
	case 'h':
		help_print(parsing->command);
		return 1;
	case 'V':
		printf("rsnlc %s\n", RSNL_VERSION);
		return 1;
	case 'q':
		options->quiet = 1;
		return 0;
	case 'v':
		options->verbose = 1;
		return 0;
	case 'c':
		options->config = value;
		return 0;
	case LETTER_COLOR:
		if (!color_set(options, value))
			return 0;
		options_error("--color is auto, always or never, not \"%s\"", value);
		return -EINVAL;
	default:
		return parsing->set ? parsing->set(parsing->state, letter, value) : -EINVAL;
	}
}

static int
usage_error(const struct parsing *parsing)
{
	fprintf(stderr, "rsnlc: try rsnlc %s --help\n", parsing->command->name);
	return CODE_USAGE;
}

static int
option_unknown(const struct parsing *parsing, int letter, char **argv)
{
	const char *names[OPTION_ROWS_MAX], *word = argv[optind - 1], *nearest = NULL;

	if (letter == ':') {
		options_error("option %s needs a value", word);
		return usage_error(parsing);
	}
	if (optopt && optopt < 256) {
		options_error("unknown option -%c", optopt);
		return usage_error(parsing);
	}
	for (size_t i = 0; i < parsing->count; i++)
		names[i] = parsing->longs[i].name;
	if (!strncmp(word, "--", 2))
		nearest = diag_nearest(word + 2, strcspn(word + 2, "="), names, parsing->count);
	if (nearest)
		options_error("unknown option %s; did you mean --%s?", word, nearest);
	else
		options_error("unknown option %s", word);
	return usage_error(parsing);
}

int
options_parse(struct options *options, const struct command *command, int argc, char **argv,
              int (*set)(void *state, int letter, const char *value), void *state)
{
	struct parsing parsing = {.options = options, .command = command, .set = set, .state = state};
	int letter, result;

	*options = (struct options){0};
	strcpy(parsing.shorts, ":");
	rows_add(&parsing, command->options);
	rows_add(&parsing, shared_rows);
	color_set(options, "auto");
	opterr = 0;
	optind = 1;
	while ((letter = getopt_long(argc, argv, parsing.shorts, parsing.longs, NULL)) != -1) {
		if (letter == '?' || letter == ':')
			return option_unknown(&parsing, letter, argv);
		parsing.given[letter] = 1;
		result = option_set(&parsing, letter, optarg);
		if (result)
			return result > 0 ? CODE_DONE : usage_error(&parsing);
	}
	options->operands = argv + optind;
	options->operand_count = argc - optind;
	return config_read(&parsing);
}
