/* want: the values of a field without one of which no rule of a phase matches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conditions.h"
#include "packfile.h"
#include "want.h"

enum { ONE, TWO, CASED, ENDS, OTHER, DATA, PART, LONG, MANY, PREDICATES, MOST = 600 };

static struct ir_expr leaves[PREDICATES];
static const struct ir_expr never = { .type = IR_FALSE }, always = { .type = IR_TRUE };

/* Of two rules, one of them late or both not; all predicates but OTHER are of field 1. */
static const char *
wants(const struct ir_expr *first, const struct ir_expr *second, uint32_t late_count)
{
	static const struct ir_value one = { .text = TEXT("1") }, two[] = { { .text = TEXT("2") }, { .text = TEXT("1") } },
		cased = { .text = TEXT("c") }, large = { .text = TEXT("0123456789012345678901234567890123456789012345678901234567890123x") };
	static struct ir_value many[MOST];
	static const struct ir_predicate predicates[] = {
		[ONE] = { 1, IR_NONE, .op = PACK_EQUALS, .value_count = 1, .values = &one },
		[TWO] = { 1, IR_NONE, .op = PACK_EQUALS, .value_count = 2, .values = two },
		[CASED] = { 1, IR_NONE, .op = PACK_EQUALS, .flags = PACK_CASED, .value_count = 1, .values = &cased },
		[ENDS] = { 1, IR_NONE, .op = PACK_ENDSWITH, .value_count = 1, .values = &one },
		[OTHER] = { 0, IR_NONE, .op = PACK_EQUALS, .value_count = 1, .values = &one },
		[DATA] = { 1, IR_NONE, .op = PACK_EQUALS, .flags = PACK_IN_DATA, .value_count = 1, .values = &one },
		[PART] = { 1, IR_NONE, .op = PACK_EQUALS, .part = PACK_HOUR, .value_count = 1, .values = &one },
		[LONG] = { 1, IR_NONE, .op = PACK_EQUALS, .value_count = 1, .values = &large },
		[MANY] = { 1, IR_NONE, .op = PACK_EQUALS, .value_count = MOST, .values = many },
	};
	static char shown[64];
	struct ir_rule rules[] = { { .expr = first }, { .expr = second } };
	const struct ir_rule *list[] = { rules, rules + 1 };
	const struct ir_group group = { .rules = list, .rule_count = 2, .late_count = late_count,
		.predicates = predicates, .predicate_count = PREDICATES };
	struct want want;

	if (!want_find(arena, &group, ir_phase(&group, 0), 1, &want))
		return "any";
	*shown = 0;
	for (uint32_t i = 0; i < want.count; i++)
		strncat(shown, want.values[i].data, want.values[i].size);
	return shown;
}

static const char *
want(const struct ir_expr *expr)
{
	return wants(expr, &never, 0);
}

static void
test_rule(void **state)
{
	(void)state;
	assert_string_equal(want(leaves + ONE), "1");
	assert_string_equal(want(leaves + TWO), "21");
	assert_string_equal(want(leaves + CASED), "c");
	assert_string_equal(want(and(leaves + TWO, leaves + ENDS)), "21");
	assert_string_equal(want(and(leaves + TWO, leaves + ONE)), "1");
	assert_string_equal(want(and(leaves + ONE, not(leaves + TWO))), "1");
	assert_string_equal(want(or(leaves + ONE, leaves + CASED)), "1c");
	assert_string_equal(want(or(leaves + ONE, leaves + TWO)), "12");
	assert_string_equal(want(and(leaves + OTHER, or(leaves + ONE, leaves + CASED))), "1c");
	assert_string_equal(want(&never), "");
	assert_string_equal(want(&always), "any");
	assert_string_equal(want(not(leaves + ONE)), "any");
	assert_string_equal(want(or(leaves + ONE, leaves + OTHER)), "any");
	for (int i = ENDS; i < PREDICATES; i++)
		assert_string_equal(want(leaves + i), "any");
}

static void
test_rules(void **state)
{
	(void)state;
	assert_string_equal(wants(leaves + ONE, leaves + CASED, 0), "1c");
	assert_string_equal(wants(leaves + ONE, leaves + ENDS, 0), "any");
	assert_string_equal(wants(leaves + ONE, leaves + ENDS, 1), "1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rule), cmocka_unit_test(test_rules) };
	int failed;

	arena = arena_new();
	for (uint32_t i = 0; i < PREDICATES; i++)
		leaves[i] = (struct ir_expr){ .type = IR_PREDICATE, .predicate = i };
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(arena);
	return failed;
}
