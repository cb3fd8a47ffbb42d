/* bench_print.c - what bench measured, as text or JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline.h"
#include "spread.h"
#include "bench.h"

#include "detector.h"
#include "line.h"
#include "packfile.h"

static const char *const lap_names[] = { "source", "parse", "route", "decode", "match", "alert" };

struct rule_row { /* of the table of rules: dearest first */
	uint32_t rule;
	double ns; /* of the whole pass */
};

static double
per_second(uint64_t count, uint64_t ns)
{
	return ns ? (double)count * 1e9 / (double)ns : 0;
}

static uint64_t
mean_ns(const struct bench *bench)
{
	return bench->passes ? bench->sum_ns / bench->passes : 0;
}

/* How much of a lap the processor worked for it: while it worked for others, the lap's clock went on. */
static double
lap_share(const struct bench *bench)
{
	return bench->lap_ns > bench->lap_cpu_ns ? (double)bench->lap_cpu_ns / (double)bench->lap_ns : 1;
}

static double
lap_mean(const struct bench *bench, int lap)
{
	return spread_mean(&bench->laps[lap]) * lap_share(bench);
}

/* Alert lines a second while nothing else is done. */
static double
lines_per_second(const struct bench *bench)
{
	uint64_t taken = (uint64_t)((double)bench->laps[LAP_ALERT].sum * lap_share(bench));

	return per_second(bench->alert_lines * bench->timed_passes, taken);
}

/* How many times as fast as the best pass of one thread something was. */
static double
times_alone(const struct bench *bench, uint64_t ns)
{
	return ns ? (double)bench->alone_ns / (double)ns : 0;
}

/* Most first; those of the same cost in their own order. */
static int
row_compare(const void *a, const void *b)
{
	const struct rule_row *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

/* The rules that were asked or matched at all; the caller's to free(). NULL: none, or no memory. */
static struct rule_row *
rule_rows(const struct bench *bench, const struct pack_tables *tables, uint32_t *count)
{
	struct rule_row *rows = calloc(tables->rule_count + 1, sizeof *rows);
	uint32_t i;

	*count = 0;
	for (i = 0; rows && i < tables->rule_count; ++i)
		if (bench->rules[i].asked || bench->rules[i].matches)
			rows[(*count)++] = (struct rule_row){ i, (double)bench->rules[i].ticks * bench->ns_per_tick };
	if (rows)
		qsort(rows, *count, sizeof *rows, row_compare);
	return rows;
}

/* What deciding a rule takes each time; nothing where it is never asked. */
static double
ns_each(const struct rule_row *row, const struct rule_cost *cost)
{
	return cost->asked ? row->ns / (double)cost->asked : 0;
}

static void
group_name(const struct pack_tables *tables, uint32_t group, char *name, size_t size)
{
	const struct pack_group *row = &tables->groups[group];

	snprintf(name, size, "%s/%s/%s%s", pack_text_data(tables, row->product), pack_text_data(tables, row->category),
	         pack_text_data(tables, row->service), row->flags & PACK_GROUP_LATE ? " late" : "");
}

static void
print_rules_text(const struct bench *bench, const struct pack_tables *tables)
{
	uint32_t count, i;
	struct rule_row *rows = rule_rows(bench, tables, &count);
	char name[256];

	printf("\n%-44s %10s %10s\n", "group", "calls", "shared ns");
	for (i = 0; i < tables->group_count; ++i) {
		const struct group_cost *group = &bench->groups[i];

		if (!group->calls)
			continue;
		group_name(tables, i, name, sizeof name);
		printf("%-44s %10llu %10.0f\n", name, (unsigned long long)group->calls,
		       (double)group->shared * bench->ns_per_tick / (double)group->calls);
	}
	printf("\n%-36s %10s %10s %10s %10s  %s\n", "rule", "asked", "matches", "ns each", "ns/event", "title");
	for (i = 0; i < count; ++i) {
		const struct pack_rule *rule = &tables->rules[rows[i].rule];
		const struct rule_cost *cost = &bench->rules[rows[i].rule];

		printf("%-36s %10llu %10llu %10.0f %10.2f  %s\n", pack_text_data(tables, rule->id),
		       (unsigned long long)cost->asked, (unsigned long long)cost->matches, ns_each(&rows[i], cost),
		       rows[i].ns / (double)bench->events, pack_text_data(tables, rule->title));
	}
	free(rows);
}

void
bench_print_text(const struct bench *bench, const struct detector *detector)
{
	int i;

	printf("load     %.1f ms, again %.1f ms; swap %.1f ms, events held up for %.3f ms\n", (double)bench->load_ns / 1e6,
	       (double)bench->open_ns / 1e6, (double)bench->swap_ns / 1e6, (double)bench->stall_ns / 1e6);
	printf("events   %llu of %.0f bytes, %llu unrouted, %llu matches\n", (unsigned long long)bench->events,
	       (double)bench->bytes / (double)bench->events, (unsigned long long)bench->unrouted,
	       (unsigned long long)bench->matches);
	printf("speed    %.0f events/s, %.0f MB/s, %.0f ns an event; best of %llu passes %.0f events/s\n",
	       per_second(bench->events, mean_ns(bench)), per_second(bench->bytes, mean_ns(bench)) / 1e6,
	       (double)mean_ns(bench) / (double)bench->events, (unsigned long long)bench->passes,
	       per_second(bench->events, bench->best_ns));
	if (bench->alone_ns)
		printf("threads  %.2f times as fast as one; as many that share nothing are %.2f times as fast\n",
		       times_alone(bench, bench->best_ns), times_alone(bench, bench->apart_ns));
	if (bench->alert_lines)
		printf("alerts   %llu lines of %.0f bytes; %.0f lines/s while they are written\n",
		       (unsigned long long)bench->alert_lines, (double)bench->alert_bytes / (double)bench->alert_lines,
		       lines_per_second(bench));
	printf("memory   %.1f MB at most\n\n", (double)bench->peak_memory / 1e6);
	printf("%-8s %10s %10s %10s %10s\n", "station", "events", "mean ns", "p50", "p99");
	for (i = 0; i < LAP_COUNT; ++i) {
		const struct spread *lap = &bench->laps[i];

		printf("%-8s %10llu %10.0f", lap_names[i], (unsigned long long)lap->count, lap_mean(bench, i));
		if (i == LAP_SOURCE)
			puts("");
		else
			printf(" %10llu %10llu\n", (unsigned long long)spread_percentile(lap, 50),
			       (unsigned long long)spread_percentile(lap, 99));
	}
	if (bench->rules)
		print_rules_text(bench, detector_tables(detector));
}

static void
put_line(struct line *line)
{
	line_text(line, "}");
	printf("%.*s\n", (int)line->size, line->data);
	line->size = 0;
}

static void
start_line(struct line *line, const char *type)
{
	line_text(line, "{\"v\":1,\"type\":\"");
	line_text(line, type);
	line_text(line, "\"");
}

static void
put_number(struct line *line, const char *key, double number)
{
	char text[64];

	line_key(line, key);
	line_raw(line, text, (size_t)snprintf(text, sizeof text, "%.*f", number < 1e6 ? 2 : 0, number));
}

static void
put_count(struct line *line, const char *key, uint64_t number)
{
	line_key(line, key);
	line_number(line, number);
}

static void
put_text(struct line *line, const char *key, const char *text)
{
	line_key(line, key);
	line_string(line, text, strlen(text), SIZE_MAX);
}

static void
print_rules_json(const struct bench *bench, const struct pack_tables *tables, struct line *line)
{
	uint32_t count, i;
	struct rule_row *rows = rule_rows(bench, tables, &count);
	char name[256];

	for (i = 0; i < tables->group_count; ++i) {
		if (!bench->groups[i].calls)
			continue;
		group_name(tables, i, name, sizeof name);
		start_line(line, "group");
		put_text(line, "logsource", name);
		put_count(line, "calls", bench->groups[i].calls);
		put_number(line, "shared_ns", (double)bench->groups[i].shared * bench->ns_per_tick /
		                              (double)bench->groups[i].calls);
		put_line(line);
	}
	for (i = 0; i < count; ++i) {
		const struct rule_cost *cost = &bench->rules[rows[i].rule];

		start_line(line, "rule");
		put_text(line, "rule_id", pack_text_data(tables, tables->rules[rows[i].rule].id));
		put_text(line, "title", pack_text_data(tables, tables->rules[rows[i].rule].title));
		put_count(line, "asked", cost->asked);
		put_count(line, "matches", cost->matches);
		put_number(line, "ns", ns_each(&rows[i], cost));
		put_number(line, "ns_per_event", rows[i].ns / (double)bench->events);
		put_line(line);
	}
	free(rows);
}

void
bench_print_json(const struct bench *bench, const struct detector *detector)
{
	struct line line = { 0 };
	int i;

	for (i = 0; i < LAP_COUNT; ++i) {
		start_line(&line, "station");
		put_text(&line, "name", lap_names[i]);
		put_count(&line, "events", bench->laps[i].count);
		put_number(&line, "mean_ns", lap_mean(bench, i));
		put_count(&line, "p50_ns", spread_percentile(&bench->laps[i], 50));
		put_count(&line, "p99_ns", spread_percentile(&bench->laps[i], 99));
		put_line(&line);
	}
	if (bench->rules)
		print_rules_json(bench, detector_tables(detector), &line);
	start_line(&line, "summary");
	put_count(&line, "events", bench->events);
	put_count(&line, "bytes", bench->bytes);
	put_count(&line, "unrouted", bench->unrouted);
	put_count(&line, "matches", bench->matches);
	put_count(&line, "alert_lines", bench->alert_lines);
	put_count(&line, "alert_bytes", bench->alert_bytes);
	put_number(&line, "alert_lines_per_s", lines_per_second(bench));
	put_count(&line, "passes", bench->passes);
	put_number(&line, "events_per_s", per_second(bench->events, mean_ns(bench)));
	put_number(&line, "best_events_per_s", per_second(bench->events, bench->best_ns));
	if (bench->alone_ns) {
		put_number(&line, "times_one_thread", times_alone(bench, bench->best_ns));
		put_number(&line, "apart_times_one_thread", times_alone(bench, bench->apart_ns));
	}
	put_number(&line, "bytes_per_s", per_second(bench->bytes, mean_ns(bench)));
	put_count(&line, "load_ns", bench->load_ns);
	put_count(&line, "open_ns", bench->open_ns);
	put_count(&line, "swap_ns", bench->swap_ns);
	put_count(&line, "stall_ns", bench->stall_ns);
	put_count(&line, "peak_memory_bytes", bench->peak_memory);
	put_line(&line);
	line_done(&line);
}
