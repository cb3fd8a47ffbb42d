/* alert.c - writes alert lines: the event's ECS fields, the rule's, and our own under rsnl. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "alert_correlation.h"
#include "alert_fields.h"
#include "alert_indicator.h"
#include "attack.h"
#include "correlate.h"
#include "decode.h"
#include "ecs.h"
#include "host.h"
#include "line.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "record.h"
#include "source.h"
#include "alert_rsnl.h"
#include "alert_scan.h"
#include "scan.h"
#include "vocabulary.h"

enum { ID_BYTES = 16 };

struct alert_writer {
	struct alert_config config;
	const struct pack_header *header;
	const struct pack_tables *tables;
	const struct host *host;
	struct line line, rest, reason, enrichment;
	uint16_t *known[RECORD_KIND_MAX]; /* fields of recorded events' names */
	crypto_generichash_blake2b_state identity; /* of the event of the last line */
	struct ecs_doc doc;
};

struct alert_writer *
alert_writer_new(const struct alert_config *config, const struct pack_header *header, const struct pack_tables *tables,
                 const struct host *host)
{
	struct alert_writer *writer = calloc(1, sizeof *writer);

	if (!writer)
		return NULL;
	writer->config = *config;
	writer->header = header;
	writer->tables = tables;
	writer->host = host;
	return writer;
}

void
alert_writer_free(struct alert_writer *writer)
{
	if (!writer)
		return;
	for (uint32_t i = 0; i < RECORD_KIND_MAX; ++i)
		free(writer->known[i]);
	line_done(&writer->line);
	line_done(&writer->rest);
	line_done(&writer->reason);
	line_done(&writer->enrichment);
	free(writer);
}

/* Takes in what makes the event this one. */
static void
start_id(struct alert_writer *writer, const struct alert_event *event)
{
	static const unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES] = "rsnl event id";
	const unsigned char salt[crypto_generichash_blake2b_SALTBYTES] = { 0 };
	crypto_generichash_blake2b_state *state = &writer->identity;
	const struct raw_event *raw = event->raw;
	const struct record_head *head = raw->data;
	uint64_t numbers[2] = { raw->position, 0 };

	crypto_generichash_blake2b_init_salt_personal(state, NULL, 0, ID_BYTES, salt, personal);
	if (raw->form == RAW_JSON) {
		crypto_generichash_blake2b_update(state, raw->data, raw->size);
	} else {
		numbers[0] = head->sequence;
		numbers[1] = (uint64_t)head->cpu << 32 | head->kind;
		crypto_generichash_blake2b_update(state, (const unsigned char *)writer->host->agent_id,
		                                  strlen(writer->host->agent_id) + 1);
		crypto_generichash_blake2b_update(state, (const unsigned char *)writer->host->boot_id,
		                                  strlen(writer->host->boot_id) + 1);
		/* the sequence begins anew where collection does, the time does not */
		crypto_generichash_blake2b_update(state, (const unsigned char *)&head->time, sizeof head->time);
	}
	crypto_generichash_blake2b_update(state, (const unsigned char *)numbers, sizeof numbers);
}

/* 128 bits of BLAKE2b over that and the rule's id (NULL: the event's own id). */
static void
write_id(const struct alert_writer *writer, const char *rule_id, char text[ALERT_ID_SIZE])
{
	crypto_generichash_blake2b_state state = writer->identity;
	unsigned char digest[ID_BYTES];

	if (rule_id)
		crypto_generichash_blake2b_update(&state, (const unsigned char *)rule_id, strlen(rule_id));
	crypto_generichash_blake2b_final(&state, digest, sizeof digest);
	sodium_bin2hex(text, ALERT_ID_SIZE, digest, sizeof digest);
}

/* Of a correlation's alert: an event may make it hold for several groups. */
static void
write_group_id(const struct alert_writer *writer, const struct correlate_result *result, char text[ALERT_ID_SIZE])
{
	const struct pack_correlation *row = &writer->tables->correlations[result->correlation];
	struct pack_text rule = writer->tables->rules[row->rule].id;
	crypto_generichash_blake2b_state state = writer->identity;
	unsigned char digest[ID_BYTES];
	uint32_t i;

	crypto_generichash_blake2b_update(&state, (const unsigned char *)pack_text_data(writer->tables, rule), rule.size + 1);
	for (i = 0; i < row->group_count; ++i)
		crypto_generichash_blake2b_update(&state, (const unsigned char *)result->group[i].data, result->group[i].size + 1);
	crypto_generichash_blake2b_final(&state, digest, sizeof digest);
	sodium_bin2hex(text, ALERT_ID_SIZE, digest, sizeof digest);
}

void
alert_event_id(struct alert_writer *writer, const struct alert_event *event, uint8_t id[16])
{
	crypto_generichash_blake2b_state state;

	start_id(writer, event);
	state = writer->identity;
	crypto_generichash_blake2b_final(&state, id, ID_BYTES);
}

static int
is_uuid(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; ++i)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !strchr("0123456789abcdefABCDEF", text[i]))
			return 0;
	return size == 36;
}

static void
set_rule(struct alert_writer *writer, const struct pack_rule *rule)
{
	static const char *const categories[] = { "sigma", "ioc", "yara", "correlation" };
	const struct pack_tables *t = writer->tables;
	struct ecs_doc *doc = &writer->doc;
	const struct pack_text *references = t->texts + rule->references.first, *tags = t->texts + rule->tags.first;
	const char *id = pack_text_data(t, rule->id);
	uint32_t i;

	ecs_set(doc, ECS_rule_id, id, rule->id.size);
	if (is_uuid(id, rule->id.size))
		ecs_set(doc, ECS_rule_uuid, id, rule->id.size);
	ecs_set_text(doc, ECS_rule_name, pack_text_data(t, rule->title));
	ecs_set_text(doc, ECS_rule_category, categories[rule->engine]);
	ecs_set_text(doc, ECS_rule_ruleset, writer->header->name);
	ecs_set_text(doc, ECS_rule_version, pack_text_data(t, rule->version));
	if (rule->references.count)
		ecs_set_text(doc, ECS_rule_reference, pack_text_data(t, references[0]));
	if (writer->config.rule_text) {
		ecs_set_text(doc, ECS_rule_description, pack_text_data(t, rule->description));
		ecs_set_text(doc, ECS_rule_author, pack_text_data(t, rule->author));
		ecs_set_text(doc, ECS_rule_license, pack_text_data(t, rule->license));
	}
	for (i = 0; i < rule->tags.count; ++i) {
		ecs_set(doc, ECS_tags, pack_text_data(t, tags[i]), tags[i].size);
		attack_add(doc, pack_text_data(t, tags[i]), tags[i].size);
	}
}

static void
set_event(struct alert_writer *writer, const struct alert_event *event)
{
	const struct vocabulary_kind *kind = event->kind ? event->kind : vocabulary_kind(RECORD_recorded);
	struct ecs_doc *doc = &writer->doc;

	ecs_set_time(doc, ECS_timestamp, event->time);
	ecs_set_text(doc, ECS_ecs_version, "9.5.0");
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

static void
set_host(struct alert_writer *writer)
{
	const struct host *host = writer->host;
	struct ecs_doc *doc = &writer->doc;

	ecs_set_text(doc, ECS_agent_id, writer->config.replay ? "replay" : host->agent_id);
	ecs_set_text(doc, ECS_agent_type, "rsnl");
	ecs_set_text(doc, ECS_agent_version, RSNL_VERSION);
	if (writer->config.replay)
		return;
	ecs_set_text(doc, ECS_host_id, host->id);
	ecs_set_text(doc, ECS_host_name, host->name);
	ecs_set_text(doc, ECS_host_architecture, host->architecture);
	ecs_set_text(doc, ECS_host_os_type, host->os_type);
	ecs_set_text(doc, ECS_host_os_kernel, host->os_kernel);
	ecs_set_text(doc, ECS_host_boot_id, host->boot_id);
}

/* NULL: no memory. */
static uint16_t *
known_of(struct alert_writer *writer, const struct alert_event *event)
{
	uint16_t **known = &writer->known[event->kind ? event->kind->number : 0];

	if (!*known)
		*known = calloc(event->name_count + 1, sizeof **known);
	return *known;
}

static void
fill_doc(struct alert_writer *writer, const struct alert_event *event, const struct match *match,
         const struct correlate_result *result)
{
	static const uint64_t severities[] = { 0, 25, 50, 75, 100 };
	const struct pack_rule *rule = &writer->tables->rules[match->rule];
	struct ecs_doc *doc = &writer->doc;
	char id[ALERT_ID_SIZE], name[INDICATOR_ID_SIZE];

	ecs_start(doc);
	writer->rest.size = writer->reason.size = 0;
	start_id(writer, event);
	if (result)
		write_group_id(writer, result, id);
	else
		write_id(writer, alert_rule_id(writer->tables, match, name), id);
	ecs_copy(doc, ECS_event_id, id, strlen(id));
	set_event(writer, event);
	ecs_set_number(doc, ECS_event_severity, severities[rule->level]);
	if (strcmp(writer->config.why, "full") == 0) {
		if (result)
			alert_correlation_reason(&writer->reason, writer->tables, result);
		else
			alert_write_reason(&writer->reason, writer->tables, match);
		ecs_set(doc, ECS_event_reason, writer->reason.data ? writer->reason.data : "", writer->reason.size);
	}
	alert_set_indicator(doc, writer->tables, match, event, &writer->enrichment);
	set_rule(writer, rule);
	if (event->fields && known_of(writer, event))
		alert_fields_recorded(doc, event, known_of(writer, event), &writer->rest);
	if (event->subject)
		alert_fields_live(doc, event, writer->host->boot_id);
	set_host(writer);
	alert_fields_derive(doc);
}

static const struct line *
write_line(struct alert_writer *writer, const struct alert_event *event, const struct matches *matches, uint32_t index,
           const struct correlate_result *result)
{
	char id[ALERT_ID_SIZE];
	size_t text_max = VALUE_TEXT_MAX;
	struct alert_rsnl rsnl = { event, writer->header, writer->tables, matches, index, writer->config.why,
		writer->config.ancestors, writer->host->boot_id, id, &writer->rest, writer->doc.left_out, result, 0 };

	fill_doc(writer, event, &matches->rows[index], result);
	write_id(writer, NULL, id);
	rsnl.left_out = writer->doc.left_out;
	for (;; text_max /= 4, rsnl.shortened = 1) {
		writer->line.size = 0;
		line_raw(&writer->line, "{", 1);
		ecs_write(&writer->doc, &writer->line, text_max);
		alert_write_rsnl(&writer->line, &rsnl);
		line_raw(&writer->line, "}", 1);
		if (writer->line.failed)
			return NULL;
		if (writer->line.size <= ALERT_LINE_MAX || text_max < 64)
			return &writer->line;
	}
}

const struct line *
alert_write(struct alert_writer *writer, const struct alert_event *event, const struct matches *matches, uint32_t index)
{
	return write_line(writer, event, matches, index, NULL);
}

const struct line *
alert_write_correlation(struct alert_writer *writer, const struct alert_event *event,
                        const struct correlate_result *result)
{
	struct match match = { .rule = writer->tables->correlations[result->correlation].rule };
	const struct matches matches = { &match, 1, 1, NULL };

	return write_line(writer, event, &matches, 0, result);
}

static void
set_scan_event(struct alert_writer *writer, const struct alert_event *event, const struct alert_scan *scan)
{
	static const uint64_t severities[] = { 0, 25, 50, 75, 100 };
	struct ecs_doc *doc = &writer->doc;

	ecs_set_time(doc, ECS_timestamp, event->time);
	ecs_set_text(doc, ECS_ecs_version, "9.5.0");
	ecs_set_text(doc, ECS_event_kind, "alert");
	ecs_set_text(doc, ECS_event_category, "malware");
	ecs_set_text(doc, ECS_event_type, "info");
	ecs_set_text(doc, ECS_event_action, "yara-match");
	ecs_set_text(doc, ECS_event_module, "rsnl");
	ecs_set_text(doc, ECS_event_dataset, "rsnl.yara");
	ecs_set_text(doc, ECS_event_provider, event->provider);
	ecs_set_time(doc, ECS_event_created, event->created);
	ecs_set_number(doc, ECS_event_severity, severities[alert_scan_level(writer->tables, scan)]);
	alert_scan_reason(&writer->reason, scan);
	ecs_set(doc, ECS_event_reason, writer->reason.data ? writer->reason.data : "", writer->reason.size);
}

const struct line *
alert_write_scan(struct alert_writer *writer, const struct alert_event *event, const struct alert_scan *scan)
{
	struct ecs_doc *doc = &writer->doc;
	char id[ALERT_ID_SIZE], cause[ALERT_ID_SIZE], name[2 * SCAN_NAME_MAX];

	snprintf(name, sizeof name, "%s.%s", scan->match->name_space, scan->match->rule);
	ecs_start(doc);
	writer->line.size = writer->reason.size = 0;
	start_id(writer, event);
	write_id(writer, name, id);
	write_id(writer, NULL, cause);
	ecs_copy(doc, ECS_event_id, id, strlen(id));
	set_scan_event(writer, event, scan);
	if (scan->rule != PACK_NONE)
		set_rule(writer, &writer->tables->rules[scan->rule]);
	ecs_set_text(doc, ECS_rule_id, name);
	ecs_set_text(doc, ECS_rule_name, scan->match->rule);
	ecs_set_text(doc, ECS_rule_category, "yara");
	ecs_set_text(doc, ECS_rule_ruleset, writer->header->name);
	alert_scan_file(doc, event, scan);
	alert_fields_live(doc, event, writer->host->boot_id);
	set_host(writer);
	alert_fields_derive(doc);
	line_raw(&writer->line, "{", 1);
	ecs_write(doc, &writer->line, VALUE_TEXT_MAX);
	alert_scan_rsnl(&writer->line, writer->header, writer->tables, scan, cause);
	line_raw(&writer->line, "}", 1);
	return writer->line.failed ? NULL : &writer->line;
}
