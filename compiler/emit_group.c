/*
 * emit_group.c - the file of a group: its sets, its lazy predicates, deciding, candidates.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "emit_layout.h"
#include "emitter.h"
#include "ir.h"
#include "packfile.h"
#include "packrt.h"
#include "plan.h"

struct combination { /* sets that decide a predicate together */
	uint32_t sets[3];
};

struct group_writer {
	struct emitter *emitter;
	const struct plan_group *plan;
	const char *name;
	FILE *out, *numbers; /* C; tables */
	const char **finds; /* by set: find_fn, or NULL */
	const char **tables; /* by set */
	uint32_t scan_count;
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
emit_lists(struct emitter *emitter, FILE *out, const struct plan_set *set, const uint32_t *order)
{
	uint32_t total = 0, count = set->string_count, *first = arena_alloc(emitter->arena, (count + 1) * sizeof(*first)), *list;
	struct strings head = { set->bit, set->type == PLAN_BACKWARD, sizeof(head), 0, 0, set->anchored_count };

	for (uint32_t i = 0; i < count; i++) {
		first[i] = total;
		total += set->strings[order[i]].predicate_count;
	}
	first[count] = total;
	list = arena_alloc(emitter->arena, (total + 1) * sizeof(*list));
	for (uint32_t i = 0; i < count; i++)
		memcpy(list + first[i], set->strings[order[i]].predicates,
		       set->strings[order[i]].predicate_count * sizeof(*list));
	head.list = head.first + sizeof(*first) * (count + 1);
	head.anchored = head.list + sizeof(*list) * total;
	emit_longs(out, (const uint32_t *)&head, sizeof(head) / sizeof(uint32_t));
	emit_longs(out, first, count + 1);
	emit_longs(out, list, total);
	emit_longs(out, set->anchored, set->anchored_count);
}

/* Of the group and the field. */
static uint64_t
set_place(const struct group_writer *writer, const struct plan_set *set)
{
	uint64_t hash = emit_hash(EMIT_HASH_START, writer->name, strlen(writer->name));
	struct ir_text field;

	if (set->slot == PLAN_LEAVES)
		return hash;
	field = writer->emitter->pack->fields[set->slot];
	return emit_hash(hash, field.data, field.size);
}

/* The tables of a set, and its function where strings of it are found by one. */
static void
emit_set(struct group_writer *writer, uint32_t number)
{
	static const char *const types[] = { "whole values and beginnings", "ends", "contained strings" };
	struct emitter *emitter = writer->emitter;
	const struct plan_set *set = writer->plan->sets + number;
	uint32_t *order = arena_alloc(emitter->arena, (set->string_count + 1) * sizeof(*order));
	const char *type = set->type == PLAN_CONTAINS ? "contains" : "strings";
	const char *name = arena_print(emitter->arena, "%s_%s_%u", type, writer->name, number);

	fprintf(writer->out, "/* %u %s of ", set->string_count, types[set->type]);
	emit_field_name(emitter, writer->out, set->slot);
	fprintf(writer->out, " */\nextern const struct %s %s;\n", type, name);
	writer->tables[number] = name;
	if (set->type == PLAN_CONTAINS) {
		emit_contains(writer->numbers, name, set);
	} else {
		writer->finds[number] = emit_strings(emitter, writer->out, arena_print(emitter->arena, "find_%u", number),
		                                     set_place(writer, set), set, order);
		emit_table(writer->numbers, name);
		emit_lists(emitter, writer->numbers, set, order);
	}
	fputc('\n', writer->out);
}

/* Runs a set. */
static void
emit_run(struct group_writer *writer, uint32_t number)
{
	uint32_t slot = emit_slot(writer->plan, writer->plan->sets[number].slot);

	if (writer->finds[number])
		fprintf(writer->out, "strings_run(work, &%s, slots_%s[%u], %s);\n", writer->tables[number], writer->name, slot,
		        writer->finds[number]);
	else
		fprintf(writer->out, "contains_run_slot(work, &%s, slots_%s[%u], %u);\n", writer->tables[number], writer->name, slot,
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

static void
emit_run_test(FILE *out, const struct plan_run *run, uint32_t gate)
{
	fprintf(out, "\tif (text_has_run(texts->text, (const uint64_t[4]){ ");
	for (int i = 0; i < 4; i++)
		fprintf(out, "0x%" PRIx64 "%s", run->bytes[i], i < 3 ? ", " : " }");
	fprintf(out, ", %u))\n\t\tpredicate_found(work, %u);\n", run->least, gate);
}

/* What a group_scan() calls: all sets of the slot, and runs, over one text. Named by the first set. */
static void
emit_scan(struct group_writer *writer, uint32_t first)
{
	const struct plan_group *plan = writer->plan;

	fputs("/* ", writer->out);
	emit_field_name(writer->emitter, writer->out, plan->sets[first].slot);
	fprintf(writer->out, " */\nscan_fn scan_%s_%u;\n\nvoid\nscan_%s_%u(struct work *work, const struct texts *texts)\n{\n",
	        writer->name, first, writer->name, first);
	for (uint32_t i = first; i < plan->set_count; i++) {
		if (!plan->sets[i].eager || plan->sets[i].slot != plan->sets[first].slot)
			continue;
		if (writer->finds[i])
			fprintf(writer->out, "\tstrings_scan(work, &%s, texts, %s);\n", writer->tables[i], writer->finds[i]);
		else
			fprintf(writer->out, "\tcontains_run(work, &%s, texts->text);\n", writer->tables[i]);
	}
	for (uint32_t i = plan->group->predicate_count; i < plan->predicate_count; i++)
		if (plan->predicates[i].run && plan->predicates[i].run->slot == plan->sets[first].slot)
			emit_run_test(writer->out, plan->predicates[i].run, i);
	fputs("}\n\n", writer->out);
}

/* The scans, and a struct scan_of each; returns their number. */
static uint32_t
emit_scans(struct group_writer *writer)
{
	const struct plan_group *plan = writer->plan;
	uint32_t count = 0;

	emit_table(writer->numbers, arena_print(writer->emitter->arena, "scans_%s", writer->name));
	for (uint32_t i = 0; i < plan->set_count; i++) {
		if (!is_first_scan(plan, i) || plan_is_leaves(plan->sets + i))
			continue;
		emit_scan(writer, i);
		fprintf(writer->numbers, "\t.long scan_%s_%u - ., %u\n", writer->name, i, emit_slot(plan, plan->sets[i].slot));
		count++;
	}
	return count;
}

uint32_t
emit_scan_number(const struct plan_group *plan, uint32_t field)
{
	uint32_t number = 0;

	for (uint32_t i = 0; i < plan->set_count; i++) {
		if (!is_first_scan(plan, i) || plan_is_leaves(plan->sets + i))
			continue;
		if (plan->sets[i].slot == field)
			return number;
		number++;
	}
	return SCAN_NONE;
}

static int
has_leaves(const struct plan_group *plan)
{
	for (uint32_t i = 0; i < plan->set_count; i++)
		if (plan_is_leaves(plan->sets + i))
			return 1;
	return 0;
}

/* Deciding ----------------------------------------------------------------------------------------------------------- */

uint32_t
emit_set_of(const struct plan_group *plan, uint32_t predicate, int type)
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
	struct combination none = { { PLAN_NONE, PLAN_NONE, PLAN_NONE } }, *list = NULL;
	FILE *out = writer->out;

	combination_find(writer->emitter, &list, &count, none.sets);
	for (uint32_t i = 0; i < plan->predicate_count; i++) {
		const uint32_t sets[3] = { emit_set_of(plan, i, 0), emit_set_of(plan, i, 1), emit_set_of(plan, i, 2) };

		numbers[i] = combination_find(writer->emitter, &list, &count, sets);
	}
	emit_numbers(writer->numbers, arena_print(arena, "sets_of_%s", writer->name), numbers, plan->predicate_count);
	fprintf(out, "extern const uint32_t sets_of_%s[];\n\n/* Runs the sets that a predicate hangs on. */\nstatic void\n"
	        "run_sets(struct work *work, uint32_t predicate)\n{\n\tswitch (sets_of_%s[predicate]) {\n", writer->name,
	        writer->name);
	for (uint32_t i = 1; i < count; i++) {
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

static void
emit_decide(struct group_writer *writer, uint32_t group)
{
	const char *name = writer->name;
	FILE *out = writer->out;

	emit_tests(writer->emitter, writer->numbers, group);
	fprintf(out, "static __attribute__((noinline)) enum answer\nfind_out(struct work *work, uint32_t predicate)\n{\n"
	        "\tif (sets_of_%s[predicate])\n\t\trun_sets(work, predicate);\n"
	        "\tif (is_yes(work, predicate))\n\t\treturn ANSWER_YES;\n", name);
	fprintf(out, "\tif (has_gate(work, tests_%s + predicate) && ask_of_%s(work, tests_%s[predicate].gate) != ANSWER_YES)\n"
	        "\t\treturn ANSWER_NO;\n", name, name, name);
	emit_lazy(writer->emitter, out, group);
	fprintf(out, "}\n\nstatic enum answer\ndecide(struct work *work, uint32_t predicate)\n{\n"
	        "\tconst struct test_of *of = tests_%s + predicate;\n\n"
	        "\tif (of->scan != SCAN_NONE)\n\t\treturn scanned_decide(work, of, slots_%s, predicate);\n"
	        "\treturn settle(work, predicate, find_out(work, predicate));\n}\n\n", name, name);
	fprintf(out, "enum answer\nask_of_%s(struct work *work, uint32_t predicate)\n{\n"
	        "\treturn answer_of(work, predicate, eager_%s, decide);\n}\n\n", writer->name, writer->name);
}

/* Matching ----------------------------------------------------------------------------------------------------------- */

/* Is it a table that every event is looked for in? */
static int
is_eager_table(const struct plan_group *plan, uint32_t predicate)
{
	return plan->predicates[predicate].data != PLAN_NONE && plan_is_eager(plan, predicate);
}

/* What a call has to say of a predicate's table: the slot that it is asked about, its number. */
static const char *
table_place(const struct group_writer *writer, uint32_t predicate)
{
	return arena_print(writer->emitter->arena, "slots_%s[%u], %u", writer->name,
	                   emit_slot(writer->plan, writer->plan->group->predicates[predicate].field),
	                   writer->plan->predicates[predicate].data);
}

/* What the rules of both phases hang on. */
static void
emit_begin(struct group_writer *writer, uint32_t group)
{
	const struct plan_group *plan = writer->plan;
	const char *name = writer->name;
	FILE *out = writer->out;
	uint32_t always;

	always = emit_candidates(writer->emitter, out, writer->numbers, group);
	fputs("static void\nbegin(struct work *work)\n{\n\tstruct scans scans;\n\n", out);
	/* one by one: addresses that are an initializer's may be data, which an image has none of */
	fprintf(out, "\tscans.list = scans_%s;\n\tscans.count = %u;\n\tscans.slots = slots_%s;\n", name, writer->scan_count, name);
	fprintf(out, "\tscans.first = witness_first_%s;\n\tscans.witnesses = witness_list_%s;\n", name, name);
	for (uint32_t i = 0; i < plan->predicate_count; i++)
		if (is_eager_table(plan, i))
			fprintf(out, "\tdata_ahead(work, %s);\n", table_place(writer, i));
	fprintf(out, "\tgroup_begin(work, %u, %u);\n", group, (plan->bit_count + 63) / 64);
	if (has_leaves(plan))
		fprintf(out, "\tleaves_of_%s(work);\n", name);
	fputs("\tgroup_scan(work, &scans);\n", out);
	for (uint32_t i = 0; i < plan->predicate_count; i++)
		if (is_eager_table(plan, i))
			fprintf(out, "\tdata_settle(work, &scans, %u, %s);\n", i, table_place(writer, i));
	fprintf(out, "\tgroup_candidates(work, always_%s, %u, %u);\n", name, always, ir_phase(plan->group, 0).count);
	fprintf(out, "\tif (work->event->flags & EVENT_DECIDE_ALL)\n\t\tgroup_decide(work, %u, eager_%s, decide);\n}\n\n",
	        plan->group->predicate_count, name);
}

static void
emit_entry(struct group_writer *writer, uint32_t group)
{
	const struct plan_group *plan = writer->plan;
	FILE *out = writer->out;

	fprintf(out, "uint32_t\nmatch_%s(struct work *work, uint32_t late, struct hit *hits)\n{\n\tstruct rules rules;\n\n",
	        writer->name);
	fprintf(out, "\trules.places = places_%s;\n\trules.first = %u;\n\trules.count = %u;\n\trules.lone = late ? 0 : %u;\n",
	        writer->name, plan->first_rule, plan->group->rule_count, plan->lone_count);
	fprintf(out, "\tif (!group_again(work, %u))\n\t\tbegin(work);\n", group);
	fputs("\treturn group_rules(work, &rules, late, hits);\n}\n", out);
}

void
emit_group(struct emitter *emitter, uint32_t group)
{
	const struct plan_group *plan = emitter->plan->groups + group;
	struct group_writer writer = { .emitter = emitter, .plan = plan, .name = emitter->names[group] };

	writer.out = emitter_file(emitter, arena_print(emitter->arena, "group_%s.c", writer.name), NULL);
	writer.numbers = emitter_tables(emitter, arena_print(emitter->arena, "tables_%s.s", writer.name));
	writer.finds = arena_alloc(emitter->arena, (plan->set_count + 1) * sizeof(*writer.finds));
	writer.tables = arena_alloc(emitter->arena, (plan->set_count + 1) * sizeof(*writer.tables));
	fprintf(writer.out, "\nextern const int32_t slots_%s[];\nextern const uint64_t eager_%s[];\n"
	        "extern const struct scan_of scans_%s[];\nextern const struct test_of tests_%s[];\n"
	        "ask_fn ask_of_%s;\nvoid leaves_of_%s(struct work *work);\n\n", writer.name, writer.name, writer.name, writer.name,
	        writer.name, writer.name);
	for (uint32_t i = 0; i < plan->set_count; i++)
		if (!plan_is_leaves(plan->sets + i))
			emit_set(&writer, i);
	writer.scan_count = emit_scans(&writer);
	emit_combinations(&writer);
	emit_decide(&writer, group);
	emit_begin(&writer, group);
	emit_entry(&writer, group);
}
