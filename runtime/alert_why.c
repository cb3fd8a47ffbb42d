/* alert_why.c - writes why a rule matched. What does not depend on the event's values is written once and kept. */
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "ecs.h"
#include "alert_names.h"
#include "alert_why.h"
#include "line.h"
#include "matches.h"
#include "pack.h"
#include "packfile.h"
#include "snippets.h"
#include "vocabulary.h"
#include "why.h"

enum { PATTERN_MAX = 1024, SHOWN_MAX = 256, REASON_MAX = 2048 };
enum detail { NONE, FIELDS, FULL };

struct alert_whys {
	enum detail detail;
	const struct pack_tables *tables;
	struct alert_names *names;
	struct snippets *snippets; /* patterns, and entries up to those */
	struct line line;
};

struct alert_whys *
alert_whys_new(const char *detail, const struct pack_tables *tables, struct alert_names *names)
{
	struct alert_whys *whys = calloc(1, sizeof *whys);

	if (!whys)
		return NULL;
	whys->detail = !strcmp(detail, "full") ? FULL : !strcmp(detail, "none") ? NONE : FIELDS;
	whys->tables = tables;
	whys->names = names;
	whys->snippets = snippets_new();
	if (!whys->snippets) {
		alert_whys_free(whys);
		return NULL;
	}
	return whys;
}

void
alert_whys_free(struct alert_whys *whys)
{
	if (!whys)
		return;
	snippets_free(whys->snippets);
	line_done(&whys->line);
	free(whys);
}

int
alert_whys_full(const struct alert_whys *whys)
{
	return whys->detail == FULL;
}

static void
write_member(struct line *line, const char *key, const char *text, size_t size)
{
	line_key(line, key);
	line_string(line, text, size, PATTERN_MAX);
}

/* The entry's beginning: which part of the rule, which field, how it is compared. */
static void
write_use(const struct alert_whys *whys, struct line *line, const struct why *why, enum ecs_field ecs)
{
	const struct pack_tables *t = whys->tables;
	const char *op = why_operator(t->predicates[why->predicate].op);
	struct pack_text part = t->uses[why->use].part;

	line_raw(line, "{", 1);
	write_member(line, "part", pack_text_data(t, part), part.size);
	if (why->slot != PACK_NONE)
		write_member(line, "field", pack_text_data(t, t->slots[why->slot].name), t->slots[why->slot].name.size);
	if (whys->detail != FULL)
		return;
	if (ecs != ECS_NONE)
		write_member(line, "ecs", ecs_key(ecs), strlen(ecs_key(ecs)));
	write_member(line, "op", op, strlen(op));
}

/* Writes what a key stands for, if it is kept. */
static int
write_kept(const struct alert_whys *whys, struct line *line, uint64_t key)
{
	struct snippet kept = snippets_find(whys->snippets, key);

	if (kept.data)
		line_raw(line, kept.data, kept.size);
	return kept.data != NULL;
}

/* Writes what is in whys->line, and keeps it. */
static void
write_new(struct alert_whys *whys, struct line *line, uint64_t key)
{
	if (whys->line.failed) {
		line->failed = 1;
		return;
	}
	line_raw(line, whys->line.data, whys->line.size);
	snippets_keep(whys->snippets, key, whys->line.data, whys->line.size);
}

static void
write_pattern(struct alert_whys *whys, struct line *line, const struct why *why)
{
	uint64_t key = (uint64_t)(why->pattern - whys->tables->strings) << 32;

	if (write_kept(whys, line, key))
		return;
	whys->line.size = 0;
	line_raw(&whys->line, ",\"pattern\":", 11);
	line_string(&whys->line, why->pattern, why->pattern_size, PATTERN_MAX);
	write_new(whys, line, key);
}

/* The value itself, where the event does not show it elsewhere. */
static void
write_value(struct line *line, const struct why *why)
{
	line_key(line, "value");
	line_string(line, why->value, why->value_size, SHOWN_MAX);
	if (why->value_size > SHOWN_MAX)
		line_text(line, ",\"cut\":true");
}

static void
write_why(struct alert_whys *whys, struct line *line, const struct alert_event *event, const struct why *why)
{
	enum ecs_field ecs = why->slot == PACK_NONE ? ECS_NONE : alert_names_field(whys->names, event, why->slot);
	uint32_t kind = event->kind ? event->kind->number : 0;
	uint64_t key = (uint64_t)why->use << 32 | kind << 2 | (event->subject != NULL) << 1 | 1;

	if (!write_kept(whys, line, key)) {
		whys->line.size = 0;
		write_use(whys, &whys->line, why, ecs);
		write_new(whys, line, key);
	}
	if (whys->detail == FULL) {
		if (why->pattern)
			write_pattern(whys, line, why);
		if (why->offset != WHY_NOWHERE) {
			line_raw(line, ",\"offset\":", 10);
			line_number(line, why->offset);
		}
		if (ecs == ECS_NONE && why->value)
			write_value(line, why);
	}
	line_raw(line, "}", 1);
}

void
alert_whys_write(struct alert_whys *whys, struct line *line, const struct alert_event *event, const struct match *match)
{
	uint32_t i;

	if (whys->detail == NONE)
		return;
	line_key(line, "why");
	line_raw(line, "[", 1);
	for (i = 0; i < match->why_count; ++i) {
		line_raw(line, ",", i != 0);
		write_why(whys, line, event, &match->why[i]);
	}
	line_raw(line, "]", 1);
}

static void
write_quoted(struct line *line, const char *text, size_t size)
{
	line_raw(line, "\"", 1);
	line_raw(line, text, size < SHOWN_MAX ? size : SHOWN_MAX);
	line_raw(line, "\"", 1);
}

static void
write_comparison(struct line *line, const struct pack_tables *tables, const struct why *why, uint32_t op)
{
	static const char event[] = "event";
	struct pack_text name = why->slot == PACK_NONE ? (struct pack_text){ 0, 0 } : tables->slots[why->slot].name;
	const char *words = why_operator_words(op);

	if (why->slot == PACK_NONE)
		line_raw(line, event, sizeof event - 1);
	else
		line_raw(line, pack_text_data(tables, name), name.size);
	line_raw(line, " ", 1);
	line_raw(line, words, strlen(words));
}

void
alert_whys_reason(const struct alert_whys *whys, struct line *line, const struct match *match)
{
	const struct pack_tables *tables = whys->tables;
	const struct why *last = NULL, *why;
	uint32_t op, last_op = 0;
	int in_data;

	for (why = match->why; why < match->why + match->why_count && line->size < REASON_MAX; last = why++, last_op = op) {
		op = tables->predicates[why->predicate].op;
		in_data = tables->predicates[why->predicate].flags & PACK_IN_DATA;
		if (last && last->slot == why->slot && last_op == op && why->pattern) {
			line_raw(line, ", ", 2);
		} else {
			line_raw(line, "; ", last ? 2 : 0);
			write_comparison(line, tables, why, op);
			line_raw(line, " ", why->pattern || in_data);
		}
		if (why->pattern)
			write_quoted(line, why->pattern, why->pattern_size);
		else if (in_data && why->value)
			write_quoted(line, why->value, why->value_size);
	}
}
