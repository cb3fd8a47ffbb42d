/*
 * batch.h - recorded events taken out of their source some at a time, so that any thread can run them, and what came of
 * them, which is written out in order.
 */
#ifndef BATCH_H
#define BATCH_H

struct batch;
struct detector;
struct host;
struct pipeline;
struct pipeline_config;
struct runner;
struct sink;
struct source;

struct batch *batch_new(void); /* NULL: no memory */
void batch_free(struct batch *batch); /* NULL is fine */
/* Takes events out of a source of recorded events, as many as one reading gives, which stay in a buffer of the batch's
 * own; what it had is gone. Events, SOURCE_END, or a negative errno. Another batch is to be filled before this one is
 * again. The source's reports (source_replay_report) of texts that it steps over on the way belong to
 * batch_note, with the batch as data. */
int batch_fill(struct batch *batch, struct source *source);
struct replay_bad;
void batch_note(void *batch, const struct replay_bad *bad);
/* What one pipeline would have done with the events: reports bad texts to bad, and those that are no object to source;
 * gives lines to sink and unrouted events to config's unrouted. */
void batch_write(const struct batch *batch, struct source *source, const struct pipeline_config *config,
                 void (*bad)(void *data, const struct replay_bad *bad), void *data, struct sink *sink);

/* A pipeline for batches, of one thread at a time. Borrows config's texts, detector and host. NULL: no memory. */
struct runner *runner_new(const struct pipeline_config *config, struct detector *detector, const struct host *host);
void runner_free(struct runner *runner); /* NULL is fine */
/* 0 or -ENOMEM. */
int runner_run(struct runner *runner, struct batch *batch);
const struct pipeline *runner_pipeline(const struct runner *runner); /* for its counters */
#endif
