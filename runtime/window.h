/*
 * window.h - what one group of a correlation remembers, and what the correlation's condition is asked of.
 *
 * A window ends at the newest event of its group and takes in what is later than its beginning. One kind of memory for
 * each way of measuring: window.c chooses, window_sum.c counts and adds up, window_rank.c orders values,
 * window_rule.c remembers the last event of each rule, window_run.c how far rules came in their order.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdint.h>

struct group;
struct group_table;
struct line;

/* Numbers are kept as they are and added up in billionths, so that sums do not depend on their order. */
#define WINDOW_SCALE 1000000000
enum { WINDOW_RUN_MAX = 512 }; /* events that a run keeps to be put in order */

struct window_spec { /* how a correlation measures */
	uint8_t type;         /* enum pack_correlation_type */
	uint32_t keep;        /* entries that are ever needed */
	uint32_t references;  /* rules it refers to */
	double percentile;
	uint64_t late;        /* ns that an event may be older than the newest */
};

struct window {
	struct group_table *table;
	struct group *group;
	const struct window_spec *spec;
};

struct window_entry {
	uint64_t time, event; /* ns; which event it is */
	uint64_t key;         /* value_count: hash of the value */
	double value;         /* of the other value types */
	uint32_t reference;   /* which rule matched */
};

enum window_result { WINDOW_ADDED, WINDOW_CUT, WINDOW_LATE }; /* cut: an older entry, or this one, found no room */

struct measure { /* sum / count in billionths; count 0: nothing to measure */
	__int128 sum;
	uint32_t count;
};

/* An entry later than the window's beginning. */
enum window_result window_add(const struct window *window, const struct window_entry *entry);
/* Forgets what is not later than begin, and measures the rest. */
struct measure window_measure(const struct window *window, uint64_t begin);

int window_sum_add(const struct window *window, const struct window_entry *entry);
struct measure window_sum_measure(const struct window *window, uint64_t begin);
int window_rank_add(const struct window *window, const struct window_entry *entry);
struct measure window_rank_measure(const struct window *window, uint64_t begin);
int window_rule_add(const struct window *window, const struct window_entry *entry);
struct measure window_rule_measure(const struct window *window, uint64_t begin);
int window_run_add(const struct window *window, const struct window_entry *entry);
struct measure window_run_measure(const struct window *window, uint64_t begin);

/* A decimal number, finite and less than 1e18 either way. 0, or -EINVAL. text is followed by a NUL. */
int number_read(const char *text, uint32_t size, double *number);
__int128 number_scale(double number); /* in billionths, saturating */
/* -1, 0 or 1: the measure is less than, equal to or more than the number. */
int measure_compare(const struct measure *measure, double number);
/* As JSON writes a number, at most nine decimals. */
void measure_write(struct line *line, const struct measure *measure);
#endif
