/* report.c - shows a difference: the rule as written, the least event, and who says what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "compile.h"

#include "emit.h"
#include "image.h"
#include "pack.h"
#include "pool.h"
#include "evaluate.h"
#include "tree.h"
#include "subject.h"
#include "verdict.h"
#include "report.h"

/* Whether what is left still shows it; *now is what it is there. */
static int
differs_now(struct subject *subject, const struct trial *trial, const struct finding *finding, struct finding *now)
{
	struct pool *pool = pool_new();
	int same = verdict_compare(subject, pool, trial, now, NULL, NULL, NULL) && now->difference == finding->difference &&
		now->index == finding->index;

	pool_free(pool);
	return same;
}

static int
differs(struct subject *subject, const struct trial *trial, const struct finding *finding)
{
	struct finding now;

	return differs_now(subject, trial, finding, &now);
}

/* Members of objects and lists, from the outside in. */
static void
tree_shrink(struct subject *subject, const struct trial *trial, const struct finding *finding, struct tree *tree)
{
	for (uint32_t i = tree->count; i-- > 0;) {
		struct tree *item = tree->items[i];
		struct bytes key = tree->keys[i];
		uint32_t behind = tree->count - i - 1;

		memmove(tree->items + i, tree->items + i + 1, behind * sizeof(*tree->items));
		memmove(tree->keys + i, tree->keys + i + 1, behind * sizeof(*tree->keys));
		tree->count--;
		if (differs(subject, trial, finding))
			continue;
		memmove(tree->items + i + 1, tree->items + i, behind * sizeof(*tree->items));
		memmove(tree->keys + i + 1, tree->keys + i, behind * sizeof(*tree->keys));
		tree->items[i] = item;
		tree->keys[i] = key;
		tree->count++;
		tree_shrink(subject, trial, finding, item);
	}
}

/* Halves, then single bytes, off the ends of texts. */
static void
text_shrink(struct subject *subject, const struct trial *trial, const struct finding *finding, struct tree *tree)
{
	for (uint32_t i = 0; i < tree->count; i++)
		text_shrink(subject, trial, finding, tree->items[i]);
	for (uint32_t step = tree->text.size / 2 + 1; step > 0 && tree->type == TREE_STRING; step /= 2)
		for (int front = 0; front < 2; front++) {
			struct bytes whole = tree->text;

			while (tree->text.size >= step) {
				whole = tree->text;
				tree->text.size -= step;
				tree->text.data += front ? step : 0;
				if (!differs(subject, trial, finding)) {
					tree->text = whole;
					break;
				}
			}
		}
}

static void
predicate_print(const struct ir_group *group, uint32_t number)
{
	const struct ir_predicate *predicate = group->predicates + number;

	printf("predicate %u: op %u, flags %u, part %u, field %d, other %d, values", number, predicate->op,
	       predicate->flags, predicate->part, (int)predicate->field, (int)predicate->other);
	for (uint32_t i = 0; i < predicate->value_count && i < 12; i++)
		printf(" \"%.*s\"", (int)predicate->values[i].text.size, predicate->values[i].text.data);
	printf("%s\n", predicate->value_count > 12 ? " ..." : "");
}

void
difference_report(struct subject *subject, const struct trial *trial, const struct finding *finding)
{
	const struct ir_group *group = subject->groups[trial->group].ir;
	struct finding least = *finding;
	struct dice dice = dice_new(trial->seed);

	if (differs(subject, trial, finding)) {
		tree_shrink(subject, trial, finding, trial->tree);
		text_shrink(subject, trial, finding, trial->tree);
		differs_now(subject, trial, finding, &least);
	}
	printf("difference: %s, expected %d, found %d\n", difference_name(least.difference), least.expected, least.found);
	printf("logsource: %s/%s/%s\n", group->product.data, group->category.data, group->service.data);
	if (finding->difference == PREDICATE_DIFFERS)
		predicate_print(group, finding->index);
	else if (finding->difference == BINDING_DIFFERS && finding->index < subject->field_count)
		printf("field: %s\n", subject->fields[finding->index].data);
	else if (finding->index < group->rule_count) {
		struct bytes source = subject_source(subject, group->rules[finding->index]);

		printf("rule %s:\n%.*s\n", group->rules[finding->index]->id.data, (int)source.size, source.data);
	}
	printf("event: ");
	tree_write(stdout, trial->tree, trial->json ? &dice : NULL);
	printf("\n");
}
