/* vectors.c - runs the rule tests that a pack carries, through the same binding and routing as recorded events. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bind.h"
#include "detector.h"
#include "host.h"
#include "json.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "route.h"
#include "stage.h"

__attribute__((format(printf, 2, 3))) static int
refuse(struct refusal *why, const char *format, ...)
{
	va_list args;

	why->check = CHECK_VECTORS;
	va_start(args, format);
	vsnprintf(why->text, sizeof why->text, format, args);
	va_end(args);
	return -1;
}

static int
has_rule(const struct matches *matches, uint32_t rule)
{
	uint32_t i;

	for (i = 0; i < matches->count; ++i)
		if (matches->rows[i].rule == rule)
			return 1;
	return 0;
}

static int
leads_to(const struct route_plan *plan, uint32_t group)
{
	uint32_t i, j;

	for (i = 0; i < plan->step_count; ++i)
		for (j = 0; j < plan->steps[i].group_count; ++j)
			if (plan->groups[plan->steps[i].first_group + j] == group)
				return 1;
	return 0;
}

/* Routed as a recorded event; where nothing routes it to the rule's group, the rule sees it as it is. */
static int
fires(struct stage *stage, const struct pack_tables *tables, const struct pack_vector *vector, const struct json *json,
      struct matches *matches)
{
	const struct route_plan *plan = stage_route(stage);
	const uint32_t group = tables->rules[vector->rule].group;
	const struct pack_list slots = tables->groups[group].slots;
	struct route_step step = { NULL, 0, 0, 1 };
	struct route_plan own = { &step, &group, tables->indices + slots.first, NULL, 1, slots.count,
		(tables->groups[group].flags & PACK_GROUP_LEAVES) != 0, ROUTE_LEAF_SETS, 0, 1 };

	matches_start(matches);
	if (!leads_to(plan, group))
		plan = &own;
	stage_settle(stage, plan, json);
	stage_match(stage, plan, stage->bound_view, matches);
	return has_rule(matches, vector->rule);
}

static int
run_vector(struct stage *stage, const struct pack_tables *tables, uint32_t number, struct matches *matches,
           struct refusal *why)
{
	const struct pack_vector *vector = &tables->vectors[number];
	const struct pack_rule *rule = &tables->rules[vector->rule];
	struct json json;

	if (rule->group == PACK_NONE)
		return 0;
	if (bound_read(stage->bound, pack_text_data(tables, vector->event), vector->event.size, &json))
		return refuse(why, "vector %u (%s) is no JSON object", number, pack_text_data(tables, vector->place));
	bound_settle_all(stage->bound); /* a group alone may look at slots of the one that it shares predicates with */
	if (fires(stage, tables, vector, &json, matches) != (vector->expected != 0))
		return refuse(why, "rule %s %s on its vector %u (%s)", pack_text_data(tables, rule->id),
		              vector->expected ? "did not fire" : "fired", number, pack_text_data(tables, vector->place));
	return 0;
}

int
detector_test(struct detector *detector, struct refusal *why)
{
	const struct pack_tables *tables = detector_tables(detector);
	const struct pipeline_config config = { .routing = ROUTING_AUTO, .why = "none", .every_group = 1, .replay = 1 };
	const struct host host = { .id = "" };
	struct matches matches = { 0 };
	struct stage *stage;
	uint32_t i;
	int result = 0;

	if (!tables->vector_count)
		return 0;
	stage = stage_new(&config, detector, &host);
	if (!stage)
		return refuse(why, "no memory");
	for (i = 0; !result && i < tables->vector_count; ++i)
		result = run_vector(stage, tables, i, &matches, why);
	matches_done(&matches);
	stage_free(stage);
	return result;
}
