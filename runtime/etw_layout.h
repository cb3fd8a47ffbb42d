/*
 * etw_layout.h - the fields of an event's user data, found by its layout (etw_layout.def), each checked once.
 * Include etw.h first.
 */
#ifndef ETW_LAYOUT_H
#define ETW_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

struct etw_decoder;
struct etw_values;

enum etw_provider {
#define CLASSIC(name, text, guid, flags) ETW_##name,
#define MANIFEST(name, text, guid, keywords, level) ETW_##name,
#include "etw_provider.def"
	ETW_PROVIDER_COUNT,
	ETW_CLASSIC_COUNT = 0 /* those stand first; their events are told apart by opcode */
#define CLASSIC(name, text, guid, flags) + 1
#include "etw_provider.def"
};

/* What readers ask for; the names that etw_layout.def uses. */
enum etw_field {
	FIELD__, /* not kept */
	FIELD_access, FIELD_action_name, FIELD_address, FIELD_base, FIELD_base_name, FIELD_captured, FIELD_captured_size,
	FIELD_cause, FIELD_class, FIELD_client_machine, FIELD_command_line, FIELD_consumer, FIELD_context, FIELD_created,
	FIELD_disposition, FIELD_extra, FIELD_file_name, FIELD_filter, FIELD_host_process, FIELD_key, FIELD_label,
	FIELD_local, FIELD_local_port, FIELD_name_space, FIELD_number, FIELD_object, FIELD_operation, FIELD_options,
	FIELD_parent_pid, FIELD_path, FIELD_payload, FIELD_pid, FIELD_provider_name, FIELD_query, FIELD_query_name,
	FIELD_query_type, FIELD_remote, FIELD_remote_port, FIELD_script, FIELD_script_id, FIELD_session, FIELD_sid,
	FIELD_size, FIELD_status, FIELD_task_name, FIELD_tid, FIELD_total, FIELD_type, FIELD_user, FIELD_user_context,
	FIELD_value_name,
	FIELD_COUNT,
};

struct etw_value {
	const uint8_t *data; /* in the event; NULL: the layout has no such field */
	uint32_t size;       /* bytes, without a terminator */
	uint64_t number;     /* of integers, ports and pointers; else 0 */
};

/* Makes a record of an event whose values were read, or takes note of it. */
typedef enum etw_result etw_reader(struct etw_decoder *decoder, const struct etw_event *event,
                                   const struct etw_value values[FIELD_COUNT]);

struct etw_layout {
	uint16_t provider, id; /* enum etw_provider */
	uint8_t oldest, newest;
	etw_reader *read;
	const uint8_t *fields; /* pairs of type and enum etw_field; 0 ends them */
};

/* ETW_PROVIDER_COUNT: none of ours. */
enum etw_provider etw_provider_find(const uint8_t guid[16]);
const uint8_t *etw_provider_guid(enum etw_provider provider);
/* NULL: there is none. *is_known: there is one for another version of the same event. */
const struct etw_layout *etw_layout_find(const struct etw_event *event, int *is_known);
/* Fills values; those that the layout has not are 0. 0, or -EBADMSG: the bytes end too early. */
int etw_layout_read(const struct etw_layout *layout, const struct etw_event *event,
                    struct etw_value values[FIELD_COUNT]);
/* The layouts one after another, for tests; NULL: no more. */
const struct etw_layout *etw_layout_at(size_t index);
#endif
