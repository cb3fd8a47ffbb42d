/* alert_shared.c - writes an event's own fields, around the places of what a rule adds. */
#include <errno.h>

#include "alert.h"
#include "alert_fields.h"
#include "alert_id.h"
#include "alert_rsnl.h"
#include "line.h"
#include "alert_head.h"
#include "alert_shared.h"
#include "ecs.h"
#include "ecs_write.h"
#include "host.h"
#include "pack.h"
#include "record.h"
#include "vocabulary.h"

void
alert_shared_done(struct alert_shared *shared)
{
	line_done(&shared->head.line);
	line_done(&shared->line);
	line_done(&shared->rest);
	line_done(&shared->agent);
	line_done(&shared->start);
}

void
alert_shared_set_agent(const struct alert_shared *shared)
{
	struct ecs_doc *doc = shared->doc;

	ecs_set_text(doc, ECS_agent_id, shared->config->replay ? "replay" : shared->host->agent_id);
	ecs_set_text(doc, ECS_agent_type, "rsnl");
	ecs_set_text(doc, ECS_agent_version, RSNL_VERSION);
}

void
alert_shared_set_host(const struct alert_shared *shared)
{
	const struct host *host = shared->host;
	struct ecs_doc *doc = shared->doc;

	if (shared->config->replay)
		return;
	ecs_set_text(doc, ECS_host_id, host->id);
	ecs_set_text(doc, ECS_host_name, host->name);
	ecs_set_text(doc, ECS_host_architecture, host->architecture);
	ecs_set_text(doc, ECS_host_os_type, host->os_type);
	ecs_set_text(doc, ECS_host_os_kernel, host->os_kernel);
	ecs_set_text(doc, ECS_host_boot_id, host->boot_id);
}

static void
fill_doc(struct alert_shared *shared, const struct alert_event *event)
{
	ecs_start(shared->doc);
	line_cut(&shared->rest, 0);
	if (event->fields)
		alert_fields_recorded(shared->doc, event, shared->names, &shared->rest);
	if (event->subject)
		alert_fields_live(shared->doc, event, shared->host->boot_id);
	alert_shared_set_host(shared);
	alert_fields_derive(shared->doc);
	shared->left_out = shared->doc->left_out;
}

/* What is the same in every line; doc is overwritten. */
static void
write_constant(struct alert_shared *shared)
{
	static const struct ecs_part agent = { ECS_agent_id, ECS_related_ip, "", "" };

	line_cut(&shared->agent, 0);
	line_cut(&shared->start, 0);
	line_raw(&shared->agent, "}", 1); /* of the member before: a comma comes next */
	line_raw(&shared->start, "}", 1);
	ecs_start(shared->doc);
	alert_shared_set_agent(shared);
	ecs_write(shared->frames, shared->doc, &agent, &shared->agent, VALUE_TEXT_MAX);
	alert_rsnl_start(&shared->start, shared->header);
}

static void
copy_constant(struct alert_shared *shared, const struct line *constant)
{
	if (constant->failed)
		shared->line.failed = 1;
	else
		line_raw(&shared->line, constant->data + 1, constant->size - 1);
}

/* Up to rsnl.engine, but for what a rule adds. */
static void
write_body(struct alert_shared *shared, size_t text_max)
{
	static const struct ecs_part up_to_agent = { ECS_process_entity_id, ECS_agent_id, "", "" };
	static const struct ecs_part behind_agent = { ECS_related_ip, ECS_FIELD_COUNT, "", "" };
	struct line *line = &shared->line;

	line_cut(line, 0);
	line_raw(line, "}", 1); /* what a comma comes after */
	ecs_write(shared->frames, shared->doc, &up_to_agent, line, text_max);
	copy_constant(shared, &shared->agent);
	ecs_write(shared->frames, shared->doc, &behind_agent, line, text_max);
	copy_constant(shared, &shared->start);
}

int
alert_shared_write(struct alert_shared *shared, const struct alert_event *event, const uint8_t id[16],
                   size_t text_max)
{
	struct line *line = &shared->line;
	char event_id[ALERT_ID_SIZE];
	struct alert_code code;

	alert_id_write(event_id, id);
	if (!shared->agent.size || shared->agent.failed || shared->start.failed)
		write_constant(shared);
	fill_doc(shared, event);
	write_body(shared, text_max);
	shared->ends[SHARED_BODY] = (uint32_t)line->size;
	line_text(line, ",\"event\":\"");
	line_raw(line, event_id, sizeof event_id);
	line_raw(line, "\"", 1);
	shared->ends[SHARED_EVENT] = (uint32_t)line->size;
	alert_rsnl_ancestors(line, event, shared->config->ancestors, shared->host->boot_id);
	alert_rsnl_quality(line, shared->tables, event);
	shared->ends[SHARED_QUALITY] = (uint32_t)line->size;
	alert_rsnl_tail(line, event, &shared->rest);
	shared->ends[SHARED_TAIL] = (uint32_t)line->size;
	code.data = ecs_get(shared->doc, ECS_event_code, &code.size);
	alert_head_write(&shared->head, event, code, shared->frames, shared->doc, text_max);
	return line->failed || shared->rest.failed || shared->head.line.failed ? -ENOMEM : 0;
}
