/*
 * cmd_scan.c - rsnl scan: YARA rules of a pack over files and folders.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "commands.h"
#include "config.h"
#include "contents.h"
#include "detector.h"
#include "os.h"
#include "pack_open.h"
#include "packfile.h"
#include "scan.h"
#include "walk.h"

enum { OPTION_UNSIGNED = 300, OPTION_FAIL_ON, OPTION_MAX_SIZE };

static const struct option_row options_scan[] = {
	{'p', "pack", "PACK", "pack whose YARA rules are used"},
	{OPTION_UNSIGNED, "unsigned", NULL, "an unsigned pack is fine"},
	{OPTION_FAIL_ON, "fail-on", "LEVEL", "exit 1 when a rule of this level or above matched"},
	{OPTION_MAX_SIZE, "max-size", "SIZE", "larger files are counted, not scanned (64Mi)"},
	{0, NULL, NULL, NULL},
};

struct state {
	const char *pack;
	int allow_unsigned, fail_on, worst;
	struct scan_limits limits;
	struct detector *detector;
	struct scanner *scanner;
	struct scan_result result;
	uint64_t files, too_large, failed;
};

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;

	switch (letter) {
	case 'p': state->pack = value; break;
	case OPTION_UNSIGNED: state->allow_unsigned = 1; break;
	case OPTION_FAIL_ON:
		state->fail_on = level_number(value);
		if (state->fail_on >= 0)
			break;
		message("--fail-on \"%s\" is not a level", value);
		return -EINVAL;
	case OPTION_MAX_SIZE:
		if (!config_size(value, &state->limits.yara_max))
			break;
		message("--max-size \"%s\" is not a size such as 64Mi", value);
		return -EINVAL;
	}
	return 0;
}

/* What the pack's metadata says of a YARA rule. */
static int
match_level(const struct state *state, const struct scan_match *match)
{
	const struct pack_tables *tables = detector_tables(state->detector);
	char id[2 * SCAN_NAME_MAX + 1];
	int length = snprintf(id, sizeof(id), "%s.%s", match->name_space, match->rule);

	for (uint32_t i = 0; i < tables->rule_count; i++) {
		const struct pack_rule *rule = &tables->rules[i];

		if (rule->engine == PACK_YARA_RULE && rule->id.size == (uint32_t)length &&
		    !memcmp(pack_text_data(tables, rule->id), id, (size_t)length))
			return rule->level;
	}
	return PACK_HIGH;
}

static void
match_print(struct state *state, const struct scan_match *match, const char *path)
{
	static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};
	int level = match_level(state, match);

	if (level > state->worst)
		state->worst = level;
	printf("%s %s %s", levels[level], match->rule, path);
	for (uint32_t i = 0; i < match->string_count; i++)
		printf(" 0x%llx %s", (unsigned long long)match->strings[i].offset, match->strings[i].name);
	printf("\n");
}

/* What walk() found. */
static void
file_scan(void *context, const char *path, int error)
{
	struct state *state = context;
	int fd = error ? error : contents_open(path);

	state->files += !error;
	memset(&state->result, 0, offsetof(struct scan_result, matches));
	if (fd >= 0)
		scanner_scan(state->scanner, fd, &state->limits, &state->result);
	error = fd < 0 ? fd : state->result.error;
	if (error || state->result.flags & SCAN_TIMEOUT) {
		message("%s: %s", path, error ? message_errno(error) : "takes too long");
		state->failed++;
	}
	if (fd >= 0)
		os_close(fd);
	state->too_large += (state->result.flags & SCAN_TOO_LARGE) != 0;
	for (uint32_t i = 0; i < state->result.match_count; i++)
		match_print(state, &state->result.matches[i], path);
}

static int
scanner_begin(struct state *state)
{
	struct scan_rules rules = {0};
	char text[256];
	int error;

	rules.compiled = detector_section(state->detector, PACK_YARA, &rules.compiled_size);
	rules.strings = detector_section(state->detector, PACK_STRINGS, &rules.strings_size);
	rules.source = detector_section(state->detector, PACK_YARA_SOURCE, &rules.source_size);
	error = scanner_open(&state->scanner, &rules, text);
	if (error)
		message("%s: %s", state->pack, *text ? text : message_errno(error));
	return error ? CODE_CANNOT : CODE_DONE;
}

static int
run(const struct command *command, int argc, char **argv)
{
	static struct state state = {.fail_on = -1, .worst = -1, .limits = {.yara_max = 64 << 20, .timeout_s = 60}};
	struct pack_source source = {0};
	struct options options;
	int code = options_parse(&options, command, argc, argv, set, &state);

	if (code >= 0)
		return code;
	if (!options.operand_count) {
		message("scan: a file or folder is wanted; see rsnl scan --help");
		return CODE_USAGE;
	}
	source = (struct pack_source){state.pack, NULL, 0, state.allow_unsigned, 0};
	code = pack_open(&state.detector, &source);
	if (!code)
		code = scanner_begin(&state);
	for (size_t i = 0; !code && i < options.operand_count; i++)
		walk(options.operands[i], file_scan, &state);
	if (!code && !options.quiet)
		message("%llu files scanned, %llu too large, %llu failed", (unsigned long long)state.files,
		        (unsigned long long)state.too_large, (unsigned long long)state.failed);
	scanner_close(state.scanner);
	detector_close(state.detector);
	if (code)
		return code;
	return state.failed || (state.fail_on >= 0 && state.worst >= state.fail_on) ? CODE_CONTENT : CODE_DONE;
}

const struct command command_scan = {
	"scan", "[OPTION]... PATH...", "Runs a pack's YARA rules over files.", options_scan, run,
};
