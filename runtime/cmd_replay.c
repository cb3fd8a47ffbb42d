/* cmd_replay.c - rsnl replay: recorded events through a pack, alerts to stdout or a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "commands.h"
#include "detector.h"
#include "field_map.h"
#include "host.h"
#include "os.h"
#include "pack_open.h"
#include "packfile.h"
#include "pipeline.h"
#include "replay_routing.h"
#include "sink.h"
#include "sink_file.h"
#include "sink_stdout.h"
#include "source.h"
#include "source_replay.h"
#include "unrouted.h"

enum { KEY_MAX = 16, BATCH = 64, OPTION_ROUTING = 300, OPTION_FIELDS, OPTION_FAIL_ON, OPTION_UNSIGNED, OPTION_KEY };

struct state {
	const char *pack, *output, *keys[KEY_MAX];
	char beside[4096]; /* where the output grows; "": it is written itself */
	int key_count, allow_unsigned, fail_on; /* fail_on: enum pack_level, -1: never */
	struct replay_routing routing;
	struct field_map fields;
	struct unrouted unrouted;
};

static const struct option_row options_replay[] = {
	{ 'p', "pack", "PACK", "the pack (default: the active one, else the one that came with rsnl)" },
	{ 'o', "output", "FILE", "alerts go there (default -: stdout)" },
	{ 'j', "jobs", "N", "1; more is not supported yet" },
	{ OPTION_ROUTING, "routing", "R", "auto, all, PRODUCT/CATEGORY[/SERVICE], keys:product=K,category=K,service=K" },
	{ OPTION_FIELDS, "fields", "FILE", "lines \"Field: key\": where events keep a rule's field" },
	{ OPTION_FAIL_ON, "fail-on", "LEVEL", "exit 1 if a rule of this level or above matched" },
	{ OPTION_UNSIGNED, "unsigned", NULL, "take an unsigned pack" },
	{ OPTION_KEY, "key", "PUB", "a public key that may sign the pack (repeatable; default: those of the key folder)" },
	{ 0, NULL, NULL, NULL },
};

static int
set_key(struct state *state, const char *value)
{
	if (state->key_count == KEY_MAX) {
		message("replay: at most %d keys", KEY_MAX);
		return -EINVAL;
	}
	state->keys[state->key_count++] = value;
	return 0;
}

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;

	switch (letter) {
	case 'p':
		state->pack = value;
		return 0;
	case 'o':
		state->output = value;
		return 0;
	case 'j':
		if (!strcmp(value, "1"))
			return 0;
		message("replay: -j %s: only 1 is supported yet", value);
		return -EINVAL;
	case OPTION_ROUTING:
		return replay_routing_parse(&state->routing, value);
	case OPTION_FIELDS:
		return replay_fields_read(&state->fields, value);
	case OPTION_FAIL_ON:
		state->fail_on = level_number(value);
		if (state->fail_on >= 0)
			return 0;
		message("replay: --fail-on takes informational, low, medium, high or critical, not \"%s\"", value);
		return -EINVAL;
	case OPTION_UNSIGNED:
		state->allow_unsigned = 1;
		return 0;
	case OPTION_KEY:
		return set_key(state, value);
	}
	return -EINVAL;
}

struct totals {
	uint64_t events, alerts, rules;
	int reached; /* a rule of the fail-on level matched */
};

static void
add_up(struct totals *totals, const struct pipeline *pipeline, const struct detector *detector, int fail_on)
{
	const struct pack_tables *tables = detector_tables(detector);
	const uint64_t *matches = pipeline_rule_matches(pipeline);
	uint32_t i;

	totals->alerts = pipeline_counters(pipeline)->alerts.written;
	for (i = 0; i < tables->rule_count; ++i) {
		totals->rules += matches[i] != 0;
		totals->reached |= matches[i] && fail_on >= 0 && tables->rules[i].level >= fail_on;
	}
}

static void
print_summary(const struct totals *totals, const struct pipeline *pipeline, const struct replay_counters *replay,
              uint64_t ns)
{
	const struct pipeline_counters *c = pipeline_counters(pipeline);
	double seconds = (double)ns / 1e9;

	if (c->cut_values || c->dropped_leaves || c->dropped_items)
		message("%llu values cut at 64 KiB, %llu leaves and %llu list items left out",
		        (unsigned long long)c->cut_values, (unsigned long long)c->dropped_leaves, (unsigned long long)c->dropped_items);
	message("%llu events, %llu unrouted, %llu bad; %llu alerts of %llu rules; %.1f s, %.0f k events/s",
	        (unsigned long long)totals->events, (unsigned long long)c->unrouted, (unsigned long long)replay->bad,
	        (unsigned long long)totals->alerts, (unsigned long long)totals->rules, seconds,
	        seconds > 0 ? (double)totals->events / seconds / 1000 : 0.0);
}

static void
print_shapes(const struct detector *detector)
{
	const struct pack_tables *tables = detector_tables(detector);
	uint32_t i;

	for (i = 0; i < tables->shape_count; ++i) {
		const char *name = pack_text_data(tables, tables->shapes[i].name);

		if (i && !strcmp(name, pack_text_data(tables, tables->shapes[i - 1].name)))
			continue;
		fprintf(stderr, "%s %s", i ? "," : "", name);
	}
	fputs(tables->shape_count ? "\n" : " none\n", stderr);
}

/* What the end of the source means for the exit code. */
static int
judge(const struct source *source, const struct totals *totals, const struct pipeline *pipeline,
      const struct detector *detector)
{
	const struct replay_counters *replay = source_replay_counters(source);
	int error;
	const char *failed = source_replay_failed(source, &error);

	if (failed) {
		message("%s: %s%s", failed, message_errno(error), error == EFBIG ? "; one event is larger than 256 MiB" : "");
		return CODE_CANNOT;
	}
	if (totals->events && pipeline_counters(pipeline)->unrouted == totals->events) {
		fputs("rsnl: no event fits a logsource of this pack; say which with --routing PRODUCT/CATEGORY/SERVICE; "
		      "shapes known:", stderr);
		print_shapes(detector);
		return CODE_CONTENT;
	}
	if (replay->bad && !totals->events) {
		fputs("rsnl: no line is a JSON object; replay reads NDJSON, JSON arrays and JSON texts; plain text has no fields: "
		      "convert it first, and name its logsource with --routing PRODUCT/CATEGORY/SERVICE; shapes known:", stderr);
		print_shapes(detector);
	}
	return replay->bad || totals->reached ? CODE_CONTENT : CODE_DONE;
}

/* Alerts go to a file beside the output, which takes its name when all are written: the output may be an input. */
static int
open_sink(struct sink **sink, struct state *state)
{
	int fd, error;

	if (!state->output || !strcmp(state->output, "-")) {
		*sink = sink_stdout_new(1);
		return *sink ? 0 : -ENOMEM;
	}
	fd = os_open_beside(state->output, 0644, state->beside, sizeof state->beside);
	if (fd < 0)
		return fd;
	error = sink_file_adopt(sink, fd, NULL, NULL);
	if (error)
		os_close(fd);
	return error;
}

static int
run_pipeline(const struct state *state, const struct options *options, struct detector *detector,
             struct pipeline *pipeline, struct sink *sink)
{
	struct source *source;
	struct totals totals = { 0 };
	uint64_t start = os_monotonic_ns();
	int got, code, error;

	error = source_replay_open(&source, (const char *const *)options->operands, options->operand_count, stderr);
	if (error) {
		message("%s", message_errno(error));
		return CODE_CANNOT;
	}
	do
		got = pipeline_step(pipeline, source, BATCH, -1);
	while (got >= 0);
	error = sink->ops->flush(sink);
	totals.events = source_replay_counters(source)->events;
	add_up(&totals, pipeline, detector, state->fail_on);
	if (!options->quiet) {
		unrouted_print(&state->unrouted, stderr);
		print_summary(&totals, pipeline, source_replay_counters(source), os_monotonic_ns() - start);
	}
	code = judge(source, &totals, pipeline, detector);
	if (error || sink->counters.dropped) {
		message("%s: %s", state->output ? state->output : "stdout", message_errno(error ? error : EIO));
		code = CODE_CANNOT;
	}
	source->ops->close(source);
	return code;
}

static int
replay(struct state *state, const struct options *options, struct detector *detector)
{
	const struct host host = { .id = "" };
	const struct pipeline_config config = { .routing = state->routing.routing, .product = state->routing.product,
		.category = state->routing.category, .service = state->routing.service, .why = "full", .replay = 1,
		.fields = state->fields.rows, .field_count = state->fields.count,
		.unrouted = unrouted_note, .unrouted_data = &state->unrouted };
	struct pipeline *pipeline = pipeline_new(&config, detector, &host, NULL);
	struct sink *sink = NULL;
	int code = CODE_CANNOT, error = pipeline ? open_sink(&sink, state) : -ENOMEM;

	if (error) {
		message("%s: %s", state->output ? state->output : "stdout", message_errno(error));
	} else {
		pipeline_add_sink(pipeline, sink);
		code = run_pipeline(state, options, detector, pipeline, sink);
		sink->ops->close(sink);
		error = os_put(state->beside, state->output);
		if (error) {
			message("%s: %s", state->output, message_errno(error));
			code = CODE_CANNOT;
		}
	}
	pipeline_free(pipeline);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct state state = { .fail_on = -1 };
	struct pack_source source;
	struct options options;
	struct detector *detector;
	int code = options_parse(&options, command, argc, argv, set, &state);

	if (code < 0 && !options.operand_count) {
		message("replay: a file is wanted (-: standard input); see rsnl replay --help");
		code = CODE_USAGE;
	}
	if (code < 0) {
		source = (struct pack_source){ state.pack, state.keys, state.key_count, state.allow_unsigned, 0 };
		code = pack_open(&detector, &source);
		if (!code) {
			code = replay(&state, &options, detector);
			detector_close(detector);
		}
	}
	replay_routing_done(&state.routing);
	field_map_done(&state.fields);
	return code;
}

const struct command command_replay = {
	"replay", "[OPTION]... FILE...", "Runs recorded events through a pack and prints the alerts.", options_replay, run,
};
