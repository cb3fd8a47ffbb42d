/*
 * etw_read_activity.c - PowerShell modules, WMI, scheduled tasks: texts that are copied as they are.
 */
#include <string.h>

#include "etw.h"
#include "etw_layout.h"
#include "etw_read.h"
#include "etw_record.h"
#include "etw_state.h"

static void
add(struct etw_decoder *decoder, struct record_span *span, const struct etw_value *value)
{
	etw_record_wide(&decoder->record, span, value);
}

static void
add_plain(struct etw_decoder *decoder, struct record_span *span, const char *text)
{
	etw_record_text(&decoder->record, span, text, strlen(text));
}

enum etw_result
etw_read_ps_module(struct etw_decoder *decoder, const struct etw_event *event,
                   const struct etw_value values[FIELD_COUNT])
{
	struct record_ps_module *record = etw_begin(decoder, event, RECORD_ps_module, event->pid);

	add(decoder, &record->context_info, &values[FIELD_context]);
	add(decoder, &record->payload, &values[FIELD_payload]);
	return etw_end(decoder);
}

enum etw_result
etw_read_wmi_operation(struct etw_decoder *decoder, const struct etw_event *event,
                       const struct etw_value values[FIELD_COUNT])
{
	struct record_wmi_activity *record = etw_begin(decoder, event, RECORD_wmi_activity, event->pid);

	record->event_id = event->id;
	record->client_process_id = (uint32_t)values[FIELD_pid].number;
	record->result_code = (uint32_t)values[FIELD_status].number;
	add(decoder, &record->operation, &values[FIELD_operation]);
	add(decoder, &record->client_machine, &values[FIELD_client_machine]);
	add(decoder, &record->user_name, &values[FIELD_user]);
	add(decoder, &record->name_space, &values[FIELD_name_space]);
	add(decoder, &record->query, &values[FIELD_query]);
	add(decoder, &record->provider_name, &values[FIELD_provider_name]);
	add(decoder, &record->provider_path, &values[FIELD_path]);
	add(decoder, &record->host_process, &values[FIELD_host_process]);
	add(decoder, &record->cause, &values[FIELD_cause]);
	return etw_end(decoder);
}

/* One event tells what Sysmon tells in three: the filter, the consumer, their binding. The cause has all their text. */
enum etw_result
etw_read_wmi_binding(struct etw_decoder *decoder, const struct etw_event *event,
                     const struct etw_value values[FIELD_COUNT])
{
	struct record_wmi_event *record = etw_begin(decoder, event, RECORD_wmi_event, event->pid);

	record->event_id = event->id;
	add_plain(decoder, &record->event_type, "WmiBindingEvent");
	add_plain(decoder, &record->operation, "Created");
	add(decoder, &record->name_space, &values[FIELD_name_space]);
	add(decoder, &record->filter, &values[FIELD_filter]);
	add(decoder, &record->consumer, &values[FIELD_consumer]);
	add(decoder, &record->cause, &values[FIELD_cause]);
	record->destination = record->cause;
	return etw_end(decoder);
}

enum etw_result
etw_read_task(struct etw_decoder *decoder, const struct etw_event *event, const struct etw_value values[FIELD_COUNT])
{
	struct record_task_event *record = etw_begin(decoder, event, RECORD_task_event, event->pid);

	record->event_id = event->id;
	record->task_process_id = (uint32_t)values[FIELD_pid].number;
	record->result_code = (uint32_t)values[FIELD_status].number;
	add(decoder, &record->task_name, &values[FIELD_task_name]);
	add(decoder, &record->path, &values[FIELD_path]);
	add(decoder, &record->action_name, &values[FIELD_action_name]);
	add(decoder, &record->user_name, &values[FIELD_user]);
	add(decoder, &record->user_context, &values[FIELD_user_context]);
	return etw_end(decoder);
}
