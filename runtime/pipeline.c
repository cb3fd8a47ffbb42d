/* pipeline.c - one stream of events: source, event, match, alert, sinks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "alert_scan.h"
#include "bind.h"
#include "correlate.h"
#include "decode.h"
#include "detector.h"
#include "enrich.h"
#include "host.h"
#include "json.h"
#include "line.h"
#include "matches.h"
#include "os.h"
#include "pack.h"
#include "packfile.h"
#include "pipeline.h"
#include "pipeline_next.h"
#include "process_table.h"
#include "route.h"
#include "scan.h"
#include "sink.h"
#include "source.h"
#include "stage.h"
#include "timestamp.h"
#include "vocabulary.h"

enum { SINK_MAX = 16, BATCH_MAX = 64, PROCESSES = 65536 };

struct pipeline {
	struct pipeline_config config;
	const struct host *host;
	struct process_table *processes;
	struct enrich *enrich;
	struct stage *stage; /* everything that belongs to the pack */
	struct matches matches;
	struct correlate *correlate; /* NULL: the pack has no correlations */
	const char *provider; /* name of the source last read */
	int unsettled;        /* the late groups being matched lack their late fields */
	struct sink *sinks[SINK_MAX];
	int sink_count;
	struct pipeline_counters own_counters, *counters;
};

struct pipeline *
pipeline_new(const struct pipeline_config *config, struct detector *detector, const struct host *host,
             struct broker *broker)
{
	struct pipeline *p = calloc(1, sizeof *p);
	struct pipeline_next *next;

	if (!p)
		return NULL;
	p->config = *config;
	p->counters = config->counters ? config->counters : &p->own_counters;
	p->host = host;
	p->processes = process_table_new(config->processes ? config->processes : PROCESSES);
	p->enrich = p->processes ? enrich_new(p->processes, broker) : NULL;
	next = pipeline_prepare(p, detector);
	if (!p->enrich || !next) {
		pipeline_next_free(next);
		pipeline_free(p);
		return NULL;
	}
	p->stage = next->stage;
	p->correlate = next->correlate;
	free(next);
	return p;
}

void
pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	stage_free(p->stage);
	correlate_free(p->correlate);
	enrich_free(p->enrich);
	process_table_free(p->processes);
	matches_done(&p->matches);
	free(p);
}

int
pipeline_add_sink(struct pipeline *p, struct sink *sink)
{
	if (p->sink_count == SINK_MAX)
		return -ENOMEM;
	p->sinks[p->sink_count++] = sink;
	return 0;
}

struct pipeline_next *
pipeline_prepare(const struct pipeline *p, struct detector *detector)
{
	return pipeline_next_new(&p->config, &p->counters->correlate, detector, p->host);
}

int
pipeline_swap(struct pipeline *p, struct pipeline_next *next)
{
	struct pipeline_next old = { p->stage, p->correlate };
	int error = correlate_carry(next->correlate, p->correlate, &p->counters->correlate);

	if (error)
		return error;
	p->stage = next->stage;
	p->correlate = next->correlate;
	*next = old;
	++p->counters->swaps;
	return 0;
}

struct process_table *
pipeline_processes(struct pipeline *p)
{
	return p->processes;
}

const uint64_t *
pipeline_rule_matches(const struct pipeline *p)
{
	return p->stage->rule_matches;
}

const struct pipeline_counters *
pipeline_counters(const struct pipeline *p)
{
	return p->counters;
}

/* A finished line to all sinks. */
static void
write_line(struct pipeline *p, const char *line, size_t size)
{
	int i;

	for (i = 0; i < p->sink_count; ++i)
		p->sinks[i]->ops->write(p->sinks[i], line, size);
}

struct findings { /* what correlations found at an event */
	const struct correlate_result *rows;
	uint32_t count;
};

/* Hands the event's matches to the correlations, and leaves those that are alerts of their own. 0: no alert is due. */
static int
correlate(struct pipeline *p, const struct alert_event *event, struct findings *found)
{
	const struct pack_tables *tables = detector_tables(p->stage->detector);
	struct correlate_event sent = { .time = event->time, .matches = &p->matches };

	*found = (struct findings){ NULL, 0 };
	alert_start(p->stage->writer, event);
	if (!p->correlate)
		return 1;
	if (correlate_wants(p->correlate, &p->matches)) {
		alert_event_id(p->stage->writer, sent.id);
		found->count = correlate_event(p->correlate, &sent, &found->rows);
	}
	p->counters->correlate.silent += matches_drop_silent(&p->matches, tables);
	return p->matches.count || found->count;
}

/* Counts a match of the rule. 1: its alert is to be written. */
static int
count_match(struct pipeline *p, uint32_t rule)
{
	struct alert_counters *counters = &p->counters->alerts;
	int below = detector_tables(p->stage->detector)->rules[rule].level < p->config.level;

	++counters->matches;
	++p->stage->rule_matches[rule];
	++*(below ? &counters->below_level : &counters->written);
	return !below;
}

static void
write_alerts(struct pipeline *p, const struct alert_event *event, const struct findings *found)
{
	const struct pack_tables *tables = detector_tables(p->stage->detector);
	const struct line *line;
	uint32_t i;

	matches_drop_expired(&p->matches, tables, event->time);
	matches_sort(&p->matches, tables);
	for (i = 0; i < p->matches.count; ++i) {
		line = count_match(p, p->matches.rows[i].rule) ? alert_write(p->stage->writer, &p->matches, i) : NULL;
		if (line)
			write_line(p, line->data, line->size);
	}
	for (i = 0; i < found->count; ++i) {
		line = count_match(p, tables->correlations[found->rows[i].correlation].rule)
			? alert_write_correlation(p->stage->writer, &found->rows[i]) : NULL;
		if (line)
			write_line(p, line->data, line->size);
	}
}

static void
alert_recorded(struct pipeline *p, const struct raw_event *raw, const struct json *json, uint32_t kind, int dropped)
{
	struct stage *stage = p->stage;
	struct alert_event event = { .raw = raw, .kind = kind ? vocabulary_kind(kind) : NULL, .provider = p->provider,
		.dropped = dropped };
	const struct value *time;
	struct findings found;

	if (bound_again(stage->alert_bound, stage->bound, json))
		return;
	time = bound_time(stage->alert_bound);
	if (time && timestamp_parse(time->data, time->size, &event.time))
		event.time = 0;
	if (!correlate(p, &event, &found))
		return;
	if (bound_has_long(stage->bound))
		bound_settle_all(stage->bound); /* to know which are cut */
	event.created = event.time;
	event.names = stage->alert_names;
	event.name_count = stage->alert_name_count;
	event.fields = stage->alert_bound;
	event.seen = bound_event(stage->bound);
	write_alerts(p, &event, &found);
}

/* Returns how many leaves and items the event had beyond the limits. */
static uint64_t
take_counters(struct pipeline *p, struct bound *bound)
{
	struct bind_counters *from = bound_counters(bound);
	uint64_t dropped = from->dropped_items + from->dropped_leaves;

	p->counters->cut_values += from->cut_values;
	p->counters->dropped_items += from->dropped_items;
	p->counters->dropped_leaves += from->dropped_leaves;
	*from = (struct bind_counters){ 0 };
	return dropped;
}

static void
lap(const struct pipeline *p, enum lap station)
{
	if (p->config.stopwatch)
		p->config.stopwatch->lap(p->config.stopwatch->data, station);
}

static void
take_json(struct pipeline *p, struct source *source, const struct raw_event *raw)
{
	struct stage *stage = p->stage;
	const struct route_plan *plan;
	struct kind_counters *counters = &p->counters->kinds[0];
	struct json json;
	uint64_t dropped;
	int error;

	lap(p, LAP_SOURCE);
	p->counters->recorded_bytes += raw->size;
	error = bound_read(stage->bound, raw->data, raw->size, &json);
	lap(p, LAP_PARSE);
	if (error) {
		++counters->received;
		++counters->bad_record;
		if (error == -EBADMSG && source->ops->bad)
			source->ops->bad(source, raw, &json);
		return;
	}
	plan = stage_route(stage);
	lap(p, LAP_ROUTE);
	counters = &p->counters->kinds[plan->kind];
	++counters->received;
	matches_start(&p->matches);
	if (plan->step_count) {
		stage_settle(stage, plan, &json);
		lap(p, LAP_DECODE);
		stage_match(stage, plan, stage->bound_view, &p->matches);
		lap(p, LAP_MATCH);
	}
	if (plan->routed) {
		++counters->evaluated;
	} else {
		++counters->no_rule;
		++p->counters->unrouted;
		if (p->config.unrouted)
			p->config.unrouted(p->config.unrouted_data, raw);
	}
	dropped = take_counters(p, stage->bound);
	if (p->matches.count) {
		alert_recorded(p, raw, &json, plan->kind, dropped != 0);
		lap(p, LAP_ALERT);
	}
}

static void
alert_live(struct pipeline *p, const struct raw_event *raw, const struct vocabulary_kind *kind,
           const struct subject *subject, const struct event *seen)
{
	const struct record_head *head = raw->data;
	struct alert_event event = { .raw = raw, .kind = kind, .provider = p->provider, .subject = subject, .seen = seen,
		.unsettled = p->unsettled };
	struct findings found;

	event.time = p->host->boot_ns + head->time;
	event.created = p->config.replay ? event.time : os_wall_ns();
	event.arena = decoder_arena(p->stage->decoder);
	event.processes = p->processes;
	if (correlate(p, &event, &found))
		write_alerts(p, &event, &found);
}

static uint64_t
count_cut(const struct event *event, const uint32_t *slots, uint32_t count)
{
	uint64_t cut = 0;
	uint32_t i;

	for (i = 0; event->flags & EVENT_HAS_CUT && i < count; ++i)
		cut += event->present[slots[i] / 64] >> slots[i] % 64 & 1 && event->slots[slots[i]].flags & VALUE_CUT;
	return cut;
}

/* Matches one record's early or late groups. */
static void
match_live(struct pipeline *p, const struct raw_event *raw, const struct vocabulary_kind *kind,
           const struct subject *subject, int late)
{
	const struct route_plan *plan = router_live(p->stage->router, kind->number, late);
	struct stage *stage = p->stage;
	struct event_view view;

	if (!plan || !plan->step_count)
		return;
	view.event = decoder_read(stage->decoder, raw->data, kind, subject, plan->settle, plan->settle_count, plan->leaves);
	p->counters->cut_values += late ? 0 : count_cut(view.event, plan->settle, plan->settle_count);
	view.slots = decoder_slots(stage->decoder);
	view.present = decoder_present(stage->decoder);
	matches_start(&p->matches);
	stage_match(stage, plan, &view, &p->matches);
	if (p->matches.count)
		alert_live(p, raw, kind, subject, view.event);
}

static int
has_plan(struct pipeline *p, const struct vocabulary_kind *kind, int late)
{
	const struct route_plan *plan = router_live(p->stage->router, kind->number, late);

	return plan && plan->step_count;
}

static void
take_record(struct pipeline *p, const struct raw_event *raw)
{
	const struct vocabulary_kind *kind = record_check(raw->data, raw->size);
	struct kind_counters *counters = &p->counters->kinds[kind ? kind->number : 0];
	struct subject subject = { 0 };

	++counters->received;
	if (!kind) {
		++counters->bad_record;
		return;
	}
	enrich_record(p->enrich, raw->data, &subject);
	if (((const struct record_head *)raw->data)->flags & RECORD_SNAPSHOT) {
		++counters->no_rule;
		return;
	}
	if (p->config.observe)
		p->config.observe(p->config.observer, raw, kind, &subject);
	match_live(p, raw, kind, &subject, 0);
	/* after the match, so that the record on which match() dies is received and nothing else: detect finds it so */
	if (has_plan(p, kind, 0) || has_plan(p, kind, 1))
		++counters->evaluated;
	else
		++counters->no_rule;
	if (!p->config.observe && has_plan(p, kind, 1)) {
		++p->counters->late_unsettled;
		p->unsettled = 1;
		match_live(p, raw, kind, &subject, 1);
		p->unsettled = 0;
	}
}

void
pipeline_late(struct pipeline *p, const struct raw_event *raw, const struct late_fields *late, int settled)
{
	const struct vocabulary_kind *kind = record_check(raw->data, raw->size);
	struct subject subject = { 0 };

	if (!kind)
		return;
	enrich_subject(p->enrich, raw->data, &subject);
	subject.late = late;
	p->counters->late_unsettled += !settled && has_plan(p, kind, 1);
	p->unsettled = !settled;
	match_live(p, raw, kind, &subject, 1);
	p->unsettled = 0;
}

void
pipeline_scanned(struct pipeline *p, const struct raw_event *raw, const struct scan_result *result)
{
	const struct pack_tables *tables = detector_tables(p->stage->detector);
	const struct record_head *head = raw->data;
	struct subject subject = { 0 };
	struct alert_event event = { .raw = raw, .kind = record_check(raw->data, raw->size), .provider = p->provider,
		.subject = &subject, .processes = p->processes };
	struct decode_arena *arena = decoder_arena(p->stage->decoder);
	uint32_t i;

	if (!event.kind)
		return;
	enrich_subject(p->enrich, raw->data, &subject);
	arena->used = 0;
	event.arena = arena;
	event.time = p->host->boot_ns + head->time;
	event.created = os_wall_ns();
	alert_start(p->stage->writer, &event);
	for (i = 0; i < result->match_count; ++i) {
		struct alert_scan scan = { result, &result->matches[i], alert_scan_rule(tables, &result->matches[i]) };
		const struct line *line = NULL;

		++p->counters->alerts.matches;
		if (alert_scan_level(tables, &scan) < p->config.level) {
			++p->counters->alerts.below_level;
			continue;
		}
		line = alert_write_scan(p->stage->writer, &scan);
		if (line)
			write_line(p, line->data, line->size);
		++p->counters->alerts.written;
	}
}

int
pipeline_flush(struct pipeline *p)
{
	int i, error = 0, result;

	for (i = 0; i < p->sink_count; ++i) {
		result = p->sinks[i]->ops->flush(p->sinks[i]);
		error = error ? error : result;
	}
	return error;
}

int
pipeline_step(struct pipeline *p, struct source *source, int max, int timeout_ms)
{
	struct raw_event events[BATCH_MAX];
	int i, count, error;

	count = source->ops->poll(source, events, max < BATCH_MAX ? max : BATCH_MAX, timeout_ms);
	p->provider = source->name;
	for (i = 0; i < count; ++i) {
		if (source->in_hand)
			*source->in_hand = 1 + events[i].position;
		if (events[i].form == RAW_JSON)
			take_json(p, source, &events[i]);
		else
			take_record(p, &events[i]);
	}
	if (source->in_hand)
		*source->in_hand = 0;
	if (count > 0 && p->config.replay) {
		source->ops->commit(source);
		return count;
	}
	error = pipeline_flush(p);
	if (count > 0)
		source->ops->commit(source);
	return error && count >= 0 ? error : count;
}
