/* pipeline_next.c - a pipeline's part of a pack: the stage, and the correlations. */
#include <sodium.h>
#include <stdlib.h>

#include "correlate.h"
#include "detector.h"
#include "pipeline.h"
#include "pipeline_next.h"
#include "stage.h"

enum { CORRELATE_MEMORY = 256 << 20 };

/* Recorded events give the same every time; live ones may be made to have equal hashes, if these can be foretold. */
static int
make_correlate(const struct pipeline_config *config, struct correlate_counters *counters, struct detector *detector,
               struct correlate **correlate)
{
	struct correlate_config made = { .memory = config->correlate_memory ? config->correlate_memory : CORRELATE_MEMORY,
		.counters = counters };

	if (!config->replay)
		randombytes_buf(made.key, sizeof made.key);
	return correlate_new(correlate, detector_tables(detector), &made);
}

struct pipeline_next *
pipeline_next_new(const struct pipeline_config *config, struct correlate_counters *counters, struct detector *detector,
                  const struct host *host)
{
	struct pipeline_next *next = calloc(1, sizeof *next);

	if (!next)
		return NULL;
	next->stage = stage_new(config, detector, host);
	if (!next->stage || make_correlate(config, counters, detector, &next->correlate)) {
		pipeline_next_free(next);
		return NULL;
	}
	return next;
}

void
pipeline_next_free(struct pipeline_next *next)
{
	if (!next)
		return;
	stage_free(next->stage);
	correlate_free(next->correlate);
	free(next);
}
