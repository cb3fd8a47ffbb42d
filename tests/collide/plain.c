/* plain.c - rules of Sigma over events, item by item, as SIGMA.md says it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "ir.h"
#include "node.h"
#include "pack.h"
#include "pool.h"
#include "tree.h"
#include "plain.h"
#include "points.h"
#include "plain_parts.h"
#include "times.h"

struct plain_map { /* AND of its items */
	struct plain_item *items;
	uint32_t count;
};

struct plain_section { /* a search identifier: OR of its maps */
	struct plain_map *maps;
	uint32_t count;
};

struct plain_rule {
	struct bytes *names;
	struct plain_section *sections;
	uint32_t count;
	const char **conditions; /* OR */
	uint32_t condition_count;
};

struct plain_member {
	const struct value *value;
	struct points forms[2]; /* as it came, folded */
};

struct plain_members {
	struct plain_member *list;
	uint32_t count;
	int is_known, is_there;
};

struct plain_event {
	struct pool *pool;
	const struct event *event;
	struct plain_members *fields; /* the leaves behind them */
	uint32_t field_count;
};

/* Reading -------------------------------------------------------------------------------------------------------- */

static uint32_t
field_find(struct bytes name, const struct bytes *fields, uint32_t field_count)
{
	for (uint32_t i = 0; i < field_count; i++)
		if (fields[i].size == name.size && !memcmp(fields[i].data, name.data, name.size))
			return i;
	return PLAIN_NOWHERE;
}

static struct bytes
node_bytes(const struct node *node)
{
	return (struct bytes){ node->text.data, node->text.size };
}

static struct plain_map
map_read(struct pool *pool, const struct node *node, const struct bytes *fields, uint32_t field_count)
{
	struct plain_map map = { pool_take(pool, (node->count + 1) * sizeof(*map.items)), node->count };

	if (node->type != NODE_MAP) { /* a keyword */
		map.items[0] = plain_item(pool, (struct bytes){ "", 0 }, node);
		map.count = 1;
	}
	for (uint32_t i = 0; i < map.count && node->type == NODE_MAP; i++) {
		struct plain_item *item = map.items + i;

		*item = plain_item(pool, node_bytes(node->keys[i]), node->items[i]);
		item->slot = field_find(item->field, fields, field_count);
		for (uint32_t k = 0; k < item->count; k++)
			if (item->values[k].compare == PLAIN_FIELD)
				item->values[k].slot = field_find((struct bytes){ item->values[k].text, strlen(item->values[k].text) },
				                                  fields, field_count);
	}
	return map;
}

struct plain_rule *
plain_read(struct pool *pool, const struct node *document, const struct bytes *fields, uint32_t field_count)
{
	const struct node *detection = node_get(document, "detection"), *node;
	struct plain_rule *rule = pool_take(pool, sizeof(*rule));

	rule->names = pool_take(pool, detection->count * sizeof(*rule->names));
	rule->sections = pool_take(pool, detection->count * sizeof(*rule->sections));
	for (size_t i = 0; i < detection->count; i++) {
		struct plain_section *section = rule->sections + rule->count;

		node = detection->items[i];
		if (node_is(detection->keys[i], "condition") || node_is(detection->keys[i], "timeframe"))
			continue;
		rule->names[rule->count++] = node_bytes(detection->keys[i]);
		section->count = node->type == NODE_LIST ? node->count : 1;
		section->maps = pool_take(pool, section->count * sizeof(*section->maps));
		for (uint32_t k = 0; k < section->count; k++)
			section->maps[k] = map_read(pool, node->type == NODE_LIST ? node->items[k] : node, fields, field_count);
	}
	node = node_get(detection, "condition");
	rule->condition_count = node->type == NODE_LIST ? node->count : 1;
	rule->conditions = pool_take(pool, rule->condition_count * sizeof(*rule->conditions));
	for (uint32_t i = 0; i < rule->condition_count; i++)
		rule->conditions[i] = (node->type == NODE_LIST ? node->items[i] : node)->text.data;
	return rule;
}

/* Events --------------------------------------------------------------------------------------------------------- */

struct plain_event *
plain_event(struct pool *pool, const struct event *event, uint32_t field_count)
{
	struct plain_event *plain = pool_take(pool, sizeof(*plain));

	plain->pool = pool;
	plain->event = event;
	plain->fields = pool_take(pool, (field_count + 1) * sizeof(*plain->fields));
	plain->field_count = field_count;
	return plain;
}

/* slot PLAIN_NOWHERE: the leaves. */
static const struct plain_members *
members_of(struct plain_event *event, uint32_t slot)
{
	struct plain_members *members = event->fields + (slot == PLAIN_NOWHERE ? event->field_count : slot);
	const struct value *values = event->event->leaves;

	if (members->is_known)
		return members;
	members->is_known = 1;
	members->count = event->event->leaf_count;
	if (slot != PLAIN_NOWHERE) {
		values = event->event->slots + slot;
		members->is_there = members->count = event->event->present[slot / 64] >> slot % 64 & 1;
		if (members->is_there && values->type == VALUE_LIST) {
			members->count = values->size;
			values = values->data;
		}
	}
	members->list = pool_take(event->pool, members->count * sizeof(*members->list));
	for (uint32_t i = 0; i < members->count; i++)
		members->list[i].value = values + i;
	return members;
}

static int
is_text(const struct value *value)
{
	return value->type == VALUE_STRING || value->type == VALUE_NUMBER || value->type == VALUE_BOOL;
}

static struct points
points_of(struct plain_event *event, struct plain_member *member, int fold)
{
	if (!member->forms[fold].at)
		member->forms[fold] = points_read(event->pool, member->value->data, member->value->size, fold);
	return member->forms[fold];
}

static const char *
string_of(struct plain_event *event, const struct value *value)
{
	char *text = pool_take(event->pool, value->size + 1);

	memcpy(text, value->data, value->size);
	return memchr(text, 0, value->size) ? "none" : text;
}

/* Comparisons ---------------------------------------------------------------------------------------------------- */

static int
mark_fits(uint32_t mark, uint32_t point)
{
	if (mark == PLAIN_DASH)
		return point == '-' || point == '/' || (point >= 0x2013 && point <= 0x2015);
	return mark == PLAIN_ONE || mark == point;
}

/* The last run takes one more whenever what follows it does not fit. */
static int
spelling_fits(const struct spelling *spelling, struct points text)
{
	uint32_t at = 0, after_run = PLAIN_NOWHERE;
	int i = 0, run_to = 0;

	while (i < text.count) {
		if (at < spelling->count && spelling->at[at] == PLAIN_RUN) {
			after_run = ++at;
			run_to = i;
		} else if (at < spelling->count && mark_fits(spelling->at[at], text.at[i])) {
			at++;
			i++;
		} else if (after_run == PLAIN_NOWHERE) {
			return 0;
		} else {
			at = after_run;
			i = ++run_to;
		}
	}
	while (at < spelling->count && spelling->at[at] == PLAIN_RUN)
		at++;
	return at == spelling->count;
}

static int
address_read(const char *text, size_t size, uint8_t *bytes)
{
	char copy[64];

	if (size >= sizeof(copy))
		return 0;
	memcpy(copy, text, size);
	copy[size] = 0;
	if (inet_pton(AF_INET6, copy, bytes) == 1)
		return 6;
	memcpy(bytes, "\0\0\0\0\0\0\0\0\0\0\377\377", 12);
	return inet_pton(AF_INET, copy, bytes + 12) == 1 ? 4 : 0;
}

/* An IPv4 address fits only IPv4 nets; a mapped one both. */
static int
net_has(const char *net, const char *text)
{
	uint8_t base[16], address[16];
	size_t size = strcspn(net, "/");
	int net_family = address_read(net, size, base), family = address_read(text, strlen(text), address), bits;

	bits = net[size] ? atoi(net + size + 1) + (net_family == 4 ? 96 : 0) : 128;
	if (!family || (family == 4 && net_family == 6) || memcmp(base, address, bits / 8))
		return 0;
	return bits % 8 == 0 || (base[bits / 8] ^ address[bits / 8]) >> (8 - bits % 8) == 0;
}

static int
order_fits(long double number, const char *limit, enum plain_compare compare)
{
	int is_hex = !strncmp(limit, "0x", 2), is_octal = !strncmp(limit, "0o", 2);
	long double other = is_hex || is_octal ? strtoull(limit + 2, NULL, is_hex ? 16 : 8) : strtold(limit, NULL);

	switch (compare) {
	case PLAIN_LT: return number < other;
	case PLAIN_LTE: return number <= other;
	case PLAIN_GT: return number > other;
	case PLAIN_GTE: return number >= other;
	default: return number == other;
	}
}

static int
number_fits(const char *text, const char *limit, enum plain_compare compare)
{
	char *end;
	long double number = strtold(text, &end);

	return *text && !*end && text[strspn(text, "0123456789.+-eE")] == 0 && order_fits(number, limit, compare);
}

static int
part_fits(const char *text, const char *part, const char *limit, enum plain_compare compare)
{
	int number = time_part(text, part);

	return number >= 0 && order_fits(number, limit, compare);
}

/* Items ---------------------------------------------------------------------------------------------------------- */

/* Where a field compares with another: any member with any. */
static int
field_fits(const struct plain_item *item, const struct plain_value *value, struct plain_event *event,
           struct points text)
{
	const struct plain_members *others = value->slot == PLAIN_NOWHERE ? NULL : members_of(event, value->slot);

	for (uint32_t i = 0; others && i < others->count; i++) {
		struct spelling spelling;
		struct points other;

		if (!is_text(others->list[i].value))
			continue;
		other = points_of(event, others->list + i, !item->cased);
		spelling.at = pool_take(event->pool, (other.count + 2) * sizeof(*spelling.at));
		spelling.count = 0;
		if (item->open_start)
			spelling.at[spelling.count++] = PLAIN_RUN;
		memcpy(spelling.at + spelling.count, other.at, other.count * sizeof(*other.at));
		spelling.count += other.count;
		if (item->open_end)
			spelling.at[spelling.count++] = PLAIN_RUN;
		if (spelling_fits(&spelling, text))
			return 1;
	}
	return 0;
}

static int
value_fits(const struct plain_item *item, const struct plain_value *value, struct plain_event *event,
           struct plain_member *member)
{
	if (!is_text(member->value))
		return 0;
	if (item->part)
		return part_fits(string_of(event, member->value), item->part, value->text, value->compare);
	switch (value->compare) {
	case PLAIN_REGEX:
		return plain_regex(event->pool, value->text, points_of(event, member, 0), item->regex_i, item->regex_m,
		                   item->regex_s);
	case PLAIN_NET: return net_has(value->text, string_of(event, member->value));
	case PLAIN_FIELD: return field_fits(item, value, event, points_of(event, member, !item->cased));
	case PLAIN_LT: case PLAIN_LTE: case PLAIN_GT: case PLAIN_GTE:
		return number_fits(string_of(event, member->value), value->text, value->compare);
	default: break;
	}
	for (uint32_t i = 0; i < value->count; i++)
		if (spelling_fits(value->spellings + i, points_of(event, member, !item->cased)))
			return 1;
	return 0;
}

static int
is_null(const struct plain_members *members)
{
	for (uint32_t i = 0; i < members->count; i++)
		if (members->list[i].value->type == VALUE_NULL)
			return 1;
	return members->count == 0;
}

static int
item_value_holds(const struct plain_item *item, const struct plain_value *value, struct plain_event *event)
{
	const struct plain_members *members = members_of(event, item->slot);

	if (value->compare == PLAIN_NULL)
		return is_null(members);
	if (value->compare == PLAIN_EXISTS)
		return members->is_there == ((value->text[0] | 32) == 't');
	for (uint32_t i = 0; i < members->count; i++)
		if (value_fits(item, value, event, members->list + i))
			return 1;
	return 0;
}

static int
item_holds(const struct plain_item *item, struct plain_event *event)
{
	uint32_t holding = 0;

	for (uint32_t i = 0; i < item->count; i++)
		holding += item_value_holds(item, item->values + i, event);
	if (!item->count)
		return is_null(members_of(event, item->slot)) != item->negated;
	return (item->all ? holding == item->count : holding > 0) != item->negated;
}

static int
section_holds(const struct plain_section *section, struct plain_event *event)
{
	for (uint32_t i = 0; i < section->count; i++) {
		uint32_t item = 0;

		while (item < section->maps[i].count && item_holds(section->maps[i].items + item, event))
			item++;
		if (item == section->maps[i].count)
			return 1;
	}
	return 0;
}

int
plain_matches(const struct plain_rule *rule, struct plain_event *event)
{
	int *truths = pool_take(event->pool, rule->count * sizeof(*truths));
	struct plain_names names = { rule->names, truths, rule->count };

	for (uint32_t i = 0; i < rule->count; i++)
		truths[i] = section_holds(rule->sections + i, event);
	for (uint32_t i = 0; i < rule->condition_count; i++)
		if (plain_condition(rule->conditions[i], &names))
			return 1;
	return 0;
}
