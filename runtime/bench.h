/*
 * bench.h - what a pack costs on recorded events: whole, by station, by rule. Include pipeline.h and spread.h first.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

struct detector;
struct replay_routing;

struct rule_cost {
	uint64_t asked, matches; /* events of which it was a candidate; that it matched */
	uint64_t ticks;
};

struct group_cost {
	uint64_t calls, shared; /* ticks of what its rules have in common */
};

struct bench { /* all zero to begin with */
	uint64_t events, bytes, bad, unrouted, matches, alert_lines, alert_bytes; /* of one pass */
	uint64_t passes, best_ns, sum_ns;      /* of passes without a clock in them; the best by processor time, if of one thread */
	uint64_t alone_ns;                     /* jobs > 1: best pass of one thread, by the same clock as those; 0: none */
	uint64_t apart_ns;                     /* ... and one of as many at the same time, its share of what they took together */
	uint64_t timed_passes;                 /* that laps are of */
	struct spread laps[LAP_COUNT];         /* ns of each event, without reading the clock itself */
	uint64_t lap_ns, lap_cpu_ns;           /* of the passes that laps are of; what of it the processor worked for them */
	uint64_t clock_ns;                     /* what reading it takes */
	double ns_per_tick;                    /* of processor time */
	struct rule_cost *rules;               /* by rule of the pack; NULL: not asked for */
	struct group_cost *groups;             /* by group */
	uint64_t load_ns;                      /* opening the pack at first */
	uint64_t open_ns, swap_ns;             /* processor time of opening it again; with all that a swap takes */
	uint64_t stall_ns;                     /* how long that holds events up */
	uint64_t peak_memory;                  /* bytes, after the first pass */
};

struct bench_input {
	const char *const *files;
	size_t count;
	const struct replay_routing *routing;
	uint64_t time_ns;  /* passes go on for about so long; at least one of each sort */
	uint32_t jobs;     /* threads of passes without a clock */
	int per_rule;
	/* Opens the pack once more, as for a swap. 0 or an exit code after a message. */
	int (*open)(void *data, struct detector **detector);
	void *data;
};

/* Fills what is measured with events. 0 or a negative errno; *failed: the file that could not be read, or NULL. -EINTR:
 * open() failed, with what it said in *code. */
int bench_run(struct bench *bench, struct detector *detector, const struct bench_input *input, const char **failed,
              int *code);
void bench_done(struct bench *bench);

/* bench_print.c: the report on stdout. */
void bench_print_text(const struct bench *bench, const struct detector *detector);
void bench_print_json(const struct bench *bench, const struct detector *detector);
#endif
