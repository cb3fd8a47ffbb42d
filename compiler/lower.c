/*
 * lower.c - checked rules -> IR: items become predicates, conditions become expressions. The only pass that sees both.
 *
 * Requires a rule that check found good. Leaves true: no modifier, no name is left; everything a predicate means is in
 * its operator, flags and values.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "ir_build.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "packfile.h"
#include "pattern.h"

enum { OPERATOR_COUNT = PACK_SUBDOMAIN + 1 };

struct lowered { /* a search identifier as IR */
	const struct ir_expr *expr;
	struct ir_use *uses; /* polarity within the identifier */
	size_t use_count;
	int positive, negative; /* which polarities the condition uses it in */
};

struct lowering {
	struct arena *arena;
	struct ir_builder *builder;
	const struct sigma_rule *rule; /* or one of its filters: whose identifiers these are */
	uint32_t group;
	struct lowered *identifiers;
	struct ir_use *uses; /* of the rule and its filters */
	uint32_t use_count;
};

struct exprs { /* children being gathered */
	const struct ir_expr **items;
	size_t count;
};

struct values { /* of one operator */
	struct ir_value *items;
	size_t count;
};

static void
expr_add(struct lowering *lowering, struct exprs *exprs, const struct ir_expr *expr)
{
	exprs->items = arena_grow(lowering->arena, exprs->items, exprs->count, sizeof(*exprs->items));
	exprs->items[exprs->count++] = expr;
}

static const struct ir_expr *
exprs_join(struct lowering *lowering, enum ir_expr_type type, const struct exprs *exprs)
{
	return ir_build_join(lowering->builder, type, exprs->items, exprs->count);
}

static const struct ir_expr *
predicate_lower(struct lowering *lowering, struct lowered *lowered, const struct sigma_item *item,
                struct ir_predicate predicate)
{
	uint32_t number;

	predicate.field = item->field.size ? ir_build_field(lowering->builder, item->field) : IR_NONE;
	predicate.part = item->part;
	if (item->cased && predicate.op != PACK_IS_NULL && predicate.op != PACK_EXISTS && predicate.op != PACK_REGEX)
		predicate.flags |= PACK_CASED;
	number = ir_build_predicate(lowering->builder, lowering->group, &predicate);
	lowered->uses = arena_grow(lowering->arena, lowered->uses, lowered->use_count, sizeof(*lowered->uses));
	lowered->uses[lowered->use_count++] = (struct ir_use){.predicate = number, .negated = item->negated};
	return ir_build_literal(lowering->builder, number);
}

/* Which operator compares with a whole pattern, and its literal where that is enough. */
static uint8_t
pattern_operator(const struct sigma_pattern *pattern, struct ir_text *literal)
{
	const struct ir_piece *pieces = pattern->pieces;
	size_t count = pattern->count;
	int open_start = count && pieces[0].type == IR_ANY_RUN;
	int open_end = count > 1 && pieces[count - 1].type == IR_ANY_RUN;
	static const uint8_t operators[2][2] = {{PACK_EQUALS, PACK_STARTSWITH}, {PACK_ENDSWITH, PACK_CONTAINS}};

	if (!count) {
		*literal = (struct ir_text){"", 0};
		return PACK_EQUALS;
	}
	if (count - open_start - open_end != 1 || pieces[open_start].type != IR_LITERAL)
		return PACK_WILDCARD;
	*literal = pieces[open_start].literal;
	return operators[open_start][open_end];
}

static void
values_add(struct lowering *lowering, struct values *values, uint8_t op, struct ir_value value)
{
	values[op].items = arena_grow(lowering->arena, values[op].items, values[op].count, sizeof(*values[op].items));
	values[op].items[values[op].count++] = value;
}

static void
pattern_lower(struct lowering *lowering, const struct sigma_item *item, const struct sigma_pattern *pattern,
              struct ir_text shown, struct values *values)
{
	enum sigma_comparison comparison = item->field.size ? item->comparison : SIGMA_CONTAINS;
	struct sigma_pattern open = pattern_open(lowering->arena, pattern,
	                                         comparison == SIGMA_CONTAINS || comparison == SIGMA_ENDSWITH,
	                                         comparison == SIGMA_CONTAINS || comparison == SIGMA_STARTSWITH);
	struct ir_value value = {.shown = shown};
	uint8_t op = pattern_operator(&open, &value.text);

	if (op == PACK_WILDCARD) {
		value.text = pattern_source(lowering->arena, &open);
		value.pieces = open.pieces;
		value.piece_count = open.count;
	} else {
		value.text = arena_text(lowering->arena, value.text.data, value.text.size);
		op = item->field.size ? op : PACK_KEYWORD;
	}
	values_add(lowering, values, op, value);
}

/* windash with more spellings than can be listed. */
static struct ir_value
windash_regex(struct lowering *lowering, const struct sigma_item *item, const struct sigma_value *value)
{
	enum sigma_comparison comparison = item->field.size ? item->comparison : SIGMA_CONTAINS;
	int start = comparison == SIGMA_EQUALS || comparison == SIGMA_STARTSWITH;
	int end = comparison == SIGMA_EQUALS || comparison == SIGMA_ENDSWITH;
	char *text = arena_print(lowering->arena, "%s(?:%s)%s", start ? "\\A" : "", value->regex.data, end ? "\\z" : "");

	return (struct ir_value){.text = arena_string(lowering->arena, text), .shown = value->node->text};
}

static void
value_lower(struct lowering *lowering, const struct sigma_item *item, const struct sigma_value *value,
            struct values *values)
{
	static const uint8_t operators[] = {
		[SIGMA_EQUALS] = PACK_EQUALS, [SIGMA_REGEX] = PACK_REGEX, [SIGMA_CIDR] = PACK_CIDR, [SIGMA_LT] = PACK_LT,
		[SIGMA_LTE] = PACK_LTE, [SIGMA_GT] = PACK_GT, [SIGMA_GTE] = PACK_GTE,
	};

	if (value->regex.size) {
		values_add(lowering, values, PACK_REGEX, windash_regex(lowering, item, value));
		return;
	}
	if (item->comparison > SIGMA_ENDSWITH || item->part) {
		struct ir_value whole = {.text = value->node->text, .shown = value->node->text};

		if (value->pattern_count)
			whole.text = pattern_text(lowering->arena, &value->patterns[0]);
		values_add(lowering, values, operators[item->comparison], whole);
		return;
	}
	if (!value->pattern_count)
		values_add(lowering, values, PACK_IS_NULL, (struct ir_value){0});
	for (size_t i = 0; i < value->pattern_count; i++)
		pattern_lower(lowering, item, &value->patterns[i], value->node->text, values);
}

/* Any of what was gathered: one predicate for each operator in use. */
static const struct ir_expr *
values_lower(struct lowering *lowering, struct lowered *lowered, const struct sigma_item *item, struct values *values)
{
	struct exprs exprs = {0};

	for (uint8_t op = 0; op < OPERATOR_COUNT; op++) {
		struct ir_predicate predicate = {.other = IR_NONE, .op = op};

		if (!values[op].count)
			continue;
		if (op != PACK_IS_NULL) {
			predicate.values = values[op].items;
			predicate.value_count = values[op].count;
		}
		if (op == PACK_REGEX)
			predicate.regex_flags = item->comparison == SIGMA_REGEX
			                                ? item->regex_flags
			                                : IR_REGEX_S | (item->cased ? 0 : IR_REGEX_I);
		expr_add(lowering, &exprs, predicate_lower(lowering, lowered, item, predicate));
	}
	return exprs_join(lowering, IR_OR, &exprs);
}

static const struct ir_expr *
exists_lower(struct lowering *lowering, struct lowered *lowered, const struct sigma_item *item)
{
	struct ir_predicate predicate = {.other = IR_NONE, .op = PACK_EXISTS};
	const struct ir_expr *expr = predicate_lower(lowering, lowered, item, predicate);
	int wanted = (item->values[0].node->text.data[0] | 32) == 't';

	if (wanted)
		return expr;
	lowered->uses[lowered->use_count - 1].negated ^= 1;
	return ir_build_not(lowering->builder, expr);
}

static const struct ir_expr *
fieldref_lower(struct lowering *lowering, struct lowered *lowered, const struct sigma_item *item)
{
	static const uint8_t operators[] = {PACK_FIELD_EQUALS, PACK_FIELD_CONTAINS, PACK_FIELD_STARTSWITH,
	                                    PACK_FIELD_ENDSWITH};
	struct exprs exprs = {0};

	for (size_t i = 0; i < item->value_count; i++) {
		struct ir_predicate predicate = {
			.op = operators[item->comparison],
			.other = ir_build_field(lowering->builder, item->values[i].node->text),
		};

		expr_add(lowering, &exprs, predicate_lower(lowering, lowered, item, predicate));
	}
	return exprs_join(lowering, item->all ? IR_AND : IR_OR, &exprs);
}

static const struct ir_expr *
item_values_lower(struct lowering *lowering, struct lowered *lowered, const struct sigma_item *item)
{
	struct values values[OPERATOR_COUNT] = {0};
	struct exprs exprs = {0};

	if (!item->value_count)
		values_add(lowering, values, PACK_IS_NULL, (struct ir_value){0});
	for (size_t i = 0; i < item->value_count; i++) {
		value_lower(lowering, item, &item->values[i], values);
		if (!item->all)
			continue;
		expr_add(lowering, &exprs, values_lower(lowering, lowered, item, values));
		memset(values, 0, sizeof(values));
	}
	if (item->all && item->value_count)
		return exprs_join(lowering, IR_AND, &exprs);
	return values_lower(lowering, lowered, item, values);
}

static const struct ir_expr *
item_lower(struct lowering *lowering, struct lowered *lowered, const struct sigma_item *item)
{
	const struct ir_expr *expr;

	if (item->comparison == SIGMA_EXISTS)
		expr = exists_lower(lowering, lowered, item);
	else if (item->fieldref)
		expr = fieldref_lower(lowering, lowered, item);
	else
		expr = item_values_lower(lowering, lowered, item);
	return item->negated ? ir_build_not(lowering->builder, expr) : expr;
}

static void
identifier_lower(struct lowering *lowering, const struct sigma_identifier *identifier, struct lowered *lowered)
{
	struct exprs alternatives = {0};

	for (size_t i = 0; i < identifier->count; i++) {
		struct exprs items = {0};

		for (size_t j = 0; j < identifier->maps[i].count; j++) {
			struct sigma_item *item = &identifier->maps[i].items[j];

			item->expr = item_lower(lowering, lowered, item);
			expr_add(lowering, &items, item->expr);
		}
		expr_add(lowering, &alternatives, exprs_join(lowering, IR_AND, &items));
	}
	lowered->expr = exprs_join(lowering, IR_OR, &alternatives);
}

static const struct ir_expr *
identifier_use(struct lowering *lowering, uint32_t index, int negated)
{
	struct lowered *lowered = &lowering->identifiers[index];

	if (!lowered->expr)
		identifier_lower(lowering, &lowering->rule->identifiers[index], lowered);
	if (negated)
		lowered->negative = 1;
	else
		lowered->positive = 1;
	return lowered->expr;
}

/* At least quantity of the children: every choice of so many, joined by OR. */
static const struct ir_expr *
choices_lower(struct lowering *lowering, const struct exprs *children, uint32_t quantity)
{
	size_t *chosen = arena_alloc(lowering->arena, quantity * sizeof(*chosen)), at;
	struct exprs choices = {0};

	for (size_t i = 0; i < quantity; i++)
		chosen[i] = i;
	for (;;) {
		struct exprs choice = {0};

		for (size_t i = 0; i < quantity; i++)
			expr_add(lowering, &choice, children->items[chosen[i]]);
		expr_add(lowering, &choices, exprs_join(lowering, IR_AND, &choice));
		for (at = quantity; at > 0 && chosen[at - 1] == children->count - quantity + at - 1; at--)
			;
		if (!at)
			return exprs_join(lowering, IR_OR, &choices);
		chosen[at - 1]++;
		for (; at < quantity; at++)
			chosen[at] = chosen[at - 1] + 1;
	}
}

static const struct ir_expr *
condition_lower(struct lowering *lowering, const struct sigma_condition *condition, int negated)
{
	struct exprs exprs = {0};

	for (size_t i = 0; i < condition->identifier_count; i++)
		expr_add(lowering, &exprs, identifier_use(lowering, condition->identifiers[i], negated));
	for (size_t i = 0; i < condition->child_count; i++)
		expr_add(lowering, &exprs, condition_lower(lowering, condition->children[i],
		                                           negated ^ (condition->type == CONDITION_NOT)));
	switch (condition->type) {
	case CONDITION_IDENTIFIER:
		return exprs.items[0];
	case CONDITION_NOT:
		return ir_build_not(lowering->builder, exprs.items[0]);
	case CONDITION_AND:
		return exprs_join(lowering, IR_AND, &exprs);
	case CONDITION_OR:
		return exprs_join(lowering, IR_OR, &exprs);
	case CONDITION_OF:
		break;
	}
	if (condition->quantity == CONDITION_ALL || condition->quantity == exprs.count)
		return exprs_join(lowering, IR_AND, &exprs);
	if (condition->quantity == 1)
		return exprs_join(lowering, IR_OR, &exprs);
	return choices_lower(lowering, &exprs, condition->quantity);
}

/* A filter's identifiers are shown under its title: the rule may have the same names. */
static struct ir_text
part_name(struct lowering *lowering, const struct sigma_identifier *identifier)
{
	if (!lowering->rule->is_filter)
		return identifier->name;
	return arena_string(lowering->arena, arena_print(lowering->arena, "%s/%s", lowering->rule->title.data,
	                                                 identifier->name.data));
}

/* What each identifier asks, in the order of the rule, in the polarities the condition has. */
static void
uses_collect(struct lowering *lowering)
{
	for (size_t i = 0; i < lowering->rule->identifier_count; i++) {
		const struct lowered *lowered = &lowering->identifiers[i];
		struct ir_text part = part_name(lowering, &lowering->rule->identifiers[i]);

		for (size_t j = 0; j < lowered->use_count; j++)
			for (int negated = 0; negated < 2; negated++) {
				if (!(negated ? lowered->negative : lowered->positive))
					continue;
				lowering->uses = arena_grow(lowering->arena, lowering->uses, lowering->use_count,
				                            sizeof(*lowering->uses));
				lowering->uses[lowering->use_count++] = (struct ir_use){part, lowered->uses[j].predicate,
				                                                        lowered->uses[j].negated ^ negated};
			}
	}
}

/* The conditions of a rule or filter, over its own identifiers. */
static const struct ir_expr *
detection_lower(struct lowering *lowering, const struct sigma_rule *rule)
{
	struct exprs conditions = {0};

	lowering->rule = rule;
	lowering->identifiers = arena_alloc(lowering->arena, rule->identifier_count * sizeof(*lowering->identifiers));
	for (size_t i = 0; i < rule->condition_count; i++)
		expr_add(lowering, &conditions, condition_lower(lowering, rule->conditions[i], 0));
	uses_collect(lowering);
	return exprs_join(lowering, IR_OR, &conditions);
}

static const struct ir_expr *
filtered_lower(struct lowering *lowering, const struct sigma_rule *rule)
{
	struct exprs all = {0};

	expr_add(lowering, &all, detection_lower(lowering, rule));
	for (size_t i = 0; i < rule->filter_count; i++)
		if (!rule->filters[i]->is_bad)
			expr_add(lowering, &all, detection_lower(lowering, rule->filters[i]));
	return exprs_join(lowering, IR_AND, &all);
}

static int
reads_late(const struct logsources *logsources, const struct logsource *logsource, const struct sigma_rule *rule)
{
	for (size_t i = 0; i < rule->identifier_count; i++)
		for (size_t j = 0; j < rule->identifiers[i].count; j++)
			for (size_t k = 0; k < rule->identifiers[i].maps[j].count; k++) {
				const struct sigma_item *item = &rule->identifiers[i].maps[j].items[k];

				if (item->field.size && logsource_reach(logsources, logsource, item->field, NULL) == REACH_LATE)
					return 1;
				for (size_t l = 0; item->fieldref && l < item->value_count; l++)
					if (logsource_reach(logsources, logsource, item->values[l].node->text, NULL) == REACH_LATE)
						return 1;
			}
	for (size_t i = 0; i < rule->filter_count; i++)
		if (reads_late(logsources, logsource, rule->filters[i]))
			return 1;
	for (uint32_t i = 0; i < rule->kept_count; i++)
		if (logsource_reach(logsources, logsource, rule->kept[i], NULL) == REACH_LATE)
			return 1;
	return 0;
}

void
rule_lower(struct arena *arena, struct ir_builder *builder, const struct logsources *logsources,
           const struct sigma_rule *rule)
{
	struct lowering lowering = {.arena = arena, .builder = builder};
	struct logsource logsource = {rule->product, rule->category, rule->service};
	struct ir_rule lowered = rule_head(arena, rule);

	lowering.group = ir_build_group(builder, rule->product, rule->category, rule->service);
	lowered.late = reads_late(logsources, &logsource, rule);
	lowered.expr = filtered_lower(&lowering, rule);
	lowered.uses = lowering.uses;
	lowered.use_count = lowering.use_count;
	if (rule->correlation) {
		lowered.id = aggregation_events_id(arena, rule);
		lowered.flags = PACK_RULE_SILENT;
	}
	for (uint32_t i = 0; i < rule->kept_count; i++)
		ir_build_kept(builder, lowering.group, ir_build_field(builder, rule->kept[i]));
	ir_build_rule(builder, lowering.group, &lowered);
}
