/*
 * etw_read_process.c - processes, threads and images.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "etw.h"
#include "etw_account.h"
#include "etw_layout.h"
#include "etw_read.h"
#include "etw_record.h"
#include "etw_running.h"
#include "etw_start.h"
#include "etw_state.h"
#include "etw_text.h"

#define SAME_START_NS 2000000000ull /* two events of a start are closer than this */

enum { SYSTEM_PID = 4 };

static struct record_process_start *
start_record(struct etw_start *start)
{
	return (void *)start->data;
}

/* Was the start of this process told already, by another of its events? */
static int
is_told(struct etw_decoder *decoder, uint32_t pid, uint64_t time)
{
	const struct etw_process *process = etw_running_find(decoder->running, pid);
	uint64_t start = etw_time(decoder, time);

	if (!process || process->has_ended)
		return 0;
	return start < process->start + SAME_START_NS && process->start < start + SAME_START_NS;
}

static void
take_sid(struct etw_start *start, const uint8_t *sid, size_t size)
{
	if (size > ETW_SID_MAX)
		return;
	start->sid_size = (uint32_t)size;
	memcpy(start->sid, sid, size);
}

static void
take_command_line(struct etw_start *start, const struct etw_value values[FIELD_COUNT])
{
	struct record_process_start *record = start_record(start);
	const struct etw_value *name = &values[FIELD_file_name];

	record->parent_pid = (uint32_t)values[FIELD_parent_pid].number;
	record->session = (uint32_t)values[FIELD_session].number;
	take_sid(start, values[FIELD_sid].data, values[FIELD_sid].size);
	start->name_size = name->size < sizeof(start->name) ? name->size : (uint32_t)sizeof(start->name);
	if (start->name_size)
		memcpy(start->name, name->data, start->name_size);
	etw_record_wide(&start->record, &record->args, &values[FIELD_command_line]);
	start->has_command_line = 1;
}

static void
take_path(struct etw_decoder *decoder, struct etw_start *start, const struct etw_event *event,
          const struct etw_value *path)
{
	etw_record_text(&start->record, &start_record(start)->image, decoder->path, etw_file_path(decoder, event, path));
	start->has_path = 1;
}

static void
take_manifest(struct etw_start *start, const struct etw_value values[FIELD_COUNT])
{
	struct record_process_start *record = start_record(start);
	const struct etw_value *label = &values[FIELD_label];

	record->parent_pid = (uint32_t)values[FIELD_parent_pid].number;
	record->session = (uint32_t)values[FIELD_session].number;
	start->created = values[FIELD_created].number;
	start->integrity = label->size ? etw_sid_last(label->data, label->size) : 0;
}

/* What events did not tell is asked of the system, while the process runs. */
static void
ask_system(struct etw_decoder *decoder, struct etw_start *start)
{
	const struct etw_system *system = &decoder->system;
	struct record_process_start *record = start_record(start);
	struct etw_token token = {0};
	size_t size;

	if (!start->has_path && system->image) {
		size = system->image(system->context, start->pid, decoder->path, sizeof(decoder->path));
		etw_record_text(&start->record, &record->image, decoder->path, size);
		start->has_path = size != 0;
	}
	if (!system->token || system->token(system->context, start->pid, &token))
		return;
	record->logon = token.logon_id;
	if (!start->created)
		start->created = token.created;
	if (!start->integrity)
		start->integrity = token.integrity;
	if (!start->sid_size)
		take_sid(start, token.sid, token.sid_size);
}

static void
add_user(struct etw_decoder *decoder, struct etw_start *start)
{
	struct record_process_start *record = start_record(start);
	const char *account = etw_account(decoder->accounts, start->sid, start->sid_size);
	size_t size = etw_text_sid(decoder->text, sizeof(decoder->text), start->sid, start->sid_size);

	etw_record_text(&start->record, &record->account, account, strlen(account));
	etw_record_text(&start->record, &record->user_sid, decoder->text, size);
	if (start->integrity) {
		const char *level = etw_text_integrity(start->integrity);

		etw_record_text(&start->record, &record->integrity_level, level, strlen(level));
	}
}

static void
add_head(struct etw_decoder *decoder, struct etw_start *start)
{
	struct record_process_start *record = start_record(start);
	const struct etw_process *parent = etw_running_find(decoder->running, record->parent_pid);
	int is_listed = record->head.flags & RECORD_SNAPSHOT;

	record->head.time = etw_time(decoder, start->time);
	record->head.start = etw_time(decoder, start->created || is_listed ? start->created : start->time);
	record->head.pid = start->pid;
	record->head.sequence = ++decoder->sequences[RECORD_process_start];
	record->parent_start = parent ? parent->start : 0;
}

void
etw_start_write(struct etw_decoder *decoder, struct etw_start *start)
{
	ask_system(decoder, start);
	add_user(decoder, start);
	add_head(decoder, start);
	if (!(start_record(start)->head.flags & RECORD_SNAPSHOT))
		decoder->counters.starts_partial += !start->has_path || !start->has_command_line;
	if (!start->has_path)
		etw_record_text(&start->record, &start_record(start)->image, start->name, start->name_size);
	etw_running_add(decoder->running, start->pid, start_record(start)->head.start)->has_thread = start->has_thread;
	memcpy(decoder->data, start->data, start->record.used);
	decoder->record = start->record;
	decoder->record.data = decoder->data;
	etw_end(decoder);
	etw_start_drop(decoder->starts, start);
}

/* The waiting start that this event is a part of, or a new one. NULL: one had to be written first, to make room or
 * because the number is used again; the event is to be decoded again. */
static struct etw_start *
start_join(struct etw_decoder *decoder, const struct etw_event *event, uint32_t pid, int is_command_line)
{
	struct etw_start *start = etw_start_find(decoder->starts, pid);

	if (start && (is_command_line ? start->has_command_line : start->has_path)) {
		etw_start_write(decoder, start);
		return NULL;
	}
	if (!start)
		start = etw_start_new(decoder->starts, pid, event->time);
	if (!start)
		etw_start_write(decoder, etw_start_oldest(decoder->starts, UINT64_MAX));
	return start;
}

enum etw_result
etw_read_process_classic(struct etw_decoder *decoder, const struct etw_event *event,
                         const struct etw_value values[FIELD_COUNT])
{
	uint32_t pid = (uint32_t)values[FIELD_pid].number;
	struct etw_start *start;

	if (is_told(decoder, pid, event->time))
		return ETW_NOTHING;
	start = start_join(decoder, event, pid, 1);
	if (!start)
		return ETW_AGAIN;
	take_command_line(start, values);
	if (!start->has_path)
		return ETW_NOTHING;
	etw_start_write(decoder, start);
	return ETW_RECORD;
}

enum etw_result
etw_read_process_manifest(struct etw_decoder *decoder, const struct etw_event *event,
                          const struct etw_value values[FIELD_COUNT])
{
	uint32_t pid = (uint32_t)values[FIELD_pid].number;
	struct etw_start *start;

	if (is_told(decoder, pid, values[FIELD_created].number))
		return ETW_NOTHING;
	start = start_join(decoder, event, pid, 0);
	if (!start)
		return ETW_AGAIN;
	take_manifest(start, values);
	take_path(decoder, start, event, &values[FIELD_path]);
	if (!start->has_command_line)
		return ETW_NOTHING;
	etw_start_write(decoder, start);
	return ETW_RECORD;
}

/* A process that ran before the session. Its other listing says nothing new that could still be told. */
enum etw_result
etw_read_process_listed(struct etw_decoder *decoder, const struct etw_event *event,
                        const struct etw_value values[FIELD_COUNT])
{
	uint32_t pid = (uint32_t)values[FIELD_pid].number;
	const struct etw_process *process = etw_running_find(decoder->running, pid);
	struct etw_start *start;

	if (!pid || (process && !process->has_ended))
		return ETW_NOTHING;
	start = start_join(decoder, event, pid, values[FIELD_command_line].data != NULL);
	if (!start)
		return ETW_AGAIN;
	start_record(start)->head.flags |= RECORD_SNAPSHOT;
	if (values[FIELD_command_line].data) {
		take_command_line(start, values);
	} else {
		take_manifest(start, values);
		take_path(decoder, start, event, &values[FIELD_path]);
	}
	etw_start_write(decoder, start);
	etw_running_find(decoder->running, pid)->has_thread = 1;
	return ETW_RECORD;
}

enum etw_result
etw_read_process_end(struct etw_decoder *decoder, const struct etw_event *event,
                     const struct etw_value values[FIELD_COUNT])
{
	uint32_t pid = (uint32_t)values[FIELD_pid].number;
	struct etw_process *process = etw_running_find(decoder->running, pid);
	struct record_process_exit *record;

	if (process && process->has_ended)
		return ETW_NOTHING;
	record = etw_begin(decoder, event, RECORD_process_exit, pid);
	record->exit_code = (uint32_t)values[FIELD_status].number;
	if (!process)
		process = etw_running_add(decoder->running, pid, 0);
	process->has_ended = 1;
	return etw_end(decoder);
}

enum etw_result
etw_read_thread_listed(struct etw_decoder *decoder, const struct etw_event *event,
                       const struct etw_value values[FIELD_COUNT])
{
	struct etw_process *process = etw_running_find(decoder->running, (uint32_t)values[FIELD_pid].number);

	(void)event;
	if (process)
		process->has_thread = 1;
	return ETW_NOTHING;
}

/* The event is written by the thread that creates. A process's first thread is made by its parent; a process of which
 * nothing is known may just have started. */
enum etw_result
etw_read_thread_start(struct etw_decoder *decoder, const struct etw_event *event,
                      const struct etw_value values[FIELD_COUNT])
{
	uint32_t pid = (uint32_t)values[FIELD_pid].number;
	struct etw_process *process = etw_running_find(decoder->running, pid);
	struct etw_start *start = etw_start_find(decoder->starts, pid);
	struct record_create_remote_thread *record;
	char address[24];
	int is_first;

	if (start || !process) {
		if (start)
			start->has_thread = 1;
		return ETW_NOTHING;
	}
	is_first = !process->has_thread;
	process->has_thread = 1;
	if (is_first || process->has_ended || event->pid == pid || !event->pid || event->pid == UINT32_MAX)
		return ETW_NOTHING;
	record = etw_begin(decoder, event, RECORD_create_remote_thread, event->pid);
	record->target_process_id = pid;
	record->new_thread_id = (uint32_t)values[FIELD_tid].number;
	snprintf(address, sizeof(address), "0x%016llX", (unsigned long long)values[FIELD_address].number);
	etw_record_text(&decoder->record, &record->start_address, address, strlen(address));
	return etw_end(decoder);
}

static int
is_driver(const struct etw_decoder *decoder, size_t size, uint32_t pid)
{
	return !pid || (pid == SYSTEM_PID && size > 4 && !strncasecmp(decoder->path + size - 4, ".sys", 4));
}

enum etw_result
etw_read_image_load(struct etw_decoder *decoder, const struct etw_event *event,
                    const struct etw_value values[FIELD_COUNT])
{
	uint32_t pid = (uint32_t)values[FIELD_pid].number;
	struct etw_start *start = etw_start_find(decoder->starts, pid);
	struct record_image_load *load;
	struct record_driver_load *driver;
	size_t size;

	if (start && start->has_command_line && !start->has_path) {
		take_path(decoder, start, event, &values[FIELD_path]);
		etw_start_write(decoder, start);
		return ETW_AGAIN;
	}
	size = etw_file_path(decoder, event, &values[FIELD_path]);
	if (is_driver(decoder, size, pid)) {
		driver = etw_begin(decoder, event, RECORD_driver_load, SYSTEM_PID);
		etw_record_text(&decoder->record, &driver->image_loaded, decoder->path, size);
		return etw_end(decoder);
	}
	load = etw_begin(decoder, event, RECORD_image_load, pid);
	etw_record_text(&decoder->record, &load->image_loaded, decoder->path, size);
	return etw_end(decoder);
}

/* The access asked for, which is what was granted, as the call succeeded. */
enum etw_result
etw_read_process_open(struct etw_decoder *decoder, const struct etw_event *event,
                      const struct etw_value values[FIELD_COUNT])
{
	uint32_t pid = (uint32_t)values[FIELD_pid].number;
	struct record_process_access *record;
	char access[16];

	if (values[FIELD_status].number || pid == event->pid)
		return ETW_NOTHING;
	record = etw_begin(decoder, event, RECORD_process_access, event->pid);
	record->target_process_id = pid;
	record->source_thread_id = event->tid;
	snprintf(access, sizeof(access), "0x%lX", (unsigned long)values[FIELD_access].number);
	etw_record_text(&decoder->record, &record->granted_access, access, strlen(access));
	return etw_end(decoder);
}
