/* plan_needs: without which fields no rule of a group matches; rules that are late apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conditions.h"
#include "packfile.h"
#include "plan.h"

enum { ENDS, LESS, NULLS, REGEX, SAME, KEYWORD, TABLE, PREDICATES };

static struct ir_expr leaves[PREDICATES];
static const struct ir_expr never = { .type = IR_FALSE };

/* Every predicate has a field of its own, by its number; fieldref another one, keywords none. */
static const struct plan *
plan_of(const struct ir_expr *early, const struct ir_expr *late)
{
	static const struct ir_text fields[] = { TEXT("A"), TEXT("B"), TEXT("C"), TEXT("D"), TEXT("E"), TEXT("F"), TEXT("G") };
	static const struct ir_value ends = { .text = TEXT("\\tool.exe") }, less = { .text = TEXT("7") },
		regex = { .text = TEXT("^[a-f]+$") }, word = { .text = TEXT("keyword") };
	static const struct ir_predicate predicates[] = {
		[ENDS] = { 0, IR_NONE, .op = PACK_ENDSWITH, .value_count = 1, .values = &ends },
		[LESS] = { 1, IR_NONE, .op = PACK_LT, .value_count = 1, .values = &less },
		[NULLS] = { 2, IR_NONE, .op = PACK_IS_NULL },
		[REGEX] = { 3, IR_NONE, .op = PACK_REGEX, .value_count = 1, .values = &regex },
		[SAME] = { 4, 5, .op = PACK_FIELD_EQUALS },
		[KEYWORD] = { IR_NONE, IR_NONE, .op = PACK_KEYWORD, .value_count = 1, .values = &word },
		[TABLE] = { 6, IR_NONE, .op = PACK_SUBDOMAIN, .flags = PACK_IN_DATA, .value_count = 1, .values = &word },
	};
	struct ir_rule *rules = arena_alloc(arena, 2 * sizeof(*rules));
	struct ir_group *group = arena_alloc(arena, sizeof(*group));
	struct ir_pack *pack = arena_alloc(arena, sizeof(*pack));

	rules[0].expr = early;
	rules[1].expr = late;
	group->rules = arena_alloc(arena, 2 * sizeof(*group->rules));
	group->rules[0] = rules;
	group->rules[1] = rules + 1;
	group->rule_count = 2;
	group->late_count = 1;
	group->predicates = predicates;
	group->predicate_count = PREDICATES;
	*pack = (struct ir_pack){ .fields = fields, .field_count = 7, .groups = group, .group_count = 1 };
	return plan_pack(arena, pack);
}

/* The fields as letters, * for keywords; "?" where an event without any may match. */
static void
check(const struct ir_expr *expr, const char *expected)
{
	for (int late = 0; late < 2; late++) {
		const struct plan *plan = plan_of(late ? &never : expr, late ? expr : &never);
		const struct plan_needs *needs = plan->groups[0].needs + late;
		char text[16] = "?";
		uint32_t count = 0;

		for (; needs->known && count < needs->count; count++)
			text[count] = needs->slots[count] == PLAN_LEAVES ? '*' : 'A' + needs->slots[count];
		text[needs->known ? count : 1] = 0;
		assert_string_equal(text, expected);
		assert_true(plan->groups[0].needs[!late].known);
		assert_int_equal(plan->groups[0].needs[!late].count, 0);
	}
}

static void
test_needs(void **state)
{
	(void)state;
	arena = arena_new();
	for (uint32_t i = 0; i < PREDICATES; i++)
		leaves[i] = (struct ir_expr){ .type = IR_PREDICATE, .predicate = i };
	check(&never, "");
	check(leaves + ENDS, "A");
	check(leaves + KEYWORD, "*");
	check(leaves + TABLE, "G");
	check(and(leaves + TABLE, leaves + ENDS), "A");
	check(and(leaves + TABLE, leaves + REGEX), "G");
	check(or(leaves + TABLE, leaves + ENDS), "GA");
	check(not(leaves + TABLE), "?");
	check(and(leaves + ENDS, not(leaves + REGEX)), "A");
	check(leaves + LESS, "B");
	check(leaves + REGEX, "D");
	check(leaves + SAME, "EF");
	check(not(leaves + ENDS), "?");
	check(leaves + NULLS, "?");
	check(and(not(leaves + NULLS), leaves + REGEX), "CD");
	check(and(leaves + NULLS, leaves + LESS), "CB");
	check(or(leaves + LESS, leaves + NULLS), "?");
	check(or(leaves + LESS, not(leaves + NULLS)), "BC");
	check(or(leaves + REGEX, leaves + KEYWORD), "D*");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_needs) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
