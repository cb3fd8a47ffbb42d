/*
 * jobs.c - a ring of batches: filled in order, each by the thread that runs it, and written in order, by the thread that is
 * done with the next one. A thread's batches are its own, so that their memory stays with one processor.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "batch.h"
#include "jobs.h"
#include "pipeline.h"
#include "source.h"
#include "source_replay.h"
#include "thread.h"

enum { BATCHES_EACH = 2 };

struct place { /* of a batch, in the ring */
	struct batch *batch;
	int *out;  /* the batch's own */
	int done;  /* it has been run */
};

struct worker {
	struct jobs *jobs;
	struct runner *runner;
	struct thread *thread;
	struct batch *batches[BATCHES_EACH]; /* filled in turn */
	int out[BATCHES_EACH];               /* has been filled and is not yet written */
	uint32_t turn;
};

struct jobs {
	const struct pipeline_config *config;
	struct detector *detector;
	const struct host *host;
	struct worker *workers;
	struct place *places;
	uint32_t worker_count, place_count;
	struct monitor *reading; /* guards the source; entered before the other */
	struct source *source;   /* NULL: jobs_run() has not begun */
	struct source proxy;     /* the source for who is outside of reading */
	struct sink *sink;
	void (*bad)(void *data, const struct replay_bad *bad);
	void *bad_data;
	struct monitor *monitor; /* guards what follows, done and out */
	uint32_t ready;          /* workers that have their runner, or found no memory for it */
	uint64_t filled, written; /* batches so far */
	int writing;             /* somebody does */
	int ended;               /* what the source said last, or the error of some batch; 0: more may come */
};

static struct place *
place_at(const struct jobs *j, uint64_t number)
{
	return &j->places[number % j->place_count];
}

static void
end(struct jobs *j, int why)
{
	monitor_enter(j->monitor);
	j->ended = j->ended && j->ended != SOURCE_END ? j->ended : why;
	monitor_wake(j->monitor);
	monitor_leave(j->monitor);
}

/* Waits until the worker's next batch may be filled. Nobody does so while he keeps others from the source: who writes needs
 * it, too. */
static void
wait_for_turn(struct worker *worker)
{
	struct jobs *j = worker->jobs;

	monitor_enter(j->monitor);
	while (worker->out[worker->turn] && !j->ended)
		monitor_wait(j->monitor);
	monitor_leave(j->monitor);
}

/* Inside reading: fills the worker's next batch. Its place in the ring; NULL: there are no more. */
static struct place *
fill_next(struct worker *worker)
{
	struct jobs *j = worker->jobs;
	struct batch *batch = worker->batches[worker->turn];
	struct place *place = place_at(j, j->filled);
	int got;

	monitor_enter(j->monitor);
	got = j->ended;
	monitor_leave(j->monitor);
	if (!got) {
		source_replay_report(j->source, batch_note, batch);
		got = batch_fill(batch, j->source);
	}
	if (got < 0) {
		end(j, got);
		return NULL;
	}
	monitor_enter(j->monitor);
	*place = (struct place){ batch, &worker->out[worker->turn], 0 };
	*place->out = 1;
	++j->filled;
	monitor_leave(j->monitor);
	worker->turn = (worker->turn + 1) % BATCHES_EACH;
	return place;
}

/* The next batch, filled; NULL: there are no more. */
static struct place *
take_batch(struct worker *worker)
{
	struct jobs *j = worker->jobs;
	struct place *place;

	wait_for_turn(worker);
	monitor_enter(j->reading);
	place = fill_next(worker);
	monitor_leave(j->reading);
	return place;
}

/* Makes the worker's runner, and waits for a source to run. */
static void
get_ready(struct worker *worker)
{
	struct jobs *j = worker->jobs;

	worker->runner = runner_new(j->config, j->detector, j->host);
	if (!worker->runner)
		end(j, -ENOMEM);
	monitor_enter(j->monitor);
	++j->ready;
	monitor_wake(j->monitor);
	while (!j->source && !j->ended)
		monitor_wait(j->monitor);
	monitor_leave(j->monitor);
}

/* Inside the monitor: the batch to be written next. NULL: it is not done yet, or there is none. */
static struct place *
next_done(const struct jobs *j)
{
	struct place *place = place_at(j, j->written);

	return j->filled > j->written && place->done && (!j->ended || j->ended == SOURCE_END) ? place : NULL;
}

/* A batch is done. Writes those that can be, unless somebody else does, who comes to it then. */
static void
write_done(struct jobs *j, struct place *place)
{
	monitor_enter(j->monitor);
	place->done = 1;
	while (!j->writing && (place = next_done(j))) {
		j->writing = 1;
		monitor_leave(j->monitor);
		batch_write(place->batch, &j->proxy, j->config, j->bad, j->bad_data, j->sink);
		monitor_enter(j->monitor);
		j->writing = 0;
		*place->out = 0;
		++j->written;
		monitor_wake(j->monitor);
	}
	monitor_leave(j->monitor);
}

static void
work(void *data)
{
	struct worker *worker = data;
	struct place *place;
	int error;

	get_ready(worker);
	while ((place = take_batch(worker))) {
		error = runner_run(worker->runner, place->batch);
		if (error)
			end(worker->jobs, error);
		write_done(worker->jobs, place);
	}
}

/* Starts the workers, and waits until all are ready: each makes a runner, which takes as long as many events. */
static int
start_workers(struct jobs *j)
{
	uint32_t i;

	for (i = 0; i < j->worker_count; ++i) {
		j->workers[i].jobs = j;
		j->workers[i].thread = thread_start(work, &j->workers[i]);
		if (!j->workers[i].thread)
			return -ENOMEM;
	}
	monitor_enter(j->monitor);
	while (j->ready < j->worker_count)
		monitor_wait(j->monitor);
	monitor_leave(j->monitor);
	return j->ended;
}

static void
join_workers(struct jobs *j)
{
	uint32_t i;

	for (i = 0; i < j->worker_count; ++i) {
		if (j->workers[i].thread)
			thread_join(j->workers[i].thread);
		j->workers[i].thread = NULL;
	}
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
	j->detector = detector;
	j->host = host;
	j->worker_count = count;
	j->place_count = count * BATCHES_EACH;
	j->reading = monitor_new();
	j->monitor = monitor_new();
	j->workers = calloc(count, sizeof *j->workers);
	j->places = calloc(j->place_count, sizeof *j->places);
	failed = !j->reading || !j->monitor || !j->workers || !j->places;
	for (i = 0; !failed && i < j->place_count; ++i)
		failed = !(j->workers[i / BATCHES_EACH].batches[i % BATCHES_EACH] = batch_new());
	if (failed || start_workers(j)) {
		jobs_free(j);
		return NULL;
	}
	return j;
}

void
jobs_free(struct jobs *j)
{
	uint32_t i;

	if (!j)
		return;
	if (j->monitor && j->workers) {
		end(j, SOURCE_END);
		join_workers(j);
	}
	for (i = 0; j->workers && i < j->worker_count; ++i)
		runner_free(j->workers[i].runner);
	for (i = 0; j->workers && i < j->place_count; ++i)
		batch_free(j->workers[i / BATCHES_EACH].batches[i % BATCHES_EACH]);
	monitor_free(j->reading);
	monitor_free(j->monitor);
	free(j->workers);
	free(j->places);
	free(j);
}

/* The source itself may be in use, and reports to a batch. */
static void
proxy_bad(struct source *proxy, const struct raw_event *event, const struct json *json)
{
	struct jobs *j = (struct jobs *)((char *)proxy - offsetof(struct jobs, proxy));

	monitor_enter(j->reading);
	source_replay_report(j->source, j->bad, j->bad_data);
	j->source->ops->bad(j->source, event, json);
	monitor_leave(j->reading);
}

int
jobs_run(struct jobs *j, struct source *source, void (*bad)(void *data, const struct replay_bad *bad), void *data,
         struct sink *sink)
{
	static const struct source_ops proxy_ops = { .bad = proxy_bad };

	j->proxy = (struct source){ .ops = &proxy_ops, .name = source->name };
	j->bad = bad;
	j->bad_data = data;
	j->sink = sink;
	monitor_enter(j->monitor);
	j->source = source;
	monitor_wake(j->monitor);
	monitor_leave(j->monitor);
	join_workers(j);
	source_replay_report(source, bad, data);
	return j->ended == SOURCE_END ? 0 : j->ended;
}

const struct pipeline *
jobs_pipeline(const struct jobs *j, uint32_t number)
{
	return runner_pipeline(j->workers[number].runner);
}
