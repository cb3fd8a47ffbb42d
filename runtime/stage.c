/* stage.c - what a pipeline needs of one pack, and the matching of one event by its plan. */
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "bind.h"
#include "capture.h"
#include "decode.h"
#include "detector.h"
#include "host.h"
#include "json.h"
#include "layout.h"
#include "leaf_filter.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "route.h"
#include "stage.h"
#include "touch.h"
#include "vocabulary.h"
#include "why.h"

enum { FEW_GROUPS = 8 };

struct saved_slot { /* a slot under a view */
	struct value value;
	uint64_t bit; /* of present */
};

static uint32_t
most_views(const struct pack_tables *tables)
{
	uint32_t i, most = 0;

	for (i = 0; i < tables->route_count; ++i)
		most = tables->routes[i].views.count > most ? tables->routes[i].views.count : most;
	return most;
}

static void
copy_slots(struct bind_name *names, const struct pack_tables *tables)
{
	uint32_t i;

	for (i = 0; i < tables->slot_count; ++i)
		names[i] = (struct bind_name){ pack_text_data(tables, tables->slots[i].name), tables->slots[i].name.size };
}

static int
has_name(const struct bind_name *names, uint32_t count, const char *name)
{
	uint32_t i;

	for (i = 0; i < count; ++i)
		if (names[i].size == strlen(name) && !memcmp(names[i].data, name, names[i].size))
			return 1;
	return 0;
}

/* Names of the vocabulary that are not there yet; with names NULL only an upper bound of how many. */
static uint32_t
add_vocabulary(struct bind_name *names, uint32_t count)
{
	const struct vocabulary_kind *kind;
	const struct vocabulary_field *row;
	uint32_t i;

	for (i = 0; i < RECORD_KIND_MAX; ++i) {
		kind = vocabulary_kind(i);
		for (row = kind ? kind->fields : NULL; row && row->member; ++row) {
			if (!*row->name || row->storage == STORAGE_VIEW || (names && has_name(names, count, row->name)))
				continue;
			if (names)
				names[count] = (struct bind_name){ row->name, (uint32_t)strlen(row->name) };
			++count;
		}
	}
	return count;
}

static int
make_names(struct stage *stage, const struct pack_tables *tables, const struct route_config *route)
{
	stage->names = calloc(tables->slot_count + ROUTE_NAME_MAX, sizeof *stage->names);
	stage->alert_names = calloc(add_vocabulary(NULL, tables->slot_count) + 1, sizeof *stage->alert_names);
	if (!stage->names || !stage->alert_names)
		return -1;
	copy_slots(stage->names, tables);
	stage->name_count = tables->slot_count + route_names(route, stage->names + tables->slot_count);
	copy_slots(stage->alert_names, tables);
	stage->alert_name_count = add_vocabulary(stage->alert_names, tables->slot_count);
	return 0;
}

/* Where routing has no names of its own and goes by shapes, the names of alerts will do. */
static struct bind *
make_bind(const struct stage *stage, const struct pack_tables *tables, const struct pipeline_config *config)
{
	if (config->routing == ROUTING_AUTO || config->routing == ROUTING_LOGSOURCE)
		return stage->alert_bind;
	return bind_new(stage->names, stage->name_count, config->routing == ROUTING_ALL ? NULL : tables, config->fields,
	                config->field_count);
}

/* What reads events that are JSON. */
static int
make_binds(struct stage *stage, const struct pack_tables *tables, const struct pipeline_config *config)
{
	stage->alert_bind = bind_new(stage->alert_names, stage->alert_name_count, tables, config->fields,
	                             config->field_count);
	stage->bind = make_bind(stage, tables, config);
	stage->layouts = layouts_new();
	if (!stage->bind || !stage->alert_bind || !stage->layouts)
		return -1;
	stage->bound = bound_new(stage->bind, stage->name_count, stage->layouts);
	stage->alert_bound = bound_new(stage->alert_bind, stage->alert_name_count, stage->layouts);
	stage->bound_view = calloc(1, sizeof *stage->bound_view);
	if (!stage->bound || !stage->alert_bound || !stage->bound_view)
		return -1;
	*stage->bound_view = (struct event_view){ bound_event(stage->bound), bound_slots(stage->bound),
		bound_present(stage->bound) };
	return 0;
}

struct stage *
stage_new(const struct pipeline_config *config, struct detector *detector, const struct host *host)
{
	const struct route_config route = { config->routing, config->product, config->category, config->service,
		host->os_type[0] && !config->replay ? host->os_type : NULL, config->live, config->every_group };
	const struct alert_config alert = { config->why, config->rule_text, config->replay, config->ancestors };
	const struct pack_header *header = detector_header(detector);
	const struct pack_tables *tables = detector_tables(detector);
	struct stage *stage = calloc(1, sizeof *stage);

	if (!stage)
		return NULL;
	stage->detector = detector;
	stage->router = router_new(tables, &route);
	stage->scratch = detector_scratch_new(detector);
	stage->saved = calloc(most_views(tables) + 1, sizeof *stage->saved);
	stage->why_work = why_work_new(tables);
	stage->hits = calloc(header->hits_max + 1, sizeof *stage->hits);
	stage->rule_matches = calloc(tables->rule_count + 1, sizeof *stage->rule_matches);
	stage->leaf_filters = calloc(ROUTE_LEAF_SETS, sizeof *stage->leaf_filters);
	stage->touch = touch_new(tables);
	stage->writer = alert_writer_new(&alert, header, tables, host);
	stage->decoder = make_names(stage, tables, &route) ? NULL : decoder_new(stage->names, tables->slot_count);
	if (!stage->router || !stage->touch || !stage->scratch || !stage->saved || !stage->why_work || !stage->hits ||
	    !stage->rule_matches || !stage->leaf_filters || !stage->writer || !stage->decoder ||
	    (!config->records && make_binds(stage, tables, config)) || capture_plan_new(&stage->capture, tables)) {
		stage_free(stage);
		return NULL;
	}
	stage->times = scratch_times(stage->scratch, header->scratch_size, header->hits_max);
	if (config->stopwatch && config->stopwatch->rules && stage->times)
		stage->stopwatch = config->stopwatch;
	return stage;
}

void
stage_free(struct stage *stage)
{
	uint32_t i;

	if (!stage)
		return;
	for (i = 0; stage->leaf_filters && i < ROUTE_LEAF_SETS; ++i)
		free(stage->leaf_filters[i]);
	free(stage->leaf_filters);
	router_free(stage->router);
	bound_free(stage->bound);
	bound_free(stage->alert_bound);
	layouts_free(stage->layouts);
	if (stage->bind != stage->alert_bind)
		bind_free(stage->bind);
	bind_free(stage->alert_bind);
	decoder_free(stage->decoder);
	touch_free(stage->touch);
	alert_writer_free(stage->writer);
	capture_plan_free(stage->capture);
	detector_scratch_free(stage->scratch);
	free(stage->bound_view);
	free(stage->names);
	free(stage->alert_names);
	free(stage->saved);
	why_work_free(stage->why_work);
	free(stage->hits);
	free(stage->rule_matches);
	free(stage);
}

const struct route_plan *
stage_route(struct stage *stage)
{
	bound_settle_these(stage->bound, router_read_slots(stage->router));
	return router_find(stage->router, bound_event(stage->bound), bound_note(stage->bound));
}

/* Most of the groups have nothing to do with an event, then. */
static int
has_many_groups(const struct route_plan *plan)
{
	return plan->step_count == 1 && !plan->steps->view_count && plan->steps->group_count > FEW_GROUPS;
}

/* The texts without which no keyword of the group is true of an event; NULL: nobody says. */
static const struct pack_list *
group_texts(const struct pack_tables *tables, uint32_t group)
{
	uint32_t i;

	for (i = 0; i < tables->literals_count; ++i)
		if (tables->literals[i].group == group && !(tables->literals[i].flags & PACK_LITERALS_SOME))
			return &tables->literals[i].texts;
	return NULL;
}

/* The filter of the plan's groups with keywords; it lets all events through where one of them has no texts. NULL: no
 * memory. */
static struct leaf_filter *
make_filter(const struct stage *stage, const struct route_plan *plan)
{
	const struct pack_tables *tables = detector_tables(stage->detector);
	const struct route_step *last = &plan->steps[plan->step_count - 1];
	uint32_t i, count = 0, end = last->first_group + last->group_count;
	struct pack_list *lists = calloc(end, sizeof *lists);
	struct leaf_filter *filter;

	for (i = 0; lists && i < end; ++i) {
		const struct pack_list *texts = group_texts(tables, plan->groups[i]);

		if (!(tables->groups[plan->groups[i]].flags & PACK_GROUP_LEAVES))
			continue;
		if (!texts)
			break;
		lists[count++] = *texts;
	}
	filter = lists ? leaf_filter_new(tables, lists, i == end ? count : 0) : NULL;
	free(lists);
	return filter;
}

/* Whether a keyword in the event's leaves can matter. Of a value that is cut nobody knows what it had. */
static int
wants_leaves(struct stage *stage, const struct route_plan *plan, const struct json *json)
{
	size_t size = (size_t)(json->end - json->start);
	struct leaf_filter **filter = &stage->leaf_filters[plan->leaf_set % ROUTE_LEAF_SETS];

	stage->keywords = NULL;
	if (!plan->leaves || json->points || bound_has_long(stage->bound) || plan->leaf_set == ROUTE_LEAF_SETS ||
	    bound_event(stage->bound)->flags & EVENT_DECIDE_ALL)
		return plan->leaves;
	if (!json->ascii && leaf_filter_folds(json->start, size))
		return 1;
	if (has_many_groups(plan)) {
		stage->keywords = touch_keywords(stage->touch, bound_event(stage->bound), json->start, size);
		return stage->keywords != NULL;
	}
	if (!*filter)
		*filter = make_filter(stage, plan);
	return !*filter || leaf_filter_finds(*filter, json->start, size);
}

void
stage_settle(struct stage *stage, const struct route_plan *plan, const struct json *json)
{
	uint32_t i;

	if (plan->settle_bits)
		bound_settle_these(stage->bound, plan->settle_bits);
	for (i = 0; !plan->settle_bits && i < plan->settle_count; ++i)
		bound_settle(stage->bound, plan->settle[i]);
	if (wants_leaves(stage, plan, json))
		bound_settle_leaves(stage->bound);
}

void
stage_lay_views(const struct stage *stage, const struct route_step *step, struct event_view *view)
{
	const struct pack_tables *tables = detector_tables(stage->detector);
	uint32_t i;

	for (i = 0; i < step->view_count; ++i) {
		const struct pack_view *row = &step->views[i];
		uint64_t bit = 1ull << row->to % 64;

		stage->saved[i] = (struct saved_slot){ view->slots[row->to], view->present[row->to / 64] & bit };
		if (row->from == PACK_NONE)
			view->slots[row->to] = (struct value){ pack_text_data(tables, row->constant), row->constant.size,
				VALUE_STRING, 0, 0 };
		else if (view->present[row->from / 64] >> row->from % 64 & 1)
			view->slots[row->to] = view->slots[row->from];
		else
			continue;
		view->present[row->to / 64] |= bit;
	}
}

void
stage_lift_views(const struct stage *stage, const struct route_step *step, struct event_view *view)
{
	uint32_t count = step->view_count;

	while (count--) {
		uint32_t to = step->views[count].to;

		view->slots[to] = stage->saved[count].value;
		view->present[to / 64] = (view->present[to / 64] & ~(1ull << to % 64)) | stage->saved[count].bit;
	}
}

/* With the clock running. */
static uint32_t
match_timed(struct stage *stage, uint32_t group, struct event *event)
{
	uint32_t count;

	event->flags |= EVENT_TIMED;
	stage->times->count = (uint32_t)MATCH_UNTIMED;
	count = detector_match(stage->detector, event, group, stage->scratch, stage->hits);
	stage->stopwatch->rules(stage->stopwatch->data, group, stage->times);
	return count;
}

static void
match_group(struct stage *stage, uint32_t group, struct event_view *view, struct matches *matches)
{
	const struct pack_tables *tables = detector_tables(stage->detector);
	uint32_t count, i;
	struct match *match;

	if (stage->stopwatch)
		count = match_timed(stage, group, view->event);
	else
		count = detector_match(stage->detector, view->event, group, stage->scratch, stage->hits);
	for (i = 0; i < count && i < tables->groups[group].rules.count; ++i) {
		if (stage->hits[i].rule >= tables->rule_count)
			continue;
		match = matches_add(matches, stage->hits[i].rule);
		if (!match)
			continue;
		match->why_count = why_collect(tables, match->rule, view->event, stage->scratch, stage->why_work,
		                               match->why);
		if (stage->capture)
			capture_match(stage->capture, matches, match, view->event);
	}
}

static void
match_group_of(struct stage *stage, uint32_t group, struct event_view *view, struct matches *matches)
{
	match_group(stage, group, view, matches);
	view->event->flags |= EVENT_SAME;
}

static void
match_few(struct stage *stage, const uint32_t *groups, uint32_t count, struct event_view *view, struct matches *matches)
{
	uint32_t i;

	for (i = 0; i < count; ++i)
		if (touch_has(stage->touch, view->event, groups[i]))
			match_group_of(stage, groups[i], view, matches);
}

/* Of many groups, those that the event has to do with. */
static void
match_touched(struct stage *stage, const uint32_t *groups, uint32_t count, struct event_view *view, struct matches *matches)
{
	const uint32_t group_count = detector_tables(stage->detector)->group_count;
	const uint64_t *touched = touch_find(stage->touch, view->event, stage->keywords);
	uint32_t i;
	uint64_t left;

	for (i = 0; count < group_count && i < count; ++i)
		if (touched[groups[i] / 64] >> groups[i] % 64 & 1)
			match_group_of(stage, groups[i], view, matches);
	for (i = 0; count == group_count && i < group_count; i += 64)
		for (left = touched[i / 64]; left; left &= left - 1)
			match_group_of(stage, i + (uint32_t)__builtin_ctzll(left), view, matches);
}

static void
match_step(struct stage *stage, const uint32_t *groups, uint32_t count, struct event_view *view, struct matches *matches)
{
	if (count > FEW_GROUPS)
		match_touched(stage, groups, count, view, matches);
	else
		match_few(stage, groups, count, view, matches);
	view->event->flags &= ~EVENT_SAME;
}

void
stage_match(struct stage *stage, const struct route_plan *plan, struct event_view *view, struct matches *matches)
{
	uint32_t i;

	why_work_start(stage->why_work);
	for (i = 0; i < plan->step_count; ++i) {
		stage_lay_views(stage, &plan->steps[i], view);
		match_step(stage, plan->groups + plan->steps[i].first_group, plan->steps[i].group_count, view, matches);
		stage_lift_views(stage, &plan->steps[i], view);
	}
	stage->keywords = NULL;
}
