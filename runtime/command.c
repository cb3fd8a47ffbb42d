/* command.c - parses options, prints help and version, and messages. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "os.h"

enum { OPTION_MAX = 48 };

static const struct option_row shared[] = {
	{ 'c', "config", "FILE", "configuration (default: the installed one, if it is there)" },
	{ 'q', "quiet", NULL, "errors only" },
	{ 'v', "verbose", NULL, "more messages" },
	{ 256, "color", "WHEN", "auto, always or never" },
	{ 'h', "help", NULL, "print this" },
	{ 'V', "version", NULL, "print the version" },
	{ 0, NULL, NULL, NULL },
};

void
message(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("rsnl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

const char *
message_errno(int error)
{
	static char text[128];

	error = error < 0 ? -error : error;
	snprintf(text, sizeof text, "%s (%s)", os_errno_name(error), strerror(error));
	return text;
}

int
level_number(const char *name)
{
	static const char *const names[] = { "informational", "low", "medium", "high", "critical" };
	int i;

	for (i = 0; i < 5; ++i)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static void
print_rows(const struct option_row *row)
{
	char name[64];

	for (; row && row->name; ++row) {
		snprintf(name, sizeof name, "--%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");
		if (row->letter < 256)
			printf("  -%c, %-24s %s\n", row->letter, name, row->help);
		else
			printf("      %-24s %s\n", name, row->help);
	}
}

static int
print_help(const struct command *command)
{
	printf("usage: rsnl %s %s\n%s\n\n", command->name, command->operands, command->summary);
	print_rows(command->options);
	print_rows(shared);
	return CODE_DONE;
}

struct tables { /* the rows as getopt_long wants them */
	struct option longs[OPTION_MAX];
	char shorts[2 * OPTION_MAX + 2];
	size_t count, used;
};

static void
add_rows(struct tables *tables, const struct option_row *row)
{
	for (; row && row->name && tables->count < OPTION_MAX - 1; ++row) {
		tables->longs[tables->count++] = (struct option){ row->name, row->value != NULL, NULL, row->letter };
		if (row->letter >= 256)
			continue;
		tables->shorts[tables->used++] = (char)row->letter;
		if (row->value)
			tables->shorts[tables->used++] = ':';
	}
}

static int
usage(const struct command *command, const char *what, const char *which)
{
	message("%s: %s %s; see rsnl %s --help", command->name, what, which, command->name);
	return CODE_USAGE;
}

/* -1 to go on, or an exit code. */
static int
take_shared(struct options *options, const struct command *command, int letter)
{
	switch (letter) {
	case 'c':
		options->config = optarg;
		return -1;
	case 'q':
		options->quiet = 1;
		return -1;
	case 'v':
		options->verbose = 1;
		return -1;
	case 256:
		if (strcmp(optarg, "auto") && strcmp(optarg, "always") && strcmp(optarg, "never"))
			return usage(command, "--color takes auto, always or never, not", optarg);
		return -1;
	case 'h':
		return print_help(command);
	case 'V':
		puts("rsnl " RSNL_VERSION);
		return CODE_DONE;
	}
	return -2;
}

int
options_parse(struct options *options, const struct command *command, int argc, char **argv,
              int (*set)(void *state, int letter, const char *value), void *state)
{
	struct tables tables = { .used = 1 };
	int letter, code;

	*options = (struct options){ 0 };
	tables.shorts[0] = ':';
	add_rows(&tables, command->options);
	add_rows(&tables, shared);
	optind = 0;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
		if (letter == ':')
			return usage(command, "a value is missing after", argv[optind - 1]);
		if (letter == '?')
			return usage(command, "unknown option", argv[optind - 1]);
		code = take_shared(options, command, letter);
		if (code == -2)
			code = set(state, letter, optarg) ? CODE_USAGE : -1;
		if (code >= 0)
			return code;
	}
	options->operands = argv + optind;
	options->operand_count = (size_t)(argc - optind);
	return -1;
}
