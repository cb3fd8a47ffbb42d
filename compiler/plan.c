/*
 * plan.c - assigns values to sets (plan_set.c), and gives lazy predicates their gates.
 */
#include <string.h>

#include "arena.h"
#include "fold.h"
#include "ir.h"
#include "literal.h"
#include "packfile.h"
#include "packrt.h"
#include "packrt_data.h"
#include "plan.h"
#include "planner.h"
#include "usual.h"

static const double PROMISE_WORTHLESS = 2; /* several short strings, of which most values have one */

struct ir_text
plan_fold(struct arena *arena, struct ir_text text)
{
	uint8_t *out = arena_alloc(arena, FOLD_ROOM((size_t)text.size) + DATA_PAD);

	return (struct ir_text){ (char *)out, fold_text(out, (const uint8_t *)text.data, text.size, 1) };
}

/* Few texts that are worth a look have it: it is long and not of what most have, or has other bytes than ASCII. */
static int
is_rare(struct ir_text text)
{
	for (uint32_t i = 0; i < text.size; i++)
		if ((uint8_t)text.data[i] >= 0x80)
			return 1;
	return text.size >= PLAN_LONG && !usual_has(text);
}

/* Puts one value into the sets it fits; 0 if it fits none. promoted: whatever that costs. */
static int
value_place(struct planner *planner, uint32_t number, struct ir_text text, int promoted)
{
	const struct ir_predicate *predicate = planner->group->group->predicates + number;
	struct ir_text folded = plan_fold(planner->arena, text);
	char *dotted;

	if (predicate->op != PACK_CONTAINS && predicate->op != PACK_KEYWORD && memchr(folded.data, 0, folded.size))
		return 0; /* a 0 is where automata of strings stop */
	switch (predicate->op) {
	case PACK_EQUALS:
		if (folded.size)
			set_add(planner, number, predicate->field, PLAN_FORWARD, folded, 1);
		return folded.size > 0;
	case PACK_STARTSWITH:
		if (folded.size)
			set_add(planner, number, predicate->field, PLAN_FORWARD, folded, 0);
		return folded.size > 0;
	case PACK_ENDSWITH:
		if (folded.size)
			set_add(planner, number, predicate->field, PLAN_BACKWARD, folded, 0);
		return folded.size > 0;
	case PACK_SUBDOMAIN:
		if (!folded.size)
			return 0;
		set_add(planner, number, predicate->field, PLAN_FORWARD, folded, 1);
		dotted = arena_alloc(planner->arena, folded.size + 1);
		dotted[0] = '.';
		memcpy(dotted + 1, folded.data, folded.size);
		folded = (struct ir_text){ dotted, folded.size + 1 };
		set_add(planner, number, predicate->field, PLAN_BACKWARD, folded, 0);
		return 1;
	case PACK_CONTAINS: case PACK_KEYWORD:
		if (!folded.size || !(promoted || is_rare(folded)))
			return 0;
		set_add(planner, number, predicate->field, PLAN_CONTAINS, folded, 0);
		return 1;
	default:
		return 0;
	}
}

static uint32_t
gate_new(struct planner *planner)
{
	struct plan_group *group = planner->group;
	uint32_t gate = group->predicate_count++;

	group->predicates[gate] = (struct plan_predicate){ .sets = { PLAN_NONE, PLAN_NONE, PLAN_NONE } };
	group->predicates[gate].gate = group->predicates[gate].data = PLAN_NONE;
	return gate;
}

/* What the values of a lazy predicate must have, one for each; count 0 if one need not have anything. */
static struct literals
literals_find(struct planner *planner, uint32_t number)
{
	const struct ir_predicate *predicate = planner->group->group->predicates + number;
	struct literals all = { NULL, 0 }, none = { NULL, 0 };

	if (predicate->part || predicate->flags & PACK_IN_DATA)
		return none;
	for (uint32_t i = 0; i < predicate->value_count; i++) {
		struct literals one = literals_required(planner->arena, predicate, predicate->values + i);

		if (!one.count)
			return none;
		for (uint32_t k = 0; k < one.count; k++) {
			all.texts = arena_grow(planner->arena, all.texts, all.count, sizeof(*all.texts));
			all.texts[all.count++] = one.texts[k];
		}
	}
	return all;
}

/* A gate, if every value of a lazy predicate has a literal that must be there. */
static void
gate_plan(struct planner *planner, uint32_t number, int promoted)
{
	struct literals literals = literals_find(planner, number);
	uint32_t gate;

	if (!literals.count)
		return;
	for (uint32_t i = 0; i < literals.count && !promoted; i++)
		if (!is_rare(literals.texts[i]))
			return;
	gate = gate_new(planner);
	for (uint32_t i = 0; i < literals.count; i++)
		set_add(planner, gate, planner->group->group->predicates[number].field, PLAN_CONTAINS, literals.texts[i], 0);
	planner->group->predicates[number].gate = gate;
}

static void
predicate_plan(struct planner *planner, uint32_t number)
{
	const struct ir_predicate *predicate = planner->group->group->predicates + number;
	struct plan_predicate *plan = planner->group->predicates + number;
	int in_sets = !(predicate->flags & (PACK_CASED | PACK_IN_DATA)) && !predicate->part;

	*plan = (struct plan_predicate){ .sets = { PLAN_NONE, PLAN_NONE, PLAN_NONE }, .gate = PLAN_NONE };
	plan->data = predicate->flags & PACK_IN_DATA ? planner->plan->data_count++ : PLAN_NONE;
	plan->rest = arena_alloc(planner->arena, (predicate->value_count + 1) * sizeof(*plan->rest));
	for (uint32_t i = 0; i < predicate->value_count && plan->data == PLAN_NONE; i++)
		if (!in_sets || !value_place(planner, number, predicate->values[i].text, 0))
			plan->rest[plan->rest_count++] = i;
	plan->lazy = plan->rest_count > 0 || predicate->value_count == 0 || plan->data != PLAN_NONE;
	if (plan->lazy)
		gate_plan(planner, number, 0);
}

double
predicate_promised(struct planner *planner, uint32_t number)
{
	struct literals literals = literals_find(planner, number);
	double weight = 0;

	for (uint32_t i = 0; i < literals.count; i++)
		weight += usual_weight(literals.texts[i], 1);
	return literals.count && weight < PROMISE_WORTHLESS ? weight : -1;
}

static int
is_scanned(const struct plan_group *group, uint32_t slot)
{
	for (uint32_t i = 0; i < group->set_count; i++)
		if (group->sets[i].eager && group->sets[i].slot == slot && slot != PLAN_LEAVES)
			return 1;
	return 0;
}

int
predicate_has_run(struct planner *planner, uint32_t number)
{
	const struct ir_predicate *predicate = planner->group->group->predicates + number;

	return is_scanned(planner->group, predicate->field) && run_find(planner->arena, predicate);
}

/* Requires a run. */
static void
run_plan(struct planner *planner, uint32_t number)
{
	uint32_t gate = gate_new(planner);

	planner->group->predicates[gate].run = run_find(planner->arena, planner->group->group->predicates + number);
	planner->group->predicates[number].gate = gate;
}

uint32_t
predicate_promote(struct planner *planner, uint32_t number)
{
	const struct ir_predicate *predicate = planner->group->group->predicates + number;
	struct plan_predicate *plan = planner->group->predicates + number;

	if (plan->data != PLAN_NONE) {
		plan->lazy = 0;
		return number;
	}
	if ((predicate->op != PACK_CONTAINS && predicate->op != PACK_KEYWORD) || predicate->flags & PACK_CASED) {
		if (predicate_promised(planner, number) >= 0)
			gate_plan(planner, number, 1);
		else
			run_plan(planner, number);
		return plan->gate;
	}
	for (uint32_t i = 0; i < plan->rest_count; i++)
		value_place(planner, number, predicate->values[plan->rest[i]].text, 1);
	plan->rest_count = plan->lazy = 0;
	return number;
}

static uint32_t
lone_count(const struct ir_group *group)
{
	uint32_t count = 0;

	while (count < ir_phase(group, 0).count && group->rules[count]->expr->type == IR_PREDICATE &&
	       group->rules[count]->expr->predicate == count)
		count++;
	return count;
}

static void
group_plan(struct planner *planner, const struct ir_group *ir)
{
	struct plan_group *group = planner->group;

	group->group = ir;
	group->predicate_count = ir->predicate_count;
	group->lone_count = lone_count(ir);
	group->predicates = arena_alloc(planner->arena, (2 * ir->predicate_count + 1) * sizeof(*group->predicates));
	group->rules = arena_alloc(planner->arena, (ir->rule_count + 1) * sizeof(*group->rules));
	planner->pairs = NULL;
	for (uint32_t i = 0; i < ir->predicate_count; i++)
		predicate_plan(planner, i);
	for (uint32_t i = 0; i < ir->rule_count; i++)
		rule_plan(planner, i);
	for (uint32_t i = 0; i < ir->rule_count; i++)
		rule_plan_run(planner, i);
	sets_finish(planner);
	for (uint32_t i = 0; i < ir->rule_count; i++)
		rule_plan_asks(group, i);
	for (int late = 0; late < 2; late++)
		group->needs[late] = needs_plan(planner->arena, group, ir_phase(ir, late));
	group->bit_count = group->predicate_count;
	for (uint32_t i = 0; i < group->set_count; i++)
		group->sets[i].bit = group->bit_count++;
	group->never = group->bit_count++;
}

int
plan_is_eager(const struct plan_group *group, uint32_t predicate)
{
	int some = group->predicates[predicate].run || group->predicates[predicate].data != PLAN_NONE;

	if (group->predicates[predicate].lazy)
		return 0;
	for (int type = 0; type < 3; type++) {
		if (group->predicates[predicate].sets[type] == PLAN_NONE)
			continue;
		some = 1;
		if (!group->sets[group->predicates[predicate].sets[type]].eager)
			return 0;
	}
	return some;
}

int
plan_rule_is_known(const struct plan_group *group, uint32_t rule)
{
	return rule < group->lone_count && group->rules[rule].certain;
}

static uint32_t
witnesses_count(const struct plan_group *group)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < group->group->rule_count; i++)
		count += group->rules[i].witness_count;
	return count;
}

const struct plan *
plan_pack(struct arena *arena, const struct ir_pack *pack)
{
	struct plan *plan = arena_alloc(arena, sizeof(*plan));
	uint32_t rules = 0, witnesses;

	plan->groups = arena_alloc(arena, (pack->group_count + 1) * sizeof(*plan->groups));
	plan->group_count = pack->group_count;
	for (uint32_t i = 0; i < pack->group_count; i++) {
		struct planner planner = { .arena = arena, .pack = pack, .plan = plan, .group = plan->groups + i };

		plan->groups[i].first_rule = rules;
		group_plan(&planner, pack->groups + i);
		rules += pack->groups[i].rule_count;
		plan->bit_max = plan->groups[i].bit_count > plan->bit_max ? plan->groups[i].bit_count : plan->bit_max;
		plan->rule_max = pack->groups[i].rule_count > plan->rule_max ? pack->groups[i].rule_count : plan->rule_max;
		witnesses = witnesses_count(plan->groups + i);
		plan->witness_max = witnesses > plan->witness_max ? witnesses : plan->witness_max;
	}
	leaves_plan(arena, plan);
	return plan;
}
