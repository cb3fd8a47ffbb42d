/*
 * correlation_parse.c - the section "correlation" of a rule.
 */
#include <math.h>
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
#include "scalar.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

const char *const correlation_types[8] = {
	[PACK_EVENT_COUNT] = "event_count", [PACK_VALUE_COUNT] = "value_count", [PACK_TEMPORAL] = "temporal",
	[PACK_TEMPORAL_ORDERED] = "temporal_ordered", [PACK_VALUE_SUM] = "value_sum", [PACK_VALUE_AVG] = "value_avg",
	[PACK_VALUE_PERCENTILE] = "value_percentile", [PACK_VALUE_MEDIAN] = "value_median",
};
const char *const correlation_compares[6] = {
	[PACK_COMPARE_EQ] = "eq", [PACK_COMPARE_NEQ] = "neq", [PACK_COMPARE_LT] = "lt", [PACK_COMPARE_LTE] = "lte",
	[PACK_COMPARE_GT] = "gt", [PACK_COMPARE_GTE] = "gte",
};

static const char *const section_keys[] = {"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"};
static const char *const condition_keys[] = {"eq", "neq", "lt", "lte", "gt", "gte", "field", "percentile"};

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	struct sigma_rule *rule;
	struct sigma_correlation *correlation;
	const struct node *key, *section;
};

__attribute__((format(printf, 3, 4))) static void
refuse(struct reader *reader, struct place place, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	diag_add(reader->diags, place, DIAG_bad_correlation, "%s", text);
	free(text);
	reader->rule->is_bad = 1;
}

static int
word_find(const struct node *node, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (node_is(node, words[i]))
			return i;
	return -1;
}

/* Returns whether all keys are known. */
static int
keys_check(struct reader *reader, const struct node *map, const char *what, const char *const *words, size_t count)
{
	int known = 1;

	for (size_t i = 0; i < map->count; i++) {
		const struct node *key = map->keys[i];
		const char *nearest;

		if (word_find(key, words, count) >= 0)
			continue;
		known = 0;
		nearest = node_is(key, "timeframe") ? "timespan" : diag_nearest(key->text.data, key->text.size, words, count);
		if (nearest)
			refuse(reader, key->place, "unknown key \"%s\"; did you mean \"%s\"?", key->text.data, nearest);
		else if (map == reader->section && word_find(key, condition_keys, COUNT(condition_keys)) >= 0)
			refuse(reader, key->place, "\"%s\" belongs in \"condition\"", key->text.data);
		else
			refuse(reader, key->place, "%s has no key \"%s\"", what, key->text.data);
	}
	return known;
}

/* A key's value that is there and not null. */
static const struct node *
value_get(const struct node *map, const char *key)
{
	const struct node *node = node_get(map, key);

	return node && node->type != NODE_NULL ? node : NULL;
}

/* Returns whether the type is known. */
static int
type_parse(struct reader *reader)
{
	const struct node *node = value_get(reader->section, "type");
	int type = word_find(node, correlation_types, COUNT(correlation_types));
	const char *nearest;

	if (type >= 0) {
		reader->correlation->type = type;
		return 1;
	}
	nearest = node_is_scalar(node) ? diag_nearest(node->text.data, node->text.size, correlation_types,
	                                              COUNT(correlation_types)) : NULL;
	if (!node)
		refuse(reader, reader->key->place, "the correlation has no type, such as event_count");
	else if (nearest)
		refuse(reader, node->place, "unknown type \"%s\"; did you mean \"%s\"?", node->text.data, nearest);
	else
		refuse(reader, node->place, "a type is event_count, value_count, temporal, temporal_ordered, value_sum, "
		       "value_avg, value_percentile or value_median");
	return 0;
}

/* Whether text is one of the names from first on. */
static int
name_is_there(const struct sigma_correlation *correlation, size_t first, struct ir_text text)
{
	for (size_t i = first; i < correlation->name_count; i++)
		if (correlation->names[i].text.data == text.data)
			return 1;
	return 0;
}

static void
rules_parse(struct reader *reader)
{
	const struct node *node = value_get(reader->section, "rules");
	struct sigma_correlation *correlation = reader->correlation;

	if (!node || (node->type == NODE_LIST && !node->count)) {
		refuse(reader, node ? node->place : reader->key->place,
		       "the correlation has no rules: \"rules\" is a list of ids and names");
		return;
	}
	if (node->type != NODE_LIST) {
		refuse(reader, node->place, "rules is a list of ids and names%s%s%s", node_is_scalar(node) ? "; write [" : "",
		       node_is_scalar(node) ? node->text.data : "", node_is_scalar(node) ? "]" : "");
		return;
	}
	if (node->count > PACK_REFERENCE_MAX) {
		refuse(reader, node->place, "%zu rules, more than %d", node->count, PACK_REFERENCE_MAX);
		return;
	}
	correlation->references = arena_alloc(reader->arena, node->count * sizeof(*correlation->references));
	for (size_t i = 0; i < node->count; i++) {
		const struct node *item = node->items[i];

		if (!node_is_scalar(item) || !item->text.size)
			refuse(reader, item->place, "a rule is named by its id or name, not by %s", node_type_name(item->type));
		else
			correlation->references[correlation->reference_count++].name = (struct sigma_name){item->text, item->place};
	}
}

static void
name_add(struct reader *reader, const struct node *item, const char *what, size_t first)
{
	struct sigma_correlation *correlation = reader->correlation;

	if (!node_is_scalar(item) || !item->text.size) {
		refuse(reader, item->place, "%s is the name of a field, not %s", what, node_type_name(item->type));
	} else if (name_is_there(correlation, first, item->text)) {
		refuse(reader, item->place, "%s names \"%s\" twice", what, item->text.data);
	} else if (correlation->name_count == PACK_KEY_MAX) {
		refuse(reader, item->place, "more than %d fields", PACK_KEY_MAX);
	} else {
		correlation->names = arena_grow(reader->arena, correlation->names, correlation->name_count,
		                                sizeof(*correlation->names));
		correlation->names[correlation->name_count++] = (struct sigma_name){item->text, item->place};
	}
}

static void
group_parse(struct reader *reader)
{
	const struct node *node = value_get(reader->section, "group-by");

	if (node && node->type != NODE_LIST)
		refuse(reader, node->place, "group-by is a list of fields%s%s%s", node_is_scalar(node) ? "; write [" : "",
		       node_is_scalar(node) ? node->text.data : "", node_is_scalar(node) ? "]" : "");
	for (size_t i = 0; node && node->type == NODE_LIST && i < node->count; i++)
		name_add(reader, node->items[i], "group-by", 0);
	reader->correlation->group_count = reader->correlation->name_count;
}

static void
span_parse(struct reader *reader)
{
	const struct node *node = value_get(reader->section, "timespan");

	if (!node && !node_key(reader->section, "timeframe"))
		refuse(reader, reader->key->place, "the correlation has no timespan, such as 5m");
	if (!node)
		return;
	reader->correlation->timespan = timespan_parse(reader->diags, node);
	reader->rule->is_bad |= !reader->correlation->timespan;
}

/* A finite number; returns 0 where it is none, with the error queued. */
static int
number_parse(struct reader *reader, const struct node *key, const struct node *node, double *number)
{
	int64_t integer;

	*number = 0;
	if (node->type == NODE_INTEGER && !node_integer(node, &integer))
		*number = integer;
	else if (node->type == NODE_INTEGER || node->type == NODE_REAL)
		*number = strpbrk(node->text.data, "0123456789") ? strtod(node->text.data, NULL) : INFINITY;
	else if (node->quoted && (scalar_type(node->text) == NODE_INTEGER || scalar_type(node->text) == NODE_REAL))
		refuse(reader, node->place, "%s is a number; write it without quotes", key->text.data);
	else
		refuse(reader, node->place, "%s is a number, not %s", key->text.data, node_type_name(node->type));
	if (isfinite(*number))
		return node->type == NODE_INTEGER || node->type == NODE_REAL;
	refuse(reader, node->place, "%s is a finite number", key->text.data);
	return 0;
}

/* is_whole: no key is unknown, which might have been meant for a comparison. */
static void
compares_parse(struct reader *reader, const struct node *condition, int is_whole)
{
	struct sigma_correlation *correlation = reader->correlation;
	size_t count = 0;

	for (size_t i = 0; i < condition->count; i++) {
		int compare = word_find(condition->keys[i], correlation_compares, COUNT(correlation_compares));
		double limit;

		if (compare < 0 || !number_parse(reader, condition->keys[i], condition->items[i], &limit)) {
			count += compare >= 0;
			continue;
		}
		if (++count > COUNT(correlation->limits)) {
			refuse(reader, condition->keys[i]->place, "a condition has one or two of eq, neq, lt, lte, gt and gte; "
			       "chain correlations for more");
			return;
		}
		correlation->compares[correlation->compare_count] = compare;
		correlation->limits[correlation->compare_count++] = limit;
	}
	if (!count && is_whole)
		refuse(reader, correlation->condition_place, "the condition compares with nothing; write one such as gte: 10");
}

static int
type_is_temporal(uint8_t type)
{
	return type == PACK_TEMPORAL || type == PACK_TEMPORAL_ORDERED;
}

static int
type_takes_field(uint8_t type)
{
	return type != PACK_EVENT_COUNT && !type_is_temporal(type);
}

/* No more different rules can match than are listed. */
static void
temporal_check(struct reader *reader)
{
	const struct sigma_correlation *correlation = reader->correlation;
	double most = correlation->reference_count;

	for (int i = 0; i < correlation->compare_count; i++) {
		double limit = correlation->limits[i];
		uint8_t compare = correlation->compares[i];

		if (((compare == PACK_COMPARE_GTE || compare == PACK_COMPARE_EQ) && limit > most) ||
		    (compare == PACK_COMPARE_GT && limit >= most))
			refuse(reader, correlation->condition_place, "the condition never holds: %zu rule%s listed",
			       correlation->reference_count, correlation->reference_count == 1 ? " is" : "s are");
	}
}

static void
field_parse(struct reader *reader, const struct node *condition)
{
	struct sigma_correlation *correlation = reader->correlation;
	const struct node *key = node_key(condition, "field"), *node = value_get(condition, "field");
	const char *type = correlation_types[correlation->type];

	if (!type_takes_field(correlation->type)) {
		if (key && correlation->type == PACK_EVENT_COUNT)
			refuse(reader, key->place, "event_count counts events; value_count counts the values of a field");
		else if (key)
			refuse(reader, key->place, "%s takes no field", type);
		return;
	}
	if (!node || (node->type == NODE_LIST && !node->count)) {
		if (!node_key(reader->section, "field"))
			refuse(reader, key ? key->place : correlation->condition_place, "%s needs the field whose values it takes; "
			       "write field: NAME in the condition", type);
		return;
	}
	if (node->type == NODE_LIST && node->count > 1 && correlation->type != PACK_VALUE_COUNT)
		refuse(reader, node->place, "%s takes one field", type);
	for (size_t i = 0; i < (node->type == NODE_LIST ? node->count : 1); i++)
		name_add(reader, node->type == NODE_LIST ? node->items[i] : node, "field", correlation->group_count);
}

static void
percentile_parse(struct reader *reader, const struct node *condition)
{
	struct sigma_correlation *correlation = reader->correlation;
	const struct node *key = node_key(condition, "percentile");

	if (correlation->type != PACK_VALUE_PERCENTILE) {
		if (key)
			refuse(reader, key->place, "%s takes no percentile; value_percentile does",
			       correlation_types[correlation->type]);
	} else if (!key) {
		refuse(reader, correlation->condition_place, "value_percentile needs the percentile it compares; write "
		       "percentile: 95 in the condition, or take value_median");
	} else if (number_parse(reader, key, node_get(condition, "percentile"), &correlation->percentile) &&
	           (correlation->percentile < 0 || correlation->percentile > 100)) {
		refuse(reader, node_get(condition, "percentile")->place, "a percentile is 0 to 100");
	}
}

static void
threshold_parse(struct reader *reader)
{
	struct sigma_correlation *correlation = reader->correlation;
	const struct node *key = node_key(reader->section, "condition"), *node = value_get(reader->section, "condition");

	correlation->condition_place = key ? key->place : reader->key->place;
	if (!node && type_is_temporal(correlation->type))
		return;
	if (!node) {
		refuse(reader, correlation->condition_place, "%s needs a condition, such as {%sgte: 10}",
		       correlation_types[correlation->type], type_takes_field(correlation->type) ? "field: NAME, " : "");
	} else if (node->type == NODE_MAP) {
		compares_parse(reader, node, keys_check(reader, node, "a correlation's condition", condition_keys,
		                                        COUNT(condition_keys)));
		field_parse(reader, node);
		percentile_parse(reader, node);
		if (type_is_temporal(correlation->type))
			temporal_check(reader);
	} else if (node->type == NODE_STRING) {
		refuse(reader, node->place, "a condition over the names of rules is not part of Sigma 2.1; write a map such as "
		       "{gte: 2}, and chain correlations where that is not enough");
	} else {
		refuse(reader, node->place, "a condition is a map such as {gte: 10}, not %s", node_type_name(node->type));
	}
}

static void
alias_parse(struct reader *reader, const struct node *key, const struct node *map)
{
	struct sigma_correlation *correlation = reader->correlation;

	if (map->type != NODE_MAP || !map->count) {
		refuse(reader, map->place, "the alias \"%s\" is a map of rules to fields, such as {RULE: FIELD}", key->text.data);
		return;
	}
	for (size_t i = 0; i < map->count; i++) {
		if (!node_is_scalar(map->items[i]) || !map->items[i]->text.size) {
			refuse(reader, map->items[i]->place, "an alias stands for the name of a field, not for %s",
			       node_type_name(map->items[i]->type));
			continue;
		}
		correlation->aliases = arena_grow(reader->arena, correlation->aliases, correlation->alias_count,
		                                  sizeof(*correlation->aliases));
		correlation->aliases[correlation->alias_count++] = (struct sigma_alias){
			{key->text, key->place}, {map->keys[i]->text, map->keys[i]->place}, map->items[i]->text,
		};
	}
}

static void
aliases_parse(struct reader *reader)
{
	const struct node *node = value_get(reader->section, "aliases");

	if (node && node->type != NODE_MAP)
		refuse(reader, node->place, "aliases is a map of aliases, each a map of rules to fields, not %s",
		       node_type_name(node->type));
	for (size_t i = 0; node && node->type == NODE_MAP && i < node->count; i++) {
		if (!name_is_there(reader->correlation, 0, node->keys[i]->text))
			diag_add(reader->diags, node->keys[i]->place, DIAG_unused_alias,
			         "neither group-by nor field uses the alias \"%s\"", node->keys[i]->text.data);
		alias_parse(reader, node->keys[i], node->items[i]);
	}
}

/* The specification's text has it beside "level", its examples of tools in the section. */
static void
generate_parse(struct reader *reader)
{
	const struct node *places[] = {reader->rule->document->root, reader->section};
	int said = -1;

	for (size_t i = 0; i < COUNT(places); i++) {
		const struct node *node = value_get(places[i], "generate");

		if (!node)
			continue;
		if (node->type != NODE_BOOL)
			refuse(reader, node->place, "generate is true or false, not %s", node_type_name(node->type));
		reader->correlation->generate = (node->text.data[0] | 32) == 't';
		if (said >= 0 && said != reader->correlation->generate)
			refuse(reader, node->place, "generate is said twice, and not the same");
		said = reader->correlation->generate;
	}
}

void
correlation_parse(struct arena *arena, struct diag_list *diags, struct sigma_rule *rule, const struct node *key,
                  const struct node *section)
{
	struct reader reader = {arena, diags, rule, arena_alloc(arena, sizeof(*reader.correlation)), key, section};
	int is_known;

	rule->correlation = reader.correlation;
	if (section->type != NODE_MAP) {
		refuse(&reader, section->place, "correlation is a map with type, rules, timespan and condition, not %s",
		       node_type_name(section->type));
		return;
	}
	keys_check(&reader, section, "a correlation", section_keys, COUNT(section_keys));
	is_known = type_parse(&reader);
	rules_parse(&reader);
	group_parse(&reader);
	span_parse(&reader);
	if (is_known)
		threshold_parse(&reader);
	aliases_parse(&reader);
	generate_parse(&reader);
}
