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

static void
needs_add(struct arena *arena, struct plan_needs *needs, uint32_t slot)
{
	for (uint32_t i = 0; i < needs->count; i++)
		if (needs->slots[i] == slot)
			return;
	needs->slots = arena_grow(arena, needs->slots, needs->count, sizeof(*needs->slots));
	needs->slots[needs->count++] = slot;
}

static void
needs_add_expr(struct arena *arena, struct plan_needs *needs, const struct ir_group *group, const struct ir_expr *expr)
{
	if (expr->type == IR_PREDICATE) {
		needs_add(arena, needs, group->predicates[expr->predicate].field);
		if (group->predicates[expr->predicate].other != IR_NONE)
			needs_add(arena, needs, group->predicates[expr->predicate].other);
	}
	for (uint32_t i = 0; i < expr->child_count; i++)
		needs_add_expr(arena, needs, group, expr->children[i]);
}

/* Those of the sets that its witness is in. */
static void
needs_add_witness(struct arena *arena, struct plan_needs *needs, const struct plan_group *group, const struct plan_rule *rule)
{
	for (uint32_t i = 0; i < rule->witness_count; i++)
		for (int type = PLAN_FORWARD; type <= PLAN_CONTAINS; type++) {
			uint32_t set = group->predicates[rule->witness[i]].sets[type];

			if (set != PLAN_NONE)
				needs_add(arena, needs, group->sets[set].slot);
		}
}

struct plan_needs
needs_plan(struct arena *arena, const struct plan_group *group, struct ir_phase phase)
{
	struct plan_needs needs = { .known = 1 };

	for (uint32_t i = phase.first; i < phase.first + phase.count; i++) {
		const struct ir_expr *expr = group->group->rules[i]->expr;

		if (group->rules[i].witness)
			needs_add_witness(arena, &needs, group, group->rules + i);
		else if (is_true_of_nothing(group->group, expr))
			return (struct plan_needs){ .known = 0 };
		else
			needs_add_expr(arena, &needs, group->group, expr);
	}
	return needs;
}
