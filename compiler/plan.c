/*
 * plan.c - assigns values to sets, and gives lazy predicates their gates.
 */
#include <stdlib.h>
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

struct pair { /* a string of a set and one predicate that it makes true */
	struct plan_string string;
	uint32_t predicate;
};

struct pairs { /* beside plan_set, while it is filled */
	struct pair *list;
	uint32_t count;
};

struct ir_text
plan_fold(struct arena *arena, struct ir_text text)
{
	uint8_t *out = arena_alloc(arena, FOLD_ROOM((size_t)text.size) + DATA_PAD);

	return (struct ir_text){ (char *)out, fold_text(out, (const uint8_t *)text.data, text.size, 1) };
}

static uint32_t
set_find(struct planner *planner, uint32_t slot, enum plan_set_type type)
{
	struct plan_group *group = planner->group;

	for (uint32_t i = 0; i < group->set_count; i++)
		if (group->sets[i].slot == slot && group->sets[i].type == type)
			return i;
	group->sets = arena_grow(planner->arena, group->sets, group->set_count, sizeof(*group->sets));
	planner->pairs = arena_grow(planner->arena, planner->pairs, group->set_count, sizeof(*planner->pairs));
	group->sets[group->set_count] = (struct plan_set){ .slot = slot, .type = type };
	planner->pairs[group->set_count] = (struct pairs){ 0 };
	return group->set_count++;
}

static void
set_add(struct planner *planner, uint32_t predicate, uint32_t slot, enum plan_set_type type, struct ir_text text,
        int whole)
{
	uint32_t set = set_find(planner, slot, type);
	struct pairs *pairs = planner->pairs + set;
	char *data = arena_alloc(planner->arena, text.size + 1);

	for (uint32_t i = 0; i < text.size; i++)
		data[i] = text.data[type == PLAN_BACKWARD ? text.size - 1 - i : i];
	pairs->list = arena_grow(planner->arena, pairs->list, pairs->count, sizeof(*pairs->list));
	pairs->list[pairs->count++] = (struct pair){ { .data = data, .size = text.size, .whole = whole }, predicate };
	planner->group->predicates[predicate].sets[type] = set;
	planner->group->predicates[predicate].weight += usual_weight(text, type == PLAN_CONTAINS);
	planner->group->predicates[predicate].places += type == PLAN_CONTAINS ? usual_places(text) : 0;
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

static int
is_anchored(const struct ir_predicate *predicate)
{
	return predicate->op == PACK_EQUALS || predicate->op == PACK_ENDSWITH || predicate->op == PACK_SUBDOMAIN;
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

/* Sets: sorted strings, each once, with all predicates that it makes true ------------------------------------------- */

static int
pair_compare(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	uint32_t size = x->string.size < y->string.size ? x->string.size : y->string.size;
	int order = memcmp(x->string.data, y->string.data, size);

	if (order)
		return order;
	if (x->string.size != y->string.size)
		return x->string.size < y->string.size ? -1 : 1;
	if (x->string.whole != y->string.whole)
		return x->string.whole - y->string.whole;
	return (x->predicate > y->predicate) - (x->predicate < y->predicate);
}

static void
string_predicate_add(struct arena *arena, struct plan_string *string, uint32_t predicate)
{
	for (uint32_t i = 0; i < string->predicate_count; i++)
		if (string->predicates[i] == predicate)
			return;
	string->predicates = arena_grow(arena, string->predicates, string->predicate_count, sizeof(*string->predicates));
	string->predicates[string->predicate_count++] = predicate;
}

static int
string_is_prefix(const struct plan_string *prefix, const struct plan_string *string)
{
	return !prefix->whole && prefix->size <= string->size && !memcmp(prefix->data, string->data, prefix->size);
}

/* An automaton reports only the longest string, so that one speaks for its prefixes too. */
static void
set_add_prefixes(struct arena *arena, struct plan_set *set)
{
	uint32_t *open = arena_alloc(arena, (set->string_count + 1) * sizeof(*open)), depth = 0;

	for (uint32_t i = 0; i < set->string_count; i++) {
		struct plan_string *string = set->strings + i;

		while (depth && !string_is_prefix(set->strings + open[depth - 1], string))
			depth--;
		if (depth) {
			const struct plan_string *prefix = set->strings + open[depth - 1];

			for (uint32_t k = 0; k < prefix->predicate_count; k++)
				string_predicate_add(arena, string, prefix->predicates[k]);
		}
		if (!string->whole)
			open[depth++] = i;
	}
}

static void
set_finish(struct planner *planner, uint32_t number)
{
	struct plan_set *set = planner->group->sets + number;
	struct pairs *pairs = planner->pairs + number;

	qsort(pairs->list, pairs->count, sizeof(*pairs->list), pair_compare);
	set->strings = arena_alloc(planner->arena, pairs->count * sizeof(*set->strings));
	for (uint32_t i = 0; i < pairs->count; i++) {
		struct plan_string *string = set->strings + set->string_count;
		const struct pair *before = i ? pairs->list + i - 1 : NULL, *pair = pairs->list + i;

		if (before && before->string.size == pair->string.size && before->string.whole == pair->string.whole &&
		    !memcmp(before->string.data, pair->string.data, pair->string.size))
			string--;
		else
			*string = pair->string, set->string_count++;
		string_predicate_add(planner->arena, string, pair->predicate);
	}
	if (set->type != PLAN_CONTAINS)
		set_add_prefixes(planner->arena, set);
}

static void
anchored_find(struct planner *planner)
{
	struct plan_group *group = planner->group;

	for (uint32_t i = 0; i < group->group->predicate_count; i++) {
		for (int type = PLAN_FORWARD; type <= PLAN_BACKWARD; type++) {
			struct plan_set *set;

			if (group->predicates[i].sets[type] == PLAN_NONE || !is_anchored(group->group->predicates + i))
				continue;
			set = group->sets + group->predicates[i].sets[type];
			set->anchored = arena_grow(planner->arena, set->anchored, set->anchored_count, sizeof(*set->anchored));
			set->anchored[set->anchored_count++] = i;
		}
	}
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
	for (uint32_t i = 0; i < group->set_count; i++)
		set_finish(planner, i);
	anchored_find(planner);
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

int
plan_is_leaves(const struct plan_set *set)
{
	return set->slot == PLAN_LEAVES && set->type == PLAN_CONTAINS && set->eager;
}

static int
string_compare(const void *a, const void *b)
{
	const struct plan_string *x = a, *y = b;
	int order = memcmp(x->data, y->data, x->size < y->size ? x->size : y->size);

	return order ? order : (x->size > y->size) - (x->size < y->size);
}

uint32_t
plan_leaf(const struct plan *plan, const struct plan_string *string)
{
	const struct plan_set *leaves = &plan->leaves;

	return (const struct plan_string *)bsearch(string, leaves->strings, leaves->string_count, sizeof(*string),
	                                           string_compare) - leaves->strings;
}

static void
leaves_plan(struct arena *arena, struct plan *plan)
{
	struct plan_set *leaves = &plan->leaves;
	struct plan_string *all = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->group_count; i++)
		for (uint32_t k = 0; k < plan->groups[i].set_count; k++)
			for (uint32_t j = 0; plan_is_leaves(plan->groups[i].sets + k) && j < plan->groups[i].sets[k].string_count; j++) {
				all = arena_grow(arena, all, count, sizeof(*all));
				all[count++] = plan->groups[i].sets[k].strings[j];
			}
	*leaves = (struct plan_set){ .slot = PLAN_LEAVES, .type = PLAN_CONTAINS, .strings = all, .eager = 1 };
	if (count)
		qsort(all, count, sizeof(*all), string_compare);
	for (uint32_t i = 0; i < count; i++) {
		if (i && !string_compare(all + i, all + leaves->string_count - 1))
			continue;
		all[leaves->string_count] = all[i];
		all[leaves->string_count].predicates = arena_alloc(arena, sizeof(uint32_t));
		all[leaves->string_count].predicates[0] = leaves->string_count;
		all[leaves->string_count++].predicate_count = 1;
	}
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
