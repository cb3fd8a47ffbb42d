/* alert_indicator.c - what alerts call a match of an indicator: the value that matched, not the feed's rule. */
#include <stdio.h>
#include <string.h>

#include "alert.h"
#include "alert_indicator.h"
#include "alert_rsnl.h"
#include "ecs.h"
#include "line.h"
#include "matches.h"
#include "packfile.h"
#include "why.h"

enum { VALUE_SHOWN_MAX = 256 };

/* The first reason that has the indicator's value; NULL: the match is of no indicator. */
static const struct why *
find_value(const struct pack_tables *tables, const struct match *match)
{
	uint32_t i;

	if (tables->rules[match->rule].engine != PACK_IOC)
		return NULL;
	for (i = 0; i < match->why_count; ++i)
		if (match->why[i].pattern)
			return &match->why[i];
	return NULL;
}

const char *
alert_rule_id(const struct pack_tables *tables, const struct match *match, char text[INDICATOR_ID_SIZE])
{
	const struct pack_rule *rule = &tables->rules[match->rule];
	const struct why *why = find_value(tables, match);
	int size;

	if (!why)
		return pack_text_data(tables, rule->id);
	size = why->pattern_size < VALUE_SHOWN_MAX ? (int)why->pattern_size : VALUE_SHOWN_MAX;
	snprintf(text, INDICATOR_ID_SIZE, "ioc:%s:%.*s", pack_text_data(tables, rule->indicator), size, why->pattern);
	return text;
}

/* ECS's word for the type of indicator. */
static const char *
ecs_type(const char *type, const struct why *why)
{
	if (!strcmp(type, "domain"))
		return "domain-name";
	if (!strcmp(type, "ip"))
		return memchr(why->pattern, ':', why->pattern_size) ? "ipv6-addr" : "ipv4-addr";
	return "file";
}

static void
write_enrichment(struct line *line, const char *type, const struct why *why, const char *key)
{
	line->size = 0;
	line_text(line, "{\"matched\":{");
	line_key(line, "atomic");
	line_string(line, why->pattern, why->pattern_size, VALUE_SHOWN_MAX);
	if (key) {
		line_key(line, "field");
		line_string(line, key, strlen(key), VALUE_SHOWN_MAX);
	}
	line_text(line, ",\"type\":\"indicator_match_rule\"},\"indicator\":{\"type\":");
	line_string(line, ecs_type(type, why), strlen(ecs_type(type, why)), VALUE_SHOWN_MAX);
	line_text(line, "}}");
}

void
alert_set_indicator(struct ecs_doc *doc, const struct pack_tables *tables, const struct match *match,
                    const struct alert_event *event, struct line *scratch)
{
	const struct pack_rule *rule = &tables->rules[match->rule];
	const struct why *why = find_value(tables, match);
	const char *source = pack_text_data(tables, rule->source), *slash = strrchr(source, '/');
	const char *type = pack_text_data(tables, rule->indicator);
	char text[INDICATOR_ID_SIZE], name[INDICATOR_ID_SIZE + 16];
	const char *id, *key = NULL;

	if (!why)
		return;
	if (why->slot != PACK_NONE)
		key = alert_key(event, pack_text_data(tables, tables->slots[why->slot].name), tables->slots[why->slot].name.size);
	id = alert_rule_id(tables, match, text);
	ecs_copy(doc, ECS_rule_id, id, strlen(id));
	snprintf(name, sizeof name, "Indicator: %s %s", type, id + strlen("ioc:") + strlen(type) + 1);
	ecs_copy(doc, ECS_rule_name, name, strlen(name));
	ecs_set_text(doc, ECS_threat_feed_name, slash ? slash + 1 : source);
	write_enrichment(scratch, type, why, key);
	if (!scratch->failed)
		ecs_set_json(doc, ECS_threat_enrichments, scratch->data, scratch->size);
}
