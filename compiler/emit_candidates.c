/*
 * emit_candidates.c - the tables of a group from predicates to rules: what sets tell of every event, which rules are
 * candidates of what they find, and where each rule's code is.
 */
#include "arena.h"
#include "emitter.h"
#include "ir.h"
#include "packrt_tables.h"
#include "plan.h"

_Static_assert((int)CANDIDATE_ASKS == (int)PLAN_ASKS, "all that is planned is asked");

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

static void
emit_eager(const struct candidates *to)
{
	const struct plan_group *plan = to->plan;
	uint64_t *known = arena_alloc(to->emitter->arena, (plan->bit_count / 64 + 1) * sizeof(*known));

	for (uint32_t i = 0; i < plan->predicate_count; i++)
		if (plan_is_eager(plan, i))
			known[i / 64] |= UINT64_C(1) << i % 64;
	emit_bitmap(to->tables, table_name(to, "uint64_t", "eager"), known, plan->predicate_count);
}

static int
rule_is_possible(const struct plan_group *plan, uint32_t rule)
{
	return plan->group->rules[rule]->expr->type != IR_FALSE;
}

/* Of how many predicates is it a candidate? */
static uint32_t
witness_count(const struct plan_group *plan, uint32_t rule)
{
	return plan_rule_is_known(plan, rule) ? 0 : plan->rules[rule].witness_count;
}

/* Is it a candidate whatever was found? */
static int
rule_is_always(const struct plan_group *plan, uint32_t rule)
{
	return !plan->rules[rule].witness && rule_is_possible(plan, rule);
}

static struct ask
ask_of(struct plan_ask ask)
{
	return (struct ask){ ask.predicate % 64, ask.yes, ask.predicate / 64 };
}

/* A table of struct candidate for some rules. What is never true is asked where a rule asks no more. */
static void
emit_rules_of(const struct candidates *to, const char *what, const uint32_t *rules, uint32_t count)
{
	struct candidate *list = arena_alloc(to->emitter->arena, (count + 1) * sizeof(*list));

	for (uint32_t i = 0; i < count; i++) {
		const struct plan_rule *rule = to->plan->rules + rules[i];

		list[i].rule = rules[i];
		for (uint32_t k = 0; k < CANDIDATE_ASKS; k++)
			list[i].asks[k] = ask_of(k < rule->ask_count ? rule->asks[k] : (struct plan_ask){ to->plan->never, 0 });
	}
	emit_numbers(to->tables, table_name(to, "struct candidate", what), (const uint32_t *)list,
	             count * (sizeof(*list) / sizeof(uint32_t)));
}

static uint32_t
emit_always(const struct candidates *to)
{
	const struct plan_group *plan = to->plan;
	uint32_t *always = arena_alloc(to->emitter->arena, (plan->group->rule_count + 1) * sizeof(*always)), count = 0;

	for (uint32_t i = 0; i < plan->group->rule_count; i++)
		if (rule_is_always(plan, i))
			always[count++] = i;
	emit_rules_of(to, "always", always, count);
	return count;
}

/* The rules that a predicate is a witness of, predicate after predicate. */
static void
emit_witnesses(const struct candidates *to)
{
	const struct plan_group *plan = to->plan;
	uint32_t rules = plan->group->rule_count, bits = plan->bit_count, total = 0;
	uint32_t *first = arena_alloc(to->emitter->arena, (bits + 2) * sizeof(*first)), *list;

	for (uint32_t i = 0; i < rules; i++)
		for (uint32_t k = 0; k < witness_count(plan, i); k++, total++)
			first[plan->rules[i].witness[k] + 2]++;
	for (uint32_t i = 2; i < bits + 2; i++)
		first[i] += first[i - 1];
	list = arena_alloc(to->emitter->arena, (total + 1) * sizeof(*list));
	for (uint32_t i = 0; i < rules; i++)
		for (uint32_t k = 0; k < witness_count(plan, i); k++)
			list[first[plan->rules[i].witness[k] + 1]++] = i;
	emit_numbers(to->tables, table_name(to, "uint32_t", "witness_first"), first, bits + 1);
	emit_rules_of(to, "witness_list", list, total);
}

/* A rule that cannot be true is never a candidate; one that is certain needs no code. */
static void
emit_rule_places(const struct candidates *to)
{
	FILE *out = to->tables;

	emit_table(out, table_name(to, "int32_t", "places"));
	for (uint32_t i = 0; i < to->plan->group->rule_count; i++) {
		const int has_code = emit_rule_has_code(to->plan, i);

		fputs("\t.long ", out);
		if (has_code)
			emit_rule_name(to->emitter, to->group, i, out);
		fputs(has_code ? " - .\n" : "0\n", out);
	}
}

uint32_t
emit_candidates(struct emitter *emitter, FILE *out, FILE *tables, uint32_t group)
{
	const struct candidates to = { emitter, emitter->plan->groups + group, group, out, tables };
	uint32_t always;

	if (to.plan->bit_count / 64 > ASK_WORDS_MAX)
		emitter_fail(emitter, "too many predicates: %s has %u", emitter->names[group], to.plan->bit_count);
	emit_eager(&to);
	emit_witnesses(&to);
	always = emit_always(&to);
	emit_rule_places(&to);
	fputc('\n', out);
	return always;
}
