/*
 * plan_rule.c - finds each rule's witness: predicates of sets or tables one of which is true whenever the rule is; and what
 * else tells at once that it is not.
 */
#include "arena.h"
#include "ir.h"
#include "packfile.h"
#include "plan.h"
#include "planner.h"

struct witness {
	uint32_t *predicates;
	uint32_t count;
	double weight; /* how often it will be true, by guess; negative: there is none */
};

/* Short strings are looked for where nothing else can be a witness, tables are where those cannot, and then runs. */
enum effort { EFFORT_SETS, EFFORT_SHORT, EFFORT_TABLE, EFFORT_RUN };

static struct witness witness_find(struct planner *planner, const struct ir_expr *expr, enum effort effort);

static struct witness
witness_literal(struct planner *planner, uint32_t number, enum effort effort)
{
	const struct plan_group *group = planner->group;
	const struct plan_predicate *plan = group->predicates + number;
	struct witness witness = { .count = 1, .weight = -1 };
	uint32_t predicate = plan->lazy && plan->gate != PLAN_NONE ? plan->gate : number;

	if (!plan->lazy || plan->gate != PLAN_NONE)
		witness.weight = group->predicates[predicate].weight;
	else if (effort >= EFFORT_SHORT)
		witness.weight = predicate_promised(planner, number);
	if (witness.weight < 0 && effort >= EFFORT_TABLE && plan->data != PLAN_NONE)
		witness.weight = 0;
	if (witness.weight < 0 && effort == EFFORT_RUN && predicate_has_run(planner, number))
		witness.weight = 0;
	if (witness.weight < 0)
		return witness;
	witness.predicates = arena_alloc(planner->arena, sizeof(*witness.predicates));
	witness.predicates[0] = predicate;
	return witness;
}

static struct witness
witness_join(struct planner *planner, const struct ir_expr *expr, enum effort effort)
{
	struct witness best = { .weight = -1 };

	for (uint32_t i = 0; i < expr->child_count; i++) {
		struct witness witness = witness_find(planner, expr->children[i], effort);

		if (expr->type == IR_AND) {
			if (witness.weight >= 0 && (best.weight < 0 || witness.weight < best.weight))
				best = witness;
			continue;
		}
		if (witness.weight < 0)
			return witness;
		best.weight = (best.weight < 0 ? 0 : best.weight) + witness.weight;
		for (uint32_t k = 0; k < witness.count; k++) {
			best.predicates = arena_grow(planner->arena, best.predicates, best.count, sizeof(*best.predicates));
			best.predicates[best.count++] = witness.predicates[k];
		}
	}
	return best;
}

static struct witness
witness_find(struct planner *planner, const struct ir_expr *expr, enum effort effort)
{
	switch (expr->type) {
	case IR_PREDICATE: return witness_literal(planner, expr->predicate, effort);
	case IR_AND: case IR_OR: return witness_join(planner, expr, effort);
	default: return (struct witness){ .weight = -1 };
	}
}

static void
sets_need(struct plan_group *group, uint32_t predicate)
{
	for (int type = PLAN_FORWARD; type <= PLAN_CONTAINS; type++)
		if (group->predicates[predicate].sets[type] != PLAN_NONE)
			group->sets[group->predicates[predicate].sets[type]].eager = 1;
}

/* A rule without a witness asks about the same strings every time: they are looked for with all others. */
static void
strings_promote(struct planner *planner, const struct ir_expr *expr)
{
	struct plan_group *group = planner->group;
	const struct ir_predicate *predicate = group->group->predicates + expr->predicate;

	if (expr->type != IR_PREDICATE) {
		for (uint32_t i = 0; i < expr->child_count; i++)
			strings_promote(planner, expr->children[i]);
		return;
	}
	if (predicate->op == PACK_CONTAINS && !(predicate->flags & PACK_CASED) && group->predicates[expr->predicate].lazy &&
	    predicate_promised(planner, expr->predicate) >= 0)
		sets_need(group, predicate_promote(planner, expr->predicate));
}

/* Is it a predicate that sets decide, or one of several? They are the witness then. */
static int
is_certain(const struct plan_group *group, const struct ir_expr *expr)
{
	if (expr->type == IR_PREDICATE)
		return !group->predicates[expr->predicate].lazy;
	for (uint32_t i = 0; i < expr->child_count; i++)
		if (expr->type != IR_OR || !is_certain(group, expr->children[i]))
			return 0;
	return expr->type == IR_OR;
}

/* 0: with that effort there is none. */
static int
rule_witness(struct planner *planner, uint32_t number, enum effort effort)
{
	struct plan_group *group = planner->group;
	const struct ir_expr *expr = group->group->rules[number]->expr;
	struct witness witness = witness_find(planner, expr, effort);

	if (witness.weight < 0)
		return 0;
	for (uint32_t i = 0; i < witness.count; i++) {
		uint32_t predicate = witness.predicates[i];

		if (group->predicates[predicate].lazy)
			witness.predicates[i] = predicate_promote(planner, predicate);
		sets_need(group, witness.predicates[i]);
	}
	group->rules[number] = (struct plan_rule){
		.witness = witness.predicates, .witness_count = witness.count, .certain = is_certain(group, expr),
	};
	return 1;
}

void
rule_plan(struct planner *planner, uint32_t number)
{
	if (!rule_witness(planner, number, EFFORT_SETS) && !rule_witness(planner, number, EFFORT_SHORT) &&
	    !rule_witness(planner, number, EFFORT_TABLE))
		strings_promote(planner, planner->group->group->rules[number]->expr);
}

void
rule_plan_run(struct planner *planner, uint32_t number)
{
	if (!planner->group->rules[number].witness)
		rule_witness(planner, number, EFFORT_RUN);
}

/* How likely it is that the answer is another. */
static double
ask_worth(const struct plan_group *group, struct plan_ask ask)
{
	double weight = group->predicates[ask.predicate].weight;

	weight = weight < 1 ? weight : 1;
	return ask.yes ? 1 - weight : weight;
}

/* Keeps those that are worth most, the best first. */
static void
ask_add(const struct plan_group *group, struct plan_rule *rule, struct plan_ask ask)
{
	uint32_t at = rule->ask_count;

	while (at > 0 && ask_worth(group, rule->asks[at - 1]) < ask_worth(group, ask)) {
		if (at < PLAN_ASKS)
			rule->asks[at] = rule->asks[at - 1];
		at--;
	}
	if (at < PLAN_ASKS)
		rule->asks[at] = ask;
	rule->ask_count += rule->ask_count < PLAN_ASKS;
}

static int
is_only_witness(const struct plan_rule *rule, uint32_t predicate)
{
	return rule->witness_count == 1 && rule->witness[0] == predicate;
}

void
rule_plan_asks(struct plan_group *group, uint32_t number)
{
	const struct ir_expr *expr = group->group->rules[number]->expr;
	struct plan_rule *rule = group->rules + number;

	for (uint32_t i = 0; expr->type == IR_AND && i < expr->child_count; i++) {
		const struct ir_expr *child = expr->children[i];
		struct plan_ask ask = { child->predicate, 1 };

		if (child->type == IR_NOT)
			ask = (struct plan_ask){ child->children[0]->predicate, 0 };
		else if (child->type != IR_PREDICATE)
			continue;
		if (plan_is_eager(group, ask.predicate) && !is_only_witness(rule, ask.predicate))
			ask_add(group, rule, ask);
	}
}
