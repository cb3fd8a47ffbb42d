/*
 * etw_read_script.c - PowerShell script blocks, their fragments joined; and what waits long enough is written.
 */
#include <string.h>

#include "etw.h"
#include "etw_layout.h"
#include "etw_read.h"
#include "etw_record.h"
#include "etw_script.h"
#include "etw_start.h"
#include "etw_state.h"
#include "etw_text.h"

#define START_WAIT 5000000ull   /* 0.5 s in 100 ns */
#define SCRIPT_WAIT 50000000ull /* 5 s */

/* Writes what there is of a script. is_whole: nothing of it follows, and nothing is missing at its end. */
static void
script_write(struct etw_decoder *decoder, const struct etw_script *script, int is_whole)
{
	const struct etw_event event = {.time = script->time, .pid = script->pid, .tid = script->tid};
	struct record_ps_script *record = etw_begin(decoder, &event, RECORD_ps_script, script->pid);

	etw_record_text(&decoder->record, &record->script_block_id, script->id, script->id_size);
	etw_record_text(&decoder->record, &record->script_path, script->path, script->path_size);
	etw_record_text(&decoder->record, &record->script_block_text, script->text, script->size);
	if (!is_whole && record->script_block_text.offset)
		record->script_block_text.size |= RECORD_SPAN_CUT;
	if (!is_whole || script->is_rest) {
		record->head.flags |= RECORD_PARTIAL;
		decoder->counters.scripts_partial++;
	}
	etw_end(decoder);
}

/* The script that a fragment belongs to, begun where there is none. NULL: another had to be written first. */
static struct etw_script *
script_of(struct etw_decoder *decoder, uint32_t number, const char *id, size_t id_size)
{
	struct etw_script *script = etw_script_find(decoder->scripts, id, id_size);

	if (script && script->next != number) {
		script_write(decoder, script, 0);
		etw_script_drop(decoder->scripts, script);
		return NULL;
	}
	if (!script)
		script = etw_script_new(decoder->scripts, id, id_size);
	if (!script) {
		script = etw_script_oldest(decoder->scripts, UINT64_MAX);
		script_write(decoder, script, 0);
		etw_script_drop(decoder->scripts, script);
		return NULL;
	}
	script->is_rest |= script->next != number;
	script->next = number;
	return script;
}

static void
script_take(struct etw_script *script, const struct etw_event *event, const struct etw_value *path, const char *text,
            size_t size)
{
	memcpy(script->text + script->size, text, size);
	script->size += (uint32_t)size;
	script->path_size = (uint32_t)etw_text_wide(script->path, sizeof(script->path), path->data, path->size, NULL);
	script->time = event->time;
	script->pid = event->pid;
	script->tid = event->tid;
	script->next++;
}

/* As much of a fragment as a record has room for, cut at a character. */
static size_t
fragment_fit(const char *text, size_t size)
{
	if (size <= ETW_SCRIPT_MAX)
		return size;
	size = ETW_SCRIPT_MAX;
	while (size && ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	return size;
}

enum etw_result
etw_read_ps_script(struct etw_decoder *decoder, const struct etw_event *event,
                   const struct etw_value values[FIELD_COUNT])
{
	uint32_t number = (uint32_t)values[FIELD_number].number, total = (uint32_t)values[FIELD_total].number;
	const struct etw_value *id_value = &values[FIELD_script_id];
	char id[ETW_SCRIPT_ID_MAX];
	size_t id_size = etw_text_wide(id, sizeof(id), id_value->data, id_value->size, NULL);
	size_t whole = etw_text(decoder, &values[FIELD_script]), size = fragment_fit(decoder->text, whole);
	struct etw_script *script = script_of(decoder, number, id, id_size);

	if (!script)
		return ETW_AGAIN;
	if (size > ETW_SCRIPT_MAX - script->size) {
		script_write(decoder, script, 0);
		etw_script_turn(script);
		if (size > ETW_SCRIPT_MAX - script->size)
			script->size = 0;
		return ETW_AGAIN;
	}
	script_take(script, event, &values[FIELD_path], decoder->text, size);
	if (number < total && size == whole)
		return ETW_NOTHING;
	script_write(decoder, script, size == whole);
	etw_script_drop(decoder->scripts, script);
	return ETW_RECORD;
}

enum etw_result
etw_flush(struct etw_decoder *decoder, uint64_t time, void *record, size_t room)
{
	uint64_t starts = time == UINT64_MAX ? time : time > START_WAIT ? time - START_WAIT : 0;
	uint64_t scripts = time == UINT64_MAX ? time : time > SCRIPT_WAIT ? time - SCRIPT_WAIT : 0;
	struct etw_start *start = etw_start_oldest(decoder->starts, starts);
	struct etw_script *script = etw_script_oldest(decoder->scripts, scripts);

	decoder->data = record;
	decoder->room = room;
	if (start) {
		etw_start_write(decoder, start);
		return ETW_RECORD;
	}
	if (!script)
		return ETW_NOTHING;
	script_write(decoder, script, 0);
	etw_script_drop(decoder->scripts, script);
	return ETW_RECORD;
}
