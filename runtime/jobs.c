/* jobs.c - a ring of batches: filled in order, run by whichever thread is free, written in order. */
#include <errno.h>
#include <stdlib.h>

#include "batch.h"
#include "jobs.h"
#include "pipeline.h"
#include "source.h"
#include "source_replay.h"
#include "thread.h"

enum { BATCHES_EACH = 4 };

struct place { /* in the ring */
	struct batch *batch;
	int done;
};

struct worker {
	struct jobs *jobs;
	struct runner *runner;
	struct thread *thread;
};

struct jobs {
	const struct pipeline_config *config;
	struct worker *workers;
	struct place *places;
	uint32_t worker_count, place_count;
	struct monitor *monitor; /* guards what follows, and done */
	uint64_t filled, taken;  /* batches so far */
	int error, closing;
};

static struct place *
place_at(const struct jobs *j, uint64_t number)
{
	return &j->places[number % j->place_count];
}

static void
work(void *data)
{
	struct worker *worker = data;
	struct jobs *j = worker->jobs;
	struct place *place;
	int error;

	monitor_enter(j->monitor);
	for (;;) {
		while (j->taken == j->filled && !j->closing)
			monitor_wait(j->monitor);
		if (j->taken == j->filled)
			break;
		place = place_at(j, j->taken++);
		monitor_leave(j->monitor);
		error = runner_run(worker->runner, place->batch);
		monitor_enter(j->monitor);
		j->error = j->error ? j->error : error;
		place->done = 1;
		monitor_wake(j->monitor);
	}
	monitor_leave(j->monitor);
}

struct jobs *
jobs_new(const struct pipeline_config *config, struct detector *detector, const struct host *host, uint32_t count)
{
	struct jobs *j = calloc(1, sizeof *j);
	uint32_t i;
	int failed;

	if (!j)
		return NULL;
	j->config = config;
	j->worker_count = count;
	j->place_count = count * BATCHES_EACH;
	j->monitor = monitor_new();
	j->workers = calloc(count, sizeof *j->workers);
	j->places = calloc(j->place_count, sizeof *j->places);
	failed = !j->monitor || !j->workers || !j->places;
	for (i = 0; !failed && i < j->place_count; ++i)
		failed = !(j->places[i].batch = batch_new());
	for (i = 0; !failed && i < count; ++i) {
		j->workers[i].jobs = j;
		failed = !(j->workers[i].runner = runner_new(config, detector, host));
	}
	for (i = 0; !failed && i < count; ++i)
		failed = !(j->workers[i].thread = thread_start(work, &j->workers[i]));
	if (failed) {
		jobs_free(j);
		return NULL;
	}
	return j;
}

static void
stop_workers(struct jobs *j)
{
	uint32_t i;

	monitor_enter(j->monitor);
	j->closing = 1;
	monitor_wake(j->monitor);
	monitor_leave(j->monitor);
	for (i = 0; i < j->worker_count; ++i) {
		if (j->workers[i].thread)
			thread_join(j->workers[i].thread);
		j->workers[i].thread = NULL;
	}
}

void
jobs_free(struct jobs *j)
{
	uint32_t i;

	if (!j)
		return;
	if (j->monitor && j->workers)
		stop_workers(j);
	for (i = 0; j->workers && i < j->worker_count; ++i)
		runner_free(j->workers[i].runner);
	for (i = 0; j->places && i < j->place_count; ++i)
		batch_free(j->places[i].batch);
	monitor_free(j->monitor);
	free(j->workers);
	free(j->places);
	free(j);
}

/* Fills the next batch and gives it to whoever is free. What batch_fill() returned. */
static int
fill_next(struct jobs *j, struct source *source)
{
	struct place *place = place_at(j, j->filled);
	int got;

	source_replay_report(source, batch_note, place->batch);
	got = batch_fill(place->batch, source);
	if (got < 0)
		return got;
	monitor_enter(j->monitor);
	place->done = 0;
	++j->filled;
	monitor_wake(j->monitor);
	monitor_leave(j->monitor);
	return got;
}

/* Waits until the batch has been run. 0, or the error of some batch. */
static int
wait_for(struct jobs *j, struct place *place)
{
	int error;

	monitor_enter(j->monitor);
	while (!place->done)
		monitor_wait(j->monitor);
	error = j->error;
	monitor_leave(j->monitor);
	return error;
}

int
jobs_run(struct jobs *j, struct source *source, void (*bad)(void *data, const struct replay_bad *bad), void *data,
         struct sink *sink)
{
	uint64_t written = 0;
	int got = 0, error = 0;

	while (!error && (got >= 0 || written < j->filled)) {
		if (got >= 0 && j->filled - written < j->place_count) {
			got = fill_next(j, source);
			continue;
		}
		error = wait_for(j, place_at(j, written));
		if (error)
			break;
		source_replay_report(source, bad, data);
		batch_write(place_at(j, written++)->batch, source, j->config, bad, data, sink);
	}
	stop_workers(j);
	return error ? error : got == SOURCE_END ? 0 : got;
}

const struct pipeline *
jobs_pipeline(const struct jobs *j, uint32_t number)
{
	return runner_pipeline(j->workers[number].runner);
}
