/*
 * emit_group.c - the file of a group: its sets, its lazy predicates, deciding, candidates.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "emit_layout.h"
#include "emitter.h"
#include "ir.h"
#include "packfile.h"
#include "packrt.h"
#include "plan.h"

enum {
	SCANS_TOGETHER = 16,
	STRINGS_APART = 256, /* a contains set of so many has a file of its own */
};

struct combination { /* sets that decide a predicate together */
	uint32_t sets[3];
};

struct group_writer {
	struct emitter *emitter;
	const struct plan_group *plan;
	const char *name;
	FILE *out;
	const char **finds; /* by set: find_fn, or NULL */
	const char **tables; /* by set */
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
	const uint32_t *found = bsearch(&field, group->slots, group->slot_count, sizeof(field), number_compare_order);

	return found ? found - group->slots : group->slot_count;
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
	uint32_t total = 0, count = set->string_count, *first = arena_alloc(emitter->arena, (count + 1) * sizeof(*first));
	uint32_t head = sizeof(struct strings), *list;

	for (uint32_t i = 0; i < count; i++) {
		first[i] = total;
		total += set->strings[order[i]].predicate_count;
	}
	first[count] = total;
	list = arena_alloc(emitter->arena, (total + 1) * sizeof(*list));
	for (uint32_t i = 0; i < count; i++)
		memcpy(list + first[i], set->strings[order[i]].predicates,
		       set->strings[order[i]].predicate_count * sizeof(*list));
	fprintf(out, "static const struct {\n\tstruct strings head;\n\tuint32_t first[%u], list[%u], anchored[%u];\n} strings_%u = {\n",
	        count + 1, total, set->anchored_count, number);
	fprintf(out, "\t{ %u, %d, %u, %u, %u, %u },\n", set->bit, set->type == PLAN_BACKWARD, head, head + 4 * (count + 1),
	        head + 4 * (count + 1 + total), set->anchored_count);
	emit_list(out, first, count + 1);
	emit_list(out, list, total);
	emit_list(out, set->anchored, set->anchored_count);
	fputs("};\n\n", out);
}

/* A long table is a file of its own: it takes a compiler long, and most changes of rules are in it alone. The hash parts
 * fields that have one name in C. */
static const char *
emit_contains_apart(struct group_writer *writer, const struct plan_set *set)
{
	struct emitter *emitter = writer->emitter;
	struct ir_text field = emitter->pack->fields[set->slot];
	uint64_t hash = emit_hash(emit_hash(EMIT_HASH_START, writer->name, strlen(writer->name)), field.data, field.size);
	const char *name = arena_print(emitter->arena, "contains_%s_%s_%08x", writer->name,
	                               emit_name(emitter->arena, field.data, field.size < 40 ? field.size : 40), (uint32_t)hash);
	FILE *out = emitter_file(emitter, arena_print(emitter->arena, "%s.c", name), NULL);

	fputc('\n', out);
	emit_contains(emitter, out, "", name, set);
	fprintf(writer->out, "extern const struct {\n\tstruct contains head;\n} %s;\n\n", name);
	return name;
}

/* The tables of a set, and its function where strings of it are found by one. */
static void
emit_set(struct group_writer *writer, uint32_t number)
{
	static const char *const types[] = { "whole values and beginnings", "ends", "contained strings" };
	struct emitter *emitter = writer->emitter;
	const struct plan_set *set = writer->plan->sets + number;
	uint32_t *order = arena_alloc(emitter->arena, (set->string_count + 1) * sizeof(*order));

	fprintf(writer->out, "/* %u %s of ", set->string_count, types[set->type]);
	emit_field_name(emitter, writer->out, set->slot);
	fputs(" */\n", writer->out);
	if (set->type != PLAN_CONTAINS) {
		writer->finds[number] = emit_strings(emitter, writer->out, arena_print(emitter->arena, "find_%u", number), set,
		                                     order);
		emit_lists(emitter, writer->out, set, number, order);
		writer->tables[number] = arena_print(emitter->arena, "strings_%u", number);
	} else if (set->slot != PLAN_LEAVES && set->string_count >= STRINGS_APART) {
		writer->tables[number] = emit_contains_apart(writer, set);
	} else {
		writer->tables[number] = arena_print(emitter->arena, "contains_%u", number);
		emit_contains(emitter, writer->out, "static ", writer->tables[number], set);
	}
}

/* Runs a set. */
static void
emit_run(struct group_writer *writer, uint32_t number)
{
	uint32_t slot = emit_slot(writer->plan, writer->plan->sets[number].slot);

	if (writer->finds[number])
		fprintf(writer->out, "strings_run(work, &%s.head, slots_%s[%u], %s);\n", writer->tables[number], writer->name, slot,
		        writer->finds[number]);
	else
		fprintf(writer->out, "contains_run_slot(work, &%s.head, slots_%s[%u], %u);\n", writer->tables[number], writer->name, slot,
		        writer->plan->sets[number].bit);
}

/* The sets that the group runs for every event, slot by slot ---------------------------------------------------------- */

/* The first set of a slot that is run for every event, if this is it. */
static int
is_first_scan(const struct plan_group *plan, uint32_t set)
{
	for (uint32_t i = 0; i < set; i++)
		if (plan->sets[i].eager && plan->sets[i].slot == plan->sets[set].slot)
			return 0;
	return plan->sets[set].eager;
}

/* What slot_scan() calls: all sets of the slot over one text. Named by the first. */
static void
emit_scan(struct group_writer *writer, uint32_t first)
{
	const struct plan_group *plan = writer->plan;

	fputs("/* ", writer->out);
	emit_field_name(writer->emitter, writer->out, plan->sets[first].slot);
	fprintf(writer->out, " */\nstatic void\nscan_%u(struct work *work, const struct texts *texts)\n{\n", first);
	for (uint32_t i = first; i < plan->set_count; i++) {
		if (!plan->sets[i].eager || plan->sets[i].slot != plan->sets[first].slot)
			continue;
		if (writer->finds[i])
			fprintf(writer->out, "\tstrings_scan(work, &%s.head, texts, %s);\n", writer->tables[i], writer->finds[i]);
		else
			fprintf(writer->out, "\tcontains_run(work, &%s.head, texts->text);\n", writer->tables[i]);
	}
	fputs("}\n\n", writer->out);
}

static void
emit_scans(struct group_writer *writer)
{
	for (uint32_t i = 0; i < writer->plan->set_count; i++)
		if (is_first_scan(writer->plan, i) && !plan_is_leaves(writer->plan->sets + i))
			emit_scan(writer, i);
}

/* Asks of the slots of some scans what is remembered of them, then does what is not known. */
static void
emit_scans_together(struct group_writer *writer, const uint32_t *scans, uint32_t count)
{
	const struct plan_group *plan = writer->plan;

	for (uint32_t i = 0; i < count; i++)
		fprintf(writer->out, "\tmemo_ask(work, recalls + %u, slots_%s[%u], &%s);\n", i, writer->name,
		        emit_slot(plan, plan->sets[scans[i]].slot), writer->tables[scans[i]]);
	for (uint32_t i = 0; i < count; i++)
		fprintf(writer->out, "\tslot_scan(work, recalls + %u, scan_%u);\n", i, scans[i]);
}

static void
emit_scan_all(struct group_writer *writer)
{
	const struct plan_group *plan = writer->plan;
	uint32_t scans[SCANS_TOGETHER], count = 0;
	FILE *out = writer->out;

	fprintf(out, "static void\nscan(struct work *work)\n{\n\tstruct recall recalls[%u];\n\n\t(void)work, (void)recalls;\n",
	        SCANS_TOGETHER);
	for (uint32_t i = 0; i < plan->set_count; i++) {
		if (!is_first_scan(plan, i))
			continue;
		if (plan_is_leaves(plan->sets + i)) {
			fprintf(out, "\tleaves_%s(work);\n", writer->name);
			continue;
		}
		scans[count++] = i;
		if (count == SCANS_TOGETHER) {
			emit_scans_together(writer, scans, count);
			count = 0;
		}
	}
	emit_scans_together(writer, scans, count);
	fputs("}\n\n", out);
}

/* Deciding ----------------------------------------------------------------------------------------------------------- */

/* A set that the group runs for every event is none of a predicate's. */
static uint32_t
set_of(const struct plan_group *plan, uint32_t predicate, int type)
{
	uint32_t set = plan->predicates[predicate].sets[type];

	return set != PLAN_NONE && plan->sets[set].eager ? PLAN_NONE : set;
}

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
emit_combinations(struct group_writer *writer)
{
	struct arena *arena = writer->emitter->arena;
	const struct plan_group *plan = writer->plan;
	uint32_t *numbers = arena_alloc(arena, (plan->predicate_count + 1) * sizeof(*numbers)), count = 0;
	struct combination *list = NULL;
	FILE *out = writer->out;

	for (uint32_t i = 0; i < plan->predicate_count; i++) {
		const uint32_t sets[3] = { set_of(plan, i, 0), set_of(plan, i, 1), set_of(plan, i, 2) };

		numbers[i] = combination_find(writer->emitter, &list, &count, sets);
	}
	emit_numbers(out, "sets_of", numbers, plan->predicate_count);
	fputs("/* Runs the sets that a predicate hangs on. */\nstatic void\nrun_sets(struct work *work, uint32_t predicate)\n{\n"
	      "\tswitch (sets_of[predicate]) {\n", out);
	for (uint32_t i = 0; i < count; i++) {
		fprintf(out, "\tcase %u:\n", i);
		for (int type = 0; type < 3; type++) {
			if (list[i].sets[type] == PLAN_NONE)
				continue;
			fputs("\t\t", out);
			emit_run(writer, list[i].sets[type]);
		}
		fputs("\t\tbreak;\n", out);
	}
	fputs("\t}\n}\n\n", out);
}

static int
has_gates(const struct plan_group *plan)
{
	return plan->predicate_count > plan->group->predicate_count;
}

static void
emit_gates(struct group_writer *writer)
{
	const struct plan_group *plan = writer->plan;
	uint32_t *gates = arena_alloc(writer->emitter->arena, (plan->predicate_count + 1) * sizeof(*gates));

	for (uint32_t i = 0; i < plan->predicate_count; i++)
		gates[i] = plan->predicates[i].gate == PLAN_NONE ? 0 : plan->predicates[i].gate;
	emit_numbers(writer->out, "gates", gates, plan->predicate_count);
}

/* A gate is never predicate 0: gates come behind all predicates. */
static void
emit_decide(struct group_writer *writer, uint32_t group)
{
	FILE *out = writer->out;

	emit_lazy_declarations(writer->emitter, out, group);
	if (has_gates(writer->plan))
		emit_gates(writer);
	fputs("\nstatic void\ndecide(struct work *work, uint32_t predicate)\n{\n\tenum answer answer = ANSWER_NO;\n\n"
	      "\trun_sets(work, predicate);\n"
	      "\tif (bit_test(work->yes, predicate)", out);
	if (has_gates(writer->plan))
		fprintf(out, " ||\n\t    (gates[predicate] && !(work->event->flags & EVENT_HAS_CUT) &&\n"
		        "\t     ask_%s(work, gates[predicate]) != ANSWER_YES)", writer->name);
	fputs(") {\n\t\tsettle(work, predicate, answer);\n\t\treturn;\n\t}\n\tswitch (predicate) {\n", out);
	emit_lazy_cases(writer->emitter, out, group);
	fputs("\tdefault:\n\t\tbreak;\n\t}\n\tsettle(work, predicate, answer);\n}\n\n", out);
	fprintf(out, "enum answer\nask_%s(struct work *work, uint32_t predicate)\n{\n"
	        "\treturn answer_of(work, predicate, decide);\n}\n\n", writer->name);
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
	for (uint32_t i = 0; i < plan->set_count; i++)
		if (plan->sets[i].eager)
			known[plan->sets[i].bit / 64] |= UINT64_C(1) << plan->sets[i].bit % 64;
	emit_bitmap(out, "eager", known, plan->bit_count);
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

static void
emit_witnesses(struct emitter *emitter, FILE *out, const struct plan_group *plan)
{
	uint32_t rules = plan->group->rule_count, total = 0, bits = plan->bit_count;
	uint32_t *always = arena_alloc(emitter->arena, (rules + 1) * sizeof(*always)), always_count = 0;
	uint64_t *certain = arena_alloc(emitter->arena, (rules / 64 + 1) * sizeof(*certain));
	uint32_t *first = arena_alloc(emitter->arena, (bits + 2) * sizeof(*first)), *list;

	for (uint32_t i = 0; i < rules; i++) {
		if (rule_is_always(plan, i))
			always[always_count++] = i;
		if (plan->rules[i].certain)
			certain[i / 64] |= UINT64_C(1) << i % 64;
		for (uint32_t k = 0; k < plan->rules[i].witness_count; k++, total++)
			first[plan->rules[i].witness[k] + 2]++;
	}
	for (uint32_t i = 2; i < bits + 2; i++)
		first[i] += first[i - 1];
	list = arena_alloc(emitter->arena, (total + 1) * sizeof(*list));
	for (uint32_t i = 0; i < rules; i++)
		for (uint32_t k = 0; k < plan->rules[i].witness_count; k++)
			list[first[plan->rules[i].witness[k] + 1]++] = i;
	emit_numbers(out, "always", always, always_count);
	emit_bitmap(out, "certain", certain, rules);
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

/* An event without any of the fields that rules need is done with at once. */
static void
emit_needs(struct group_writer *writer, int late)
{
	const struct plan_group *plan = writer->plan;
	const struct plan_needs *needs = plan->needs + late;
	const char *word = late ? "late" : "early";

	if (!needs->known || !ir_phase(plan->group, late).count)
		return;
	fprintf(writer->out, "\tstatic const uint32_t %s_needs[] = {", word);
	for (uint32_t i = 0; i < needs->count; i++)
		fprintf(writer->out, "%s%u", i ? ", " : " ", emit_slot(plan, needs->slots[i]));
	fprintf(writer->out, "%s };\n\n\tif (%slate && !group_is_touched(work, slots_%s, %s_needs, %u))\n\t\treturn 0;\n",
	        needs->count ? "" : " 0", late ? "" : "!", writer->name, word, needs->count);
}

/* What the rules of both phases hang on. */
static void
emit_begin(struct group_writer *writer, uint32_t group)
{
	const struct plan_group *plan = writer->plan;
	FILE *out = writer->out;
	uint32_t always = 0;

	emit_scan_all(writer);
	for (uint32_t i = 0; i < plan->group->rule_count; i++)
		always += rule_is_always(plan, i);
	fprintf(out, "static void\nbegin(struct work *work)\n{\n\tgroup_clear(work, %u, eager, %u);\n", group,
	        (plan->bit_count + 63) / 64);
	fprintf(out, "\tgroup_begin(work, always, %u, %u);\n\tscan(work);\n", always,
	        emit_candidate_words(writer->emitter->plan));
	fputs("\tgroup_candidates(work, witness_first, witness_list);\n", out);
	fprintf(out, "\tif (work->event->flags & EVENT_DECIDE_ALL)\n\t\tgroup_decide(work, %u, decide);\n}\n\n",
	        plan->group->predicate_count);
}

static void
emit_entry(struct group_writer *writer, uint32_t group)
{
	const struct ir_group *ir = writer->plan->group;
	uint32_t early = ir_phase(ir, 0).count;
	FILE *out = writer->out;

	fprintf(out, "uint32_t\ngroup_%s(struct work *work, int late, struct hit *hits)\n{\n", writer->name);
	emit_needs(writer, 0);
	emit_needs(writer, 1);
	fprintf(out, "\tif (!group_again(work, %u))\n\t\tbegin(work);\n", group);
	fprintf(out, "\treturn group_rules(work, certain, late ? %u : 0, late ? %u : %u, rule, hits);\n}\n", early,
	        ir->rule_count, early);
}

void
emit_group(struct emitter *emitter, uint32_t group)
{
	const struct plan_group *plan = emitter->plan->groups + group;
	struct group_writer writer = { .emitter = emitter, .plan = plan, .name = emitter->names[group] };

	writer.out = emitter_file(emitter, arena_print(emitter->arena, "group_%s.c", writer.name), NULL);
	writer.finds = arena_alloc(emitter->arena, (plan->set_count + 1) * sizeof(*writer.finds));
	writer.tables = arena_alloc(emitter->arena, (plan->set_count + 1) * sizeof(*writer.tables));
	fprintf(writer.out, "#include \"packrt_group.h\"\n\nextern const int32_t slots_%s[];\nask_fn ask_%s;\nvoid leaves_%s(struct work *work);\n\n", writer.name,
	        writer.name, writer.name);
	for (uint32_t i = 0; i < plan->set_count; i++)
		if (!plan_is_leaves(plan->sets + i))
			emit_set(&writer, i);
	emit_scans(&writer);
	emit_combinations(&writer);
	emit_decide(&writer, group);
	emit_known(emitter, writer.out, plan);
	emit_witnesses(emitter, writer.out, plan);
	emit_rule_switch(emitter, writer.out, group);
	emit_begin(&writer, group);
	emit_entry(&writer, group);
}
