/*
 * parse_detection.c - a rule's detection section: search identifiers, items, conditions.
 */
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"

enum { MODIFIER_MAX = 16 }; /* of one item; no item can have more without a conflict */

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	struct sigma_rule *rule;
	const struct node *timeframe; /* NULL: there is none */
};

static void
value_add(struct reader *reader, struct sigma_item *item, const struct node *node)
{
	if (!node_is_scalar(node)) {
		diag_add(reader->diags, node->place, DIAG_bad_value, "a value cannot be %s", node_type_name(node->type));
		reader->rule->is_bad = 1;
		return;
	}
	item->values = arena_grow(reader->arena, item->values, item->value_count, sizeof(*item->values));
	item->values[item->value_count++] = (struct sigma_value){.node = node};
}

static void
values_add(struct reader *reader, struct sigma_item *item, const struct node *node)
{
	item->is_list = node->type == NODE_LIST;
	if (!item->is_list)
		value_add(reader, item, node);
	else
		for (size_t i = 0; i < node->count; i++)
			value_add(reader, item, node->items[i]);
}

/* FIELD|MODIFIER|MODIFIER */
static void
key_parse(struct reader *reader, struct sigma_item *item, const struct node *key)
{
	const char *at = key->text.data, *end = at + key->text.size, *bar = memchr(at, '|', end - at);

	item->place = key->place;
	item->field = arena_text(reader->arena, at, (bar ? bar : end) - at);
	while (bar) {
		at = bar + 1;
		bar = memchr(at, '|', end - at);
		bar = item->modifier_count + 1 < MODIFIER_MAX ? bar : NULL;
		item->modifiers = arena_grow(reader->arena, item->modifiers, item->modifier_count, sizeof(*item->modifiers));
		item->modifiers[item->modifier_count++] = (struct sigma_modifier){
			arena_text(reader->arena, at, (bar ? bar : end) - at),
			node_place(key, at - key->text.data, (bar ? bar : end) - at),
		};
	}
}

static struct sigma_map *
map_add(struct reader *reader, struct sigma_identifier *identifier)
{
	identifier->maps = arena_grow(reader->arena, identifier->maps, identifier->count, sizeof(*identifier->maps));
	return &identifier->maps[identifier->count++];
}

static struct sigma_item *
item_add(struct reader *reader, struct sigma_map *map)
{
	map->items = arena_grow(reader->arena, map->items, map->count, sizeof(*map->items));
	return &map->items[map->count++];
}

static void
map_parse(struct reader *reader, struct sigma_identifier *identifier, const struct node *node)
{
	struct sigma_map *map = map_add(reader, identifier);

	if (!node->count) {
		diag_add(reader->diags, node->place, DIAG_empty_detection, "\"%s\" holds an empty map", identifier->name.data);
		reader->rule->is_bad = 1;
	}
	for (size_t i = 0; i < node->count; i++) {
		struct sigma_item *item = item_add(reader, map);

		key_parse(reader, item, node->keys[i]);
		values_add(reader, item, node->items[i]);
	}
}

/* Maps of a list are alternatives; its scalars together are one keyword item. */
static void
list_parse(struct reader *reader, struct sigma_identifier *identifier, const struct node *list)
{
	struct sigma_map *keywords = NULL;
	struct sigma_item *item = NULL;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->type == NODE_MAP)
			map_parse(reader, identifier, list->items[i]);
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i]->type == NODE_MAP)
			continue;
		if (!keywords) {
			keywords = map_add(reader, identifier);
			item = item_add(reader, keywords);
			*item = (struct sigma_item){.place = list->items[i]->place, .is_list = 1};
		}
		value_add(reader, item, list->items[i]);
	}
}

static void
identifier_parse(struct reader *reader, const struct node *key, const struct node *value)
{
	struct sigma_rule *rule = reader->rule;
	struct sigma_identifier *identifier;

	rule->identifiers = arena_grow(reader->arena, rule->identifiers, rule->identifier_count,
	                               sizeof(*rule->identifiers));
	identifier = &rule->identifiers[rule->identifier_count++];
	*identifier = (struct sigma_identifier){.name = key->text, .place = key->place};
	if (value->type == NODE_NULL || (value->type == NODE_LIST && !value->count)) {
		diag_add(reader->diags, key->place, DIAG_empty_detection, "\"%s\" has nothing in it", key->text.data);
		rule->is_bad = 1;
	} else if (value->type == NODE_MAP) {
		map_parse(reader, identifier, value);
	} else if (value->type == NODE_LIST) {
		list_parse(reader, identifier, value);
	} else {
		struct sigma_item *item = item_add(reader, map_add(reader, identifier));

		item->place = value->place;
		value_add(reader, item, value);
	}
}

/* The bar that parts a condition from an old aggregation, or NULL. */
static const char *
bar_find(const struct node *condition)
{
	return node_is_scalar(condition) ? memchr(condition->text.data, '|', condition->text.size) : NULL;
}

static void
condition_add(struct reader *reader, const struct node *node)
{
	struct sigma_rule *rule = reader->rule;
	const char *bar = bar_find(node);
	struct sigma_condition *condition = NULL;

	if (!node_is_scalar(node) || node->type == NODE_NULL)
		diag_add(reader->diags, node->place, DIAG_bad_value, "a condition is text, not %s", node_type_name(node->type));
	else
		condition = condition_parse(reader->arena, reader->diags, node,
		                            bar ? (size_t)(bar - node->text.data) : node->text.size);
	if (bar && rule->is_filter)
		diag_add(reader->diags, node_place(node, bar - node->text.data, 1), DIAG_bad_filter,
		         "a filter has no aggregation");
	else if (bar)
		aggregation_parse(reader->arena, reader->diags, rule, node, bar - node->text.data, reader->timeframe);
	rule->is_bad |= bar && rule->is_filter;
	if (!condition) {
		rule->is_bad = 1;
		return;
	}
	rule->conditions = arena_grow(reader->arena, rule->conditions, rule->condition_count, sizeof(*rule->conditions));
	rule->conditions[rule->condition_count++] = condition;
}

static void
conditions_parse(struct reader *reader, const struct node *node)
{
	if (node->type != NODE_LIST) {
		condition_add(reader, node);
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const char *bar = node->count > 1 ? bar_find(node->items[i]) : NULL;

		if (!bar) {
			condition_add(reader, node->items[i]);
			continue;
		}
		diag_add(reader->diags, node_place(node->items[i], bar - node->items[i]->text.data, 1), DIAG_bad_aggregation,
		         "an aggregation is a rule's only condition; give each a rule of its own");
		reader->rule->is_bad = 1;
	}
	if (!node->count) {
		diag_add(reader->diags, node->place, DIAG_missing_condition, "the list of conditions is empty");
		reader->rule->is_bad = 1;
	}
}

/* timeframe belongs to the old aggregations. */
static void
timeframe_check(struct reader *reader, const struct node *key, const struct node *condition)
{
	int has_bar = bar_find(condition) != NULL;

	for (size_t i = 0; condition && condition->type == NODE_LIST && i < condition->count; i++)
		has_bar |= bar_find(condition->items[i]) != NULL;
	if (has_bar)
		return;
	diag_add(reader->diags, key->place, DIAG_unused_timeframe,
	         "\"timeframe\" without an aggregation does nothing; remove it or write a correlation rule");
	reader->rule->is_bad = 1;
}

static void
condition_missing(struct reader *reader, const struct node *key)
{
	const struct node *outside = node_key(reader->rule->document->root, "condition");

	diag_add(reader->diags, key->place, DIAG_missing_condition, "%s has no condition", key->text.data);
	if (outside)
		diag_note(reader->diags, outside->place, DIAG_missing_condition,
		          "\"condition\" stands outside \"%s\"; indent it", key->text.data);
	reader->rule->is_bad = 1;
}

void
detection_parse(struct arena *arena, struct diag_list *diags, struct sigma_rule *rule, const struct node *key,
                const struct node *detection)
{
	struct reader reader = {arena, diags, rule, node_get(detection, "timeframe")};
	const struct node *condition = node_get(detection, "condition");

	if (detection->type != NODE_MAP) {
		diag_add(diags, detection->place, DIAG_bad_value, "%s is a map of search identifiers, not %s", key->text.data,
		         node_type_name(detection->type));
		rule->is_bad = 1;
		return;
	}
	for (size_t i = 0; i < detection->count; i++) {
		if (node_is(detection->keys[i], "timeframe"))
			timeframe_check(&reader, detection->keys[i], condition);
		else if (!node_is(detection->keys[i], "condition") &&
		         !(rule->is_filter && node_is(detection->keys[i], "rules")))
			identifier_parse(&reader, detection->keys[i], detection->items[i]);
	}
	if (condition)
		conditions_parse(&reader, condition);
	else
		condition_missing(&reader, key);
	if (!rule->identifier_count && condition) {
		diag_add(diags, key->place, DIAG_empty_detection, "%s has no search identifier", key->text.data);
		rule->is_bad = 1;
	}
}
