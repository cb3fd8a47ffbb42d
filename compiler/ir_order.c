/*
 * ir_order.c - numbers predicates by content.
 */
#include "ir_order.h"

#include <string.h>

#include "arena.h"
#include "ir.h"

struct order {
	struct arena *arena;
	const struct ir_predicate *from;
	struct ir_predicate *to;
	uint32_t *map; /* old number -> new, IR_NONE: not met yet */
	uint32_t count;
};

static uint32_t
predicate_number(struct order *order, uint32_t old)
{
	if (order->map[old] == IR_NONE) {
		order->to[order->count] = order->from[old];
		order->map[old] = order->count++;
	}
	return order->map[old];
}

/* A copy: several places of a rule may share one expression. */
static const struct ir_expr *
expr_number(struct order *order, const struct ir_expr *expr)
{
	struct ir_expr *copy = arena_alloc(order->arena, sizeof(*copy));

	*copy = *expr;
	if (expr->type == IR_PREDICATE)
		copy->predicate = predicate_number(order, expr->predicate);
	if (!expr->child_count)
		return copy;
	copy->children = arena_alloc(order->arena, expr->child_count * sizeof(*copy->children));
	for (uint32_t i = 0; i < expr->child_count; i++)
		copy->children[i] = expr_number(order, expr->children[i]);
	return copy;
}

static const struct ir_rule *
rule_number(struct order *order, const struct ir_rule *rule)
{
	struct ir_rule *copy = arena_alloc(order->arena, sizeof(*copy));
	struct ir_use *uses = arena_alloc(order->arena, (rule->use_count + 1) * sizeof(*uses));

	*copy = *rule;
	for (uint32_t i = 0; i < rule->use_count; i++) {
		uses[i] = rule->uses[i];
		uses[i].predicate = predicate_number(order, uses[i].predicate);
	}
	copy->uses = uses;
	copy->expr = expr_number(order, rule->expr);
	return copy;
}

/* The predicate that an expression is no more than; IR_NONE: there is none. */
static uint32_t
expr_lone(const struct ir_expr *expr)
{
	while ((expr->type == IR_AND || expr->type == IR_OR) && expr->child_count == 1)
		expr = expr->children[0];
	return expr->type == IR_PREDICATE ? expr->predicate : IR_NONE;
}

/* The rules that are a predicate which is no other's before, and not late, come first, and their predicates have their numbers. */
static const struct ir_rule **
rules_order(struct order *order, const struct ir_group *group)
{
	const struct ir_rule **rules = arena_alloc(order->arena, (group->rule_count + 1) * sizeof(*rules));
	uint32_t count;

	for (uint32_t i = 0; i < ir_phase(group, 0).count; i++) {
		uint32_t lone = expr_lone(group->rules[i]->expr);

		if (lone != IR_NONE && order->map[lone] == IR_NONE)
			rules[predicate_number(order, lone)] = group->rules[i];
	}
	count = order->count;
	for (uint32_t i = 0; i < group->rule_count; i++) {
		uint32_t lone = expr_lone(group->rules[i]->expr), number = lone == IR_NONE ? IR_NONE : order->map[lone];

		if (number == IR_NONE || rules[number] != group->rules[i])
			rules[count++] = group->rules[i];
	}
	return rules;
}

void
ir_order_predicates(struct arena *arena, struct ir_group *group)
{
	struct order order = { .arena = arena, .from = group->predicates };
	const struct ir_rule **rules;

	order.to = arena_alloc(arena, (group->predicate_count + 1) * sizeof(*order.to));
	order.map = arena_alloc(arena, (group->predicate_count + 1) * sizeof(*order.map));
	memset(order.map, 0xff, group->predicate_count * sizeof(*order.map));
	rules = rules_order(&order, group);
	for (uint32_t i = 0; i < group->rule_count; i++)
		rules[i] = rule_number(&order, rules[i]);
	group->rules = rules;
	group->predicates = order.to;
	group->predicate_count = order.count;
	group->numbers = order.map;
}
