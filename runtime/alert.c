/* alert.c - puts alert lines together: what an event's lines share, what a rule's share, and what is the match's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "alert_correlation.h"
#include "alert_fields.h"
#include "alert_id.h"
#include "alert_indicator.h"
#include "ecs.h"
#include "alert_names.h"
#include "alert_rsnl.h"
#include "snippets.h"
#include "alert_rule.h"
#include "alert_scan.h"
#include "line.h"
#include "alert_head.h"
#include "alert_shared.h"
#include "alert_why.h"
#include "correlate.h"
#include "ecs_write.h"
#include "host.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "scan.h"

struct alert_writer {
	struct alert_config config;
	const struct pack_header *header;
	const struct pack_tables *tables;
	const struct host *host;
	struct alert_whys *whys;
	struct alert_names *names;
	struct ecs_frames *frames;
	struct alert_ids ids;
	struct alert_rules *rules;
	struct alert_shared shared;
	struct line line, reason;
	struct line rule_ids, id_places; /* of the event's matches, as rsnl.also; uint32_t where each begins, and the end */
	const struct alert_event *event; /* whose lines these are; NULL: nobody's */
	int identified;                  /* id is the event's */
	size_t text_max;                 /* of what is shared; 0: it is not written yet */
	uint8_t id[ALERT_ID_BYTES];
	struct ecs_doc doc;
};

struct alert_line { /* one to be written */
	const struct matches *matches;
	uint32_t index;
	const struct correlate_result *result; /* NULL: the match is a rule's own */
};

struct alert_writer *
alert_writer_new(const struct alert_config *config, const struct pack_header *header, const struct pack_tables *tables,
                 const struct host *host)
{
	struct alert_writer *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->config = *config;
	w->header = header;
	w->tables = tables;
	w->host = host;
	w->names = alert_names_new(tables);
	w->whys = alert_whys_new(config->why, tables, w->names);
	w->frames = ecs_frames_new();
	alert_ids_init(&w->ids, host);
	w->rules = alert_rules_new(header, tables, config->rule_text, w->names, &w->ids, w->frames, &w->doc);
	w->shared = (struct alert_shared){ .config = &w->config, .header = header, .tables = tables, .host = host,
		.names = w->names, .frames = w->frames, .doc = &w->doc };
	if (!w->names || !w->whys || !w->frames || !w->rules) {
		alert_writer_free(w);
		return NULL;
	}
	return w;
}

void
alert_writer_free(struct alert_writer *w)
{
	if (!w)
		return;
	alert_shared_done(&w->shared);
	alert_rules_free(w->rules);
	ecs_frames_free(w->frames);
	alert_whys_free(w->whys);
	alert_names_free(w->names);
	line_done(&w->line);
	line_done(&w->reason);
	line_done(&w->rule_ids);
	line_done(&w->id_places);
	free(w);
}

void
alert_start(struct alert_writer *w, const struct alert_event *event)
{
	w->event = event;
	w->identified = 0;
	w->text_max = 0;
	line_cut(&w->rule_ids, 0);
	line_cut(&w->id_places, 0);
}

static const uint8_t *
identify(struct alert_writer *w)
{
	if (!w->identified)
		alert_id_event(&w->ids, w->id, w->event->raw);
	w->identified = 1;
	return w->id;
}

void
alert_event_id(struct alert_writer *w, uint8_t id[ALERT_ID_BYTES])
{
	memcpy(id, identify(w), ALERT_ID_BYTES);
}

/* Writes what the event's lines share, unless that is done. */
static int
share(struct alert_writer *w, size_t text_max)
{
	int error = w->text_max == text_max ? 0 : alert_shared_write(&w->shared, w->event, identify(w), text_max);

	w->text_max = error ? 0 : text_max;
	return error;
}

/* The texts from first to last. */
static void
write_shared(struct alert_writer *w, enum shared_text first, enum shared_text last)
{
	const struct alert_shared *shared = &w->shared;
	uint32_t start = first ? shared->ends[first - 1] : 1;

	line_raw(&w->line, shared->line.data + start, shared->ends[last] - start);
}

static void
write_rule(struct alert_writer *w, const struct alert_rule *rule, enum rule_text text)
{
	uint32_t start = text ? rule->ends[text - 1] : 0;

	line_raw(&w->line, rule->texts + start, rule->ends[text] - start);
}

/* Into the room that the head has for it. */
static void
write_id(struct alert_writer *w, const struct alert_line *which, const struct alert_rule *rule)
{
	uint8_t found[ALERT_ID_BYTES], id[ALERT_ID_BYTES];

	if (w->line.failed)
		return;
	memcpy(found, rule->id, sizeof found);
	if (which->result)
		alert_id_group(found, w->tables, which->result);
	alert_id_join(id, w->id, found);
	alert_id_write(w->line.data + w->shared.head.id_at, id);
}

static void
write_reason(struct alert_writer *w, const struct alert_line *which, size_t text_max)
{
	if (!which->result) {
		alert_whys_reason(w->whys, &w->line, &which->matches->rows[which->index], text_max);
		return;
	}
	line_cut(&w->reason, 0);
	alert_correlation_reason(&w->reason, w->tables, which->result);
	line_key(&w->line, "reason");
	line_string(&w->line, w->reason.data ? w->reason.data : "", w->reason.size, text_max);
}

/* Each but the first with a comma before it. */
static void
list_ids(struct alert_writer *w, const struct matches *matches)
{
	struct snippet id;
	uint32_t i, place;

	line_raw(&w->rule_ids, ",\"also\":[", 9);
	for (i = 0; i < matches->count; ++i) {
		id = alert_rules_id(w->rules, &matches->rows[i]);
		if (!id.data) {
			w->rule_ids.failed = 1;
			return;
		}
		place = (uint32_t)w->rule_ids.size;
		line_raw(&w->id_places, (const char *)&place, sizeof place);
		line_raw(&w->rule_ids, id.data + !i, id.size - !i);
	}
	place = (uint32_t)w->rule_ids.size;
	line_raw(&w->id_places, (const char *)&place, sizeof place);
	line_raw(&w->rule_ids, "]", 1);
}

/* The ids of the event's other matches; nothing where there are none. */
static void
write_also(struct alert_writer *w, const struct matches *matches, uint32_t index)
{
	uint32_t own[2]; /* what is left out */

	if (matches->count < 2)
		return;
	if (!w->rule_ids.size)
		list_ids(w, matches);
	if (w->rule_ids.failed || w->id_places.failed) {
		w->line.failed = 1;
		return;
	}
	memcpy(own, w->id_places.data + index * sizeof *own, sizeof own);
	own[1] += !index; /* and the comma of the next one, which stands first then */
	line_raw(&w->line, w->rule_ids.data, own[0]);
	line_raw(&w->line, w->rule_ids.data + own[1], w->rule_ids.size - own[1]);
}

static void
put_together(struct alert_writer *w, const struct alert_line *which, const struct alert_rule *rule, size_t text_max,
             int shortened)
{
	const struct match *match = &which->matches->rows[which->index];

	line_cut(&w->line, 0);
	line_raw(&w->line, w->shared.head.line.data, w->shared.head.line.size);
	write_id(w, which, rule);
	write_rule(w, rule, RULE_EVENT);
	if (alert_whys_full(w->whys))
		write_reason(w, which, text_max);
	write_rule(w, rule, RULE_ECS);
	write_shared(w, SHARED_BODY, SHARED_BODY);
	write_rule(w, rule, RULE_RSNL);
	alert_whys_write(w->whys, &w->line, match);
	write_rule(w, rule, RULE_NOTE);
	write_shared(w, SHARED_EVENT, SHARED_EVENT);
	if (which->result)
		alert_correlation_rsnl(&w->line, w->tables, which->result);
	write_also(w, which->matches, which->index);
	if (!shortened) {
		write_shared(w, SHARED_QUALITY, SHARED_TAIL);
		return;
	}
	write_shared(w, SHARED_QUALITY, SHARED_QUALITY);
	alert_rsnl_shortened(&w->line);
	write_shared(w, SHARED_TAIL, SHARED_TAIL);
}

static const struct line *
write_line(struct alert_writer *w, const struct alert_line *which)
{
	const struct match *match = &which->matches->rows[which->index];
	size_t text_max = VALUE_TEXT_MAX;
	struct alert_rule rule;
	int shortened = 0;

	for (;; text_max /= 4, shortened = 1) {
		if (share(w, text_max) || alert_whys_start(w->whys, w->event, match) ||
		    alert_rules_find(w->rules, match, w->event, text_max, &rule))
			return NULL;
		put_together(w, which, &rule, text_max, shortened || w->shared.left_out || rule.left_out);
		if (w->line.failed)
			return NULL;
		if (w->line.size <= ALERT_LINE_MAX || text_max < 64)
			return &w->line;
	}
}

const struct line *
alert_write(struct alert_writer *w, const struct matches *matches, uint32_t index)
{
	return write_line(w, &(struct alert_line){ matches, index, NULL });
}

const struct line *
alert_write_correlation(struct alert_writer *w, const struct correlate_result *result)
{
	struct match match = { .rule = w->tables->correlations[result->correlation].rule };
	const struct matches matches = { &match, 1, 1, NULL };

	return write_line(w, &(struct alert_line){ &matches, 0, result });
}

static void
set_scan_event(struct alert_writer *w, const struct alert_scan *scan)
{
	static const uint64_t severities[] = { 0, 25, 50, 75, 100 };
	struct ecs_doc *doc = &w->doc;

	ecs_set_time(doc, ECS_timestamp, w->event->time);
	ecs_set_text(doc, ECS_ecs_version, "9.5.0");
	ecs_set_text(doc, ECS_event_kind, "alert");
	ecs_set_text(doc, ECS_event_category, "malware");
	ecs_set_text(doc, ECS_event_type, "info");
	ecs_set_text(doc, ECS_event_action, "yara-match");
	ecs_set_text(doc, ECS_event_module, "rsnl");
	ecs_set_text(doc, ECS_event_dataset, "rsnl.yara");
	ecs_set_text(doc, ECS_event_provider, w->event->provider);
	ecs_set_time(doc, ECS_event_created, w->event->created);
	ecs_set_number(doc, ECS_event_severity, severities[alert_scan_level(w->tables, scan)]);
	alert_scan_reason(&w->reason, scan);
	ecs_set(doc, ECS_event_reason, w->reason.data ? w->reason.data : "", w->reason.size);
}

const struct line *
alert_write_scan(struct alert_writer *w, const struct alert_scan *scan)
{
	static const struct ecs_part whole = { 0, ECS_FIELD_COUNT, "", "" };
	char text[ALERT_ID_SIZE], cause[ALERT_ID_SIZE], name[2 * SCAN_NAME_MAX];
	struct ecs_doc *doc = &w->doc;
	uint8_t id[ALERT_ID_BYTES];

	snprintf(name, sizeof name, "%s.%s", scan->match->name_space, scan->match->rule);
	line_cut(&w->line, 0);
	line_cut(&w->reason, 0);
	alert_id_rule(&w->ids, id, name, strlen(name));
	alert_id_join(id, id, identify(w));
	alert_id_write(text, id);
	alert_id_write(cause, w->id);
	ecs_start(doc);
	ecs_set(doc, ECS_event_id, text, sizeof text);
	set_scan_event(w, scan);
	if (scan->rule != PACK_NONE)
		alert_rules_set(w->rules, &w->tables->rules[scan->rule]);
	ecs_set_text(doc, ECS_rule_id, name);
	ecs_set_text(doc, ECS_rule_name, scan->match->rule);
	ecs_set_text(doc, ECS_rule_category, "yara");
	ecs_set_text(doc, ECS_rule_ruleset, w->header->name);
	alert_scan_file(doc, w->event, scan);
	alert_fields_live(doc, w->event, w->host->boot_id);
	alert_shared_set_agent(&w->shared);
	alert_shared_set_host(&w->shared);
	alert_fields_derive(doc);
	line_raw(&w->line, "{", 1);
	ecs_write(w->frames, doc, &whole, &w->line, VALUE_TEXT_MAX);
	alert_scan_rsnl(&w->line, w->header, w->tables, scan, cause);
	line_raw(&w->line, "}", 1);
	return w->line.failed ? NULL : &w->line;
}
