/*
 * emit_candidates.c - the tables of a group from predicates to rules: what sets tell of every event, which rules are
 * candidates of what they find, and where each rule's code is.
 */
#include "arena.h"
#include "emitter.h"
#include "ir.h"
#include "plan.h"

struct candidates {
	struct emitter *emitter;
	const struct plan_group *plan;
	uint32_t group;
	FILE *out, *tables;
};

/* The name of one of the group's tables, which the group's file knows as extern. */
static const char *
table_name(const struct candidates *to, const char *type, const char *what)
{
	const char *name = arena_print(to->emitter->arena, "%s_%s", what, to->emitter->names[to->group]);

	fprintf(to->out, "extern const %s %s[];\n", type, name);
	return name;
}

static int
is_eager(const struct plan_group *plan, uint32_t predicate)
{
	int some = 0;

	if (plan->predicates[predicate].lazy)
		return 0;
	for (int type = 0; type < 3; type++) {
		if (plan->predicates[predicate].sets[type] == PLAN_NONE)
			continue;
		some = 1;
		if (!plan->sets[plan->predicates[predicate].sets[type]].eager)
			return 0;
	}
	return some;
}

static void
emit_eager(const struct candidates *to)
{
	const struct plan_group *plan = to->plan;
	uint64_t *known = arena_alloc(to->emitter->arena, (plan->bit_count / 64 + 1) * sizeof(*known));

	for (uint32_t i = 0; i < plan->predicate_count; i++)
		if (is_eager(plan, i))
			known[i / 64] |= UINT64_C(1) << i % 64;
	for (uint32_t i = 0; i < plan->set_count; i++)
		if (plan->sets[i].eager)
			known[plan->sets[i].bit / 64] |= UINT64_C(1) << plan->sets[i].bit % 64;
	emit_bitmap(to->tables, table_name(to, "uint64_t", "eager"), known, plan->bit_count);
}

static int
rule_is_possible(const struct plan_group *plan, uint32_t rule)
{
	return plan->group->rules[rule]->expr->type != IR_FALSE;
}

/* Is it a candidate whatever was found? */
static int
rule_is_always(const struct plan_group *plan, uint32_t rule)
{
	return !plan->rules[rule].witness && rule_is_possible(plan, rule);
}

static uint32_t
emit_always(const struct candidates *to)
{
	const struct plan_group *plan = to->plan;
	uint32_t rules = plan->group->rule_count, count = 0;
	uint32_t *always = arena_alloc(to->emitter->arena, (rules + 1) * sizeof(*always));
	uint64_t *certain = arena_alloc(to->emitter->arena, (rules / 64 + 1) * sizeof(*certain));

	for (uint32_t i = 0; i < rules; i++) {
		if (rule_is_always(plan, i))
			always[count++] = i;
		if (plan->rules[i].certain)
			certain[i / 64] |= UINT64_C(1) << i % 64;
	}
	emit_numbers(to->tables, table_name(to, "uint32_t", "always"), always, count);
	emit_bitmap(to->tables, table_name(to, "uint64_t", "certain"), certain, rules);
	return count;
}

static void
emit_witnesses(const struct candidates *to)
{
	const struct plan_group *plan = to->plan;
	uint32_t rules = plan->group->rule_count, bits = plan->bit_count, total = 0;
	uint32_t *first = arena_alloc(to->emitter->arena, (bits + 2) * sizeof(*first)), *list;

	for (uint32_t i = 0; i < rules; i++)
		for (uint32_t k = 0; k < plan->rules[i].witness_count; k++, total++)
			first[plan->rules[i].witness[k] + 2]++;
	for (uint32_t i = 2; i < bits + 2; i++)
		first[i] += first[i - 1];
	list = arena_alloc(to->emitter->arena, (total + 1) * sizeof(*list));
	for (uint32_t i = 0; i < rules; i++)
		for (uint32_t k = 0; k < plan->rules[i].witness_count; k++)
			list[first[plan->rules[i].witness[k] + 1]++] = i;
	emit_numbers(to->tables, table_name(to, "uint32_t", "witness_first"), first, bits + 1);
	emit_numbers(to->tables, table_name(to, "uint32_t", "witness_list"), list, total);
}

/* A rule that cannot be true is never a candidate. */
static void
emit_rule_places(const struct candidates *to)
{
	FILE *out = to->tables;

	emit_table(out, table_name(to, "int32_t", "places"));
	for (uint32_t i = 0; i < to->plan->group->rule_count; i++) {
		fputs("\t.long ", out);
		if (rule_is_possible(to->plan, i))
			emit_rule_name(to->emitter, to->group, i, out);
		fputs(rule_is_possible(to->plan, i) ? " - .\n" : "0\n", out);
	}
}

uint32_t
emit_candidates(struct emitter *emitter, FILE *out, FILE *tables, uint32_t group)
{
	const struct candidates to = { emitter, emitter->plan->groups + group, group, out, tables };
	uint32_t always;

	emit_eager(&to);
	always = emit_always(&to);
	emit_witnesses(&to);
	emit_rule_places(&to);
	fputc('\n', out);
	return always;
}
