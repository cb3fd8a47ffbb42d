/*
 * jobs.h - recorded events read and run by several threads, a batch each at a time; what came of them is written in order, so
 * that all is as if one thread had done it.
 */
#ifndef JOBS_H
#define JOBS_H

#include <stdint.h>

struct detector;
struct host;
struct jobs;
struct pipeline;
struct pipeline_config;
struct replay_bad;
struct sink;
struct source;

enum { JOBS_MAX = 256 };

/* Threads with a pipeline each, ready to run. NULL: no memory, or not so many threads. All borrowed. */
struct jobs *jobs_new(const struct pipeline_config *config, struct detector *detector, const struct host *host,
                      uint32_t count);
void jobs_free(struct jobs *jobs); /* NULL is fine */
/* Takes source_replay.h's source to its end; once. bad hears of texts that are no events, config's unrouted of events
 * that no route takes, both in order; they and sink are called by the threads, one at a time. 0 or a negative errno. */
int jobs_run(struct jobs *jobs, struct source *source, void (*bad)(void *data, const struct replay_bad *bad), void *data,
             struct sink *sink);
/* The pipeline of one thread, after jobs_run() went well, for its counters. */
const struct pipeline *jobs_pipeline(const struct jobs *jobs, uint32_t number);
#endif
