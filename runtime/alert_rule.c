/* alert_rule.c - writes what a rule's alerts have in common, and keeps it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert_id.h"
#include "alert_indicator.h"
#include "alert_rsnl.h"
#include "snippets.h"
#include "alert_rule.h"
#include "attack.h"
#include "ecs.h"
#include "ecs_write.h"
#include "line.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"

enum { ID_MAX = 1024 };
enum { TEXTS_AT = sizeof(struct alert_rule) + 1 }; /* in what is kept: behind that and a byte that a comma comes after */

struct place { /* size 0: it is not there yet */
	uint32_t at, size;
};

struct alert_rules {
	const struct pack_header *header;
	const struct pack_tables *tables;
	int rule_text;
	struct alert_names *names;
	const struct alert_ids *ids;
	struct ecs_frames *frames;
	struct ecs_doc *doc;       /* to work in */
	struct snippets *snippets; /* struct alert_rule and its texts, by rule */
	struct line line, enrichment;
	struct line rule_ids;      /* quoted, each with a comma before it */
	struct place id_places[];  /* in rule_ids, by rule */
};

struct alert_rules *
alert_rules_new(const struct pack_header *header, const struct pack_tables *tables, int rule_text,
                struct alert_names *names, const struct alert_ids *ids, struct ecs_frames *frames,
                struct ecs_doc *doc)
{
	struct alert_rules *rules = calloc(1, sizeof *rules + tables->rule_count * sizeof *rules->id_places);

	if (!rules)
		return NULL;
	rules->header = header;
	rules->tables = tables;
	rules->rule_text = rule_text;
	rules->names = names;
	rules->ids = ids;
	rules->frames = frames;
	rules->doc = doc;
	rules->snippets = snippets_new();
	if (!rules->snippets) {
		alert_rules_free(rules);
		return NULL;
	}
	return rules;
}

void
alert_rules_free(struct alert_rules *rules)
{
	if (!rules)
		return;
	snippets_free(rules->snippets);
	line_done(&rules->line);
	line_done(&rules->enrichment);
	line_done(&rules->rule_ids);
	free(rules);
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

void
alert_rules_set(const struct alert_rules *rules, const struct pack_rule *rule)
{
	static const char *const categories[] = { "sigma", "ioc", "yara", "correlation" };
	const struct pack_tables *t = rules->tables;
	const struct pack_text *references = t->texts + rule->references.first, *tags = t->texts + rule->tags.first;
	const char *id = pack_text_data(t, rule->id);
	struct ecs_doc *doc = rules->doc;
	uint32_t i;

	ecs_set(doc, ECS_rule_id, id, rule->id.size);
	if (is_uuid(id, rule->id.size))
		ecs_set(doc, ECS_rule_uuid, id, rule->id.size);
	ecs_set_text(doc, ECS_rule_name, pack_text_data(t, rule->title));
	ecs_set_text(doc, ECS_rule_category, categories[rule->engine]);
	ecs_set_text(doc, ECS_rule_ruleset, rules->header->name);
	ecs_set_text(doc, ECS_rule_version, pack_text_data(t, rule->version));
	if (rule->references.count)
		ecs_set_text(doc, ECS_rule_reference, pack_text_data(t, references[0]));
	if (rules->rule_text) {
		ecs_set_text(doc, ECS_rule_description, pack_text_data(t, rule->description));
		ecs_set_text(doc, ECS_rule_author, pack_text_data(t, rule->author));
		ecs_set_text(doc, ECS_rule_license, pack_text_data(t, rule->license));
	}
	for (i = 0; i < rule->tags.count; ++i) {
		ecs_set(doc, ECS_tags, pack_text_data(t, tags[i]), tags[i].size);
		attack_add(doc, pack_text_data(t, tags[i]), tags[i].size);
	}
}

/* Into rules->line. */
static void
write_texts(struct alert_rules *rules, const struct match *match, size_t text_max)
{
	static const struct ecs_part in_event = { ECS_event_severity, ECS_event_reason, "event.", "event." };
	static const struct ecs_part outermost = { ECS_rule_id, ECS_process_entity_id, "", "" };
	static const uint64_t severities[] = { 0, 25, 50, 75, 100 };
	const struct pack_rule *rule = &rules->tables->rules[match->rule];
	struct alert_rule written = { .left_out = rules->doc->left_out };
	struct line *line = &rules->line;
	char name[INDICATOR_ID_SIZE];
	const char *id = alert_rule_id(rules->tables, match, name);

	alert_id_rule(rules->ids, written.id, id, strlen(id));
	ecs_set_number(rules->doc, ECS_event_severity, severities[rule->level]);
	line_cut(line, 0);
	line_raw(line, (const char *)&written, sizeof written);
	line_raw(line, "}", 1);
	ecs_write(rules->frames, rules->doc, &in_event, line, text_max);
	written.ends[RULE_EVENT] = (uint32_t)(line->size - TEXTS_AT);
	line_raw(line, "}", 1);
	ecs_write(rules->frames, rules->doc, &outermost, line, text_max);
	written.ends[RULE_ECS] = (uint32_t)(line->size - TEXTS_AT);
	alert_rsnl_rule(line, rule);
	written.ends[RULE_RSNL] = (uint32_t)(line->size - TEXTS_AT);
	alert_rsnl_note(line, rules->tables, rule);
	written.ends[RULE_NOTE] = (uint32_t)(line->size - TEXTS_AT);
	if (!line->failed)
		memcpy(line->data, &written, sizeof written);
}

static void
show(const char *bytes, struct alert_rule *found)
{
	memcpy(found, bytes, sizeof *found);
	found->texts = bytes + TEXTS_AT;
}

int
alert_rules_find(struct alert_rules *rules, const struct match *match, const struct alert_event *event,
                 size_t text_max, struct alert_rule *found)
{
	const struct pack_rule *rule = &rules->tables->rules[match->rule];
	int lasting = rule->engine != PACK_IOC && text_max == VALUE_TEXT_MAX;
	struct snippet kept = lasting ? snippets_find(rules->snippets, match->rule) : (struct snippet){ NULL, 0 };

	if (kept.data) {
		show(kept.data, found);
		return 0;
	}
	ecs_start(rules->doc);
	alert_set_indicator(rules->doc, rules->tables, match, event, rules->names, &rules->enrichment);
	alert_rules_set(rules, rule);
	write_texts(rules, match, text_max);
	if (rules->line.failed)
		return -ENOMEM;
	if (lasting)
		snippets_keep(rules->snippets, match->rule, rules->line.data, rules->line.size);
	show(rules->line.data, found);
	return 0;
}

struct snippet
alert_rules_id(struct alert_rules *rules, const struct match *match)
{
	struct place *kept = &rules->id_places[match->rule], place = *kept;
	struct line *line = &rules->rule_ids;
	char name[INDICATOR_ID_SIZE];
	const char *id;

	if (!place.size) {
		line_cut(line, line->size);
		id = alert_rule_id(rules->tables, match, name);
		place.at = (uint32_t)line->size;
		line_raw(line, ",", 1);
		line_string(line, id, strlen(id), ID_MAX);
		place.size = (uint32_t)line->size - place.at;
		if (line->failed || rules->tables->rules[match->rule].engine == PACK_IOC)
			line->size = place.at; /* an indicator's is that of the value */
		else
			*kept = place;
		if (line->failed)
			return (struct snippet){ NULL, 0 };
	}
	return (struct snippet){ line->data + place.at, place.size };
}
