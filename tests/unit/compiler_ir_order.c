/* ir_order_predicates: the order of a group's rules, and the numbers of their predicates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "ir.h"
#include "ir_order.h"

enum { UNUSED, FIRST, SECOND, THIRD, LATE, PREDICATES };

static const struct ir_expr leaves[] = {
	[FIRST] = { .type = IR_PREDICATE, .predicate = FIRST },
	[SECOND] = { .type = IR_PREDICATE, .predicate = SECOND },
	[THIRD] = { .type = IR_PREDICATE, .predicate = THIRD },
	[LATE] = { .type = IR_PREDICATE, .predicate = LATE },
};
static const struct ir_expr *const third[] = { leaves + THIRD }, *const both[] = { leaves + FIRST, leaves + SECOND };
static const struct ir_expr
	joined = { .type = IR_AND, .child_count = 2, .children = (const struct ir_expr **)both },
	one = { .type = IR_OR, .child_count = 1, .children = (const struct ir_expr **)third },
	inner = { .type = IR_NOT, .child_count = 1, .children = (const struct ir_expr **)third };

/* Rules by their expressions, in the order of their ids; the last is late. */
static const struct ir_expr *const exprs[] = { &joined, &one, leaves + THIRD, &inner, leaves + SECOND, leaves + LATE };

enum { RULES = sizeof(exprs) / sizeof(*exprs) };

static void
test_order(void **state)
{
	static const uint32_t order[RULES] = { 1, 4, 0, 2, 3, 5 }, numbers[PREDICATES] = { IR_NONE, 2, 1, 0, 3 };
	static struct ir_predicate predicates[PREDICATES];
	static struct ir_rule rules[RULES];
	struct arena *arena = arena_new();
	const struct ir_rule *list[RULES];
	struct ir_group group = { .rules = list, .rule_count = RULES, .late_count = 1, .predicates = predicates,
	                          .predicate_count = PREDICATES };

	for (uint32_t i = 0; i < RULES; i++) {
		rules[i].expr = exprs[i];
		rules[i].expires = i;
		list[i] = rules + i;
	}
	for (uint32_t i = 0; i < PREDICATES; i++)
		predicates[i].field = i;
	ir_order_predicates(arena, &group);
	for (uint32_t i = 0; i < RULES; i++)
		assert_int_equal(group.rules[i]->expires, order[i]);
	assert_int_equal(group.predicate_count, PREDICATES - 1);
	assert_memory_equal(group.numbers, numbers, sizeof(numbers));
	for (uint32_t i = FIRST; i < PREDICATES; i++)
		assert_int_equal(group.predicates[numbers[i]].field, i);
	assert_int_equal(group.rules[0]->expr->children[0]->predicate, 0);
	assert_int_equal(group.rules[1]->expr->predicate, 1);
	arena_free(arena);
	(void)state;
}

/* The third and the second predicate share a value; the late one's field is before theirs. */
static void
test_shared(void **state)
{
	static const uint32_t numbers[PREDICATES] = { IR_NONE, 3, 1, 2, 0 };
	static const struct ir_value values[] = {
		{ .text = { "alone", 5 } }, { .text = { "one", 3 } }, { .text = { "same", 4 } },
	};
	static const struct ir_predicate predicates[PREDICATES] = {
		[FIRST] = { .field = 1, .value_count = 1, .values = values },
		[SECOND] = { .field = 1, .value_count = 2, .values = values + 1 },
		[THIRD] = { .field = 1, .value_count = 1, .values = values + 2 },
		[LATE] = { .field = 0 },
	};
	static const struct ir_expr *const all[] = { leaves + FIRST, leaves + SECOND, leaves + THIRD, leaves + LATE };
	static const struct ir_expr any = { .type = IR_OR, .child_count = 4, .children = (const struct ir_expr **)all };
	static const struct ir_rule rule = { .expr = &any };
	struct arena *arena = arena_new();
	const struct ir_rule *list[] = { &rule };
	struct ir_group group = { .rules = list, .rule_count = 1, .predicates = predicates, .predicate_count = PREDICATES };

	ir_order_predicates(arena, &group);
	assert_memory_equal(group.numbers, numbers, sizeof(numbers));
	for (uint32_t i = FIRST; i < PREDICATES; i++)
		assert_int_equal(group.rules[0]->expr->children[i - FIRST]->predicate, numbers[i]);
	arena_free(arena);
	(void)state;
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_order), cmocka_unit_test(test_shared) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
