/* alert_rsnl.c - writes the object rsnl of an alert, and the sentence of event.reason. */
#include <string.h>

#include "alert.h"
#include "alert_correlation.h"
#include "alert_indicator.h"
#include "alert_rsnl.h"
#include "decode.h"
#include "entity.h"
#include "line.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "process_table.h"
#include "record.h"
#include "source.h"
#include "timestamp.h"
#include "vocabulary.h"
#include "why.h"

enum { PATTERN_MAX = 1024, SHOWN_MAX = 256, REASON_MAX = 2048 };

static void
write_member(struct line *line, const char *key, const char *text, size_t size)
{
	line_key(line, key);
	line_string(line, text, size, PATTERN_MAX);
}

const char *
alert_key(const struct alert_event *event, const char *name, size_t size)
{
	const struct vocabulary_field *row = event->kind ? vocabulary_field(event->kind, name, size) : NULL;

	if (!row && !event->subject)
		row = vocabulary_field(vocabulary_kind(RECORD_recorded), name, size);
	return row && *row->ecs ? row->ecs : NULL;
}

static void
write_why(struct line *line, const struct alert_rsnl *rsnl, const struct why *why)
{
	const struct pack_tables *t = rsnl->tables;
	const struct pack_predicate *predicate = &t->predicates[why->predicate];
	struct pack_text name = why->slot == PACK_NONE ? (struct pack_text){ 0, 0 } : t->slots[why->slot].name;
	const char *ecs = name.size ? alert_key(rsnl->event, pack_text_data(t, name), name.size) : NULL;

	line_comma(line);
	line_raw(line, "{", 1);
	write_member(line, "part", why->part, why->part_size);
	if (name.size)
		write_member(line, "field", pack_text_data(t, name), name.size);
	if (!strcmp(rsnl->why, "full")) {
		if (ecs)
			write_member(line, "ecs", ecs, strlen(ecs));
		line_key(line, "op");
		line_string(line, why_operator(predicate->op), strlen(why_operator(predicate->op)), PATTERN_MAX);
		if (why->pattern)
			write_member(line, "pattern", why->pattern, why->pattern_size);
		if (why->offset != WHY_NOWHERE) {
			line_key(line, "offset");
			line_number(line, why->offset);
		}
		if (!ecs && why->value) {
			line_key(line, "value");
			line_string(line, why->value, why->value_size, SHOWN_MAX);
			if (why->value_size > SHOWN_MAX)
				line_text(line, ",\"cut\":true");
		}
	}
	line_raw(line, "}", 1);
}

static void
write_also(struct line *line, const struct alert_rsnl *rsnl)
{
	const struct pack_tables *t = rsnl->tables;
	char text[INDICATOR_ID_SIZE];
	uint32_t i;

	if (rsnl->matches->count < 2)
		return;
	line_key(line, "also");
	line_raw(line, "[", 1);
	for (i = 0; i < rsnl->matches->count; ++i) {
		const char *id = alert_rule_id(t, &rsnl->matches->rows[i], text);

		if (i == rsnl->index)
			continue;
		line_comma(line);
		line_string(line, id, strlen(id), PATTERN_MAX);
	}
	line_raw(line, "]", 1);
}

static void
write_ancestors(struct line *line, const struct alert_rsnl *rsnl)
{
	const struct process *process = rsnl->event->subject ? rsnl->event->subject->parent : NULL;
	char id[ENTITY_ID_SIZE];
	uint32_t i;

	if (!process || !rsnl->event->processes || !rsnl->ancestors)
		return;
	line_key(line, "ancestors");
	line_raw(line, "[", 1);
	for (i = 0; i < rsnl->ancestors && process; ++i) {
		entity_id(id, rsnl->boot_id, process->pid, process->start);
		line_comma(line);
		line_raw(line, "{", 1);
		write_member(line, "entity_id", id, strlen(id));
		line_key(line, "pid");
		line_number(line, process->pid);
		write_member(line, "executable", process->image, process->image_size);
		line_raw(line, "}", 1);
		process = process_table_parent(rsnl->event->processes, process);
	}
	line_raw(line, "]", 1);
}

static void
write_flag(struct line *line, const char *name, const char *what)
{
	line_comma(line);
	line_raw(line, "\"", 1);
	line_text(line, name);
	line_text(line, what);
}

static void
write_record_flags(struct line *line, const struct raw_event *raw)
{
	const struct record_head *head = raw->data;

	if (raw->form != RAW_RECORD)
		return;
	if (head->flags & RECORD_DELETED)
		write_flag(line, "file", ":deleted\"");
	if (head->flags & RECORD_FOREIGN_ROOT)
		write_flag(line, "root", ":foreign\"");
	if (head->flags & RECORD_UNSETTLED)
		write_flag(line, "path", ":unsettled\"");
}

/* The program's path from the host's root, where the process sees another one. */
static void
write_host_path(struct line *line, const struct alert_event *event)
{
	const struct vocabulary_field *field = event->kind && event->subject ? event->kind->fields : NULL;
	size_t used = event->arena ? event->arena->used : 0;
	struct value value;

	while (field && field->member && strcmp(field->member, "host_path"))
		++field;
	if (!field || !field->member || event->raw->form != RAW_RECORD ||
	    !decode_field(event->raw->data, field, event->subject, event->arena, &value))
		return;
	write_member(line, "host_path", value.data, value.size);
	event->arena->used = used;
}

static void
write_quality(struct line *line, const struct alert_rsnl *rsnl)
{
	const struct event *seen = rsnl->event->seen;
	uint32_t i;

	line_key(line, "quality");
	line_raw(line, "[", 1);
	for (i = 0; seen && i < rsnl->tables->slot_count; ++i)
		if (seen->present[i / 64] >> i % 64 & 1 && seen->slots[i].flags & VALUE_CUT)
			write_flag(line, pack_text_data(rsnl->tables, rsnl->tables->slots[i].name), ":truncated\"");
	if (rsnl->event->dropped)
		write_flag(line, "event", ":truncated\"");
	if (rsnl->event->unsettled)
		write_flag(line, "Hashes", ":missing\"");
	if (!rsnl->event->time)
		write_flag(line, "@timestamp", ":missing\"");
	write_record_flags(line, rsnl->event->raw);
	if (rsnl->left_out || rsnl->shortened)
		write_flag(line, "alert", ":shortened\"");
	line_raw(line, "]", 1);
}

static void
write_expires(struct line *line, uint64_t seconds)
{
	char text[TIMESTAMP_SIZE];

	timestamp_write(text, seconds * 1000000000);
	write_member(line, "expires", text, strlen(text));
}

static void
write_replay(struct line *line, const struct raw_event *raw)
{
	line_key(line, "replay");
	line_raw(line, "{", 1);
	write_member(line, "file", raw->file, strlen(raw->file));
	line_key(line, "line");
	line_number(line, raw->position);
	line_raw(line, "}", 1);
}

void
alert_write_rsnl(struct line *line, const struct alert_rsnl *rsnl)
{
	static const char *const levels[] = { "informational", "low", "medium", "high", "critical" };
	static const char *const engines[] = { "sigma", "ioc", "yara", "correlation" };
	const struct match *match = &rsnl->matches->rows[rsnl->index];
	const struct pack_rule *rule = &rsnl->tables->rules[match->rule];
	uint32_t i;

	line_key(line, "rsnl");
	line_text(line, "{\"v\":1,\"pack\":{");
	write_member(line, "name", rsnl->header->name, strlen(rsnl->header->name));
	line_key(line, "serial");
	line_number(line, rsnl->header->serial);
	line_raw(line, "}", 1);
	write_member(line, "engine", engines[rule->engine], strlen(engines[rule->engine]));
	write_member(line, "level", levels[rule->level], strlen(levels[rule->level]));
	if (rule->expires && rule->expires <= UINT64_MAX / 1000000000)
		write_expires(line, rule->expires);
	if (strcmp(rsnl->why, "none")) {
		line_key(line, "why");
		line_raw(line, "[", 1);
		for (i = 0; i < match->why_count; ++i)
			write_why(line, rsnl, &match->why[i]);
		line_raw(line, "]", 1);
	}
	if (rule->note.size)
		write_member(line, "note", pack_text_data(rsnl->tables, rule->note), rule->note.size);
	write_member(line, "event", rsnl->event_id, strlen(rsnl->event_id));
	if (rsnl->correlation)
		alert_correlation_rsnl(line, rsnl->tables, rsnl->correlation);
	write_also(line, rsnl);
	write_ancestors(line, rsnl);
	write_quality(line, rsnl);
	write_host_path(line, rsnl->event);
	if (rsnl->event->raw->file)
		write_replay(line, rsnl->event->raw);
	if (rsnl->rest->size > 2) {
		line_key(line, "fields");
		line_raw(line, rsnl->rest->data, rsnl->rest->size);
	}
	line_raw(line, "}", 1);
}

static void
write_quoted(struct line *line, const char *text, size_t size)
{
	line_raw(line, "\"", 1);
	line_raw(line, text, size < SHOWN_MAX ? size : SHOWN_MAX);
	line_raw(line, "\"", 1);
}

void
alert_write_reason(struct line *line, const struct pack_tables *tables, const struct match *match)
{
	const struct why *last = NULL, *why;
	uint32_t op, last_op = 0;

	for (why = match->why; why < match->why + match->why_count && line->size < REASON_MAX; last = why++, last_op = op) {
		op = tables->predicates[why->predicate].op;
		if (last && last->slot == why->slot && last_op == op && why->pattern) {
			line_text(line, ", ");
		} else {
			line_text(line, last ? "; " : "");
			line_text(line, why->slot == PACK_NONE ? "event" : pack_text_data(tables, tables->slots[why->slot].name));
			line_text(line, " ");
			line_text(line, why_operator_words(op));
			line_text(line, why->pattern || tables->predicates[why->predicate].flags & PACK_IN_DATA ? " " : "");
		}
		if (why->pattern)
			write_quoted(line, why->pattern, why->pattern_size);
		else if (tables->predicates[why->predicate].flags & PACK_IN_DATA && why->value)
			write_quoted(line, why->value, why->value_size);
	}
}
