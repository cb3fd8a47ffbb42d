/* alert_head.c - writes what every alert says first: when, what kind of event, from where. */
#include <string.h>

#include "alert.h"
#include "alert_id.h"
#include "line.h"
#include "alert_head.h"
#include "ecs.h"
#include "ecs_write.h"
#include "record.h"
#include "source.h"
#include "timestamp.h"
#include "vocabulary.h"

enum { TIME_SIZE = 27 }; /* of a time as text */

static void
set_event(struct ecs_doc *doc, const struct alert_event *event)
{
	static const char no_id[ALERT_ID_SIZE + 1] = "................................";
	const struct vocabulary_kind *kind = event->kind ? event->kind : vocabulary_kind(RECORD_recorded);

	ecs_set_time(doc, ECS_timestamp, event->time);
	ecs_set_text(doc, ECS_ecs_version, "9.5.0");
	ecs_set(doc, ECS_event_id, no_id, ALERT_ID_SIZE);
	ecs_set_text(doc, ECS_event_kind, "alert");
	ecs_set_text(doc, ECS_event_category, kind->category);
	ecs_set_text(doc, ECS_event_type, kind->type);
	ecs_set_text(doc, ECS_event_action, kind->action);
	ecs_set_text(doc, ECS_event_module, "rsnl");
	ecs_set_text(doc, ECS_event_dataset, kind->dataset);
	ecs_set_text(doc, ECS_event_provider, event->provider);
	ecs_set_time(doc, ECS_event_created, event->created);
	if (event->raw->form == RAW_RECORD)
		ecs_set_number(doc, ECS_event_sequence, ((const struct record_head *)event->raw->data)->sequence);
}

/* The place of a quoted text of that size, which the line ends with. */
static uint32_t
last_text(const struct line *line, size_t size)
{
	return (uint32_t)(line->size - 1 - size);
}

static void
write_parts(struct alert_head *head, struct ecs_frames *frames, const struct ecs_doc *doc, size_t text_max)
{
	static const struct ecs_part time = { ECS_timestamp, ECS_ecs_version, "", "" };
	static const struct ecs_part up_to_id = { ECS_ecs_version, ECS_event_kind, "", "event." };
	static const struct ecs_part up_to_created = { ECS_event_kind, ECS_event_severity, "event.", "event." };
	struct line *line = &head->line;

	line_cut(line, 0);
	line_raw(line, "{", 1);
	ecs_write(frames, doc, &time, line, text_max);
	head->time_at = last_text(line, TIME_SIZE);
	ecs_write(frames, doc, &up_to_id, line, text_max);
	head->id_at = last_text(line, ALERT_ID_SIZE);
	ecs_write(frames, doc, &up_to_created, line, text_max);
	head->created_at = last_text(line, TIME_SIZE);
}

static int
is_repeated(const struct alert_head *head, const struct alert_event *event, struct alert_code code)
{
	return head->repeats && event->raw->form == RAW_JSON && head->kind == event->kind &&
	       head->provider == event->provider && head->has_code == (code.data != NULL) &&
	       head->code_size == code.size && (!code.size || !memcmp(head->code, code.data, code.size));
}

/* Over the time before that is written there: most events come within a second. */
static void
write_time(char *text, uint64_t before, uint64_t time)
{
	char whole[TIMESTAMP_SIZE];

	if (time == before)
		return;
	if (time / 1000000000 == before / 1000000000) {
		timestamp_write_decimals(text, time);
		return;
	}
	timestamp_write(whole, time);
	memcpy(text, whole, TIME_SIZE);
}

static void
write_times(struct alert_head *head, const struct alert_event *event)
{
	write_time(head->line.data + head->time_at, head->time, event->time);
	write_time(head->line.data + head->created_at, head->created, event->created);
	head->time = event->time;
	head->created = event->created;
}

void
alert_head_write(struct alert_head *head, const struct alert_event *event, struct alert_code code,
                 struct ecs_frames *frames, struct ecs_doc *doc, size_t text_max)
{
	if (is_repeated(head, event, code)) {
		write_times(head, event);
		return;
	}
	ecs_start(doc);
	set_event(doc, event);
	if (code.data)
		ecs_set(doc, ECS_event_code, code.data, code.size);
	write_parts(head, frames, doc, text_max);
	head->repeats = !head->line.failed && event->raw->form == RAW_JSON && code.size <= text_max &&
	                code.size <= sizeof head->code;
	if (!head->repeats)
		return;
	head->time = event->time;
	head->created = event->created;
	head->kind = event->kind;
	head->provider = event->provider;
	head->has_code = code.data != NULL;
	head->code_size = code.size;
	memcpy(head->code, code.data ? code.data : "", code.size);
}
