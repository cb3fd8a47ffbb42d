/*
 * explain_sequence.c - a correlation, and what it made of a sequence of events.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "suite.h"
#include "explain.h"
#include "explain_event.h"
#include "explain_sequence.h"
#include "pack.h"
#include "packfile.h"
#include "trial.h"

enum { NAMES_MAX = 4 };

static void
span_print(FILE *out, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
	size_t unit = 0;

	while (seconds % units[unit].seconds)
		unit++;
	fprintf(out, "%" PRIu64 "%s", seconds / units[unit].seconds, units[unit].name);
}

static void
names_print(FILE *out, const char *before, const struct sigma_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s", i ? ", " : before, names[i].text.data);
}

void
explain_print_correlation(FILE *out, const struct sigma_rule *rule)
{
	const struct sigma_correlation *correlation = rule->correlation;

	fprintf(out, "takes   %s", correlation_types[correlation->type]);
	names_print(out, " of ", correlation->names + correlation->group_count,
	            correlation->name_count - correlation->group_count);
	for (int i = 0; i < correlation->compare_count; i++)
		fprintf(out, "%s %s %.15g", i ? " and" : "", correlation_compares[correlation->compares[i]],
		        correlation->limits[i]);
	fputs(" within ", out);
	span_print(out, correlation->timespan);
	names_print(out, " by ", correlation->names, correlation->group_count);
	fputc('\n', out);
	for (size_t i = 0; i < correlation->reference_count; i++) {
		const struct sigma_rule *other = correlation->references[i].rule;

		if (!other || correlation->is_aggregation)
			fputs("of      its own events\n", out);
		else
			fprintf(out, "of      \"%s\"%s\n", other->title.data, other->correlation ? " (a correlation)" : "");
	}
}

static void
step_print(FILE *out, const struct trial *trial, const struct sigma_rule *rule, const struct trial_step *step)
{
	const struct pack_tables *tables = trial_tables(trial);
	const struct sigma_correlation *correlation = rule->correlation;

	for (uint32_t i = 0; i < step->matched_count && i < NAMES_MAX; i++) {
		const struct pack_rule *other = &tables->rules[step->matched[i]];

		fputs(i ? ", " : "  ", out);
		explain_print_text(out, pack_text_data(tables, other->title), other->title.size);
	}
	if (step->matched_count > NAMES_MAX)
		fputs(", ...", out);
	if (!step->matched_count)
		fputs("  none of its rules", out);
	if (step->matched_count && !step->timed)
		fputs("; it says no time", out);
	if (!step->fired)
		return;
	fprintf(out, "; %s is %.15g", correlation_types[correlation->type], step->measure);
	for (uint32_t i = 0; i < step->group_count && i < correlation->group_count; i++) {
		fprintf(out, ", %s ", correlation->names[i].text.data);
		explain_print_text(out, step->group[i].data, step->group[i].size);
	}
}

int
explain_print_sequence(FILE *out, struct trial *trial, const struct sigma_rule *rule, uint32_t number,
                       const struct event_text *events, size_t count, uint32_t *fired)
{
	struct trial_step step;
	struct trial_bad bad;
	int error = trial_start(trial, number);

	*fired = 0;
	for (size_t i = 0; !error && i < count; i++) {
		const struct event_text *event = &events[i];

		error = trial_next(trial, event->data, event->size, number, TRIAL_GIVEN, &step, &bad);
		if (error == -EBADMSG)
			fprintf(stderr, "%s:%" PRIu64 ":%zu: error: %s [bad-json]\n", event->name, event->line + bad.line - 1,
			        bad.column, bad.text);
		if (error)
			break;
		fprintf(out, "  %-5s %s:%" PRIu64, step.fired ? "yes" : "no", event->name, event->line);
		step_print(out, trial, rule, &step);
		fputc('\n', out);
		*fired += step.fired;
	}
	return error;
}
