/*
 * reach.c - whether a rule can fire on a platform's live sources, and what it misses there.
 *
 * A field that no live source has is missing in every live event, so an item over it is false; the condition is then
 * asked whether it can still be true.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "diag.h"
#include "ir.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "reach.h"

enum { CAVEAT_MAX = 160 };

struct question {
	struct diag_list *diags;
	const struct logsources *logsources;
	const struct sigma_rule *rule;
	struct logsource logsource;
	const char *platform;
	struct logsource_live live; /* the events that the rule is held against */
};

struct outcomes { /* what a part of the rule can come to */
	int true_possible, false_possible;
};

static enum logsource_reach
item_reach(const struct question *question, const struct sigma_item *item)
{
	if (!item->field.size)
		return REACH_ALWAYS;
	return logsource_reach(question->logsources, &question->logsource, item->field, question->platform);
}

static int
item_wants_absence(const struct sigma_item *item)
{
	if (item->comparison == SIGMA_EXISTS)
		return item->value_count && (item->values[0].node->text.data[0] | 32) == 'f';
	if (!item->value_count)
		return 1;
	for (size_t i = 0; i < item->value_count; i++)
		if (item->values[i].node->type == NODE_NULL)
			return 1;
	return 0;
}

static int
text_may_equal(struct ir_text text, const struct sigma_pattern *pattern)
{
	if (pattern->count != 1 || pattern->pieces[0].type != IR_LITERAL)
		return pattern->count != 0;
	return pattern->pieces[0].literal.size == text.size &&
	       !strncasecmp(pattern->pieces[0].literal.data, text.data, text.size);
}

/* What an item over a field that always has this value comes to; wildcards and other comparisons may come to both. */
static struct outcomes
constant_outcomes(const struct sigma_item *item, struct ir_text constant)
{
	int fits = 0;

	if (item->comparison != SIGMA_EQUALS || item->fieldref || item->part || item->all)
		return (struct outcomes){1, 1};
	for (size_t i = 0; i < item->value_count; i++) {
		fits |= item->values[i].regex.size != 0;
		for (size_t j = 0; j < item->values[i].pattern_count; j++)
			fits |= text_may_equal(constant, &item->values[i].patterns[j]);
	}
	return item->negated ? (struct outcomes){!fits, 1} : (struct outcomes){fits, 1};
}

static struct outcomes
item_outcomes(const struct question *question, const struct sigma_item *item)
{
	int fits = item_wants_absence(item) ^ item->negated;
	struct ir_text constant = {"", 0};

	if (!item->field.size)
		return (struct outcomes){1, 1};
	if (logsource_live_reach(&question->live, item->field, &constant) == REACH_NEVER)
		return (struct outcomes){fits, !fits};
	return constant.size ? constant_outcomes(item, constant) : (struct outcomes){1, 1};
}

static struct outcomes
identifier_outcomes(const struct question *question, const struct sigma_identifier *identifier)
{
	struct outcomes any = {0, 1};

	for (size_t i = 0; i < identifier->count; i++) {
		struct outcomes all = {1, 0};

		for (size_t j = 0; j < identifier->maps[i].count; j++) {
			struct outcomes item = item_outcomes(question, &identifier->maps[i].items[j]);

			all.true_possible &= item.true_possible;
			all.false_possible |= item.false_possible;
		}
		any.true_possible |= all.true_possible;
		any.false_possible &= all.false_possible;
	}
	return any;
}

static struct outcomes
condition_outcomes(const struct question *question, const struct sigma_condition *condition)
{
	size_t true_count = 0, false_count = 0, count = condition->identifier_count + condition->child_count;
	size_t quantity = condition->type == CONDITION_AND || condition->quantity == CONDITION_ALL ? count : 1;
	struct outcomes one = {0};

	if (condition->type == CONDITION_OF && condition->quantity != CONDITION_ALL)
		quantity = condition->quantity;
	for (size_t i = 0; i < count; i++) {
		if (i < condition->identifier_count)
			one = identifier_outcomes(question, &question->rule->identifiers[condition->identifiers[i]]);
		else
			one = condition_outcomes(question, condition->children[i - condition->identifier_count]);
		true_count += one.true_possible;
		false_count += one.false_possible;
	}
	if (condition->type == CONDITION_NOT)
		return (struct outcomes){one.false_possible, one.true_possible};
	return (struct outcomes){true_count >= quantity, false_count > count - quantity};
}

/* Some condition of the rule, and of each of its filters. */
static int
conditions_can_be_true(const struct question *question)
{
	struct question inner = *question;
	int possible = 0;

	for (size_t i = 0; i < question->rule->condition_count; i++)
		possible |= condition_outcomes(question, question->rule->conditions[i]).true_possible;
	for (size_t i = 0; i < question->rule->filter_count; i++) {
		inner.rule = question->rule->filters[i];
		possible &= inner.rule->is_bad || conditions_can_be_true(&inner);
	}
	return possible;
}

static int
rule_can_fire(const struct question *question)
{
	struct question one = *question;

	while (logsource_next_live(one.logsources, &one.logsource, one.platform, &one.live))
		if (conditions_can_be_true(&one))
			return 1;
	return 0;
}

/* Some live event has the field with a value that the item is about. */
static int
item_value_occurs(const struct question *question, const struct sigma_item *item)
{
	struct question one = *question;

	while (logsource_next_live(one.logsources, &one.logsource, one.platform, &one.live))
		if (item_outcomes(&one, item).true_possible)
			return 1;
	return 0;
}

static void
item_report_value(const struct question *question, const struct sigma_item *item, int can_fire)
{
	enum diag_name name = can_fire ? DIAG_degraded_field : DIAG_replay_only;
	const char *tail = can_fire ? "" : "; fires in replay only";

	if (item->value_count == 1)
		diag_add(question->diags, item->place, name, "no live event on %s has %s \"%s\"%s", question->platform,
		         item->field.data, item->values[0].node->text.data, tail);
	else
		diag_add(question->diags, item->place, name, "no live event on %s has one of these values of %s%s",
		         question->platform, item->field.data, tail);
}

/* " (why)" where there is something to say; in room. */
static const char *
caveat(const struct question *question, struct ir_text field, char room[CAVEAT_MAX])
{
	const char *why = logsource_caveat(question->logsources, &question->logsource, field, question->platform);

	*room = 0;
	if (why)
		snprintf(room, CAVEAT_MAX, " (%s)", why);
	return room;
}

/* Says what an item misses. Returns 1 if it misses something. */
static int
item_report(const struct question *question, const struct sigma_item *item, int can_fire)
{
	enum logsource_reach reach = item_reach(question, item);
	struct ir_text other;
	char room[CAVEAT_MAX];

	if (reach != REACH_NEVER && !item_value_occurs(question, item)) {
		item_report_value(question, item, can_fire);
		return 1;
	}
	if (reach == REACH_ALWAYS || reach == REACH_LATE)
		return 0;
	other = logsource_field_case(question->logsources, &question->logsource, item->field);
	if (reach == REACH_NEVER && other.size)
		diag_add(question->diags, item->place, DIAG_field_case, "field \"%s\" is known as \"%s\"; names match exactly",
		         item->field.data, other.data);
	else if (reach == REACH_NEVER && !can_fire)
		diag_add(question->diags, item->place, DIAG_replay_only,
		         "no live source on %s has field %s%s; fires in replay only", question->platform, item->field.data,
		         caveat(question, item->field, room));
	else
		diag_add(question->diags, item->place, DIAG_degraded_field, "field %s is %s absent on %s%s", item->field.data,
		         reach == REACH_NEVER ? "always" : "sometimes", question->platform,
		         caveat(question, item->field, room));
	return 1;
}

static int
field_compare(const void *one, const void *two)
{
	const struct sigma_item *left = *(const struct sigma_item *const *)one;
	const struct sigma_item *right = *(const struct sigma_item *const *)two;

	if (left->field.data != right->field.data)
		return left->field.data < right->field.data ? -1 : 1;
	if (left->place.line != right->place.line)
		return left->place.line < right->place.line ? -1 : 1;
	return left->place.column < right->place.column ? -1 : left->place.column > right->place.column;
}

/* The rule's items, those of one field side by side. The caller frees them. */
static const struct sigma_item **
items_sort(const struct sigma_rule *rule, size_t *count)
{
	const struct sigma_item **items = NULL;

	for (int pass = 0; pass < 2; pass++) {
		*count = 0;
		for (size_t i = 0; i < rule->identifier_count; i++)
			for (size_t j = 0; j < rule->identifiers[i].count; j++)
				for (size_t k = 0; k < rule->identifiers[i].maps[j].count; k++, ++*count)
					if (items)
						items[*count] = &rule->identifiers[i].maps[j].items[k];
		if (!items)
			items = calloc(*count + 1, sizeof(*items));
		if (!items)
			abort();
	}
	qsort(items, *count, sizeof(*items), field_compare);
	return items;
}

/* A field is named once a rule, where it first misses something. */
static int
items_report(const struct question *question, int can_fire)
{
	const struct sigma_item **items;
	int missed = 0, reported = 0;
	size_t count;

	items = items_sort(question->rule, &count);
	for (size_t i = 0; i < count; i++) {
		if (!i || items[i]->field.data != items[i - 1]->field.data)
			reported = 0;
		if (!reported)
			missed |= reported = item_report(question, items[i], can_fire);
	}
	free(items);
	return missed;
}

/* Also says how replay gets to a rule that no route leads to. */
static void
logsource_report(const struct question *question)
{
	const struct sigma_rule *rule = question->rule;
	const char *what = "product", *name = rule->product.data;
	char how[256] = "";

	if (rule->category.size || rule->service.size) {
		what = rule->category.size ? "category" : "service";
		name = rule->category.size ? rule->category.data : rule->service.data;
	}
	if (!logsource_known(question->logsources, &question->logsource))
		snprintf(how, sizeof(how), ", with --routing %s/%s%s%s", rule->product.data, rule->category.data,
		         rule->service.size ? "/" : "", rule->service.data);
	diag_add(question->diags, rule->logsource_place, DIAG_replay_only,
	         "no live source on %s has %s %s; fires in replay only%s", question->platform, what, name, how);
}

enum reach
rule_reach(struct diag_list *diags, const struct logsources *logsources, const struct sigma_rule *rule,
           const char *platform)
{
	struct question question = {diags, logsources, rule, {rule->product, rule->category, rule->service}, platform, {0}};
	int can_fire, missed;

	if (rule->product.size && strcmp(rule->product.data, platform))
		return REACH_OTHER_PRODUCT;
	if (logsource_reach(logsources, &question.logsource, (struct ir_text){"", 0}, platform) == REACH_NEVER) {
		logsource_report(&question);
		return REACH_REPLAY_ONLY;
	}
	can_fire = rule_can_fire(&question);
	missed = items_report(&question, can_fire);
	for (size_t i = 0; i < rule->filter_count; i++) {
		question.rule = rule->filters[i];
		missed |= items_report(&question, can_fire);
	}
	if (can_fire)
		return missed ? REACH_DEGRADED : REACH_CAN_FIRE;
	if (!missed)
		diag_add(diags, rule->logsource_place, DIAG_replay_only,
		         "no live event on %s has at once all that the rule asks for; fires in replay only", platform);
	return REACH_REPLAY_ONLY;
}

/* A correlation comes after what it refers to. */
void
rules_reach(struct diag_list *diags, const struct logsources *logsources, struct sigma_rule *const *rules, size_t count,
            const char *platform, size_t counts[REACH_COUNT])
{
	for (unsigned depth = 0; depth <= CORRELATION_DEPTH_MAX; depth++)
		for (size_t i = 0; i < count; i++) {
			struct sigma_rule *rule = rules[i];

			if (!rule->is_selected || rule->is_bad || rule->is_duplicate ||
			    (rule->correlation ? rule->correlation->depth : 0) != depth)
				continue;
			rule->reach = (depth ? correlation_reach : rule_reach)(diags, logsources, rule, platform);
			counts[rule->reach]++;
		}
}
