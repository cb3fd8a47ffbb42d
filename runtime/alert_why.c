/* alert_why.c - writes why a rule matched. Its patterns decide all but places and values: texts are kept by them. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "alert_fields.h"
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

enum { HAS_PLACE = 1, HAS_VALUE = 2, SAYS_VALUE = 4 }; /* SAYS_VALUE: the reason does */

struct cause {
	uint32_t use, pattern; /* in PACK_USES; in PACK_STRINGS, PACK_NONE: none */
	uint32_t has;
};

struct story { /* what decides the texts, and where behind it they end: entries of why up to what varies, the reason */
	uint32_t kind, count;
	uint32_t says; /* what any of the causes has */
	uint32_t ends[WHY_MAX + 1];
	struct cause causes[WHY_MAX]; /* count of them */
};

struct alert_whys {
	enum detail detail;
	const struct pack_tables *tables;
	struct alert_names *names;
	struct snippets *snippets; /* struct story and its texts, by a hash of what decides them */
	struct line line, reason;
	struct story story;        /* of the match in hand */
	const char *texts;
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
	line_done(&whys->reason);
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

/* The entry up to what varies. */
static void
write_entry(const struct alert_whys *whys, struct line *line, const struct why *why, enum ecs_field ecs, uint32_t has)
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
	if (why->pattern)
		write_member(line, "pattern", why->pattern, why->pattern_size);
	if (has & HAS_PLACE)
		line_key(line, "offset");
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

/* The sentence as it is, without escapes. */
static void
write_reason(const struct alert_whys *whys, struct line *line, const struct match *match)
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

static void
write_reason_member(struct alert_whys *whys, struct line *line, const struct match *match, size_t text_max)
{
	line_cut(&whys->reason, 0);
	write_reason(whys, &whys->reason, match);
	line_raw(line, ",\"reason\":", 10);
	line_string(line, whys->reason.data ? whys->reason.data : "", whys->reason.size, text_max);
	line->failed |= whys->reason.failed;
}

static enum ecs_field
field_of(const uint8_t *fields, const struct why *why)
{
	return why->slot == PACK_NONE || !fields ? ECS_NONE : (enum ecs_field)fields[why->slot];
}

static struct cause
cause_of(const struct alert_whys *whys, const uint8_t *fields, const struct why *why)
{
	struct cause cause = { why->use, PACK_NONE, 0 };

	if (why->pattern)
		cause.pattern = (uint32_t)(why->pattern - whys->tables->strings);
	else if (why->value && whys->tables->predicates[why->predicate].flags & PACK_IN_DATA)
		cause.has = SAYS_VALUE;
	if (whys->detail != FULL)
		return cause;
	if (why->offset != WHY_NOWHERE)
		cause.has |= HAS_PLACE;
	if (why->value && field_of(fields, why) == ECS_NONE)
		cause.has |= HAS_VALUE;
	return cause;
}

static void
describe(const struct alert_whys *whys, const struct alert_event *event, const struct match *match, struct story *story)
{
	const uint8_t *fields = alert_names_fields(whys->names, event);
	uint32_t i;

	story->says = 0;
	story->kind = (event->kind ? event->kind->number : 0) << 1 | (event->subject != NULL);
	story->count = match->why_count;
	for (i = 0; i < story->count; ++i) {
		story->causes[i] = cause_of(whys, fields, &match->why[i]);
		story->says |= story->causes[i].has;
	}
}

static uint64_t
hash_story(const struct story *story)
{
	uint64_t hash = story->kind;
	uint32_t i;

	for (i = 0; i < story->count; ++i) {
		hash = (hash ^ story->causes[i].use) * UINT64_C(0x9e3779b97f4a7c15);
		hash = (hash ^ hash >> 32 ^ (uint64_t)story->causes[i].has << 32 ^ story->causes[i].pattern) *
		       UINT64_C(0xbf58476d1ce4e5b9);
	}
	return hash;
}

/* Into whys->line, with the story before them. */
static void
write_texts(struct alert_whys *whys, const struct alert_event *event, const struct match *match)
{
	const uint8_t *fields = alert_names_fields(whys->names, event);
	struct story *story = &whys->story;
	struct line *line = &whys->line;
	uint32_t i;

	line_cut(line, 0);
	line_raw(line, (const char *)story, sizeof *story);
	for (i = 0; i < story->count; ++i) {
		line_raw(line, "},", i ? 2 : 0);
		write_entry(whys, line, &match->why[i], field_of(fields, &match->why[i]), story->causes[i].has);
		story->ends[i] = (uint32_t)(line->size - sizeof *story);
	}
	if (whys->detail == FULL && !(story->says & SAYS_VALUE))
		write_reason_member(whys, line, match, VALUE_TEXT_MAX);
	story->ends[i] = (uint32_t)(line->size - sizeof *story);
	if (!line->failed)
		memcpy(line->data, story, sizeof *story);
}

/* Whether the texts that are kept are those of the story. */
static int
is_told(const char *kept, const struct story *story)
{
	return !memcmp(kept, story, offsetof(struct story, ends)) &&
	       !memcmp(kept + offsetof(struct story, causes), story->causes, story->count * sizeof *story->causes);
}

int
alert_whys_start(struct alert_whys *whys, const struct alert_event *event, const struct match *match)
{
	const size_t ends_at = offsetof(struct story, ends);
	struct snippet kept;
	uint64_t key;

	describe(whys, event, match, &whys->story);
	key = hash_story(&whys->story);
	kept = snippets_find(whys->snippets, key);
	if (kept.data && is_told(kept.data, &whys->story)) {
		memcpy(whys->story.ends, kept.data + ends_at, sizeof whys->story.ends);
		whys->texts = kept.data + sizeof whys->story;
		return 0;
	}
	write_texts(whys, event, match);
	if (whys->line.failed)
		return -ENOMEM;
	if (!kept.data)
		snippets_keep(whys->snippets, key, whys->line.data, whys->line.size);
	whys->texts = whys->line.data + sizeof whys->story;
	return 0;
}

void
alert_whys_reason(struct alert_whys *whys, struct line *line, const struct match *match, size_t text_max)
{
	const struct story *story = &whys->story;
	uint32_t start = story->count ? story->ends[story->count - 1] : 0;

	if (story->says & SAYS_VALUE || text_max < VALUE_TEXT_MAX)
		write_reason_member(whys, line, match, text_max);
	else
		line_raw(line, whys->texts + start, story->ends[story->count] - start);
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

void
alert_whys_write(const struct alert_whys *whys, struct line *line, const struct match *match)
{
	const struct story *story = &whys->story;
	uint32_t i, start = 0;

	if (whys->detail == NONE)
		return;
	line_raw(line, ",\"why\":[", 8);
	for (i = 0; i < story->count; start = story->ends[i++]) {
		line_raw(line, whys->texts + start, story->ends[i] - start);
		if (story->causes[i].has & HAS_PLACE)
			line_number(line, match->why[i].offset);
		if (story->causes[i].has & HAS_VALUE)
			write_value(line, &match->why[i]);
	}
	line_text(line, story->count ? "}]" : "]");
}
