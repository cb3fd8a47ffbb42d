/* trial_sequence.c - a correlation over a sequence of events, on trial. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "correlate.h"
#include "field_map.h"
#include "json.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "route.h"
#include "stage.h"
#include "timestamp.h"
#include "trial.h"
#include "trial_state.h"
#include "window.h"

enum { SEQUENCE_MEMORY = 16 << 20 };

/* The rules whose matches the correlation takes, also through correlations. They stand before it. */
static void
mark_wanted(struct trial *trial, uint32_t rule)
{
	const struct pack_tables *t = trial_tables(trial);
	uint32_t i, j;

	memset(trial->wanted, 0, t->rule_count);
	trial->wanted[rule] = 1;
	for (i = t->correlation_count; i--;) {
		const struct pack_correlation *correlation = &t->correlations[i];

		for (j = 0; trial->wanted[correlation->rule] && j < correlation->references.count; ++j)
			trial->wanted[t->correlation_references[correlation->references.first + j].rule] = 1;
	}
}

int
trial_start(struct trial *trial, uint32_t rule)
{
	const struct pack_tables *tables = trial_tables(trial);
	const struct correlate_config config = { .memory = SEQUENCE_MEMORY, .counters = &trial->counters };
	uint32_t i, most = 1;

	trial_end_sequence(trial);
	for (i = 0; i < tables->correlation_count; ++i)
		most = tables->correlations[i].group_count > most ? tables->correlations[i].group_count : most;
	trial->wanted = calloc(tables->rule_count + 1, 1);
	trial->matched = calloc(tables->rule_count + 1, sizeof *trial->matched);
	trial->group = calloc(most, sizeof *trial->group);
	if (!trial->wanted || !trial->matched || !trial->group)
		return -ENOMEM;
	mark_wanted(trial, rule);
	return correlate_new(&trial->correlate, tables, &config);
}

void
trial_end_sequence(struct trial *trial)
{
	correlate_free(trial->correlate);
	free(trial->wanted);
	free(trial->matched);
	free(trial->group);
	trial->correlate = NULL;
	trial->wanted = NULL;
	trial->matched = NULL;
	trial->group = NULL;
	trial->counters = (struct correlate_counters){ 0 };
}

static int
group_is_wanted(const struct trial *trial, uint32_t group)
{
	const struct pack_list rules = trial_tables(trial)->groups[group].rules;
	uint32_t i;

	for (i = 0; i < rules.count; ++i)
		if (trial->wanted[rules.first + i])
			return 1;
	return 0;
}

static int
leads_to_wanted(const struct trial *trial, const struct route_plan *plan)
{
	uint32_t i, j;

	for (i = 0; i < plan->step_count; ++i)
		for (j = 0; j < plan->steps[i].group_count; ++j)
			if (group_is_wanted(trial, plan->groups[plan->steps[i].first_group + j]))
				return 1;
	return 0;
}

static void
match_as_it_is(struct trial *trial, const struct json *json)
{
	const struct pack_tables *tables = trial_tables(trial);
	uint32_t group;

	for (group = 0; group < tables->group_count; ++group) {
		const struct pack_list slots = tables->groups[group].slots;
		const struct route_step step = { NULL, 0, 0, 1 };
		const struct route_plan plan = { .steps = &step, .groups = &group, .settle = tables->indices + slots.first,
			.step_count = 1, .settle_count = slots.count,
			.leaves = (tables->groups[group].flags & PACK_GROUP_LEAVES) != 0 };

		if (!group_is_wanted(trial, group))
			continue;
		stage_settle(trial->stage, &plan, json);
		stage_match(trial->stage, &plan, trial->stage->bound_view, &trial->matches);
	}
}

static void
show_result(struct trial *trial, const struct correlate_result *result, struct trial_step *step)
{
	const struct pack_correlation *correlation = &trial_tables(trial)->correlations[result->correlation];
	uint32_t i;

	for (i = 0; i < correlation->group_count; ++i)
		trial->group[i] = (struct trial_text){ result->group[i].data, result->group[i].size };
	step->group = trial->group;
	step->group_count = correlation->group_count;
	step->measure = result->measure->count ? (double)result->measure->sum / result->measure->count / WINDOW_SCALE : 0;
	++step->fired;
}

static void
correlate(struct trial *trial, uint32_t rule, struct trial_step *step)
{
	const struct pack_tables *tables = trial_tables(trial);
	const struct value *when = bound_time(trial->stage->bound);
	struct correlate_event event = { .matches = &trial->matches };
	const struct correlate_result *results;
	uint32_t count, i;

	if (when && timestamp_parse(when->data, when->size, &event.time))
		event.time = 0;
	step->timed = event.time != 0;
	count = correlate_event(trial->correlate, &event, &results);
	for (i = 0; i < count; ++i)
		if (tables->correlations[results[i].correlation].rule == rule)
			show_result(trial, &results[i], step);
}

int
trial_next(struct trial *trial, const char *text, size_t size, uint32_t rule, enum trial_routing routing,
           struct trial_step *step, struct trial_bad *bad)
{
	const struct route_plan *plan;
	struct json json;
	uint32_t i;
	int result = trial_read(trial, text, size, &json, bad);

	*step = (struct trial_step){ .matched = trial->matched };
	if (result)
		return result;
	matches_start(&trial->matches);
	plan = stage_route(trial->stage);
	if (leads_to_wanted(trial, plan)) {
		stage_settle(trial->stage, plan, &json);
		stage_match(trial->stage, plan, trial->stage->bound_view, &trial->matches);
	} else if (routing == TRIAL_GIVEN || !trial_names_logsource(trial)) {
		match_as_it_is(trial, &json);
	}
	for (i = 0; i < trial->matches.count; ++i)
		if (trial->wanted[trial->matches.rows[i].rule])
			trial->matched[step->matched_count++] = trial->matches.rows[i].rule;
	correlate(trial, rule, step);
	return 0;
}
