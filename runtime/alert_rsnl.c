/* alert_rsnl.c - writes the object rsnl of an alert, and the sentence of event.reason. */
#include <string.h>

#include "alert.h"
#include "alert_rsnl.h"
#include "decode.h"
#include "entity.h"
#include "line.h"
#include "pack.h"
#include "packfile.h"
#include "process_table.h"
#include "record.h"
#include "source.h"
#include "timestamp.h"
#include "vocabulary.h"

enum { TEXT_MAX = 1024 };

static void
write_member(struct line *line, const char *key, const char *text, size_t size)
{
	line_key(line, key);
	line_string(line, text, size, TEXT_MAX);
}

void
alert_rsnl_ancestors(struct line *line, const struct alert_event *event, uint32_t most, const char *boot_id)
{
	const struct process *process = event->subject ? event->subject->parent : NULL;
	char id[ENTITY_ID_SIZE];
	uint32_t i;

	if (!process || !event->processes || !most)
		return;
	line_key(line, "ancestors");
	line_raw(line, "[", 1);
	for (i = 0; i < most && process; ++i) {
		entity_id(id, boot_id, process->pid, process->start);
		line_comma(line);
		line_raw(line, "{", 1);
		write_member(line, "entity_id", id, strlen(id));
		line_key(line, "pid");
		line_number(line, process->pid);
		write_member(line, "executable", process->image, process->image_size);
		line_raw(line, "}", 1);
		process = process_table_parent(event->processes, process);
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
	if (head->flags & RECORD_PARTIAL)
		write_flag(line, "ScriptBlockText", ":partial\"");
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
write_cut_slots(struct line *line, const struct pack_tables *tables, const struct event *seen)
{
	uint32_t i, slot;
	uint64_t left;

	for (i = 0; i < tables->slot_count; i += 64)
		for (left = seen->present[i / 64]; left; left &= left - 1) {
			slot = i + (uint32_t)__builtin_ctzll(left);
			if (slot < tables->slot_count && seen->slots[slot].flags & VALUE_CUT)
				write_flag(line, pack_text_data(tables, tables->slots[slot].name), ":truncated\"");
		}
}

void
alert_rsnl_quality(struct line *line, const struct pack_tables *tables, const struct alert_event *event)
{
	line_text(line, ",\"quality\":[");
	if (event->seen && event->seen->flags & EVENT_HAS_CUT)
		write_cut_slots(line, tables, event->seen);
	if (event->dropped)
		write_flag(line, "event", ":truncated\"");
	if (event->unsettled)
		write_flag(line, "Hashes", ":missing\"");
	if (!event->time)
		write_flag(line, "@timestamp", ":missing\"");
	write_record_flags(line, event->raw);
}

void
alert_rsnl_shortened(struct line *line)
{
	write_flag(line, "alert", ":shortened\"");
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
	line_text(line, ",\"replay\":{\"file\":");
	line_string(line, raw->file, strlen(raw->file), TEXT_MAX);
	line_text(line, ",\"line\":");
	line_number(line, raw->position);
	line_raw(line, "}", 1);
}

void
alert_rsnl_start(struct line *line, const struct pack_header *header)
{
	line_key(line, "rsnl");
	line_text(line, "{\"v\":1,\"pack\":{");
	write_member(line, "name", header->name, strlen(header->name));
	line_key(line, "serial");
	line_number(line, header->serial);
	line_raw(line, "}", 1);
}

void
alert_rsnl_rule(struct line *line, const struct pack_rule *rule)
{
	static const char *const levels[] = { "informational", "low", "medium", "high", "critical" };
	static const char *const engines[] = { "sigma", "ioc", "yara", "correlation" };

	write_member(line, "engine", engines[rule->engine], strlen(engines[rule->engine]));
	write_member(line, "level", levels[rule->level], strlen(levels[rule->level]));
	if (rule->expires && rule->expires <= UINT64_MAX / 1000000000)
		write_expires(line, rule->expires);
}

void
alert_rsnl_note(struct line *line, const struct pack_tables *tables, const struct pack_rule *rule)
{
	if (rule->note.size)
		write_member(line, "note", pack_text_data(tables, rule->note), rule->note.size);
}

void
alert_rsnl_tail(struct line *line, const struct alert_event *event, const struct line *rest)
{
	line_raw(line, "]", 1);
	write_host_path(line, event);
	if (event->raw->file)
		write_replay(line, event->raw);
	if (rest->size > 2) {
		line_text(line, ",\"fields\":");
		line_raw(line, rest->data, rest->size);
	}
	line_raw(line, "}}", 2);
}
