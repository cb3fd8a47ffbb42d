/*
 * want.c - collects what rules compare a field with for equality.
 */
#include "want.h"

#include "arena.h"
#include "ir.h"
#include "ir_build.h"
#include "packfile.h"

enum { WANT_MAX = 512, WANT_TEXT_MAX = 64 };

struct wanting {
	struct arena *arena;
	const struct ir_group *group;
	uint32_t field;
};

static int expr_want(const struct wanting *wanting, const struct ir_expr *expr, struct want *want);

static int
want_has(const struct want *want, struct ir_text text)
{
	for (uint32_t i = 0; i < want->count; i++)
		if (!ir_text_compare(want->values[i], text))
			return 1;
	return 0;
}

/* 0 if they are too many. */
static int
want_add(struct arena *arena, struct want *want, const struct want *more)
{
	struct ir_text *values = arena_alloc(arena, (want->count + more->count + 1) * sizeof(*values));
	struct want both = { values, 0 };

	for (uint32_t i = 0; i < want->count; i++)
		values[both.count++] = want->values[i];
	for (uint32_t i = 0; i < more->count; i++)
		if (!want_has(&both, more->values[i]))
			values[both.count++] = more->values[i];
	*want = both;
	return both.count <= WANT_MAX;
}

static int
predicate_want(const struct wanting *wanting, const struct ir_predicate *predicate, struct want *want)
{
	struct ir_text *values = arena_alloc(wanting->arena, (predicate->value_count + 1) * sizeof(*values));

	if (predicate->field != wanting->field || predicate->op != PACK_EQUALS || predicate->part ||
	    predicate->flags & PACK_IN_DATA || predicate->value_count > WANT_MAX)
		return 0;
	for (uint32_t i = 0; i < predicate->value_count; i++) {
		values[i] = predicate->values[i].text;
		if (values[i].size > WANT_TEXT_MAX)
			return 0;
	}
	*want = (struct want){ values, predicate->value_count };
	return 1;
}

/* Of one child the least list, or of all one together. */
static int
join_want(const struct wanting *wanting, const struct ir_expr *expr, struct want *want)
{
	int known = expr->type == IR_OR;

	*want = (struct want){ 0 };
	for (uint32_t i = 0; i < expr->child_count; i++) {
		struct want child;

		if (!expr_want(wanting, expr->children[i], &child)) {
			if (expr->type == IR_OR)
				return 0;
			continue;
		}
		if (expr->type == IR_OR) {
			if (!want_add(wanting->arena, want, &child))
				return 0;
		} else if (!known || child.count < want->count) {
			*want = child;
		}
		known = 1;
	}
	return known;
}

static int
expr_want(const struct wanting *wanting, const struct ir_expr *expr, struct want *want)
{
	*want = (struct want){ 0 };
	switch (expr->type) {
	case IR_FALSE: return 1;
	case IR_PREDICATE: return predicate_want(wanting, wanting->group->predicates + expr->predicate, want);
	case IR_AND: case IR_OR: return join_want(wanting, expr, want);
	default: return 0;
	}
}

int
want_find(struct arena *arena, const struct ir_group *group, struct ir_phase phase, uint32_t field, struct want *want)
{
	const struct wanting wanting = { arena, group, field };

	*want = (struct want){ 0 };
	for (uint32_t i = phase.first; i < phase.first + phase.count; i++) {
		struct want rule;

		if (!expr_want(&wanting, group->rules[i]->expr, &rule) || !want_add(arena, want, &rule))
			return 0;
	}
	return 1;
}
