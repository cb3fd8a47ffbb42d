/* rule_plan_asks: what is asked before a rule is a candidate. */
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

enum { RARE, TOOL, USUAL, SHORT, REGEX, CASED, PREDICATES, NEGATED = 16 };

static struct arena *arena;

#define TEXT(string) { string, sizeof(string) - 1 }

/* Predicates of a field each, by weight: one that is true seldom, two of programs, the latter in many values. A short string,
 * a regex and what minds case are not known from sets that are run for every event. */
static const struct ir_predicate *
predicates(void)
{
	static const struct ir_value rare = { .text = TEXT("long and not usual") }, tool = { .text = TEXT("\\tool.exe") },
		usual = { .text = TEXT("powershell.exe") }, brief = { .text = TEXT("ab") }, regex = { .text = TEXT("^[a-f]+$") };
	static const struct ir_predicate list[] = {
		[RARE] = { 0, IR_NONE, .op = PACK_CONTAINS, .value_count = 1, .values = &rare },
		[TOOL] = { 1, IR_NONE, .op = PACK_EQUALS, .value_count = 1, .values = &tool },
		[USUAL] = { 2, IR_NONE, .op = PACK_ENDSWITH, .value_count = 1, .values = &usual },
		[SHORT] = { 3, IR_NONE, .op = PACK_CONTAINS, .value_count = 1, .values = &brief },
		[REGEX] = { 4, IR_NONE, .op = PACK_REGEX, .value_count = 1, .values = &regex },
		[CASED] = { 5, IR_NONE, .op = PACK_EQUALS, .flags = PACK_CASED, .value_count = 1, .values = &tool },
	};

	return list;
}

static const struct ir_expr *
join(enum ir_expr_type type, const uint32_t *literals, uint32_t count)
{
	struct ir_expr *made = arena_alloc(arena, sizeof(*made));

	*made = (struct ir_expr){ .type = type, .child_count = count };
	made->children = arena_alloc(arena, (count + 1) * sizeof(*made->children));
	for (uint32_t i = 0; i < count; i++) {
		struct ir_expr *leaf = arena_alloc(arena, sizeof(*leaf)), *not = arena_alloc(arena, sizeof(*not));

		*leaf = (struct ir_expr){ .type = IR_PREDICATE, .predicate = literals[i] % NEGATED };
		*not = (struct ir_expr){ .type = IR_NOT, .child_count = 1, .children = arena_alloc(arena, sizeof(*not->children)) };
		not->children[0] = leaf;
		made->children[i] = literals[i] < NEGATED ? leaf : not;
	}
	return made;
}

/* The sets of fields 0 to 2 are eager: each is the witness of a rule of its own. */
static const struct plan_rule *
plan_of(const struct ir_expr *expr)
{
	static const struct ir_text fields[] = { TEXT("A"), TEXT("B"), TEXT("C"), TEXT("D"), TEXT("E"), TEXT("F") };
	const struct ir_expr *exprs[] = { expr, NULL, NULL, NULL };
	struct ir_rule *rules = arena_alloc(arena, 4 * sizeof(*rules));
	struct ir_group *group = arena_alloc(arena, sizeof(*group));
	struct ir_pack *pack = arena_alloc(arena, sizeof(*pack));

	group->rules = arena_alloc(arena, 4 * sizeof(*group->rules));
	for (uint32_t i = 0; i < 4; i++) {
		rules[i].expr = i ? join(IR_AND, (const uint32_t[]){ RARE + i - 1, REGEX }, 2) : exprs[0];
		group->rules[i] = rules + i;
	}
	group->rule_count = 4;
	group->predicates = predicates();
	group->predicate_count = PREDICATES;
	*pack = (struct ir_pack){ .fields = fields, .field_count = PREDICATES, .groups = group, .group_count = 1 };
	return plan_pack(arena, pack)->groups[0].rules;
}

static void
check(enum ir_expr_type type, const uint32_t *literals, uint32_t count, const uint32_t *asks, uint32_t ask_count)
{
	const struct plan_rule *rule;

	arena = arena_new();
	rule = plan_of(join(type, literals, count));
	assert_int_equal(rule->ask_count, ask_count);
	for (uint32_t i = 0; i < ask_count; i++) {
		assert_int_equal(rule->asks[i].predicate, asks[i] % NEGATED);
		assert_int_equal(rule->asks[i].yes, asks[i] < NEGATED);
	}
	arena_free(arena);
}

#define LIST(...) (const uint32_t[]){ __VA_ARGS__ }, sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)

static void
test_asks(void **state)
{
	(void)state;
	check(IR_AND, LIST(RARE, TOOL), LIST(TOOL));                         /* not the witness again */
	check(IR_AND, LIST(USUAL, RARE), LIST(USUAL));
	check(IR_AND, LIST(USUAL, RARE, TOOL), LIST(TOOL, USUAL));           /* the one that is false more often comes first */
	check(IR_AND, LIST(RARE, USUAL + NEGATED), LIST(USUAL + NEGATED));
	check(IR_AND, LIST(RARE, TOOL + NEGATED, USUAL), LIST(USUAL, TOOL + NEGATED));
	check(IR_AND, LIST(USUAL + NEGATED, REGEX), LIST(USUAL + NEGATED));  /* without a witness */
	check(IR_AND, LIST(RARE, CASED), LIST(RARE));                        /* a gate is the witness */
	check(IR_AND, LIST(RARE, SHORT, REGEX), NULL, 0);                    /* not known from the start */
	check(IR_OR, LIST(RARE, TOOL), NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_asks) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
