/*
 * alert_scan.c - the parts of an alert that are about a YARA match.
 */
#include "alert_scan.h"

#include <stdio.h>
#include <string.h>

#include "alert.h"
#include "alert_id.h"
#include "ecs.h"
#include "line.h"
#include "packfile.h"
#include "record.h"
#include "record_kinds.h"
#include "scan.h"
#include "source.h"

static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};

uint32_t
alert_scan_rule(const struct pack_tables *tables, const struct scan_match *match)
{
	char id[2 * SCAN_NAME_MAX];
	int length = snprintf(id, sizeof(id), "%s.%s", match->name_space, match->rule);

	for (uint32_t i = tables->rule_count; i-- > 0;) {
		const struct pack_rule *rule = &tables->rules[i];

		if (rule->engine == PACK_YARA_RULE && rule->id.size == (uint32_t)length &&
		    !memcmp(pack_text_data(tables, rule->id), id, (size_t)length))
			return i;
	}
	return PACK_NONE;
}

int
alert_scan_level(const struct pack_tables *tables, const struct alert_scan *scan)
{
	return scan->rule == PACK_NONE ? PACK_HIGH : tables->rules[scan->rule].level;
}

void
alert_scan_reason(struct line *line, const struct alert_scan *scan)
{
	for (uint32_t i = 0; i < scan->match->string_count; i++) {
		char text[96];

		snprintf(text, sizeof(text), "%s%s at 0x%llx", i ? ", " : "", scan->match->strings[i].name,
		         (unsigned long long)scan->match->strings[i].offset);
		line_text(line, text);
	}
	if (!scan->match->string_count)
		line_text(line, "condition is true");
}

static void
hash_set(struct ecs_doc *doc, enum ecs_field field, const uint8_t *bytes, size_t size)
{
	char text[65];

	scan_hex(text, bytes, size);
	ecs_copy(doc, field, text, 2 * size);
}

void
alert_scan_file(struct ecs_doc *doc, const struct alert_event *event, const struct alert_scan *scan)
{
	const struct record_head *head = event->raw->data;
	const struct scan_result *result = scan->result;
	const struct record_span *path = record_kind_file(head);
	char text[32];

	if (!(path->size & RECORD_SPAN_SIZE))
		return;
	ecs_set(doc, ECS_file_path, (const char *)head + path->offset, path->size & RECORD_SPAN_SIZE);
	ecs_set_number(doc, ECS_file_size, result->bytes);
	ecs_copy(doc, ECS_file_inode, text, (size_t)snprintf(text, sizeof(text), "%llu", (unsigned long long)result->inode));
	ecs_copy(doc, ECS_file_device, text, (size_t)snprintf(text, sizeof(text), "%llx", (unsigned long long)result->device));
	if (!(result->flags & SCAN_HASHED))
		return;
	hash_set(doc, ECS_file_hash_md5, result->md5, sizeof(result->md5));
	hash_set(doc, ECS_file_hash_sha1, result->sha1, sizeof(result->sha1));
	hash_set(doc, ECS_file_hash_sha256, result->sha256, sizeof(result->sha256));
}

static void
string_write(struct line *line, const struct scan_string *string)
{
	line_comma(line);
	line_text(line, "{\"part\":");
	line_string(line, string->name, strlen(string->name), sizeof(string->name));
	line_key(line, "offset");
	line_number(line, string->offset);
	line_key(line, "value");
	line_string(line, (const char *)string->value, string->value_size, SCAN_VALUE_MAX);
	line_text(line, string->size > string->value_size ? ",\"cut\":true}" : "}");
}

void
alert_scan_rsnl(struct line *line, const struct pack_header *header, const struct pack_tables *tables,
                const struct alert_scan *scan, const char *cause)
{
	static const char *const places[SCAN_ON_COUNT] = {"exec", "write", "command", "load"};
	const char *level = levels[alert_scan_level(tables, scan)];

	line_key(line, "rsnl");
	line_text(line, "{\"v\":1,\"pack\":{\"name\":");
	line_string(line, header->name, strlen(header->name), sizeof(header->name));
	line_key(line, "serial");
	line_number(line, header->serial);
	line_text(line, "},\"engine\":\"yara\",\"level\":");
	line_string(line, level, strlen(level), 32);
	line_text(line, ",\"why\":[");
	for (uint32_t i = 0; i < scan->match->string_count; i++)
		string_write(line, &scan->match->strings[i]);
	line_text(line, "],\"scan\":{\"on\":\"");
	line_text(line, places[scan->result->on]);
	line_text(line, "\",\"bytes\":");
	line_number(line, scan->result->bytes);
	line_key(line, "time_ns");
	line_number(line, scan->result->time_ns);
	line_text(line, "},\"cause\":[");
	line_string(line, cause, ALERT_ID_SIZE, ALERT_ID_SIZE);
	line_text(line, "],\"quality\":[]}");
}
