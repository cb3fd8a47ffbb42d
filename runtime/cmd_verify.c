/* cmd_verify.c - rsnl verify: the agent's whole chain of checks on one pack. */
#include <errno.h>

#include "command.h"
#include "commands.h"
#include "detector.h"
#include "pack_open.h"

enum { KEY_MAX = 16 };

struct state {
	const char *keys[KEY_MAX];
	int key_count, allow_unsigned;
};

static const struct option_row options_verify[] = {
	{ 'p', "pub", "PUB", "a public key that may sign it (repeatable; default: those of the key folder)" },
	{ 300, "unsigned", NULL, "an unsigned pack is fine" },
	{ 0, NULL, NULL, NULL },
};

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;

	if (letter == 300) {
		state->allow_unsigned = 1;
	} else if (state->key_count == KEY_MAX) {
		message("verify: at most %d keys", KEY_MAX);
		return -EINVAL;
	} else {
		state->keys[state->key_count++] = value;
	}
	return 0;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct state state = { .key_count = 0 };
	struct pack_source source;
	struct detector_info info;
	struct detector *detector;
	struct options options;
	int code = options_parse(&options, command, argc, argv, set, &state);

	if (code >= 0)
		return code;
	if (options.operand_count != 1) {
		message("verify: one pack is wanted; see rsnl verify --help");
		return CODE_USAGE;
	}
	source = (struct pack_source){ options.operands[0], state.keys, state.key_count, state.allow_unsigned, 1 };
	code = pack_open(&detector, &source);
	if (code)
		return code;
	detector_info(detector, NULL, &info);
	if (!options.quiet)
		message("%s: good: %s %llu, %u rules", source.path, info.name, (unsigned long long)info.serial, info.rules);
	detector_close(detector);
	return CODE_DONE;
}

const struct command command_verify = {
	"verify", "[OPTION]... PACK", "Checks a pack as the agent would, and stops.", options_verify, run,
};
