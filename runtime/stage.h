/*
 * stage.h - the part of a pipeline that belongs to its pack: names bound, routes, scratch, the alert writer. A swap
 * makes a new one.
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdint.h>

struct alert_writer;
struct bind;
struct bind_name;
struct bound;
struct capture_plan;
struct decoder;
struct detector;
struct event;
struct hit;
struct host;
struct json;
struct layouts;
struct leaf_filter;
struct match_times;
struct matches;
struct pipeline_config;
struct route_plan;
struct route_step;
struct router;
struct saved_slot;
struct stopwatch;
struct touch;
struct value;
struct why_work;

struct event_view { /* an event and its slots, to lay views over */
	struct event *event;
	struct value *slots;
	uint64_t *present;
};

struct stage {
	struct detector *detector; /* borrowed */
	struct router *router;
	struct bind_name *names;   /* the pack's slots, then the routing's own */
	uint32_t name_count;
	struct layouts *layouts;
	struct bind *bind;
	struct bound *bound;
	struct event_view *bound_view;
	struct decoder *decoder;
	struct bind_name *alert_names; /* the pack's slots, then every other name of the vocabulary */
	uint32_t alert_name_count;
	struct bind *alert_bind; /* may be bind */
	struct bound *alert_bound;
	void *scratch;
	struct why_work *why_work;
	struct saved_slot *saved;  /* what lies under a step's views */
	struct hit *hits;
	uint64_t *rule_matches;    /* by rule */
	struct leaf_filter **leaf_filters; /* by set of groups with keywords; NULL: none has come yet */
	struct touch *touch;
	const uint64_t *keywords; /* touch_keywords() of the line at hand; NULL: not known */
	struct alert_writer *writer;
	struct capture_plan *capture; /* NULL: the pack has no correlations */
	const struct stopwatch *stopwatch; /* times rules; NULL: nobody measures */
	struct match_times *times;         /* in scratch */
};

/* Borrows all. NULL: no memory. */
struct stage *stage_new(const struct pipeline_config *config, struct detector *detector, const struct host *host);
void stage_free(struct stage *stage); /* NULL is fine */
/* The plan of the event in stage->bound. */
const struct route_plan *stage_route(struct stage *stage);
/* Decodes what the plan's groups read of the event that json has read. */
void stage_settle(struct stage *stage, const struct route_plan *plan, const struct json *json);
/* Shows the slots as the groups of a step see them, and as they were again. */
void stage_lay_views(const struct stage *stage, const struct route_step *step, struct event_view *view);
void stage_lift_views(const struct stage *stage, const struct route_step *step, struct event_view *view);
/* Adds the rules that match, each once, with why. */
void stage_match(struct stage *stage, const struct route_plan *plan, struct event_view *view, struct matches *matches);
#endif
