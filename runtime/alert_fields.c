/* alert_fields.c - from an event's values, by their vocabulary rows, to ECS fields, and what follows from those. */
#include <string.h>

#include "alert.h"
#include "alert_fields.h"
#include "ecs.h"
#include "alert_names.h"
#include "bind.h"
#include "decode.h"
#include "entity.h"
#include "host.h"
#include "line.h"
#include "pack.h"
#include "process_table.h"
#include "record.h"
#include "source.h"
#include "vocabulary.h"

enum { REST_NAME_MAX = 255, REST_TEXT_MAX = 8192, REST_SIZE_MAX = 256 << 10 };

static int
is_scalar(const struct value *value)
{
	return value->type == VALUE_STRING || value->type == VALUE_NUMBER || value->type == VALUE_BOOL;
}

struct written { /* a value as JSON writes it; text NULL: not known */
	const char *text;
	size_t size;
};

static int
set_value(struct ecs_doc *doc, enum ecs_field field, const struct value *value, struct written written)
{
	const struct value *items = value->data;
	uint32_t i;
	int error = 0;

	if (is_scalar(value))
		return ecs_set_string(doc, field, value->data, value->size, written.text, written.size);
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

/* What is cut or finds no room is counted with what the document leaves out. */
static void
write_rest(struct ecs_doc *doc, struct line *rest, const struct bind_name *name, const struct value *value,
           struct written written)
{
	const struct value *items = value->data;
	uint32_t i;

	if (!is_scalar(value) && value->type != VALUE_LIST)
		return;
	if (name->size > REST_NAME_MAX || rest->size > REST_SIZE_MAX) {
		++doc->left_out;
		return;
	}
	line_comma(rest);
	line_string(rest, name->data, name->size, REST_NAME_MAX);
	line_raw(rest, ":", 1);
	if (written.text && value->size <= REST_TEXT_MAX) {
		line_raw(rest, written.text, written.size);
		return;
	}
	if (is_scalar(value)) {
		write_rest_text(doc, rest, value);
		return;
	}
	line_raw(rest, "[", 1);
	for (i = 0; i < value->size && rest->size <= REST_SIZE_MAX; ++i)
		if (is_scalar(&items[i])) {
			line_comma(rest);
			write_rest_text(doc, rest, &items[i]);
		}
	doc->left_out += value->size - i;
	line_raw(rest, "]", 1);
}

static void
set_recorded(struct ecs_doc *doc, const struct alert_event *event, const struct alert_names *names, uint32_t number,
             enum ecs_field field, struct line *rest)
{
	const struct bind_name *name = &event->names[number];
	const struct value *value = &event->fields->slots[number];
	struct written written = { NULL, 0 };

	if (event->bound)
		written.text = bound_written(event->bound, number, &written.size);
	if (field == ECS_NONE || set_value(doc, field, value, written))
		write_rest(doc, rest, name, value, written);
	if (name->size == 6 && !memcmp(name->data, "Hashes", 6) && is_scalar(value))
		alert_fields_hashes(doc, value->data, value->size, alert_names_hashed(names, event));
}

void
alert_fields_recorded(struct ecs_doc *doc, const struct alert_event *event, struct alert_names *names,
                      struct line *rest)
{
	const uint8_t *fields = alert_names_fields(names, event);
	const uint32_t *filled = NULL;
	uint32_t i, number, count = 0;
	uint64_t left;

	if (!fields) {
		rest->failed = 1;
		return;
	}
	if (event->bound)
		filled = bound_filled(event->bound, &count);
	line_raw(rest, "{", 1);
	for (i = 0; i < count; ++i)
		set_recorded(doc, event, names, filled[i], (enum ecs_field)fields[filled[i]], rest);
	for (i = 0; !filled && i < event->name_count; i += 64)
		for (left = event->fields->present[i / 64]; left; left &= left - 1) {
			number = i + (uint32_t)__builtin_ctzll(left);
			set_recorded(doc, event, names, number, (enum ecs_field)fields[number], rest);
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
			set_value(doc, field, &value, (struct written){ NULL, 0 });
	}
	if (event->kind->number != RECORD_file_scan) /* that nobody did */
		set_process(doc, event, event->raw->data, boot_id);
}
