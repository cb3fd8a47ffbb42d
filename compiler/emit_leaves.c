/*
 * emit_leaves.c - leaves.c: the strings that groups look for in all values of an event, in one set, and which predicates
 * of a group each makes true.
 */
#include <stdlib.h>

#include "arena.h"
#include "emitter.h"
#include "packrt_tables.h"
#include "plan.h"

static int
row_compare(const void *a, const void *b)
{
	const struct leaf_map *x = a, *y = b;

	return x->string != y->string ? (x->string > y->string) - (x->string < y->string) :
		(x->predicate > y->predicate) - (x->predicate < y->predicate);
}

/* The predicates of a group's strings, by their numbers among all. */
static struct leaf_map *
map_make(struct emitter *emitter, const struct plan_set *set, uint32_t *count)
{
	struct leaf_map *rows = NULL;

	*count = 0;
	for (uint32_t i = 0; i < set->string_count; i++)
		for (uint32_t k = 0; k < set->strings[i].predicate_count; k++) {
			rows = arena_grow(emitter->arena, rows, *count, sizeof(*rows));
			rows[(*count)++] = (struct leaf_map){ plan_leaf(emitter->plan, set->strings + i), set->strings[i].predicates[k] };
		}
	if (*count)
		qsort(rows, *count, sizeof(*rows), row_compare);
	return rows;
}

static void
emit_map(struct emitter *emitter, FILE *out, FILE *tables, uint32_t group, const struct plan_set *set)
{
	const char *name = emitter->names[group];
	uint32_t count;
	const struct leaf_map *rows = map_make(emitter, set, &count);

	_Static_assert(sizeof(*rows) == 2 * sizeof(uint32_t), "a row is two numbers");
	emit_numbers(tables, arena_print(emitter->arena, "leaf_map_%s", name), (const uint32_t *)rows, 2 * count);
	fprintf(out, "extern const struct leaf_map leaf_map_%s[];\n\nvoid leaves_of_%s(struct work *work);\n\n", name, name);
	fprintf(out, "void\nleaves_of_%s(struct work *work)\n{\n\tleaves_scan(work, &leaves);\n"
	        "\tleaves_found(work, leaf_map_%s, %u);\n}\n\n", name, name, count);
}

void
emit_leaves(struct emitter *emitter)
{
	const struct plan *plan = emitter->plan;
	FILE *out, *tables;

	if (!plan->leaves.string_count)
		return;
	out = emitter_file(emitter, "leaves.c", NULL);
	tables = emitter_tables(emitter, "tables_of_leaves.s");
	fputs("\nextern const struct contains leaves;\n\n", out);
	emit_contains(tables, "leaves", &plan->leaves);
	for (uint32_t i = 0; i < plan->group_count; i++)
		for (uint32_t k = 0; k < plan->groups[i].set_count; k++)
			if (plan_is_leaves(plan->groups[i].sets + k))
				emit_map(emitter, out, tables, i, plan->groups[i].sets + k);
}
