/*
 * emit_group.c - the file of a group: its sets, its lazy predicates, deciding, candidates.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "ir.h"
#include "packfile.h"
#include "plan.h"

struct combination { /* sets that decide a predicate together */
	uint32_t sets[3];
};

static int
number_compare_order(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

uint32_t
emit_slots(const struct plan_group *group, uint32_t *fields, uint32_t room)
{
	uint32_t count = 0, kept = 0;

	for (uint32_t i = 0; i < group->group->predicate_count && count + 2 <= room; i++) {
		fields[count++] = group->group->predicates[i].field;
		if (group->group->predicates[i].other != IR_NONE)
			fields[count++] = group->group->predicates[i].other;
	}
	qsort(fields, count, sizeof(*fields), number_compare_order);
	for (uint32_t i = 0; i < count; i++)
		if (!i || fields[i] != fields[i - 1])
			fields[kept++] = fields[i];
	return kept;
}

uint32_t
emit_slot(const struct plan_group *group, uint32_t field)
{
	uint32_t room = 2 * group->group->predicate_count + 2, *fields = malloc(room * sizeof(*fields)), slot = 0, count;

	if (!fields)
		abort();
	count = emit_slots(group, fields, room);
	while (slot < count && fields[slot] != field)
		slot++;
	free(fields);
	return slot;
}

static void
emit_field_name(struct emitter *emitter, FILE *out, uint32_t field)
{
	if (field == PLAN_LEAVES)
		fputs("any value", out);
	else
		emit_comment(out, emitter->pack->fields[field].data, emitter->pack->fields[field].size);
}

/* Which predicates a string makes true, in the order of the numbers its automaton returns. */
static void
emit_lists(struct emitter *emitter, FILE *out, const struct plan_set *set, uint32_t number, const uint32_t *order)
{
	uint32_t total = 0, *first = arena_alloc(emitter->arena, (set->string_count + 1) * sizeof(*first)), *list;

	for (uint32_t i = 0; i < set->string_count; i++) {
		first[i] = total;
		total += set->strings[order[i]].predicate_count;
	}
	first[set->string_count] = total;
	list = arena_alloc(emitter->arena, (total + 1) * sizeof(*list));
	for (uint32_t i = 0; i < set->string_count; i++)
		memcpy(list + first[i], set->strings[order[i]].predicates,
		       set->strings[order[i]].predicate_count * sizeof(*list));
	emit_numbers(out, arena_print(emitter->arena, "first_%u", number), first, set->string_count + 1);
	emit_numbers(out, arena_print(emitter->arena, "list_%u", number), list, total);
	emit_numbers(out, arena_print(emitter->arena, "anchored_%u", number), set->anchored, set->anchored_count);
}

static void
emit_set_tables(struct emitter *emitter, FILE *out, const struct plan_set *set, uint32_t number)
{
	uint32_t *order = arena_alloc(emitter->arena, (set->string_count + 1) * sizeof(*order));

	if (set->type == PLAN_CONTAINS) {
		emit_contains(emitter, out, arena_print(emitter->arena, "contains_%u", number), set);
		return;
	}
	emit_strings(emitter, out, arena_print(emitter->arena, "find_%u", number), set, order);
	emit_lists(emitter, out, set, number, order);
}

static void
emit_set_match(FILE *out, const struct plan_set *set, uint32_t number)
{
	if (set->type == PLAN_CONTAINS) {
		fprintf(out, "\t\tcontains_run(work, &contains_%u.head, texts.text);\n", number);
		return;
	}
	if (set->anchored_count)
		fprintf(out, "\t\tif (texts.stop == STOP_CUT)\n\t\t\tfor (uint32_t i = 0; i < %u; i++)\n"
		        "\t\t\t\tbit_set(work->unknown, anchored_%u[i]);\n", set->anchored_count, number);
	if (set->type == PLAN_FORWARD)
		fprintf(out, "\t\tfound = find_%u(texts.text.data, texts.text.data + texts.text.size, texts.stop);\n", number);
	else
		fprintf(out, "\t\tif (texts.stop == STOP_CUT)\n\t\t\tcontinue;\n"
		        "\t\tfound = find_%u(texts.text.data + texts.text.size, texts.text.data, STOP_END);\n", number);
	fprintf(out, "\t\tif (found != UINT32_MAX)\n\t\t\tstring_found(work, first_%u, list_%u, found);\n", number, number);
}

static void
emit_set(struct emitter *emitter, FILE *out, uint32_t group, uint32_t number)
{
	static const char *const types[] = { "whole values and beginnings", "ends", "contained strings" };
	const struct plan_group *plan = emitter->plan->groups + group;
	const struct plan_set *set = plan->sets + number;

	fprintf(out, "/* %u %s of ", set->string_count, types[set->type]);
	emit_field_name(emitter, out, set->slot);
	fputs(" */\n", out);
	emit_set_tables(emitter, out, set, number);
	fprintf(out, "static void\nset_%u(struct work *work)\n{\n", number);
	fprintf(out, "\tstruct texts texts = { .slot = slots_%s[%u], .form = FORM_FOLDED };\n", emitter->names[group],
	        emit_slot(plan, set->slot));
	fprintf(out, "%s\n\tif (bit_test(work->known, %u))\n\t\treturn;\n\tbit_set(work->known, %u);\n",
	        set->type == PLAN_CONTAINS ? "" : "\tuint32_t found;\n", set->bit, set->bit);
	fputs("\twhile (texts_next(work, &texts)) {\n", out);
	emit_set_match(out, set, number);
	fputs("\t}\n}\n\n", out);
}

/* Deciding ----------------------------------------------------------------------------------------------------------- */

static uint32_t
combination_find(struct emitter *emitter, struct combination **list, uint32_t *count, const uint32_t *sets)
{
	for (uint32_t i = 0; i < *count; i++)
		if (!memcmp((*list)[i].sets, sets, sizeof((*list)[i].sets)))
			return i;
	*list = arena_grow(emitter->arena, *list, *count, sizeof(**list));
	memcpy((*list)[*count].sets, sets, sizeof((*list)[*count].sets));
	return (*count)++;
}

static void
emit_combinations(struct emitter *emitter, FILE *out, const struct plan_group *plan)
{
	uint32_t *numbers = arena_alloc(emitter->arena, (plan->predicate_count + 1) * sizeof(*numbers)), count = 0;
	struct combination *list = NULL;

	for (uint32_t i = 0; i < plan->predicate_count; i++)
		numbers[i] = combination_find(emitter, &list, &count, plan->predicates[i].sets);
	emit_numbers(out, "sets_of", numbers, plan->predicate_count);
	fputs("/* Runs the sets that a predicate hangs on. */\nstatic void\nrun_sets(struct work *work, uint32_t predicate)\n{\n"
	      "\tswitch (sets_of[predicate]) {\n", out);
	for (uint32_t i = 0; i < count; i++) {
		fprintf(out, "\tcase %u:\n", i);
		for (int type = 0; type < 3; type++)
			if (list[i].sets[type] != PLAN_NONE)
				fprintf(out, "\t\tset_%u(work);\n", list[i].sets[type]);
		fputs("\t\tbreak;\n", out);
	}
	fputs("\t}\n}\n\n", out);
}

static void
emit_decide(struct emitter *emitter, FILE *out, uint32_t group)
{
	const struct plan_group *plan = emitter->plan->groups + group;
	const char *name = emitter->names[group];

	fprintf(out, "\nstatic void\ndecide(struct work *work, uint32_t predicate)\n{\n\tenum answer answer = ANSWER_NO;\n\n");
	fputs("\trun_sets(work, predicate);\n\tif (!bit_test(work->yes, predicate)) {\n\t\tswitch (predicate) {\n", out);
	for (uint32_t i = 0; i < plan->group->predicate_count; i++) {
		if (!emit_has_lazy(plan, i))
			continue;
		fprintf(out, "\t\tcase %u:\n", i);
		if (plan->predicates[i].gate == PLAN_NONE)
			fprintf(out, "\t\t\tanswer = lazy_%u(work);\n\t\t\tbreak;\n", i);
		else
			fprintf(out, "\t\t\tif (work->event->flags & EVENT_HAS_CUT || ask_%s(work, %u) == ANSWER_YES)\n"
			        "\t\t\t\tanswer = lazy_%u(work);\n\t\t\tbreak;\n", name, plan->predicates[i].gate, i);
	}
	fputs("\t\tdefault:\n\t\t\tbreak;\n\t\t}\n\t}\n\tsettle(work, predicate, answer);\n}\n\n", out);
	fprintf(out, "enum answer\nask_%s(struct work *work, uint32_t predicate)\n{\n"
	        "\treturn answer_of(work, predicate, decide);\n}\n\n", name);
}

/* Candidates --------------------------------------------------------------------------------------------------------- */

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
emit_known(struct emitter *emitter, FILE *out, const struct plan_group *plan)
{
	uint64_t *known = arena_alloc(emitter->arena, (plan->bit_count / 64 + 1) * sizeof(*known));

	for (uint32_t i = 0; i < plan->predicate_count; i++)
		if (is_eager(plan, i))
			known[i / 64] |= UINT64_C(1) << i % 64;
	emit_bitmap(out, "eager", known, plan->bit_count);
}

static int
rule_is_possible(const struct plan_group *plan, uint32_t rule)
{
	return plan->group->rules[rule]->expr->type != IR_FALSE;
}

static void
emit_witnesses(struct emitter *emitter, FILE *out, const struct plan_group *plan)
{
	uint32_t rules = plan->group->rule_count, total = 0, bits = plan->bit_count;
	uint64_t *always = arena_alloc(emitter->arena, (rules / 64 + 1) * sizeof(*always));
	uint64_t *mask = arena_alloc(emitter->arena, (bits / 64 + 1) * sizeof(*mask));
	uint32_t *first = arena_alloc(emitter->arena, (bits + 2) * sizeof(*first)), *list;

	for (uint32_t i = 0; i < rules; i++) {
		if (!plan->rules[i].witness && rule_is_possible(plan, i))
			always[i / 64] |= UINT64_C(1) << i % 64;
		for (uint32_t k = 0; k < plan->rules[i].witness_count; k++, total++)
			first[plan->rules[i].witness[k] + 2]++;
	}
	for (uint32_t i = 2; i < bits + 2; i++)
		first[i] += first[i - 1];
	list = arena_alloc(emitter->arena, (total + 1) * sizeof(*list));
	for (uint32_t i = 0; i < rules; i++)
		for (uint32_t k = 0; k < plan->rules[i].witness_count; k++) {
			uint32_t bit = plan->rules[i].witness[k];

			mask[bit / 64] |= UINT64_C(1) << bit % 64;
			list[first[bit + 1]++] = i;
		}
	emit_bitmap(out, "always", always, rules);
	emit_bitmap(out, "witness", mask, bits);
	emit_numbers(out, "witness_first", first, bits + 1);
	emit_numbers(out, "witness_list", list, total);
}

/* Calls one rule by its number in the group. */
static void
emit_rule_switch(struct emitter *emitter, FILE *out, uint32_t group)
{
	const struct plan_group *plan = emitter->plan->groups + group;

	for (uint32_t i = 0; i < plan->group->rule_count; i++) {
		if (!rule_is_possible(plan, i))
			continue;
		fputs("int ", out);
		emit_rule_name(emitter, group, i, out);
		fputs("(struct work *work);\n", out);
	}
	fputs("\nstatic int\nrule(struct work *work, uint32_t number)\n{\n\tswitch (number) {\n", out);
	for (uint32_t i = 0; i < plan->group->rule_count; i++) {
		if (!rule_is_possible(plan, i))
			continue;
		fprintf(out, "\tcase %u: return ", i);
		emit_rule_name(emitter, group, i, out);
		fputs("(work);\n", out);
	}
	fputs("\tdefault: return 0;\n\t}\n}\n\n", out);
}

void
emit_group(struct emitter *emitter, uint32_t group)
{
	const struct plan_group *plan = emitter->plan->groups + group;
	const char *name = emitter->names[group];
	FILE *out = emitter_file(emitter, arena_print(emitter->arena, "group_%s.c", name), 0);

	fprintf(out, "\nextern const int32_t slots_%s[];\nask_fn ask_%s;\n\n", name, name);
	for (uint32_t i = 0; i < plan->set_count; i++)
		emit_set(emitter, out, group, i);
	emit_combinations(emitter, out, plan);
	emit_lazy(emitter, out, group);
	emit_decide(emitter, out, group);
	emit_known(emitter, out, plan);
	emit_witnesses(emitter, out, plan);
	emit_rule_switch(emitter, out, group);
	fprintf(out, "uint32_t\ngroup_%s(struct work *work, struct hit *hits)\n{\n", name);
	fprintf(out, "\tgroup_begin(work, eager, %u, always, %u);\n", (plan->bit_count + 63) / 64,
	        (plan->group->rule_count + 63) / 64);
	for (uint32_t i = 0; i < plan->set_count; i++)
		if (plan->sets[i].eager)
			fprintf(out, "\tset_%u(work);\n", i);
	fprintf(out, "\tgroup_candidates(work, witness, %u, witness_first, witness_list);\n", (plan->bit_count + 63) / 64);
	fprintf(out, "\tif (work->event->flags & EVENT_DECIDE_ALL)\n\t\tgroup_decide(work, %u, decide);\n",
	        plan->group->predicate_count);
	fprintf(out, "\treturn group_rules(work, %u, rule, hits);\n}\n", (plan->group->rule_count + 63) / 64);
}
