/* cmd_bench.c - rsnl bench: how fast a pack is on recorded events, and where the time goes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline.h"
#include "spread.h"
#include "bench.h"

#include "command.h"
#include "commands.h"
#include "config.h"
#include "detector.h"
#include "jobs.h"
#include "os.h"
#include "pack_open.h"
#include "replay_routing.h"

enum { OPTION_PER_RULE = 300, OPTION_FORMAT, OPTION_ROUTING, OPTION_UNSIGNED, OPTION_KEY };

struct state {
	int json;
	struct pack_source source;
	struct bench_input input;
	struct replay_routing routing;
};

static const struct option_row options_bench[] = {
	{ 'n', "time", "TIME", "go on for about so long (default 5s; every sort of pass is made once)" },
	{ 'j', "jobs", "N", "threads of the passes that give the speed (default 1)" },
	{ OPTION_PER_RULE, "per-rule", NULL, "what each rule costs, and how often it is asked and matches" },
	{ OPTION_FORMAT, "format", "FORMAT", "text (default) or json" },
	{ OPTION_ROUTING, "routing", "R", "as for replay" },
	{ OPTION_UNSIGNED, "unsigned", NULL, "take an unsigned pack" },
	{ OPTION_KEY, "key", "PUB", "a public key that may sign the pack (repeatable; default: those of the key folder)" },
	{ 0, NULL, NULL, NULL },
};

static int
refuse(const char *text)
{
	message("bench: %s", text);
	return -EINVAL;
}

static int
set_jobs(struct state *state, const char *value)
{
	char *end;
	unsigned long count = strtoul(value, &end, 10);

	if (*end || *value < '0' || *value > '9' || count < 1 || count > JOBS_MAX)
		return refuse("-j wants a number of threads, 1 to 256");
	state->input.jobs = (uint32_t)count;
	return 0;
}

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;

	switch (letter) {
	case 'n':
		return config_duration(value, &state->input.time_ns) ? refuse("-n wants a time such as 5s or 500ms") : 0;
	case 'j':
		return set_jobs(state, value);
	case OPTION_PER_RULE:
		state->input.per_rule = 1;
		return 0;
	case OPTION_FORMAT:
		state->json = !strcmp(value, "json");
		return state->json || !strcmp(value, "text") ? 0 : refuse("--format is text or json");
	case OPTION_ROUTING:
		return replay_routing_parse(&state->routing, value);
	case OPTION_UNSIGNED:
		state->source.allow_unsigned = 1;
		return 0;
	case OPTION_KEY:
		return pack_source_key(&state->source, value);
	}
	return -EINVAL;
}

static int
open_again(void *data, struct detector **detector)
{
	const struct state *state = data;

	return pack_open(detector, &state->source);
}

static int
judge(const struct bench *bench, int error, const char *failed, int code)
{
	if (error == -EINTR)
		return code;
	if (error) {
		message("%s%s%s", failed ? failed : "", failed ? ": " : "", message_errno(error));
		return CODE_CANNOT;
	}
	if (bench->bad || !bench->events) {
		message("bench: %llu bad lines, %llu events; nothing measured", (unsigned long long)bench->bad,
		        (unsigned long long)bench->events);
		return CODE_CONTENT;
	}
	return CODE_DONE;
}

static int
measure(struct state *state)
{
	struct bench bench = { 0 };
	struct detector *detector;
	const char *failed;
	uint64_t start = os_monotonic_ns();
	int code = pack_open(&detector, &state->source), error;

	if (code)
		return code;
	bench.load_ns = os_monotonic_ns() - start;
	error = bench_run(&bench, detector, &state->input, &failed, &code);
	code = judge(&bench, error, failed, code);
	if (!code && state->json)
		bench_print_json(&bench, detector);
	else if (!code)
		bench_print_text(&bench, detector);
	bench_done(&bench);
	detector_close(detector);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct state state = { .input.time_ns = 5000000000 };
	struct options options;
	size_t i;
	int code = options_parse(&options, command, argc, argv, set, &state);

	if (code >= 0)
		return code;
	if (options.operand_count < 2) {
		message("bench: a pack and a file of events are wanted; see rsnl bench --help");
		return CODE_USAGE;
	}
	for (i = 1; i < options.operand_count; ++i)
		if (!strcmp(options.operands[i], "-")) {
			message("bench: events are read more than once; standard input cannot be");
			return CODE_USAGE;
		}
	state.source.path = options.operands[0];
	state.input.files = (const char *const *)options.operands + 1;
	state.input.count = options.operand_count - 1;
	state.input.open = open_again;
	state.input.data = &state;
	state.input.routing = &state.routing;
	code = measure(&state);
	replay_routing_done(&state.routing);
	return code;
}

const struct command command_bench = {
	"bench", "[OPTION]... PACK EVENTS...", "Measures a pack on recorded events.", options_bench, run,
};
