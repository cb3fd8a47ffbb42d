/* plan_run: a rule without other witness has a long run, where the texts of its field are looked through anyway. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "ir.h"
#include "packfile.h"
#include "plan.h"

#define TEXT(string) { string, sizeof(string) - 1 }

/* Of a rule that asks for a regular expression of field 0, beside one that asks for an end of another. */
static const struct plan_run *
run(struct arena *arena, struct ir_text regex, uint32_t other)
{
	static const struct ir_text fields[] = { TEXT("A"), TEXT("B") };
	static const struct ir_value ends = { .text = TEXT("\\tool.exe") };
	struct ir_value *value = arena_alloc(arena, sizeof(*value));
	struct ir_predicate *predicates = arena_alloc(arena, 2 * sizeof(*predicates));
	struct ir_expr *leaves = arena_alloc(arena, 2 * sizeof(*leaves));
	struct ir_rule *rules = arena_alloc(arena, 2 * sizeof(*rules));
	struct ir_group *group = arena_alloc(arena, sizeof(*group));
	struct ir_pack *pack = arena_alloc(arena, sizeof(*pack));
	const struct plan_group *plan;

	value->text = regex;
	predicates[0] = (struct ir_predicate){ 0, IR_NONE, .op = PACK_REGEX, .value_count = 1, .values = value };
	predicates[1] = (struct ir_predicate){ other, IR_NONE, .op = PACK_ENDSWITH, .value_count = 1, .values = &ends };
	group->rules = arena_alloc(arena, 2 * sizeof(*group->rules));
	for (uint32_t i = 0; i < 2; i++) {
		leaves[i] = (struct ir_expr){ .type = IR_PREDICATE, .predicate = i };
		rules[i].expr = leaves + i;
		group->rules[i] = rules + i;
	}
	group->rule_count = group->predicate_count = 2;
	group->predicates = predicates;
	*pack = (struct ir_pack){ .fields = fields, .field_count = 2, .groups = group, .group_count = 1 };
	plan = plan_pack(arena, pack)->groups;
	if (!plan->rules[0].witness) {
		assert_int_equal(plan->predicate_count, 2);
		return NULL;
	}
	assert_int_equal(plan->rules[0].witness_count, 1);
	assert_int_equal(plan->rules[0].witness[0], 2);
	assert_int_equal(plan->predicates[0].gate, 2);
	assert_true(plan_is_eager(plan, 2));
	return plan->predicates[2].run;
}

static void
test_run(void **state)
{
	struct arena *arena = arena_new();
	const struct plan_run *found = run(arena, (struct ir_text)TEXT("\\s[a-fA-F0-9]{64}\\s"), 0);

	(void)state;
	assert_non_null(found);
	assert_int_equal(found->slot, 0);
	assert_int_equal(found->least, 64);
	assert_int_equal(found->bytes[0], 0x03ff000000000000);
	assert_int_equal(found->bytes[1], 0x0000007e00000000);
	assert_int_equal(found->bytes[2] | found->bytes[3], 0);
	assert_null(run(arena, (struct ir_text)TEXT("\\s[a-fA-F0-9]{64}\\s"), 1));
	assert_null(run(arena, (struct ir_text)TEXT("[a-f]{15}"), 0));
	assert_null(run(arena, (struct ir_text)TEXT("([a-f]{20})?"), 0));
	assert_null(run(arena, (struct ir_text)TEXT("[^a-f]{20}"), 0));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_run) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
