/* fold: negation at the literals, flat joins, constants and twins gone, cheap parts first, long sets in DATA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "emit.h"
#include "ir.h"
#include "packfile.h"

static struct arena *arena;

static const struct ir_expr *
expr(enum ir_expr_type type, uint32_t predicate, const struct ir_expr *a, const struct ir_expr *b)
{
	struct ir_expr *made = arena_alloc(arena, sizeof(*made));

	made->type = type;
	made->predicate = predicate;
	made->children = arena_alloc(arena, 2 * sizeof(*made->children));
	made->children[0] = a;
	made->children[1] = b;
	made->child_count = (a != NULL) + (b != NULL);
	return made;
}

static const struct ir_expr *literal(uint32_t predicate) { return expr(IR_PREDICATE, predicate, NULL, NULL); }
static const struct ir_expr *not(const struct ir_expr *a) { return expr(IR_NOT, 0, a, NULL); }
static const struct ir_expr *and(const struct ir_expr *a, const struct ir_expr *b) { return expr(IR_AND, 0, a, b); }
static const struct ir_expr *or(const struct ir_expr *a, const struct ir_expr *b) { return expr(IR_OR, 0, a, b); }

static void
print(FILE *out, const struct ir_expr *expr)
{
	static const char signs[] = "FTp!&|";

	fputc(signs[expr->type], out);
	if (expr->type == IR_PREDICATE)
		fprintf(out, "%u", expr->predicate);
	for (uint32_t i = 0; i < expr->child_count; i++)
		print(out, expr->children[i]);
	if (expr->type == IR_AND || expr->type == IR_OR)
		fputc('.', out);
}

/* Predicates 0 and 1 are strings, 2 a regex, 3 has no value and is never true, 4 a long set. */
static struct ir_pack
pack_of(const struct ir_expr *expr)
{
	struct ir_value *values = arena_alloc(arena, 5000 * sizeof(*values));
	struct ir_predicate *predicates = arena_alloc(arena, 5 * sizeof(*predicates));
	struct ir_rule *rule = arena_alloc(arena, sizeof(*rule));
	struct ir_group *group = arena_alloc(arena, sizeof(*group));

	for (uint32_t i = 0; i < 5000; i++)
		values[i].text = arena_string(arena, arena_print(arena, "v%u", i));
	for (uint32_t i = 0; i < 5; i++)
		predicates[i] = (struct ir_predicate){ .other = IR_NONE, .op = i == 2 ? PACK_REGEX : PACK_EQUALS,
			.value_count = i == 3 ? 0 : i == 4 ? 5000 : 1, .values = values + i };
	predicates[4].values = values;
	rule->expr = expr;
	group->rules = arena_alloc(arena, sizeof(*group->rules));
	group->rules[0] = rule;
	group->rule_count = 1;
	group->predicates = predicates;
	group->predicate_count = 5;
	return (struct ir_pack){ .groups = group, .group_count = 1 };
}

static void
check(const struct ir_expr *expr, const char *expected)
{
	struct ir_pack pack = pack_of(expr);
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fold_pack(arena, &pack);
	print(out, pack.groups[0].rules[0]->expr);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	assert_true(pack.groups[0].predicates[4].flags & PACK_IN_DATA);
	assert_false(pack.groups[0].predicates[0].flags & PACK_IN_DATA);
}

static void
test_fold(void **state)
{
	(void)state;
	arena = arena_new();
	check(not(and(literal(0), not(literal(1)))), "|!p0p1.");
	check(and(literal(0), and(literal(1), literal(0))), "&p0p1.");
	check(and(literal(2), literal(0)), "&p0p2.");
	check(or(literal(0), literal(3)), "p0");
	check(and(literal(0), literal(3)), "F");
	check(or(literal(0), not(literal(3))), "T");
	check(and(literal(0), not(literal(0))), "F");
	check(or(literal(0), not(literal(0))), "|p0!p0.");
	check(not(not(literal(1))), "p1");
	check(and(or(literal(2), literal(1)), literal(0)), "&p0|p1p2..");
	check(expr(IR_AND, 0, NULL, NULL), "T");
	check(expr(IR_OR, 0, NULL, NULL), "F");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_fold) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
