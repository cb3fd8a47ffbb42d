/* lines.c - every group's verdicts on one event, as lines. */
#include <stdio.h>

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
#include "lines.h"

int
lines_open(struct lines *lines, const char *folder)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/events.ndjson", folder);
	lines->events = fopen(path, "w");
	snprintf(path, sizeof(path), "%s/pairs", folder);
	lines->pairs = fopen(path, "w");
	lines->count = 0;
	return lines->events && lines->pairs ? 0 : -1;
}

int
lines_close(struct lines *lines)
{
	int result = fclose(lines->events);

	return fclose(lines->pairs) || result ? -1 : 0;
}

static void
group_add(struct lines *lines, struct subject *subject, struct pool *pool, const struct event *event, uint32_t number)
{
	const struct subject_group *group = subject->groups + number;
	enum verdict *predicates = pool_take(pool, (group->ir->predicate_count + 1) * sizeof(*predicates));

	evaluator_run(group->evaluator, pool, event, predicates);
	for (uint32_t i = 0; i < group->ir->rule_count; i++) {
		const struct ir_rule *rule = group->ir->rules[i];

		if (expr_verdict(rule->expr, predicates, VERDICT_NO) == VERDICT_YES)
			fprintf(lines->pairs, "%llu\t%s\n", (unsigned long long)lines->count, rule->id.data);
	}
}

void
lines_add(struct lines *lines, struct subject *subject, struct pool *pool, const struct tree *tree, struct dice *dice)
{
	const struct event *event = tree_bind(pool, tree, subject->fields, subject->field_count);

	if (event->flags & EVENT_HAS_CUT)
		return;
	lines->count++;
	for (uint32_t i = 0; i < subject->group_count; i++)
		group_add(lines, subject, pool, event, i);
	tree_write(lines->events, tree, dice);
	fputc('\n', lines->events);
}
