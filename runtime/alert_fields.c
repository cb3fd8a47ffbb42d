/* alert_fields.c - from an event's values, by their vocabulary rows, to ECS fields, and what follows from those. */
#include <string.h>

#include "alert.h"
#include "alert_fields.h"
#include "ecs.h"
#include "snippets.h"
#include "alert_names.h"
#include "bind.h"
#include "decode.h"
#include "entity.h"
#include "host.h"
#include "line.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"
#include "shown.h"
#include "source.h"
#include "vocabulary.h"

enum { REST_TEXT_MAX = 8192, REST_SIZE_MAX = 256 << 10 };

static int
is_scalar(const struct value *value)
{
	return value->type == VALUE_STRING || value->type == VALUE_NUMBER || value->type == VALUE_BOOL;
}

static int
set_value(struct ecs_doc *doc, enum ecs_field field, const struct shown *shown)
{
	const struct value *value = shown->value, *items = value->data;
	uint32_t i;
	int error = 0;

	if (is_scalar(value))
		return ecs_set_string(doc, field, value->data, value->size, shown->json, shown->json_size);
	if (value->type != VALUE_LIST)
		return -1;
	for (i = 0; i < value->size && !error; ++i)
		error = is_scalar(&items[i]) ? ecs_set(doc, field, items[i].data, items[i].size) : -1;
	return error;
}

static void
write_rest_text(struct ecs_doc *doc, struct line *rest, const struct value *value)
{
	doc->left_out += value->size > REST_TEXT_MAX;
	line_string(rest, value->data, value->size, REST_TEXT_MAX);
}

static void
write_rest_list(struct ecs_doc *doc, struct line *rest, const struct value *list)
{
	const struct value *items = list->data;
	uint32_t i;

	line_raw(rest, "[", 1);
	for (i = 0; i < list->size && rest->size <= REST_SIZE_MAX; ++i)
		if (is_scalar(&items[i])) {
			line_comma(rest);
			write_rest_text(doc, rest, &items[i]);
		}
	doc->left_out += list->size - i;
	line_raw(rest, "]", 1);
}

/* What is cut or finds no room is counted with what the document leaves out. */
static void
write_rest(struct ecs_doc *doc, struct line *rest, const struct alert_event *event, struct alert_names *names,
           const struct shown *shown)
{
	const struct value *value = shown->value;
	struct snippet key;
	size_t first = rest->size == 1; /* and no comma comes before it */

	if (!is_scalar(value) && value->type != VALUE_LIST)
		return;
	if (event->names[shown->slot].size > ALERT_NAME_MAX || rest->size > REST_SIZE_MAX) {
		++doc->left_out;
		return;
	}
	key = alert_names_key(names, event, shown->slot);
	if (!key.data) {
		rest->failed = 1;
		return;
	}
	line_raw(rest, key.data + first, key.size - first);
	if (value->type == VALUE_LIST)
		write_rest_list(doc, rest, value);
	else if (shown->json && value->size <= REST_TEXT_MAX)
		line_raw(rest, shown->json, shown->json_size);
	else
		write_rest_text(doc, rest, value);
}

void
alert_fields_recorded(struct ecs_doc *doc, const struct alert_event *event, struct alert_names *names,
                      struct line *rest)
{
	const uint8_t *fields = alert_names_fields(names, event);
	uint32_t i, count, hashes = alert_names_hashes(names, event);
	const struct shown *shown = bound_show(event->fields, &count);
	enum ecs_field field;

	if (!fields) {
		rest->failed = 1;
		return;
	}
	line_raw(rest, "{", 1);
	for (i = 0; i < count; ++i) {
		field = (enum ecs_field)fields[shown[i].slot];
		if (field == ECS_NONE || set_value(doc, field, &shown[i]))
			write_rest(doc, rest, event, names, &shown[i]);
		if (shown[i].slot == hashes && is_scalar(shown[i].value))
			alert_fields_hashes(doc, shown[i].value->data, shown[i].value->size, alert_names_hashed(names, event));
	}
	line_raw(rest, "}", 1);
}

static void
set_args(struct ecs_doc *doc, const struct process *process)
{
	const char *at = process->args, *end = at + process->args_size;
	size_t size;

	for (; at < end; at += size + 1) {
		size = strnlen(at, (size_t)(end - at));
		if (ecs_set(doc, ECS_process_args, at, size))
			break;
	}
	if (process->args_count)
		ecs_set_number(doc, ECS_process_args_count, process->args_count);
}

static void
set_id(struct ecs_doc *doc, enum ecs_field field, const char *boot_id, uint32_t pid, uint64_t start)
{
	char text[ENTITY_ID_SIZE];

	entity_id(text, boot_id, pid, start);
	ecs_copy(doc, field, text, strlen(text));
}

static void
set_process(struct ecs_doc *doc, const struct alert_event *event, const struct record_head *head, const char *boot_id)
{
	const struct subject *subject = event->subject;
	const struct process *process = subject->process, *parent = subject->parent;

	ecs_set_number(doc, ECS_process_pid, head->pid);
	if (head->start) {
		set_id(doc, ECS_process_entity_id, boot_id, head->pid, head->start);
		ecs_set_time(doc, ECS_process_start, event->time - (head->time - head->start));
	}
	if (process) {
		ecs_set(doc, ECS_process_executable, process->image, process->image_size);
		if (process->directory_size)
			ecs_set(doc, ECS_process_working_directory, process->directory, process->directory_size);
		set_args(doc, process);
	}
	if (parent) {
		set_id(doc, ECS_process_parent_entity_id, boot_id, parent->pid, parent->start);
		ecs_set_number(doc, ECS_process_parent_pid, parent->pid);
		ecs_set(doc, ECS_process_parent_executable, parent->image, parent->image_size);
	}
	ecs_set_text(doc, ECS_user_name, subject->user);
	if (head->flags & RECORD_WINDOWS)
		return;
	ecs_set_number(doc, ECS_user_id, head->uid);
	ecs_set_number(doc, ECS_group_id, head->gid);
	if (head->real_uid != head->uid)
		ecs_set_number(doc, ECS_process_real_user_id, head->real_uid);
}

void
alert_fields_live(struct ecs_doc *doc, const struct alert_event *event, const char *boot_id)
{
	const struct vocabulary_field *row;
	struct value value;
	enum ecs_field field;

	for (row = event->kind->fields; row->member; ++row) {
		field = *row->ecs ? ecs_find(row->ecs, strlen(row->ecs)) : ECS_NONE;
		if (field != ECS_NONE && decode_field(event->raw->data, row, event->subject, event->arena, &value))
			set_value(doc, field, &(struct shown){ .value = &value });
	}
	if (event->kind->number != RECORD_file_scan) /* that nobody did */
		set_process(doc, event, event->raw->data, boot_id);
}
