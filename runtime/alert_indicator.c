/* alert_indicator.c - what alerts call a match of an indicator: the value that matched, not the feed's rule. */
#include <stdio.h>
#include <string.h>

#include "alert.h"
#include "alert_indicator.h"
#include "alert_fields.h"
#include "ecs.h"
#include "alert_names.h"
#include "line.h"
#include "matches.h"
#include "packfile.h"
#include "why.h"

enum { VALUE_SHOWN_MAX = 256 };

struct shown { /* the value that an alert names */
	const char *text;
	uint32_t size, slot;
};

/* The indicator's value, or the event's own where a long feed lies in a table. 0: the match is of no indicator. */
static int
find_value(const struct pack_tables *tables, const struct match *match, struct shown *shown)
{
	const struct why *why;

	if (tables->rules[match->rule].engine != PACK_IOC)
		return 0;
	for (why = match->why; why < match->why + match->why_count; ++why) {
		if (!why->pattern && !why->value)
			continue;
		*shown = (struct shown){ why->value, why->value_size, why->slot };
		if (why->pattern)
			*shown = (struct shown){ why->pattern, why->pattern_size, why->slot };
		return 1;
	}
	return 0;
}

const char *
alert_rule_id(const struct pack_tables *tables, const struct match *match, char text[INDICATOR_ID_SIZE])
{
	const struct pack_rule *rule = &tables->rules[match->rule];
	struct shown shown;
	int size;

	if (!find_value(tables, match, &shown))
		return pack_text_data(tables, rule->id);
	size = shown.size < VALUE_SHOWN_MAX ? (int)shown.size : VALUE_SHOWN_MAX;
	snprintf(text, INDICATOR_ID_SIZE, "ioc:%s:%.*s", pack_text_data(tables, rule->indicator), size, shown.text);
	return text;
}

/* ECS's word for the type of indicator. */
static const char *
ecs_type(const char *type, const struct shown *shown)
{
	if (!strcmp(type, "domain"))
		return "domain-name";
	if (!strcmp(type, "ip"))
		return memchr(shown->text, ':', shown->size) ? "ipv6-addr" : "ipv4-addr";
	return "file";
}

static void
write_enrichment(struct line *line, const char *type, const struct shown *shown, const char *key,
                 const char *provider)
{
	line_cut(line, 0);
	line_text(line, "{\"matched\":{");
	line_key(line, "atomic");
	line_string(line, shown->text, shown->size, VALUE_SHOWN_MAX);
	if (key) {
		line_key(line, "field");
		line_string(line, key, strlen(key), VALUE_SHOWN_MAX);
	}
	line_text(line, ",\"type\":\"indicator_match_rule\"},\"indicator\":{\"type\":");
	line_string(line, ecs_type(type, shown), strlen(ecs_type(type, shown)), VALUE_SHOWN_MAX);
	if (*provider) {
		line_key(line, "provider");
		line_string(line, provider, strlen(provider), VALUE_SHOWN_MAX);
	}
	line_text(line, "}}");
}

void
alert_set_indicator(struct ecs_doc *doc, const struct pack_tables *tables, const struct match *match,
                    const struct alert_event *event, struct alert_names *names, struct line *scratch)
{
	const struct pack_rule *rule = &tables->rules[match->rule];
	struct shown shown;
	const char *source = pack_text_data(tables, rule->source), *slash = strrchr(source, '/');
	const char *type = pack_text_data(tables, rule->indicator);
	char text[INDICATOR_ID_SIZE], name[INDICATOR_ID_SIZE + 16];
	const char *id, *key = NULL;
	const uint8_t *fields = alert_names_fields(names, event);

	if (!find_value(tables, match, &shown))
		return;
	if (shown.slot != PACK_NONE && fields && fields[shown.slot] != ECS_NONE)
		key = ecs_key((enum ecs_field)fields[shown.slot]);
	id = alert_rule_id(tables, match, text);
	ecs_copy(doc, ECS_rule_id, id, strlen(id));
	snprintf(name, sizeof name, "Indicator: %s %s", type, id + strlen("ioc:") + strlen(type) + 1);
	ecs_copy(doc, ECS_rule_name, name, strlen(name));
	ecs_set_text(doc, ECS_threat_feed_name, slash ? slash + 1 : source);
	write_enrichment(scratch, type, &shown, key, pack_text_data(tables, rule->author));
	if (!scratch->failed)
		ecs_set_json(doc, ECS_threat_enrichments, scratch->data, scratch->size);
}
