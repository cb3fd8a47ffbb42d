/*
 * etw_decoder.c - from an event to the reader of its layout; what all readers do the same.
 */
#include <stdlib.h>
#include <string.h>

#include "etw.h"
#include "etw_account.h"
#include "etw_flow.h"
#include "etw_layout.h"
#include "etw_names.h"
#include "etw_path.h"
#include "etw_read.h"
#include "etw_record.h"
#include "etw_running.h"
#include "etw_script.h"
#include "etw_start.h"
#include "etw_state.h"
#include "etw_text.h"

#define UNIX_EPOCH 116444736000000000ull /* 1970, 100 ns since 1601 */

struct etw_decoder *
etw_decoder_new(const struct etw_system *system, uint64_t boot_ns)
{
	struct etw_decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	decoder->system = *system;
	decoder->boot = UNIX_EPOCH + boot_ns / 100;
	decoder->accounts = etw_accounts_new(&decoder->system);
	decoder->flows = etw_flows_new();
	decoder->names = etw_names_new();
	decoder->paths = etw_paths_new(&decoder->system);
	decoder->running = etw_running_new();
	decoder->scripts = etw_scripts_new();
	decoder->starts = etw_starts_new();
	if (!decoder->accounts || !decoder->flows || !decoder->names || !decoder->paths || !decoder->running ||
	    !decoder->scripts || !decoder->starts) {
		etw_decoder_free(decoder);
		return NULL;
	}
	if (system->rundown)
		system->rundown(system->context, decoder);
	return decoder;
}

void
etw_decoder_free(struct etw_decoder *decoder)
{
	if (!decoder)
		return;
	etw_accounts_free(decoder->accounts);
	etw_flows_free(decoder->flows);
	etw_names_free(decoder->names);
	etw_paths_free(decoder->paths);
	etw_running_free(decoder->running);
	etw_scripts_free(decoder->scripts);
	etw_starts_free(decoder->starts);
	free(decoder);
}

uint64_t
etw_time(const struct etw_decoder *decoder, uint64_t time)
{
	if (!time)
		return 0;
	return time > decoder->boot ? (time - decoder->boot) * 100 : 1;
}

size_t
etw_text(struct etw_decoder *decoder, const struct etw_value *value)
{
	return etw_text_wide(decoder->text, sizeof(decoder->text), value->data, value->size, NULL);
}

size_t
etw_file_path(struct etw_decoder *decoder, const struct etw_event *event, const struct etw_value *value)
{
	size_t size = etw_text(decoder, value);

	return etw_path(decoder->paths, event->time, decoder->text, size, decoder->path, sizeof(decoder->path));
}

void *
etw_begin(struct etw_decoder *decoder, const struct etw_event *event, enum record_kind kind, uint32_t pid)
{
	struct record_head *head = etw_record_begin(&decoder->record, decoder->data, decoder->room, kind);
	const struct etw_process *process = etw_running_find(decoder->running, pid);

	head->time = etw_time(decoder, event->time);
	head->start = process ? process->start : 0;
	head->sequence = ++decoder->sequences[kind];
	head->pid = pid == UINT32_MAX ? 0 : pid;
	head->tid = pid == event->pid && pid != UINT32_MAX ? event->tid : 0;
	return head;
}

enum etw_result
etw_end(struct etw_decoder *decoder)
{
	etw_record_end(&decoder->record);
	decoder->counters.records++;
	decoder->counters.cut += decoder->record.cut;
	return ETW_RECORD;
}

enum etw_result
etw_read_nothing(struct etw_decoder *decoder, const struct etw_event *event, const struct etw_value values[FIELD_COUNT])
{
	(void)decoder;
	(void)event;
	(void)values;
	return ETW_NOTHING;
}

static enum etw_result
count_unknown(struct etw_decoder *decoder, const struct etw_event *event)
{
	uint16_t id = etw_provider_find(event->provider) < ETW_CLASSIC_COUNT ? event->opcode : event->id;
	struct etw_unknown *unknown;

	decoder->counters.unknown++;
	for (size_t i = 0; i < decoder->unknown_count; i++) {
		unknown = &decoder->unknown[i];
		if (unknown->id == id && unknown->version == event->version &&
		    !memcmp(unknown->provider, event->provider, 16)) {
			unknown->count++;
			return ETW_UNKNOWN;
		}
	}
	if (decoder->unknown_count < ETW_UNKNOWN_MAX) {
		unknown = &decoder->unknown[decoder->unknown_count++];
		*unknown = (struct etw_unknown){.id = id, .version = event->version, .count = 1};
		memcpy(unknown->provider, event->provider, 16);
	}
	return ETW_UNKNOWN;
}

/* The process whose start must be told before what this event says of it; 0: none. Process, thread and image events are
 * what a start waits for. */
static uint32_t
acting_pid(const struct etw_layout *layout, const struct etw_event *event, const struct etw_value values[FIELD_COUNT])
{
	if (layout->read == etw_read_process_end || layout->provider == ETW_kernel_network)
		return (uint32_t)values[FIELD_pid].number;
	if (layout->provider < ETW_CLASSIC_COUNT || layout->provider == ETW_kernel_process)
		return 0;
	return event->pid;
}

enum etw_result
etw_decode(struct etw_decoder *decoder, const struct etw_event *event, void *record, size_t room)
{
	int is_known;
	const struct etw_layout *layout = etw_layout_find(event, &is_known);
	struct etw_value values[FIELD_COUNT];
	struct etw_start *start;

	decoder->counters.events++;
	if (!layout && is_known)
		return count_unknown(decoder, event);
	if (!layout) {
		decoder->counters.ignored++;
		return ETW_NOTHING;
	}
	if (etw_layout_read(layout, event, values)) {
		decoder->counters.bad++;
		return ETW_BAD;
	}
	decoder->data = record;
	decoder->room = room;
	start = etw_start_find(decoder->starts, acting_pid(layout, event, values));
	if (!start)
		return layout->read(decoder, event, values);
	etw_start_write(decoder, start);
	return ETW_AGAIN;
}

void
etw_decoder_name(struct etw_decoder *decoder, enum etw_object type, uint64_t object, const uint8_t *name, size_t size)
{
	const struct etw_value value = {name, (uint32_t)size, 0};
	size_t used = etw_text(decoder, &value);

	if (type == ETW_FILE) {
		used = etw_path(decoder->paths, 0, decoder->text, used, decoder->path, sizeof(decoder->path));
		etw_names_put(decoder->names, type, object, decoder->path, used);
	} else {
		etw_names_put(decoder->names, type, object, decoder->text, used);
	}
}

void
etw_decoder_lost(struct etw_decoder *decoder)
{
	etw_names_clear(decoder->names);
	if (decoder->system.rundown)
		decoder->system.rundown(decoder->system.context, decoder);
}

const struct etw_counters *
etw_decoder_counters(struct etw_decoder *decoder)
{
	decoder->counters.processes_evicted = etw_running_evicted(decoder->running);
	decoder->counters.names_evicted = etw_names_evicted(decoder->names);
	decoder->counters.accounts_evicted = etw_accounts_evicted(decoder->accounts);
	return &decoder->counters;
}

const struct etw_unknown *
etw_decoder_unknown(const struct etw_decoder *decoder, size_t index)
{
	return index < decoder->unknown_count ? &decoder->unknown[index] : NULL;
}
