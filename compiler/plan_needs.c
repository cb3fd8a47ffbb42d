/*
 * plan_needs.c - the slots an event must have some of if any of a group's rules is to match.
 */
#include "arena.h"
#include "ir.h"
#include "packfile.h"
#include "plan.h"
#include "planner.h"

/* What the rule is of an event that has nothing. */
static int
is_true_of_nothing(const struct ir_group *group, const struct ir_expr *expr)
{
	switch (expr->type) {
	case IR_TRUE: return 1;
	case IR_FALSE: return 0;
	case IR_NOT: return !is_true_of_nothing(group, expr->children[0]);
	case IR_PREDICATE: return group->predicates[expr->predicate].op == PACK_IS_NULL;
	default: break;
	}
	for (uint32_t i = 0; i < expr->child_count; i++)
		if (is_true_of_nothing(group, expr->children[i]) != (expr->type == IR_AND))
			return expr->type == IR_OR;
	return expr->type == IR_AND;
}

struct needing { /* needs, while they are found */
	struct arena *arena;
	const struct plan_group *group;
	struct plan_needs needs;
};

static void
slot_add(struct needing *needing, uint32_t slot)
{
	struct plan_needs *needs = &needing->needs;

	for (uint32_t i = 0; i < needs->count; i++)
		if (needs->slots[i] == slot)
			return;
	needs->slots = arena_grow(needing->arena, needs->slots, needs->count, sizeof(*needs->slots));
	needs->slots[needs->count++] = slot;
}

static void
predicate_add(void *context, uint32_t number)
{
	struct needing *needing = context;
	const struct ir_predicate *predicate = needing->group->group->predicates + number;

	slot_add(needing, predicate->field);
	if (predicate->other != IR_NONE)
		slot_add(needing, predicate->other);
}

/* The slots of the sets that it is in, of its run, or of what its table is asked about. */
static void
witness_add(struct needing *needing, uint32_t number)
{
	const struct plan_group *group = needing->group;
	const struct plan_predicate *predicate = group->predicates + number;

	if (predicate->run)
		slot_add(needing, predicate->run->slot);
	if (predicate->data != PLAN_NONE)
		slot_add(needing, group->group->predicates[number].field);
	for (int type = PLAN_FORWARD; type <= PLAN_CONTAINS; type++)
		if (predicate->sets[type] != PLAN_NONE)
			slot_add(needing, group->sets[predicate->sets[type]].slot);
}

struct plan_needs
needs_plan(struct arena *arena, const struct plan_group *group, struct ir_phase phase)
{
	struct needing needing = { arena, group, { .known = 1 } };

	for (uint32_t i = phase.first; i < phase.first + phase.count; i++) {
		const struct ir_expr *expr = group->group->rules[i]->expr;
		const struct plan_rule *rule = group->rules + i;

		for (uint32_t k = 0; k < rule->witness_count; k++)
			witness_add(&needing, rule->witness[k]);
		if (rule->witness)
			continue;
		if (is_true_of_nothing(group->group, expr))
			return (struct plan_needs){ .known = 0 };
		ir_expr_visit(expr, predicate_add, &needing);
	}
	return needing.needs;
}
