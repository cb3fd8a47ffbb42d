/* Conditions of rules that do not exist, in an arena of the test's own. */
#ifndef CONDITIONS_H
#define CONDITIONS_H

#include <stddef.h>

#include "arena.h"
#include "ir.h"

#define TEXT(string) { string, sizeof(string) - 1 }

static struct arena *arena;

static const struct ir_expr *
join(enum ir_expr_type type, const struct ir_expr *a, const struct ir_expr *b)
{
	struct ir_expr *made = arena_alloc(arena, sizeof(*made));

	made->type = type;
	made->children = arena_alloc(arena, 2 * sizeof(*made->children));
	made->children[0] = a;
	made->children[1] = b;
	made->child_count = 1 + (b != NULL);
	return made;
}

static const struct ir_expr *not(const struct ir_expr *a) { return join(IR_NOT, a, NULL); }
static const struct ir_expr *and(const struct ir_expr *a, const struct ir_expr *b) { return join(IR_AND, a, b); }
static const struct ir_expr *or(const struct ir_expr *a, const struct ir_expr *b) { return join(IR_OR, a, b); }
#endif
