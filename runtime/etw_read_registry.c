/*
 * etw_read_registry.c - keys and values. Most events name a key by its object only: its name is kept from its opening.
 */
#include <string.h>

#include "etw.h"
#include "etw_layout.h"
#include "etw_names.h"
#include "etw_read.h"
#include "etw_record.h"
#include "etw_state.h"
#include "etw_text.h"

enum { CREATED_NEW_KEY = 1 }; /* REG_CREATED_NEW_KEY, winnt.h */

/* Puts a key's NT name into decoder->path: the name itself where it begins at the root, else below base. 0: unknown. */
static size_t
key_name(struct etw_decoder *decoder, uint64_t base, const struct etw_value *base_name, const struct etw_value *name)
{
	size_t size = etw_text(decoder, name), above = 0;
	const char *known;

	if (size && decoder->text[0] == '\\') {
		above = size < ETW_PATH_MAX ? size : ETW_PATH_MAX;
		memcpy(decoder->path, decoder->text, above);
		return above;
	}
	if (base_name && base_name->size)
		above = etw_text_wide(decoder->path, ETW_PATH_MAX, base_name->data, base_name->size, NULL);
	else if ((known = etw_names_find(decoder->names, ETW_KEY, base, &above)) != NULL)
		memcpy(decoder->path, known, above = above < ETW_PATH_MAX ? above : ETW_PATH_MAX);
	if (!above || !size || above + 1 + size > ETW_PATH_MAX)
		return size ? 0 : above;
	decoder->path[above] = '\\';
	memcpy(decoder->path + above + 1, decoder->text, size);
	return above + 1 + size;
}

/* Notes the name of a key that was opened. Its size in decoder->path; 0: it failed, or is unknown. */
static size_t
key_opened(struct etw_decoder *decoder, const struct etw_value values[FIELD_COUNT])
{
	size_t size;

	if (values[FIELD_status].number)
		return 0;
	size = key_name(decoder, values[FIELD_base].number, &values[FIELD_base_name], &values[FIELD_path]);
	decoder->counters.unnamed += !size;
	etw_names_put(decoder->names, ETW_KEY, values[FIELD_object].number, decoder->path, size);
	return size;
}

/* The NT name of the key that a call was about, in decoder->path; 0: the call failed, or the name is unknown. */
static size_t
key_of(struct etw_decoder *decoder, const struct etw_value values[FIELD_COUNT])
{
	size_t size;

	if (values[FIELD_status].number)
		return 0;
	size = key_name(decoder, values[FIELD_object].number, NULL, &values[FIELD_path]);
	decoder->counters.unnamed += !size;
	return size;
}

/* Appends TargetObject: the key in decoder->path as Sysmon shows it, and a value's name. value NULL: the key itself. */
static void
add_target(struct etw_decoder *decoder, struct record_span *span, size_t size, const struct etw_value *value)
{
	static const char unnamed[] = "\\(Default)";
	size_t used = etw_text_key(decoder->text, sizeof(decoder->text), decoder->path, size);

	if (value && !value->size) {
		memcpy(decoder->text + used, unnamed, sizeof(unnamed) - 1);
		used += sizeof(unnamed) - 1;
	} else if (value) {
		decoder->text[used++] = '\\';
		used += etw_text_wide(decoder->text + used, sizeof(decoder->text) - used, value->data, value->size, NULL);
	}
	etw_record_text(&decoder->record, span, decoder->text, used);
}

static enum etw_result
removed(struct etw_decoder *decoder, const struct etw_event *event, const struct etw_value values[FIELD_COUNT],
        const char *what, const struct etw_value *value)
{
	size_t size = key_of(decoder, values);
	struct record_registry_delete *record;

	if (!size)
		return ETW_NOTHING;
	record = etw_begin(decoder, event, RECORD_registry_delete, event->pid);
	etw_record_text(&decoder->record, &record->event_type, what, strlen(what));
	add_target(decoder, &record->target_object, size, value);
	return etw_end(decoder);
}

enum etw_result
etw_read_key_open(struct etw_decoder *decoder, const struct etw_event *event,
                  const struct etw_value values[FIELD_COUNT])
{
	(void)event;
	key_opened(decoder, values);
	return ETW_NOTHING;
}

enum etw_result
etw_read_key_create(struct etw_decoder *decoder, const struct etw_event *event,
                    const struct etw_value values[FIELD_COUNT])
{
	size_t size = key_opened(decoder, values);
	struct record_registry_add *record;

	if (!size || values[FIELD_disposition].number != CREATED_NEW_KEY)
		return ETW_NOTHING;
	record = etw_begin(decoder, event, RECORD_registry_add, event->pid);
	etw_record_text(&decoder->record, &record->event_type, "CreateKey", 9);
	add_target(decoder, &record->target_object, size, NULL);
	return etw_end(decoder);
}

enum etw_result
etw_read_key_close(struct etw_decoder *decoder, const struct etw_event *event,
                   const struct etw_value values[FIELD_COUNT])
{
	(void)event;
	etw_names_drop(decoder->names, ETW_KEY, values[FIELD_object].number);
	return ETW_NOTHING;
}

enum etw_result
etw_read_key_delete(struct etw_decoder *decoder, const struct etw_event *event,
                    const struct etw_value values[FIELD_COUNT])
{
	return removed(decoder, event, values, "DeleteKey", NULL);
}

enum etw_result
etw_read_value_delete(struct etw_decoder *decoder, const struct etw_event *event,
                      const struct etw_value values[FIELD_COUNT])
{
	return removed(decoder, event, values, "DeleteValue", &values[FIELD_value_name]);
}

enum etw_result
etw_read_value_set(struct etw_decoder *decoder, const struct etw_event *event,
                   const struct etw_value values[FIELD_COUNT])
{
	const struct etw_value *captured = &values[FIELD_captured];
	size_t size = key_of(decoder, values);
	struct record_registry_set *record;
	int cut = 0;

	if (!size)
		return ETW_NOTHING;
	record = etw_begin(decoder, event, RECORD_registry_set, event->pid);
	etw_record_text(&decoder->record, &record->event_type, "SetValue", 8);
	add_target(decoder, &record->target_object, size, &values[FIELD_value_name]);
	size = etw_text_value(decoder->text, sizeof(decoder->text), (uint32_t)values[FIELD_type].number, captured->data,
	                      captured->size, values[FIELD_size].number, &cut);
	etw_record_text(&decoder->record, &record->details, decoder->text, size);
	if (cut)
		record->details.size |= RECORD_SPAN_CUT;
	return etw_end(decoder);
}
