/*
 * pipeline_next.h - all of a pipeline that belongs to its pack, made before the pack is in use.
 */
#ifndef PIPELINE_NEXT_H
#define PIPELINE_NEXT_H

struct correlate;
struct correlate_counters;
struct detector;
struct host;
struct pipeline_config;
struct stage;

struct pipeline_next { /* after the swap, of the pack before */
	struct stage *stage;
	struct correlate *correlate; /* NULL: the pack has no correlations */
};

/* Borrows all but config. NULL: no memory. pipeline.h frees it. */
struct pipeline_next *pipeline_next_new(const struct pipeline_config *config, struct correlate_counters *counters,
                                        struct detector *detector, const struct host *host);
#endif
