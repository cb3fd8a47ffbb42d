/* bench.c - runs events through a pack again and again, with and without a clock in the pipeline. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline.h"
#include "spread.h"
#include "bench.h"

#include "detector.h"
#include "host.h"
#include "jobs.h"
#include "os.h"
#include "pack.h"
#include "packfile.h"
#include "replay_routing.h"
#include "sink.h"
#include "source.h"
#include "source_replay.h"
#include "thread.h"

enum { BATCH = 64, CLOCK_READINGS = 1000, SWAPS = 9 };

struct clock { /* a pass with a clock in it */
	struct stopwatch stopwatch;
	struct bench *bench;
	const struct pack_tables *tables;
	uint64_t last;
	uint64_t first_ns, first_tick;
};

struct apart { /* one of several passes at the same time, each of one thread over all events */
	const struct bench_input *input;
	struct bench own;
	struct pipeline *pipeline;
	struct thread *thread;
	const char *failed;
	int error;
};

struct counting_sink {
	struct sink sink;
	uint64_t lines, bytes;
};

static int
counting_write(struct sink *sink, const char *line, size_t size)
{
	(void)line;
	++((struct counting_sink *)sink)->lines;
	((struct counting_sink *)sink)->bytes += size + 1;
	return 0;
}

static int
counting_flush(struct sink *sink)
{
	(void)sink;
	return 0;
}

static void
take_lap(void *data, enum lap lap)
{
	struct clock *clock = data;
	uint64_t now = os_monotonic_ns(), taken = now - clock->last;

	spread_add(&clock->bench->laps[lap], taken > clock->bench->clock_ns ? taken - clock->bench->clock_ns : 0);
	clock->last = os_monotonic_ns();
}

static void
take_lap_only(void *data, enum lap lap)
{
	(void)data;
	(void)lap;
}

static uint64_t
ticks_taken(uint64_t ticks, uint32_t idle)
{
	return ticks > idle ? ticks - idle : 0;
}

static void
take_rules(void *data, uint32_t group, const struct match_times *times)
{
	struct clock *clock = data;
	const struct pack_group *row = &clock->tables->groups[group];
	const uint32_t first = pack_group_continues(clock->tables, group) ? row[-1].rules.first : row->rules.first;
	struct rule_cost *rule;
	uint32_t i, number;

	if (times->count == (uint32_t)MATCH_UNTIMED)
		return;
	++clock->bench->groups[group].calls;
	clock->bench->groups[group].shared += ticks_taken(times->shared, times->idle);
	for (i = 0; i < times->count && i < row->rules.count; ++i) {
		number = first + times->rules[i].rule;
		if (number - row->rules.first >= row->rules.count)
			continue;
		rule = &clock->bench->rules[number];
		++rule->asked;
		rule->ticks += ticks_taken(times->rules[i].ticks, times->idle);
	}
}

/* The least that the clock shows between two readings. */
static uint64_t
clock_cost(void)
{
	uint64_t least = UINT64_MAX, before, now;
	int i;

	for (i = 0; i < CLOCK_READINGS; ++i) {
		before = os_monotonic_ns();
		now = os_monotonic_ns();
		least = now - before < least ? now - before : least;
	}
	return least;
}

/* All events once through a pipeline. The pass's own figures go to bench. */
static int
read_all(struct bench *bench, struct pipeline *pipeline, const struct bench_input *input, const char **failed)
{
	struct source *source;
	int got, error = source_replay_open(&source, input->files, input->count, stderr), problem;

	if (error)
		return error;
	do
		got = pipeline_step(pipeline, source, BATCH, -1);
	while (got >= 0);
	bench->events = source_replay_counters(source)->events;
	bench->bad = source_replay_counters(source)->bad;
	bench->bytes = pipeline_counters(pipeline)->recorded_bytes;
	bench->unrouted = pipeline_counters(pipeline)->unrouted;
	bench->matches = pipeline_counters(pipeline)->alerts.matches;
	*failed = source_replay_failed(source, &problem);
	error = *failed ? -problem : 0;
	source->ops->close(source);
	return error;
}

static struct pipeline_config
bench_config(const struct bench_input *input, const struct stopwatch *stopwatch)
{
	const struct replay_routing *r = input->routing;

	return (struct pipeline_config){ .routing = r->routing, .product = r->product, .category = r->category,
		.service = r->service, .why = "full", .replay = 1, .stopwatch = stopwatch };
}

static const struct sink_ops counting_ops = { counting_write, counting_flush, NULL };

static uint64_t
least(uint64_t least, uint64_t other)
{
	return !least || other < least ? other : least;
}

static void
take_pass(struct bench *bench, uint64_t taken, uint64_t worked, const struct counting_sink *sink)
{
	bench->alert_lines = sink->lines;
	bench->alert_bytes = sink->bytes;
	++bench->passes;
	bench->sum_ns += taken;
	bench->best_ns = least(bench->best_ns, worked);
}

static void
ignore_bad(void *data, const struct replay_bad *bad)
{
	(void)data;
	(void)bad;
}

/* All events once through several threads. */
static int
pass_jobs(struct bench *bench, struct detector *detector, const struct bench_input *input, const char **failed)
{
	const struct host host = { .id = "" };
	const struct pipeline_config config = bench_config(input, NULL);
	struct jobs *jobs = jobs_new(&config, detector, &host, input->jobs);
	struct counting_sink sink = { { .ops = &counting_ops, .name = "bench" }, 0, 0 };
	struct source *source = NULL;
	uint64_t start = os_monotonic_ns(), taken;
	int error = jobs ? source_replay_open(&source, input->files, input->count, stderr) : -ENOMEM, problem;

	if (!error)
		error = jobs_run(jobs, source, ignore_bad, NULL, &sink.sink);
	if (!error) {
		*failed = source_replay_failed(source, &problem);
		error = *failed ? -problem : 0;
	}
	taken = os_monotonic_ns() - start;
	if (!error)
		take_pass(bench, taken, taken, &sink);
	if (source)
		source->ops->close(source);
	jobs_free(jobs);
	return error;
}

/* What the pack's names, routes and tables take once is not counted: it is part of a swap. */
static int
pass(struct bench *bench, struct detector *detector, const struct bench_input *input, struct clock *clock,
     const char **failed)
{
	const struct host host = { .id = "" };
	const struct stopwatch *stopwatch = clock ? &clock->stopwatch : NULL;
	const struct pipeline_config config = bench_config(input, stopwatch);
	struct pipeline *pipeline = pipeline_new(&config, detector, &host, NULL);
	struct counting_sink sink = { { .ops = &counting_ops, .name = "bench" }, 0, 0 };
	uint64_t start, worked, taken;
	uint32_t i;
	int error = pipeline ? pipeline_add_sink(pipeline, &sink.sink) : -ENOMEM;

	worked = os_thread_ns();
	start = os_monotonic_ns();
	if (clock)
		clock->last = start;
	if (!error)
		error = read_all(bench, pipeline, input, failed);
	taken = os_monotonic_ns() - start;
	worked = os_thread_ns() - worked;
	for (i = 0; !error && stopwatch && stopwatch->rules && i < detector_tables(detector)->rule_count; ++i)
		bench->rules[i].matches = pipeline_rule_matches(pipeline)[i];
	pipeline_free(pipeline);
	if (!error && !stopwatch)
		take_pass(bench, taken, worked, &sink);
	if (stopwatch && !stopwatch->rules) {
		bench->lap_ns += taken;
		bench->lap_cpu_ns += worked;
	}
	return error;
}

static void
run_apart(void *data)
{
	struct apart *apart = data;

	apart->error = read_all(&apart->own, apart->pipeline, apart->input, &apart->failed);
}

/* Starts the passes and waits for their end; *failed names a file that could not be read. */
static int
run_together(struct apart *passes, uint32_t count, const char **failed)
{
	uint32_t i;
	int error = 0;

	for (i = 0; i < count; ++i) {
		passes[i].thread = thread_start(run_apart, &passes[i]);
		passes[i].error = passes[i].thread ? 0 : -ENOMEM;
	}
	for (i = 0; i < count; ++i) {
		if (passes[i].thread)
			thread_join(passes[i].thread);
		if (!error && passes[i].error)
			*failed = passes[i].failed;
		error = error ? error : passes[i].error;
	}
	return error;
}

/* As many passes as there may be threads, which share nothing but the machine: what it gives to threads at best. */
static int
pass_apart(struct bench *bench, struct detector *detector, const struct bench_input *input, const char **failed)
{
	const struct host host = { .id = "" };
	const struct pipeline_config config = bench_config(input, NULL);
	struct apart *passes = calloc(input->jobs, sizeof *passes);
	uint64_t start;
	uint32_t i;
	int error = passes ? 0 : -ENOMEM;

	for (i = 0; !error && i < input->jobs; ++i) {
		passes[i].input = input;
		passes[i].pipeline = pipeline_new(&config, detector, &host, NULL);
		error = passes[i].pipeline ? 0 : -ENOMEM;
	}
	start = os_monotonic_ns();
	error = error ? error : run_together(passes, input->jobs, failed);
	if (!error)
		bench->apart_ns = least(bench->apart_ns, (os_monotonic_ns() - start) / input->jobs);
	for (i = 0; passes && i < input->jobs; ++i)
		pipeline_free(passes[i].pipeline);
	free(passes);
	return error;
}

/* Without a clock, and where that is of several threads, once more of one and of as many apart, so that all saw the same of
 * the machine. A correlation sees the events of all threads, so its pack takes one. */
static int
pass_free(struct bench *bench, struct detector *detector, const struct bench_input *input, const char **failed)
{
	struct bench alone = { 0 };
	int error;

	if (input->jobs <= 1 || detector_tables(detector)->correlation_count)
		return pass(bench, detector, input, NULL, failed);
	error = pass_jobs(bench, detector, input, failed);
	error = error ? error : pass(&alone, detector, input, NULL, failed);
	error = error ? error : pass_apart(bench, detector, input, failed);
	bench->alone_ns = least(bench->alone_ns, alone.sum_ns);
	return error;
}

static int
pass_timed(struct bench *bench, struct detector *detector, const struct bench_input *input, int rules,
           const char **failed)
{
	struct clock clock = { .bench = bench, .tables = detector_tables(detector) };
	int error;

	clock.stopwatch = (struct stopwatch){ rules ? take_lap_only : take_lap, rules ? take_rules : NULL, &clock };
	clock.first_ns = os_thread_ns();
	clock.first_tick = tick_count();
	error = pass(bench, detector, input, &clock, failed);
	bench->timed_passes += !rules;
	if (rules)
		bench->ns_per_tick = (double)(os_thread_ns() - clock.first_ns) / (double)(tick_count() - clock.first_tick);
	return error;
}

/* Between two events of an idle pipeline. */
static int
time_swap(struct bench *bench, struct pipeline *pipeline, struct detector *other, uint64_t start, uint64_t *stall)
{
	uint64_t opened = os_thread_ns(), ready;
	struct pipeline_next *next = pipeline_prepare(pipeline, other);
	int error;

	ready = os_monotonic_ns();
	error = next ? pipeline_swap(pipeline, next) : -ENOMEM;
	*stall = os_monotonic_ns() - ready;
	bench->open_ns = least(bench->open_ns, opened - start);
	bench->swap_ns = least(bench->swap_ns, os_thread_ns() - start);
	pipeline_next_free(next);
	return error;
}

static int
compare_times(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* What the processor does is told by the fastest, a stall by the median. */
static int
time_swaps(struct bench *bench, struct detector *detector, const struct bench_input *input, int *code)
{
	const struct host host = { .id = "" };
	const struct pipeline_config config = bench_config(input, NULL);
	struct pipeline *pipeline = pipeline_new(&config, detector, &host, NULL);
	struct detector *used = NULL, *other;
	uint64_t stalls[SWAPS], start;
	int i, error = pipeline ? 0 : -ENOMEM;

	for (i = 0; !error && i < SWAPS; ++i) {
		other = NULL;
		start = os_thread_ns();
		*code = input->open(input->data, &other);
		error = *code ? -EINTR : time_swap(bench, pipeline, other, start, &stalls[i]);
		detector_close(error ? other : used);
		used = error ? used : other;
	}
	if (!error) {
		qsort(stalls, SWAPS, sizeof *stalls, compare_times);
		bench->stall_ns = stalls[SWAPS / 2];
	}
	pipeline_free(pipeline);
	detector_close(used);
	return error;
}

int
bench_run(struct bench *bench, struct detector *detector, const struct bench_input *input, const char **failed,
          int *code)
{
	const struct pack_tables *tables = detector_tables(detector);
	uint64_t start = os_monotonic_ns();
	int error;

	*failed = NULL;
	bench->clock_ns = clock_cost();
	if (input->per_rule) {
		bench->rules = calloc(tables->rule_count + 1, sizeof *bench->rules);
		bench->groups = calloc(tables->group_count + 1, sizeof *bench->groups);
		if (!bench->rules || !bench->groups)
			return -ENOMEM;
	}
	error = pass(bench, detector, input, NULL, failed);
	bench->peak_memory = os_peak_memory();
	if (error || bench->bad || !bench->events)
		return error;
	if (input->jobs > 1)
		bench->passes = bench->sum_ns = bench->best_ns = 0;
	error = pass_timed(bench, detector, input, 0, failed);
	if (!error && input->per_rule)
		error = pass_timed(bench, detector, input, 1, failed);
	do {
		error = error ? error : pass_free(bench, detector, input, failed);
		if (!error && input->jobs <= 1) /* else time is for more pairs of passes to compare */
			error = pass_timed(bench, detector, input, 0, failed);
	} while (!error && os_monotonic_ns() - start < input->time_ns);
	return error ? error : time_swaps(bench, detector, input, code);
}

void
bench_done(struct bench *bench)
{
	free(bench->rules);
	free(bench->groups);
}
