/*
 * toolchain.c - finds the C compiler and re2c that build packs.
 */
#include "toolchain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "packfile.h"
#include "process.h"

static const struct {
	const char *name, *compiler; /* compiler: of a machine of another kind */
	uint32_t target;
} targets[] = {
	{"x86_64", "x86_64-linux-gnu-gcc", PACK_X86_64},
	{"aarch64", "aarch64-linux-gnu-gcc", PACK_AARCH64},
};

enum { TARGET_COUNT = sizeof(targets) / sizeof(targets[0]) };

const char *
target_name(uint32_t target)
{
	for (int i = 0; i < TARGET_COUNT; i++)
		if (targets[i].target == target)
			return targets[i].name;
	return NULL;
}

int
target_find(const char *name, uint32_t *target)
{
	for (int i = 0; i < TARGET_COUNT; i++)
		if (!strcmp(targets[i].name, name)) {
			*target = targets[i].target;
			return 0;
		}
	return -EINVAL;
}

uint32_t
target_host(void)
{
#if defined(__aarch64__)
	return PACK_AARCH64;
#else
	return PACK_X86_64;
#endif
}

static int
tool_split(struct tool *tool, const char *command)
{
	size_t count = 0;
	char *save, *word;

	if (strlen(command) >= sizeof(tool->text))
		return -E2BIG;
	strcpy(tool->text, command);
	for (word = strtok_r(tool->text, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (count == TOOL_WORDS_MAX)
			return -E2BIG;
		tool->words[count++] = word;
	}
	tool->words[count] = NULL;
	return count > 0 ? 0 : -EINVAL;
}

/* Runs the tool with one argument and keeps what it says. */
static int
tool_ask(const struct tool *tool, const char *argument, char *answer, size_t room)
{
	struct process_output output = {0};
	char *argv[TOOL_WORDS_MAX + 2];
	size_t count = 0;
	int status;

	for (; tool->words[count]; count++)
		argv[count] = tool->words[count];
	argv[count] = (char *)argument;
	argv[count + 1] = NULL;
	status = process_run(argv, NULL, &output);
	if (status == 0)
		snprintf(answer, room, "%.*s", (int)room - 1, output.tail);
	return status;
}

static int
tool_find(struct tool *tool, const char *command, const char *advice, char *error, size_t error_size)
{
	int status = tool_split(tool, command);

	if (!status)
		status = tool_ask(tool, "--version", tool->version, sizeof(tool->version));
	if (status < 0)
		snprintf(error, error_size, "cannot run \"%.64s\": %s; install %s", command, options_errno(status), advice);
	else if (status > 0)
		snprintf(error, error_size, "\"%.64s --version\" ended with %d; install %s", command, status, advice);
	return status ? -1 : 0;
}

/* Whether cc makes code for target; *machine is what it says. */
static int
compiler_fits(const struct tool *cc, uint32_t target, char *machine, size_t room)
{
	const char *name = target_name(target);
	size_t size = strlen(name);

	machine[0] = '\0';
	if (tool_ask(cc, "-dumpmachine", machine, room))
		return 0;
	machine[strcspn(machine, "\n")] = '\0';
	return !strncmp(machine, name, size) && machine[size] == '-';
}

static const char *
cross_compiler(uint32_t target)
{
	for (int i = 0; i < TARGET_COUNT; i++)
		if (targets[i].target == target)
			return targets[i].compiler;
	return NULL;
}

int
toolchain_find(struct toolchain *tools, uint32_t target, char *error, size_t error_size)
{
	const char *cc = getenv("CC"), *re2c = getenv("RE2C");
	char machine[128], advice[96];
	int given = cc && *cc && target == target_host();

	if (!given)
		cc = target == target_host() ? "cc" : cross_compiler(target);
	if (target == target_host())
		snprintf(advice, sizeof(advice), "gcc or set CC");
	else
		snprintf(advice, sizeof(advice), "gcc-%s-linux-gnu to build for %s",
		         target == PACK_X86_64 ? "x86-64" : target_name(target), target_name(target));
	if (tool_find(&tools->cc, cc, advice, error, error_size))
		return -1;
	if (!compiler_fits(&tools->cc, target, machine, sizeof(machine))) {
		snprintf(error, error_size, "\"%.64s\" makes code for \"%s\", not for %s", cc, machine, target_name(target));
		return -1;
	}
	return tool_find(&tools->re2c, re2c && *re2c ? re2c : "re2c", "re2c or set RE2C", error, error_size);
}
