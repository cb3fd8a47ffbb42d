/*
 * plan_print.c - the plan as text: what -d n shows.
 */
#include "emit.h"
#include "ir.h"
#include "plan.h"

static void
print_numbers(FILE *out, const char *what, const uint32_t *numbers, uint32_t count)
{
	fprintf(out, " %s", what);
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, "%s%u", i ? "," : " ", numbers[i]);
}

static void
print_set(FILE *out, const struct ir_pack *pack, const struct plan_set *set)
{
	static const char *const types[] = { "forward", "backward", "contains" };

	fprintf(out, "  set %s", types[set->type]);
	if (set->slot == PLAN_LEAVES)
		fputs(" *", out);
	else
		fprintf(out, " %.*s", (int)pack->fields[set->slot].size, pack->fields[set->slot].data);
	fprintf(out, " strings %u%s\n", set->string_count, set->eager ? " eager" : "");
}

static void
print_predicate(FILE *out, const struct plan_group *group, uint32_t number)
{
	const struct plan_predicate *predicate = group->predicates + number;
	uint32_t sets[3], count = 0;

	for (int type = 0; type < 3; type++)
		if (predicate->sets[type] != PLAN_NONE)
			sets[count++] = predicate->sets[type];
	fprintf(out, "  %s %u", number < group->group->predicate_count ? "predicate" : "gate", number);
	if (count)
		print_numbers(out, "sets", sets, count);
	if (predicate->rest_count)
		print_numbers(out, "rest", predicate->rest, predicate->rest_count);
	if (predicate->data != PLAN_NONE)
		fprintf(out, " data %u", predicate->data);
	if (predicate->run)
		fprintf(out, " run %u", predicate->run->least);
	if (predicate->gate != PLAN_NONE)
		fprintf(out, " gate %u", predicate->gate);
	fputc('\n', out);
}

static void
print_rule(FILE *out, const struct ir_rule *rule, const struct plan_rule *plan)
{
	fprintf(out, "  rule %.*s", (int)rule->id.size, rule->id.data);
	if (plan->witness)
		print_numbers(out, "witness", plan->witness, plan->witness_count);
	else
		fputs(" always", out);
	for (uint32_t i = 0; i < plan->ask_count; i++)
		fprintf(out, "%s%s%u", i ? "," : " asks ", plan->asks[i].yes ? "" : "not ", plan->asks[i].predicate);
	fputc('\n', out);
}

static void
print_group(FILE *out, const struct ir_pack *pack, const struct plan_group *group)
{
	const struct ir_group *ir = group->group;

	fprintf(out, "group %.*s/%.*s/%.*s\n", (int)ir->product.size, ir->product.data, (int)ir->category.size,
	        ir->category.data, (int)ir->service.size, ir->service.data);
	for (uint32_t i = 0; i < group->set_count; i++)
		print_set(out, pack, group->sets + i);
	for (uint32_t i = 0; i < group->predicate_count; i++)
		print_predicate(out, group, i);
	for (uint32_t i = 0; i < ir->rule_count; i++)
		print_rule(out, ir->rules[i], group->rules + i);
}

void
plan_print(FILE *out, struct arena *arena, const struct ir_pack *pack)
{
	const struct plan *plan = plan_pack(arena, pack);

	for (uint32_t i = 0; i < plan->group_count; i++)
		print_group(out, pack, plan->groups + i);
}
