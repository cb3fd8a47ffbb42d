/*
 * ir_order.c - numbers predicates by content.
 *
 * Those that one text makes true are to be near each other, since what is true is kept in words of a bitmap: they are of one
 * field, and where many share a value, as one that is the name of a shell, many are true at once, and often.
 */
#include "ir_order.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ir.h"

struct order {
	struct arena *arena;
	const struct ir_predicate *predicates; /* by old number */
	uint32_t *map; /* old number -> new, IR_NONE: not met yet */
	uint32_t *olds; /* new number -> old */
	uint32_t count;
};

struct place { /* of a predicate */
	uint32_t old;
	uint32_t met;    /* its number in the order in which the rules use them */
	uint32_t field;
	uint32_t shared; /* so many have that of its values which most have */
};

struct holder { /* of a value */
	uintptr_t value; /* interned */
	uint32_t met;    /* the predicate */
};

static void
predicate_meet(void *context, uint32_t old)
{
	struct order *order = context;

	if (order->map[old] != IR_NONE)
		return;
	order->olds[order->count] = old;
	order->map[old] = order->count++;
}

static void
rule_meet(struct order *order, const struct ir_rule *rule)
{
	for (uint32_t i = 0; i < rule->use_count; i++)
		predicate_meet(order, rule->uses[i].predicate);
	ir_expr_visit(rule->expr, predicate_meet, order);
}

/* The predicate that an expression is no more than; IR_NONE: there is none. */
static uint32_t
expr_lone(const struct ir_expr *expr)
{
	while ((expr->type == IR_AND || expr->type == IR_OR) && expr->child_count == 1)
		expr = expr->children[0];
	return expr->type == IR_PREDICATE ? expr->predicate : IR_NONE;
}

/* The rules that are a predicate which is no other's before, and not late, come first, and their predicates have their
 * numbers. */
static const struct ir_rule **
rules_order(struct order *order, const struct ir_group *group)
{
	const struct ir_rule **rules = arena_alloc(order->arena, (group->rule_count + 1) * sizeof(*rules));
	uint32_t count;

	for (uint32_t i = 0; i < ir_phase(group, 0).count; i++) {
		uint32_t lone = expr_lone(group->rules[i]->expr);

		if (lone == IR_NONE || order->map[lone] != IR_NONE)
			continue;
		rules[order->count] = group->rules[i];
		predicate_meet(order, lone);
	}
	count = order->count;
	for (uint32_t i = 0; i < group->rule_count; i++) {
		uint32_t lone = expr_lone(group->rules[i]->expr), number = lone == IR_NONE ? IR_NONE : order->map[lone];

		if (number == IR_NONE || rules[number] != group->rules[i])
			rules[count++] = group->rules[i];
	}
	return rules;
}

static int
holder_compare(const void *one, const void *two)
{
	const struct holder *left = one, *right = two;

	return (left->value > right->value) - (left->value < right->value);
}

/* Of all values, sorted; a feed's are no other's. */
static struct holder *
holders_list(const struct order *order, uint32_t *count)
{
	struct holder *list = NULL;

	*count = 0;
	for (uint32_t i = 0; i < order->count; i++) {
		const struct ir_predicate *predicate = order->predicates + order->olds[i];

		for (uint32_t k = 0; k < predicate->value_count && !predicate->settled; k++) {
			list = arena_grow(order->arena, list, *count, sizeof(*list));
			list[(*count)++] = (struct holder){ (uintptr_t)predicate->values[k].text.data, i };
		}
	}
	if (*count)
		qsort(list, *count, sizeof(*list), holder_compare);
	return list;
}

static void
shared_count(const struct order *order, struct place *places)
{
	uint32_t count, end;
	const struct holder *holders = holders_list(order, &count);

	for (uint32_t first = 0; first < count; first = end) {
		for (end = first + 1; end < count && holders[end].value == holders[first].value; end++)
			;
		for (uint32_t i = first; i < end; i++)
			if (places[holders[i].met].shared < end - first)
				places[holders[i].met].shared = end - first;
	}
}

static int
place_compare(const void *one, const void *two)
{
	const struct place *left = one, *right = two;

	if (left->field != right->field)
		return left->field < right->field ? -1 : 1;
	if (left->shared != right->shared)
		return left->shared > right->shared ? -1 : 1;
	return left->met < right->met ? -1 : left->met > right->met;
}

/* Those from first on. */
static void
predicates_sort(struct order *order, uint32_t first)
{
	struct place *places = arena_alloc(order->arena, (order->count + 1) * sizeof(*places));

	for (uint32_t i = 0; i < order->count; i++)
		places[i] = (struct place){ order->olds[i], i, order->predicates[order->olds[i]].field, 0 };
	shared_count(order, places);
	if (first < order->count)
		qsort(places + first, order->count - first, sizeof(*places), place_compare);
	for (uint32_t i = first; i < order->count; i++) {
		order->olds[i] = places[i].old;
		order->map[places[i].old] = i;
	}
}

/* A copy: several places of a rule may share one expression. */
static const struct ir_expr *
expr_number(const struct order *order, const struct ir_expr *expr)
{
	struct ir_expr *copy = arena_alloc(order->arena, sizeof(*copy));

	*copy = *expr;
	if (expr->type == IR_PREDICATE)
		copy->predicate = order->map[expr->predicate];
	if (!expr->child_count)
		return copy;
	copy->children = arena_alloc(order->arena, expr->child_count * sizeof(*copy->children));
	for (uint32_t i = 0; i < expr->child_count; i++)
		copy->children[i] = expr_number(order, expr->children[i]);
	return copy;
}

static const struct ir_rule *
rule_number(const struct order *order, const struct ir_rule *rule)
{
	struct ir_rule *copy = arena_alloc(order->arena, sizeof(*copy));
	struct ir_use *uses = arena_alloc(order->arena, (rule->use_count + 1) * sizeof(*uses));

	*copy = *rule;
	for (uint32_t i = 0; i < rule->use_count; i++) {
		uses[i] = rule->uses[i];
		uses[i].predicate = order->map[uses[i].predicate];
	}
	copy->uses = uses;
	copy->expr = expr_number(order, rule->expr);
	return copy;
}

void
ir_order_predicates(struct arena *arena, struct ir_group *group)
{
	struct order order = { .arena = arena, .predicates = group->predicates };
	struct ir_predicate *predicates = arena_alloc(arena, (group->predicate_count + 1) * sizeof(*predicates));
	const struct ir_rule **rules;
	uint32_t lone;

	order.olds = arena_alloc(arena, (group->predicate_count + 1) * sizeof(*order.olds));
	order.map = arena_alloc(arena, (group->predicate_count + 1) * sizeof(*order.map));
	memset(order.map, 0xff, group->predicate_count * sizeof(*order.map));
	rules = rules_order(&order, group);
	lone = order.count;
	for (uint32_t i = 0; i < group->rule_count; i++)
		rule_meet(&order, rules[i]);
	predicates_sort(&order, lone);
	for (uint32_t i = 0; i < group->rule_count; i++)
		rules[i] = rule_number(&order, rules[i]);
	for (uint32_t i = 0; i < order.count; i++)
		predicates[i] = group->predicates[order.olds[i]];
	group->rules = rules;
	group->predicates = predicates;
	group->predicate_count = order.count;
	group->numbers = order.map;
}
