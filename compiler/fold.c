/*
 * fold.c - makes rules small: constants gone, negation at the literals, joins flat, without twins, cheap parts first.
 *
 * Requires a pack as lower leaves it. Leaves true: an expression is IR_TRUE, IR_FALSE, or a tree of IR_AND and IR_OR
 * with two or more children (alternating) over literals; a literal is IR_PREDICATE or IR_NOT of one. Long value sets
 * are marked PACK_IN_DATA.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "emit.h"
#include "ir.h"
#include "packfile.h"

enum { VALUES_IN_CODE = 4096 }; /* longer sets of whole values become a table in the pack's data */

struct folder {
	struct arena *arena;
	const struct ir_predicate *predicates;
};

static const struct ir_expr *fold(struct folder *folder, const struct ir_expr *expr, int negated);

static struct ir_expr *
expr_new(struct folder *folder, enum ir_expr_type type)
{
	struct ir_expr *expr = arena_alloc(folder->arena, sizeof(*expr));

	expr->type = type;
	expr->predicate = IR_NONE;
	return expr;
}

/* A predicate that no event can decide otherwise. */
static int
predicate_constant(const struct ir_predicate *predicate)
{
	int takes_values = predicate->op != PACK_IS_NULL && predicate->op != PACK_EXISTS &&
		!(predicate->op >= PACK_FIELD_EQUALS && predicate->op <= PACK_FIELD_CONTAINS);

	return takes_values && predicate->value_count == 0;
}

static const struct ir_expr *
fold_literal(struct folder *folder, uint32_t predicate, int negated)
{
	struct ir_expr *literal, *not;

	if (predicate_constant(folder->predicates + predicate))
		return expr_new(folder, negated ? IR_TRUE : IR_FALSE);
	literal = expr_new(folder, IR_PREDICATE);
	literal->predicate = predicate;
	if (!negated)
		return literal;
	not = expr_new(folder, IR_NOT);
	not->child_count = 1;
	not->children = arena_alloc(folder->arena, sizeof(*not->children));
	not->children[0] = literal;
	return not;
}

/* What a part costs to ask, roughly in nanoseconds per hundred bytes. */
static uint32_t
expr_cost(const struct folder *folder, const struct ir_expr *expr)
{
	uint32_t cost = 0;

	if (expr->type == IR_PREDICATE) {
		switch (folder->predicates[expr->predicate].op) {
		case PACK_REGEX: return 300;
		case PACK_WILDCARD: return 200;
		case PACK_CIDR: return 40;
		case PACK_FIELD_EQUALS: case PACK_FIELD_STARTSWITH: case PACK_FIELD_ENDSWITH: case PACK_FIELD_CONTAINS:
			return 100;
		case PACK_LT: case PACK_LTE: case PACK_GT: case PACK_GTE: return 30;
		default: return folder->predicates[expr->predicate].flags & PACK_CASED ? 60 : 1;
		}
	}
	for (uint32_t i = 0; i < expr->child_count; i++)
		cost += expr_cost(folder, expr->children[i]);
	return cost;
}

static int
literal_is(const struct ir_expr *expr, enum ir_expr_type type, uint32_t predicate)
{
	return expr->type == type && (type == IR_NOT ? expr->children[0]->predicate : expr->predicate) == predicate;
}

/* 1: the join has this literal already; -1: it has its opposite. */
static int
join_knows(const struct ir_expr *join, const struct ir_expr *child)
{
	enum ir_expr_type opposite = child->type == IR_NOT ? IR_PREDICATE : IR_NOT;
	uint32_t predicate = child->type == IR_NOT ? child->children[0]->predicate : child->predicate;

	if (child->type != IR_NOT && child->type != IR_PREDICATE)
		return 0;
	for (uint32_t i = 0; i < join->child_count; i++) {
		if (literal_is(join->children[i], child->type, predicate))
			return 1;
		if (literal_is(join->children[i], opposite, predicate))
			return -1;
	}
	return 0;
}

/* Returns 0 when the join is decided by this child. An AND of a literal and its opposite is false even where the
 * predicate is unknown; an OR of both is not true there, so it stays. */
static int
join_add(struct folder *folder, struct ir_expr *join, const struct ir_expr *child)
{
	enum ir_expr_type neutral = join->type == IR_AND ? IR_TRUE : IR_FALSE;
	enum ir_expr_type deciding = join->type == IR_AND ? IR_FALSE : IR_TRUE;
	int known = join_knows(join, child);

	if (child->type == deciding || (known < 0 && join->type == IR_AND))
		return 0;
	if (child->type == neutral || known > 0)
		return 1;
	if (child->type == join->type) {
		for (uint32_t i = 0; i < child->child_count; i++)
			if (!join_add(folder, join, child->children[i]))
				return 0;
		return 1;
	}
	join->children = arena_grow(folder->arena, join->children, join->child_count, sizeof(*join->children));
	join->children[join->child_count++] = child;
	return 1;
}

static void
join_sort(struct folder *folder, struct ir_expr *join)
{
	uint32_t *costs = arena_alloc(folder->arena, join->child_count * sizeof(*costs));

	for (uint32_t i = 0; i < join->child_count; i++) {
		const struct ir_expr *child = join->children[i];
		uint32_t cost = expr_cost(folder, child), at = i;

		for (; at > 0 && costs[at - 1] > cost; at--) {
			costs[at] = costs[at - 1];
			join->children[at] = join->children[at - 1];
		}
		costs[at] = cost;
		join->children[at] = child;
	}
}

static const struct ir_expr *
fold_join(struct folder *folder, const struct ir_expr *expr, int negated)
{
	int is_and = (expr->type == IR_AND) != negated;
	struct ir_expr *join = expr_new(folder, is_and ? IR_AND : IR_OR);

	for (uint32_t i = 0; i < expr->child_count; i++)
		if (!join_add(folder, join, fold(folder, expr->children[i], negated)))
			return expr_new(folder, is_and ? IR_FALSE : IR_TRUE);
	if (join->child_count == 0)
		return expr_new(folder, is_and ? IR_TRUE : IR_FALSE);
	if (join->child_count == 1)
		return join->children[0];
	join_sort(folder, join);
	return join;
}

static const struct ir_expr *
fold(struct folder *folder, const struct ir_expr *expr, int negated)
{
	switch (expr->type) {
	case IR_TRUE: return expr_new(folder, negated ? IR_FALSE : IR_TRUE);
	case IR_FALSE: return expr_new(folder, negated ? IR_TRUE : IR_FALSE);
	case IR_PREDICATE: return fold_literal(folder, expr->predicate, negated);
	case IR_NOT: return fold(folder, expr->children[0], !negated);
	default: return fold_join(folder, expr, negated);
	}
}

static void
fold_group(struct arena *arena, struct ir_group *group)
{
	struct ir_predicate *predicates = arena_alloc(arena, (group->predicate_count + 1) * sizeof(*predicates));
	const struct ir_rule **rules = arena_alloc(arena, (group->rule_count + 1) * sizeof(*rules));
	struct folder folder = { arena, predicates };

	for (uint32_t i = 0; i < group->predicate_count; i++) {
		predicates[i] = group->predicates[i];
		if (predicates[i].value_count > VALUES_IN_CODE && !(predicates[i].flags & PACK_CASED) &&
		    !predicates[i].part && (predicates[i].op == PACK_EQUALS || predicates[i].op == PACK_SUBDOMAIN))
			predicates[i].flags |= PACK_IN_DATA;
	}
	for (uint32_t i = 0; i < group->rule_count; i++) {
		struct ir_rule *rule = arena_alloc(arena, sizeof(*rule));

		*rule = *group->rules[i];
		rule->expr = fold(&folder, rule->expr, 0);
		rules[i] = rule;
	}
	group->predicates = predicates;
	group->rules = rules;
}

void
fold_pack(struct arena *arena, struct ir_pack *pack)
{
	struct ir_group *groups = arena_alloc(arena, (pack->group_count + 1) * sizeof(*groups));

	for (uint32_t i = 0; i < pack->group_count; i++) {
		groups[i] = pack->groups[i];
		fold_group(arena, groups + i);
	}
	pack->groups = groups;
}
