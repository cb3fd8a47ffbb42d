/* cmd_verify.c - rsnl verify: the agent's whole chain of checks on one pack. */
#include "command.h"
#include "commands.h"
#include "detector.h"
#include "pack_open.h"

static const struct option_row options_verify[] = {
	{ 'p', "pub", "PUB", "a public key that may sign it (repeatable; default: those of the key folder)" },
	{ 300, "unsigned", NULL, "an unsigned pack is fine" },
	{ 0, NULL, NULL, NULL },
};

static int
set(void *data, int letter, const char *value)
{
	struct pack_source *source = data;

	if (letter == 'p')
		return pack_source_key(source, value);
	source->allow_unsigned = 1;
	return 0;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct pack_source source = { .test = 1 };
	struct detector_info info;
	struct detector *detector;
	struct options options;
	int code = options_parse(&options, command, argc, argv, set, &source);

	if (code >= 0)
		return code;
	if (options.operand_count != 1) {
		message("verify: one pack is wanted; see rsnl verify --help");
		return CODE_USAGE;
	}
	source.path = options.operands[0];
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
