/*
 * aggregation.c - the old "condition: selection | count(FIELD) by FIELD > N" -> the correlation that it means.
 *
 *   count() by G > N    event_count      count(F) by G > N   value_count
 *   sum(F) by G > N     value_sum        avg(F) by G > N     value_avg
 *
 * timeframe is its timespan; the rule's own condition says which events count.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "packfile.h"

struct word { /* a run of text that is no space, bracket, comma or comparison; or one of those; size 0: the end */
	const char *start;
	size_t size;
};

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	struct sigma_rule *rule;
	struct sigma_correlation *correlation;
	const struct node *node; /* the condition */
	const char *end;
	struct word word; /* the one to look at next */
};

static struct place
word_place(const struct reader *reader)
{
	return node_place(reader->node, reader->word.start - reader->node->text.data, reader->word.size);
}

__attribute__((format(printf, 2, 3))) static int
refuse(struct reader *reader, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	diag_add(reader->diags, word_place(reader), DIAG_bad_aggregation, "%s", text);
	free(text);
	reader->rule->is_bad = 1;
	return 0;
}

static void
word_next(struct reader *reader)
{
	static const char compares[] = "<>=!";
	const char *at = reader->word.start + reader->word.size;

	while (at < reader->end && isspace((unsigned char)*at))
		at++;
	reader->word = (struct word){at, 0};
	if (at == reader->end)
		return;
	if (strchr(compares, *at))
		while (at < reader->end && *at && strchr(compares, *at))
			at++;
	else if (strchr("(),", *at))
		at++;
	else
		while (at < reader->end && !isspace((unsigned char)*at) && !(*at && strchr("(),<>=!", *at)))
			at++;
	at += at == reader->word.start; /* a NUL */
	reader->word.size = at - reader->word.start;
}

static int
word_is(const struct reader *reader, const char *text)
{
	return reader->word.size == strlen(text) && !strncasecmp(reader->word.start, text, reader->word.size);
}

static int
word_is_name(const struct reader *reader)
{
	return reader->word.size && !strchr("(),<>=!", *reader->word.start);
}

/* Takes the word if it is text; returns 0 with the error queued where it is not. */
static int
word_expect(struct reader *reader, const char *text)
{
	if (!word_is(reader, text)) {
		if (!reader->word.size)
			return refuse(reader, "\"%s\" expected, the aggregation ends here", text);
		return refuse(reader, "\"%s\" expected, \"%.*s\" found", text,
		              (int)(reader->word.size > 64 ? 64 : reader->word.size), reader->word.start);
	}
	word_next(reader);
	return 1;
}

static void
name_take(struct reader *reader)
{
	struct sigma_correlation *correlation = reader->correlation;

	correlation->names = arena_grow(reader->arena, correlation->names, correlation->name_count,
	                                sizeof(*correlation->names));
	correlation->names[correlation->name_count++] = (struct sigma_name){
		arena_text(reader->arena, reader->word.start, reader->word.size), word_place(reader),
	};
	word_next(reader);
}

/* What has no correlation of its own, and what to write for it. */
static int
function_refuse(struct reader *reader)
{
	if (word_is(reader, "near"))
		return refuse(reader, "\"near\" is not part of Sigma any more; give each search its own rule and write a "
		              "correlation of type temporal");
	if (word_is(reader, "min") || word_is(reader, "max"))
		return refuse(reader, "no correlation has \"%.*s\"; write one of type value_percentile with percentile: %s",
		              (int)reader->word.size, reader->word.start, word_is(reader, "min") ? "0" : "100");
	if (!reader->word.size)
		return refuse(reader, "count, sum or avg expected, the condition ends here");
	return refuse(reader, "count, sum or avg expected, \"%.*s\" found",
	              (int)(reader->word.size > 64 ? 64 : reader->word.size), reader->word.start);
}

/* "count(", "sum(", "avg(", the field, ")". The field is kept apart: it stands after the names to group by. */
static int
function_parse(struct reader *reader, struct sigma_name *field)
{
	static const struct {
		const char *name;
		uint8_t type;
	} functions[] = {{"count", PACK_VALUE_COUNT}, {"sum", PACK_VALUE_SUM}, {"avg", PACK_VALUE_AVG}};
	size_t i = 0;

	while (i < 3 && !word_is(reader, functions[i].name))
		i++;
	if (i == 3)
		return function_refuse(reader);
	word_next(reader);
	if (!word_expect(reader, "("))
		return 0;
	reader->correlation->type = functions[i].type;
	if (word_is(reader, ")") && i == 0) {
		reader->correlation->type = PACK_EVENT_COUNT;
	} else if (!word_is_name(reader)) {
		return refuse(reader, "%s needs a field in its brackets", functions[i].name);
	} else if (word_is(reader, "*")) {
		return refuse(reader, "to count events, write count()");
	} else {
		field->place = word_place(reader);
		field->text = arena_text(reader->arena, reader->word.start, reader->word.size);
		word_next(reader);
	}
	return word_expect(reader, ")");
}

static int
group_parse(struct reader *reader)
{
	if (word_is(reader, "by")) {
		do {
			word_next(reader);
			if (!word_is_name(reader))
				return refuse(reader, "a field to group by expected");
			if (reader->correlation->name_count + 1 == PACK_KEY_MAX)
				return refuse(reader, "more than %d fields", PACK_KEY_MAX - 1);
			name_take(reader);
		} while (word_is(reader, ","));
	}
	reader->correlation->group_count = reader->correlation->name_count;
	return 1;
}

static int
compare_parse(struct reader *reader)
{
	static const struct {
		const char *word;
		uint8_t compare;
	} compares[] = {
		{"<", PACK_COMPARE_LT}, {"<=", PACK_COMPARE_LTE}, {">", PACK_COMPARE_GT}, {">=", PACK_COMPARE_GTE},
		{"=", PACK_COMPARE_EQ}, {"==", PACK_COMPARE_EQ}, {"!=", PACK_COMPARE_NEQ},
	};
	struct sigma_correlation *correlation = reader->correlation;
	char *end;
	size_t i = 0;

	while (i < sizeof(compares) / sizeof(*compares) && !word_is(reader, compares[i].word))
		i++;
	if (i == sizeof(compares) / sizeof(*compares))
		return refuse(reader, "a comparison such as \"> 10\" expected");
	word_next(reader);
	correlation->limits[0] = strtod(reader->word.start, &end);
	if (!reader->word.size || !isdigit((unsigned char)*reader->word.start) ||
	    end != reader->word.start + reader->word.size || correlation->limits[0] > 1e300)
		return refuse(reader, "a number expected after \"%s\"", compares[i].word);
	correlation->compares[0] = compares[i].compare;
	correlation->compare_count = 1;
	word_next(reader);
	return !reader->word.size || refuse(reader, "the end expected, \"%.*s\" found",
	                                    (int)(reader->word.size > 64 ? 64 : reader->word.size), reader->word.start);
}

/* The rule's own events are what the correlation refers to. */
static void
reference_make(struct reader *reader)
{
	struct sigma_correlation *correlation = reader->correlation;

	correlation->references = arena_alloc(reader->arena, sizeof(*correlation->references));
	correlation->references[0].name = (struct sigma_name){reader->rule->id, correlation->condition_place};
	correlation->reference_count = 1;
}

void
aggregation_parse(struct arena *arena, struct diag_list *diags, struct sigma_rule *rule, const struct node *condition,
                  size_t offset, const struct node *timeframe)
{
	struct reader reader = {arena, diags, rule, arena_alloc(arena, sizeof(*reader.correlation)), condition,
	                        condition->text.data + condition->text.size,
	                        {condition->text.data + offset, 1}};
	struct sigma_name field = {0};

	reader.correlation->is_aggregation = 1;
	reader.correlation->condition_place = word_place(&reader);
	word_next(&reader);
	if (!function_parse(&reader, &field) || !group_parse(&reader) || !compare_parse(&reader))
		return;
	if (field.text.size) {
		reader.correlation->names = arena_grow(arena, reader.correlation->names, reader.correlation->name_count,
		                                       sizeof(*reader.correlation->names));
		reader.correlation->names[reader.correlation->name_count++] = field;
	}
	if (!timeframe) {
		diag_add(diags, reader.correlation->condition_place, DIAG_bad_aggregation, "the aggregation has no time to look "
		         "back; write \"timeframe: 5m\" beside the condition");
		rule->is_bad = 1;
		return;
	}
	reader.correlation->timespan = timespan_parse(diags, timeframe);
	rule->is_bad |= !reader.correlation->timespan;
	reference_make(&reader);
	rule->correlation = reader.correlation;
}
