/*
 * cmd_scan.c - rsnl scan: YARA rules and indicators of a pack over files and folders, or the memory of a process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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
#include "scan_report.h"
#include "walk.h"

enum { OPTION_UNSIGNED = 300, OPTION_KEY, OPTION_FAIL_ON, OPTION_MAX_SIZE, OPTION_PID, OPTION_FORMAT };

static const struct option_row options_scan[] = {
	{'p', "pack", "PACK", "pack whose YARA rules and indicators are used"},
	{OPTION_UNSIGNED, "unsigned", NULL, "an unsigned pack is fine"},
	{OPTION_KEY, "key", "PUB", "a public key that may sign the pack (repeatable; default: those of the key folder)"},
	{OPTION_FAIL_ON, "fail-on", "LEVEL", "exit 1 when a rule of this level or above matched"},
	{OPTION_MAX_SIZE, "max-size", "SIZE", "larger files are counted, not scanned (64Mi)"},
	{OPTION_PID, "pid", "PID", "scan the memory of this process"},
	{OPTION_FORMAT, "format", "FORMAT", "text or json (alerts)"},
	{0, NULL, NULL, NULL},
};

struct state {
	struct pack_source source;
	int fail_on, worst, as_json;
	uint32_t pid; /* 0: none */
	struct scan_limits limits;
	struct detector *detector;
	struct scanner *scanner;
	struct scan_report *report;
	struct scan_result result;
	uint64_t files, too_large, failed;
};

/* Says what the value of an option should be. */
static int
wrong(const char *option, const char *value, const char *wanted)
{
	message("--%s \"%s\" is not %s", option, value, wanted);
	return -EINVAL;
}

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;
	char *end;

	switch (letter) {
	case 'p': state->source.path = value; break;
	case OPTION_UNSIGNED: state->source.allow_unsigned = 1; break;
	case OPTION_KEY: return pack_source_key(&state->source, value);
	case OPTION_FAIL_ON:
		state->fail_on = level_number(value);
		return state->fail_on >= 0 ? 0 : wrong("fail-on", value, "a level");
	case OPTION_MAX_SIZE:
		return config_size(value, &state->limits.yara_max) ? wrong("max-size", value, "a size such as 64Mi") : 0;
	case OPTION_PID:
		state->pid = (uint32_t)strtoul(value, &end, 10);
		return state->pid && !*end ? 0 : wrong("pid", value, "the number of a process");
	case OPTION_FORMAT:
		state->as_json = !strcmp(value, "json");
		return state->as_json || !strcmp(value, "text") ? 0 : wrong("format", value, "text or json");
	}
	return 0;
}

/* What was found in it, or what went wrong. */
static void
result_take(struct state *state, const struct scan_subject *subject, int error)
{
	int level;

	if (error || state->result.flags & SCAN_TIMEOUT) {
		message("%s: %s", subject->name, error ? message_errno(error) : "takes too long");
		state->failed++;
	}
	state->too_large += (state->result.flags & SCAN_TOO_LARGE) != 0;
	state->result.on = SCAN_ON_COMMAND;
	level = scan_report_write(state->report, subject, &state->result);
	if (level > state->worst)
		state->worst = level;
}

/* What walk() found. */
static void
file_scan(void *context, const char *path, int error)
{
	struct state *state = context;
	struct scan_subject subject = {path, path, 0};
	char place[4096];
	int fd = error ? error : contents_open(path);

	state->files += !error;
	memset(&state->result, 0, offsetof(struct scan_result, matches));
	if (fd >= 0) {
		scanner_scan(state->scanner, fd, &state->limits, &state->result);
		if (!contents_path(fd, place, sizeof(place)))
			subject.path = place;
		os_close(fd);
	}
	result_take(state, &subject, fd < 0 ? fd : state->result.error);
}

static void
process_scan(struct state *state)
{
	char name[32];
	struct scan_subject subject = {name, NULL, state->pid};

	snprintf(name, sizeof(name), "pid:%u", state->pid);
	scanner_scan_process(state->scanner, state->pid, &state->limits, &state->result);
	result_take(state, &subject, state->result.error);
}

static int
scanner_begin(struct state *state)
{
	struct scan_rules rules = {0};
	const char *pack = state->source.path ? state->source.path : "the pack";
	char text[256];
	int error;

	rules.compiled = detector_section(state->detector, PACK_YARA, &rules.compiled_size);
	rules.strings = detector_section(state->detector, PACK_STRINGS, &rules.strings_size);
	rules.source = detector_section(state->detector, PACK_YARA_SOURCE, &rules.source_size);
	error = scanner_open(&state->scanner, &rules, text);
	if (!error && !(state->report = scan_report_new(state->detector, state->as_json)))
		error = -ENOMEM;
	if (error) {
		message("%s: %s", pack, *text ? text : message_errno(error));
		return CODE_CANNOT;
	}
	if (*text)
		message("%s: %s", pack, text);
	state->limits.hash_max = state->limits.yara_max;
	state->limits.want_hashes = scan_report_wants_hashes(state->report);
	return CODE_DONE;
}

static int
run(const struct command *command, int argc, char **argv)
{
	static struct state state = {.fail_on = -1, .worst = -1, .limits = {.yara_max = 64 << 20, .timeout_s = 60}};
	struct options options;
	int code = options_parse(&options, command, argc, argv, set, &state);

	if (code >= 0)
		return code;
	if (!options.operand_count == !state.pid) {
		message("scan: a file or folder is wanted, or --pid; see rsnl scan --help");
		return CODE_USAGE;
	}
	code = pack_open(&state.detector, &state.source);
	if (!code)
		code = scanner_begin(&state);
	for (size_t i = 0; !code && i < options.operand_count; i++)
		walk(options.operands[i], file_scan, &state);
	if (!code && state.pid)
		process_scan(&state);
	else if (!code && !options.quiet)
		message("%llu files scanned, %llu too large, %llu failed", (unsigned long long)state.files,
		        (unsigned long long)state.too_large, (unsigned long long)state.failed);
	scan_report_free(state.report);
	scanner_close(state.scanner);
	detector_close(state.detector);
	if (code)
		return code;
	return state.failed || (state.fail_on >= 0 && state.worst >= state.fail_on) ? CODE_CONTENT : CODE_DONE;
}

const struct command command_scan = {
	"scan", "[OPTION]... PATH... | --pid PID", "Looks for a pack's YARA rules and indicators in files.", options_scan, run,
};
