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
emit_map(struct emitter *emitter, FILE *out, uint32_t group, const struct plan_set *set)
{
	uint32_t count;
	const struct leaf_map *rows = map_make(emitter, set, &count);

	fprintf(out, "void\nleaves_%s(struct work *work)\n{\n\tstatic const struct leaf_map map[] = {", emitter->names[group]);
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, "%s{%u,%u},", i % 12 ? " " : "\n\t\t", rows[i].string, rows[i].predicate);
	fprintf(out, "\n\t};\n\n\tleaves_scan(work, &leaves.head);\n\tleaves_found(work, map, %u);\n}\n\n", count);
}

void
emit_leaves(struct emitter *emitter)
{
	const struct plan *plan = emitter->plan;
	FILE *out;

	if (!plan->leaves.string_count)
		return;
	out = emitter_file(emitter, "leaves.c", NULL);
	fputc('\n', out);
	emit_contains(emitter, out, "static ", "leaves", &plan->leaves);
	for (uint32_t i = 0; i < plan->group_count; i++)
		for (uint32_t k = 0; k < plan->groups[i].set_count; k++)
			if (plan_is_leaves(plan->groups[i].sets + k)) {
				fprintf(out, "void leaves_%s(struct work *work);\n\n", emitter->names[i]);
				emit_map(emitter, out, i, plan->groups[i].sets + k);
			}
}
