/* trial.c - a pack's rules over single events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "correlate.h"
#include "detector.h"
#include "field_map.h"
#include "host.h"
#include "json.h"
#include "matches.h"
#include "os.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "route.h"
#include "stage.h"
#include "trial.h"
#include "trial_state.h"
#include "why.h"

static int
read_fields(struct trial *trial, const char *path, char why[TRIAL_WHY_SIZE])
{
	size_t line;
	int error = field_map_read(&trial->fields, path, &line);

	if (error == -EINVAL)
		snprintf(why, TRIAL_WHY_SIZE, "%s:%zu:1: error: a line \"Field: key\" expected [bad-fields]", path, line);
	else if (error)
		snprintf(why, TRIAL_WHY_SIZE, "%s: %s (%s)", path, os_errno_name(-error), strerror(-error));
	return error;
}

static int
open_pack(struct trial *trial, const void *pack, size_t size, char why[TRIAL_WHY_SIZE])
{
	const struct trust_policy policy = { .allow_unsigned = 1, .unpacked_max = PACK_UNPACKED_MAX };
	struct refusal refusal;

	if (!detector_open(&trial->detector, pack, size, &policy, &refusal))
		return 0;
	snprintf(why, TRIAL_WHY_SIZE, "%s: %.200s", check_name(refusal.check), refusal.text);
	return -EBADMSG;
}

static int
make_room(struct trial *trial)
{
	const struct pipeline_config config = { .routing = ROUTING_AUTO, .why = "none", .replay = 1, .every_group = 1,
		.fields = trial->fields.rows, .field_count = trial->fields.count };
	const struct pack_tables *tables = detector_tables(trial->detector);
	const struct host host = { .id = "" };
	uint32_t i, most = 0;

	for (i = 0; i < tables->group_count; ++i)
		most = tables->groups[i].predicates.count > most ? tables->groups[i].predicates.count : most;
	trial->stage = stage_new(&config, trial->detector, &host);
	trial->slots = calloc(tables->slot_count + 1, sizeof *trial->slots);
	trial->present = calloc(tables->slot_count / 64 + 1, sizeof *trial->present);
	for (i = 0; i < 2; ++i)
		trial->bits[i] = calloc(most / 64 + 1, sizeof *trial->bits[i]);
	return trial->stage && trial->slots && trial->present && trial->bits[0] && trial->bits[1] ? 0 : -ENOMEM;
}

int
trial_open(struct trial **made, const void *pack, size_t size, const struct trial_config *config,
           char why[TRIAL_WHY_SIZE])
{
	struct trial *trial = calloc(1, sizeof *trial);
	int error = trial ? 0 : -ENOMEM;

	snprintf(why, TRIAL_WHY_SIZE, "no memory");
	if (!error && config->fields)
		error = read_fields(trial, config->fields, why);
	if (!error)
		error = open_pack(trial, pack, size, why);
	if (!error)
		error = make_room(trial);
	if (error) {
		trial_close(trial);
		return error;
	}
	trial->unknown = config->unknown;
	*made = trial;
	return 0;
}

void
trial_close(struct trial *trial)
{
	if (!trial)
		return;
	trial_end_sequence(trial);
	matches_done(&trial->matches);
	stage_free(trial->stage);
	detector_close(trial->detector);
	field_map_done(&trial->fields);
	free(trial->slots);
	free(trial->present);
	free(trial->bits[0]);
	free(trial->bits[1]);
	free(trial);
}

const struct pack_tables *
trial_tables(const struct trial *trial)
{
	return detector_tables(trial->detector);
}

int
trial_read(struct trial *trial, const char *text, size_t size, struct json *json, struct trial_bad *bad)
{
	int error = bound_read(trial->stage->bound, text, size, json);

	if (!error)
		bound_settle_all(trial->stage->bound);
	if (error == -EBADMSG) {
		bad->text = json->error;
		json_place(json->start, json->at, &bad->line, &bad->column);
	}
	return error;
}

/* What a rule's group sees at one step of a plan: its slots are kept where the rule matches, or for want of better. */
static int
match_step(struct trial *trial, const struct route_step *step, uint32_t rule, struct trial_look *look, int is_first)
{
	const struct pack_tables *tables = trial_tables(trial);
	const struct pack_group *group = &tables->groups[tables->rules[rule].group];
	struct stage *stage = trial->stage;
	struct event_view *view = stage->bound_view;
	uint32_t count, i, words = group->predicates.count / 64 + 1;
	int found = 0;

	stage_lay_views(stage, step, view);
	count = detector_match(stage->detector, view->event, tables->rules[rule].group, stage->scratch, stage->hits);
	for (i = 0; i < count; ++i)
		found |= stage->hits[i].rule == rule;
	if (look && (found || is_first)) {
		memcpy(trial->slots, view->slots, tables->slot_count * sizeof *trial->slots);
		memcpy(trial->present, view->present, (tables->slot_count + 63) / 64 * sizeof *trial->present);
		memcpy(trial->bits[0], stage->scratch, words * sizeof *trial->bits[0]);
		memcpy(trial->bits[1], (char *)stage->scratch + trial->unknown, words * sizeof *trial->bits[1]);
		look->event = *view->event;
		look->event.slots = trial->slots;
		look->event.present = trial->present;
		look->yes = trial->bits[0];
		look->unknown = trial->bits[1];
	}
	stage_lift_views(stage, step, view);
	return found;
}

/* 1: it matches; 0: it does not; -1: the plan does not lead to its group. */
static int
match_plan(struct trial *trial, const struct route_plan *plan, uint32_t rule, struct trial_look *look)
{
	uint32_t group = trial_tables(trial)->rules[rule].group, i, j;
	int result = -1;

	for (i = 0; i < plan->step_count && result < 1; ++i) {
		const struct route_step *step = &plan->steps[i];

		for (j = 0; j < step->group_count && plan->groups[step->first_group + j] != group; ++j)
			;
		if (j < step->group_count)
			result = match_step(trial, step, rule, look, result < 0);
	}
	return result;
}

static int
match_as_it_is(struct trial *trial, const struct json *json, uint32_t rule, struct trial_look *look)
{
	const struct pack_tables *tables = trial_tables(trial);
	const uint32_t group = tables->rules[rule].group;
	const struct pack_list slots = tables->groups[group].slots;
	const struct route_step step = { NULL, 0, 0, 1 };
	const struct route_plan plan = { &step, &group, tables->indices + slots.first, NULL, 1, slots.count,
		(tables->groups[group].flags & PACK_GROUP_LEAVES) != 0, ROUTE_LEAF_SETS, 0, 1 };

	stage_settle(trial->stage, &plan, json);
	return match_plan(trial, &plan, rule, look);
}

int
trial_names_logsource(const struct trial *trial)
{
	const uint64_t *present = bound_present(trial->stage->bound);
	uint32_t i, count;
	const uint32_t *slots = router_slots(trial->stage->router, &count);

	for (i = 0; i < count; ++i)
		if (present[slots[i] / 64] >> slots[i] % 64 & 1)
			return 1;
	return 0;
}

int
trial_match(struct trial *trial, const char *text, size_t size, uint32_t rule, enum trial_routing routing,
            struct trial_bad *bad)
{
	const struct route_plan *plan;
	struct json json;
	int result = trial_read(trial, text, size, &json, bad);

	if (result)
		return result;
	plan = stage_route(trial->stage);
	stage_settle(trial->stage, plan, &json);
	result = match_plan(trial, plan, rule, NULL);
	if (result >= 0 || (routing == TRIAL_RECORDED && trial_names_logsource(trial)))
		return result > 0;
	return match_as_it_is(trial, &json, rule, NULL) > 0;
}

int
trial_look(struct trial *trial, const char *text, size_t size, uint32_t rule, struct trial_look *look,
           struct trial_bad *bad)
{
	const struct route_plan *plan;
	struct json json;
	int result = trial_read(trial, text, size, &json, bad);

	if (result)
		return result;
	bound_event(trial->stage->bound)->flags |= EVENT_DECIDE_ALL;
	*look = (struct trial_look){ .matched = 0 };
	look->asked = router_slots(trial->stage->router, &look->asked_count);
	plan = stage_route(trial->stage);
	stage_settle(trial->stage, plan, &json);
	result = match_plan(trial, plan, rule, look);
	look->routed = result >= 0;
	if (result < 0)
		result = match_as_it_is(trial, &json, rule, look);
	look->matched = result > 0;
	return 0;
}

void
trial_explain(const struct trial *trial, const struct trial_look *look, uint32_t rule, uint32_t predicate,
              struct trial_why *why)
{
	const struct pack_tables *tables = trial_tables(trial);
	struct why found;

	why_find(tables, tables->groups[tables->rules[rule].group].predicates.first + predicate, &look->event, NULL,
	         &found);
	*why = (struct trial_why){ found.pattern, found.pattern_size, found.value, found.value_size };
}
