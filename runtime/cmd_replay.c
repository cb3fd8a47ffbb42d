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
#include "jobs.h"
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

enum { BATCH = 64, OPTION_ROUTING = 300, OPTION_FIELDS, OPTION_FAIL_ON, OPTION_UNSIGNED, OPTION_KEY };

struct state {
	struct pack_source source;
	const char *output;
	char beside[4096]; /* where the output grows; "": it is written itself */
	int fail_on; /* enum pack_level; -1: never */
	uint32_t jobs;
	struct replay_routing routing;
	struct field_map fields;
	struct unrouted unrouted;
};

static const struct option_row options_replay[] = {
	{ 'p', "pack", "PACK", "the pack (default: the active one, else the one that came with rsnl)" },
	{ 'o', "output", "FILE", "alerts go there (default -: stdout)" },
	{ 'j', "jobs", "N", "threads that match; the alerts are the same for any N (default 1)" },
	{ OPTION_ROUTING, "routing", "R", "auto, all, PRODUCT/CATEGORY[/SERVICE], keys:product=K,category=K,service=K" },
	{ OPTION_FIELDS, "fields", "FILE", "lines \"Field: key\": where events keep a rule's field" },
	{ OPTION_FAIL_ON, "fail-on", "LEVEL", "exit 1 if a rule of this level or above matched" },
	{ OPTION_UNSIGNED, "unsigned", NULL, "take an unsigned pack" },
	{ OPTION_KEY, "key", "PUB", "a public key that may sign the pack (repeatable; default: those of the key folder)" },
	{ 0, NULL, NULL, NULL },
};

static int
set_jobs(struct state *state, const char *value)
{
	char *end;
	unsigned long jobs = strtoul(value, &end, 10);

	if (*end || !jobs || jobs > JOBS_MAX || *value < '0' || *value > '9') {
		message("replay: -j takes a number from 1 to %d, not \"%s\"", JOBS_MAX, value);
		return -EINVAL;
	}
	state->jobs = (uint32_t)jobs;
	return 0;
}

static int
set(void *data, int letter, const char *value)
{
	struct state *state = data;

	switch (letter) {
	case 'p':
		state->source.path = value;
		return 0;
	case 'o':
		state->output = value;
		return 0;
	case 'j':
		return set_jobs(state, value);
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
		state->source.allow_unsigned = 1;
		return 0;
	case OPTION_KEY:
		return pack_source_key(&state->source, value);
	}
	return -EINVAL;
}

struct totals {
	uint64_t events, alerts, rules;
	uint64_t unrouted, cut_values, dropped_leaves, dropped_items;
	struct correlate_counters correlate;
	uint64_t *matches; /* by rule */
	int reached; /* a rule of the fail-on level matched */
};

static void
add_pipeline(struct totals *totals, const struct pipeline *pipeline, const struct pack_tables *tables)
{
	const struct pipeline_counters *counters = pipeline_counters(pipeline);
	const uint64_t *matches = pipeline_rule_matches(pipeline);
	uint32_t i;

	totals->alerts += counters->alerts.written;
	totals->unrouted += counters->unrouted;
	totals->cut_values += counters->cut_values;
	totals->dropped_leaves += counters->dropped_leaves;
	totals->dropped_items += counters->dropped_items;
	totals->correlate = counters->correlate; /* only one pipeline correlates */
	for (i = 0; i < tables->rule_count; ++i)
		totals->matches[i] += matches[i];
}

static void
add_rules(struct totals *totals, const struct pack_tables *tables, int fail_on)
{
	uint32_t i;

	for (i = 0; i < tables->rule_count; ++i) {
		totals->rules += totals->matches[i] != 0;
		totals->reached |= totals->matches[i] && fail_on >= 0 && tables->rules[i].level >= fail_on;
	}
}

/* What correlations left out, where they did. */
static void
print_correlate(const struct correlate_counters *c)
{
	if (c->no_time)
		message("correlations: %llu events say no time; each happens when the one before it did",
		        (unsigned long long)c->no_time);
	if (c->late + c->no_group + c->no_value)
		message("correlations: not counted: %llu matches more than 5 s late, %llu without a field to group by, %llu "
		        "without a value", (unsigned long long)c->late, (unsigned long long)c->no_group,
		        (unsigned long long)c->no_value);
	if (c->evicted + c->cut + c->left_out + c->no_room)
		message("correlations: memory is full: %llu groups evicted, %llu entries cut, %llu members and %llu matches left out",
		        (unsigned long long)c->evicted, (unsigned long long)c->cut, (unsigned long long)c->left_out,
		        (unsigned long long)c->no_room);
}

static void
print_summary(const struct totals *t, const struct replay_counters *replay, uint64_t ns)
{
	double seconds = (double)ns / 1e9;

	if (t->cut_values || t->dropped_leaves || t->dropped_items)
		message("%llu values cut at 64 KiB, %llu leaves and %llu list items left out",
		        (unsigned long long)t->cut_values, (unsigned long long)t->dropped_leaves, (unsigned long long)t->dropped_items);
	print_correlate(&t->correlate);
	message("%llu events, %llu unrouted, %llu bad; %llu alerts of %llu rules; %.1f s, %.0f k events/s",
	        (unsigned long long)t->events, (unsigned long long)t->unrouted, (unsigned long long)replay->bad,
	        (unsigned long long)t->alerts, (unsigned long long)t->rules, seconds,
	        seconds > 0 ? (double)t->events / seconds / 1000 : 0.0);
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
judge(const struct source *source, const struct totals *totals, const struct detector *detector)
{
	const struct replay_counters *replay = source_replay_counters(source);
	int error;
	const char *failed = source_replay_failed(source, &error);

	if (failed) {
		message("%s: %s%s", failed, message_errno(error), error == EFBIG ? "; one event is larger than 256 MiB" : "");
		return CODE_CANNOT;
	}
	if (totals->events && totals->unrouted == totals->events) {
		fputs("rsnl: no event fits a logsource of this pack; say which with --routing PRODUCT/CATEGORY/SERVICE; "
		      "shapes known:", stderr);
		print_shapes(detector);
		return CODE_CONTENT;
	}
	if (replay->bad && !totals->events) {
		fputs("rsnl: no line is a JSON object; replay reads NDJSON, JSON arrays, JSON texts and .evtx files; plain text has no "
		      "fields: convert it first, and name its logsource with --routing PRODUCT/CATEGORY/SERVICE; shapes known:", stderr);
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
	error = sink_file_adopt(sink, fd);
	if (error)
		os_close(fd);
	return error;
}

struct replay { /* what events go through */
	struct pipeline_config config;
	struct host host;
	struct detector *detector;
	struct sink *sink;
};

static int
run_alone(const struct replay *replay, struct source *source, struct totals *totals)
{
	struct pipeline *pipeline = pipeline_new(&replay->config, replay->detector, &replay->host, NULL);

	if (!pipeline)
		return -ENOMEM;
	pipeline_add_sink(pipeline, replay->sink);
	while (pipeline_step(pipeline, source, BATCH, -1) >= 0)
		;
	add_pipeline(totals, pipeline, detector_tables(replay->detector));
	pipeline_free(pipeline);
	return 0;
}

static int
run_jobs(const struct replay *replay, struct source *source, uint32_t count, struct totals *totals)
{
	struct jobs *jobs = jobs_new(&replay->config, replay->detector, &replay->host, count);
	int error = jobs ? jobs_run(jobs, source, replay_bad_print, stderr, replay->sink) : -ENOMEM;
	uint32_t i;

	for (i = 0; !error && i < count; ++i)
		add_pipeline(totals, jobs_pipeline(jobs, i), detector_tables(replay->detector));
	jobs_free(jobs);
	return error;
}

/* A correlation sees the events of all threads, so its pack takes one. */
static int
run_source(const struct state *state, const struct replay *replay, struct source *source, struct totals *totals)
{
	int error;

	if (state->jobs > 1 && !detector_tables(replay->detector)->correlation_count)
		error = run_jobs(replay, source, state->jobs, totals);
	else
		error = run_alone(replay, source, totals);
	totals->events = source_replay_counters(source)->events;
	add_rules(totals, detector_tables(replay->detector), state->fail_on);
	return error;
}

static int
run_files(const struct state *state, const struct options *options, const struct replay *replay)
{
	struct totals totals = { .matches = calloc(detector_tables(replay->detector)->rule_count + 1, sizeof(uint64_t)) };
	struct source *source = NULL;
	uint64_t start = os_monotonic_ns();
	int code = CODE_CANNOT, error = totals.matches ? 0 : -ENOMEM;

	error = error ? error : source_replay_open(&source, (const char *const *)options->operands,
	                                           options->operand_count, stderr);
	error = error ? error : run_source(state, replay, source, &totals);
	if (error) {
		message("%s", message_errno(error));
		goto out;
	}
	error = replay->sink->ops->flush(replay->sink);
	if (!options->quiet) {
		unrouted_print(&state->unrouted, stderr);
		print_summary(&totals, source_replay_counters(source), os_monotonic_ns() - start);
	}
	code = judge(source, &totals, replay->detector);
	if (error || replay->sink->counters.dropped) {
		message("%s: %s", state->output ? state->output : "stdout", message_errno(error ? error : EIO));
		code = CODE_CANNOT;
	}
out:
	if (source)
		source->ops->close(source);
	free(totals.matches);
	return code;
}

static int
replay(struct state *state, const struct options *options, struct detector *detector)
{
	struct replay replay = { .detector = detector, .config = { .routing = state->routing.routing,
		.product = state->routing.product, .category = state->routing.category, .service = state->routing.service,
		.why = "full", .replay = 1, .fields = state->fields.rows, .field_count = state->fields.count,
		.unrouted = unrouted_note, .unrouted_data = &state->unrouted } };
	int code, error = open_sink(&replay.sink, state);

	if (error) {
		message("%s: %s", state->output ? state->output : "stdout", message_errno(error));
		return CODE_CANNOT;
	}
	code = run_files(state, options, &replay);
	replay.sink->ops->close(replay.sink);
	error = os_put(state->beside, state->output);
	if (error) {
		message("%s: %s", state->output, message_errno(error));
		code = CODE_CANNOT;
	}
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct state state = { .fail_on = -1, .jobs = 1 };
	struct options options;
	struct detector *detector;
	int code = options_parse(&options, command, argc, argv, set, &state);

	if (code < 0 && !options.operand_count) {
		message("replay: a file is wanted (-: standard input); see rsnl replay --help");
		code = CODE_USAGE;
	}
	if (code < 0) {
		code = pack_open(&detector, &state.source);
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
