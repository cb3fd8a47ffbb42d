/*
 * explain_tree.c - a rule's condition over the pack's predicates: what came of it, part by part.
 */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "explain.h"
#include "pack.h"
#include "trial.h"

enum { COLUMN = 8 }; /* where the text of a line begins; further right by two with each level from the second on */

static const char *const words[] = {"no", "yes", "unknown"};

static enum truth
truth_not(enum truth truth)
{
	return truth == TRUTH_UNKNOWN ? truth : truth == TRUTH_NO ? TRUTH_YES : TRUTH_NO;
}

/* At least quantity of count parts are true. */
static enum truth
truth_of(size_t yes, size_t unknown, size_t quantity)
{
	return yes >= quantity ? TRUTH_YES : yes + unknown >= quantity ? TRUTH_UNKNOWN : TRUTH_NO;
}

enum truth
explain_expr_truth(const struct explaining *explaining, const struct ir_expr *expr)
{
	size_t counts[3] = {0};
	uint32_t number;

	switch (expr->type) {
	case IR_TRUE:
	case IR_FALSE:
		return expr->type == IR_TRUE ? TRUTH_YES : TRUTH_NO;
	case IR_PREDICATE:
		number = explaining->group->numbers[expr->predicate];
		if (explaining->look->yes[number / 64] >> number % 64 & 1)
			return TRUTH_YES;
		return explaining->look->unknown[number / 64] >> number % 64 & 1 ? TRUTH_UNKNOWN : TRUTH_NO;
	case IR_NOT:
		return truth_not(explain_expr_truth(explaining, expr->children[0]));
	default:
		for (uint32_t i = 0; i < expr->child_count; i++)
			counts[explain_expr_truth(explaining, expr->children[i])]++;
		return truth_of(counts[TRUTH_YES], counts[TRUTH_UNKNOWN], expr->type == IR_AND ? expr->child_count : 1);
	}
}

static enum truth
map_truth(const struct explaining *explaining, const struct sigma_map *map)
{
	size_t counts[3] = {0};

	for (size_t i = 0; i < map->count; i++)
		counts[explain_expr_truth(explaining, map->items[i].expr)]++;
	return truth_of(counts[TRUTH_YES], counts[TRUTH_UNKNOWN], map->count);
}

static enum truth
identifier_truth(const struct explaining *explaining, const struct sigma_identifier *identifier)
{
	size_t counts[3] = {0};

	for (size_t i = 0; i < identifier->count; i++)
		counts[map_truth(explaining, &identifier->maps[i])]++;
	return truth_of(counts[TRUTH_YES], counts[TRUTH_UNKNOWN], 1);
}

static enum truth
condition_truth(const struct explaining *explaining, const struct sigma_rule *rule,
                const struct sigma_condition *condition)
{
	size_t counts[3] = {0}, count = condition->identifier_count + condition->child_count, quantity = count;

	for (size_t i = 0; i < condition->identifier_count; i++)
		counts[identifier_truth(explaining, &rule->identifiers[condition->identifiers[i]])]++;
	for (size_t i = 0; i < condition->child_count; i++)
		counts[condition_truth(explaining, rule, condition->children[i])]++;
	if (condition->type == CONDITION_NOT)
		return truth_not(truth_of(counts[TRUTH_YES], counts[TRUTH_UNKNOWN], 1));
	if (condition->type == CONDITION_OR)
		quantity = 1;
	else if (condition->type == CONDITION_OF && condition->quantity != CONDITION_ALL)
		quantity = condition->quantity;
	return truth_of(counts[TRUTH_YES], counts[TRUTH_UNKNOWN], quantity);
}

/* Of a rule or filter: any of its conditions. */
static enum truth
detection_truth(const struct explaining *explaining, const struct sigma_rule *rule)
{
	size_t counts[3] = {0};

	for (size_t i = 0; i < rule->condition_count; i++)
		counts[condition_truth(explaining, rule, rule->conditions[i])]++;
	return truth_of(counts[TRUTH_YES], counts[TRUTH_UNKNOWN], 1);
}

enum truth
explain_truth(const struct explaining *explaining)
{
	const struct sigma_rule *rule = explaining->rule;
	size_t counts[3] = {0}, count = 1;

	counts[detection_truth(explaining, rule)]++;
	for (size_t i = 0; i < rule->filter_count; i++) {
		if (rule->filters[i]->is_bad)
			continue;
		counts[detection_truth(explaining, rule->filters[i])]++;
		count++;
	}
	return truth_of(counts[TRUTH_YES], counts[TRUTH_UNKNOWN], count);
}

/* The line's beginning, up to its text. */
static void
line_begin(FILE *out, int level, enum truth truth)
{
	int column = COLUMN + (level > 1 ? 2 * (level - 1) : 0), used = 2 * level + (int)strlen(words[truth]);

	fprintf(out, "%*s%s%*s", 2 * level, "", words[truth], used < column ? column - used : 1, "");
}

static void
items_print(FILE *out, struct explaining *explaining, const struct sigma_map *map, int level)
{
	for (size_t i = 0; i < map->count; i++) {
		line_begin(out, level, explain_expr_truth(explaining, map->items[i].expr));
		explain_print_item(out, explaining, &map->items[i]);
	}
}

static int
is_one_item(const struct sigma_identifier *identifier)
{
	return identifier->count == 1 && identifier->maps[0].count == 1;
}

static void
identifier_print(FILE *out, struct explaining *explaining, const struct sigma_identifier *identifier, int width)
{
	line_begin(out, 1, identifier_truth(explaining, identifier));
	if (is_one_item(identifier)) {
		fprintf(out, "%-*s  ", width, identifier->name.data);
		explain_print_item(out, explaining, &identifier->maps[0].items[0]);
		return;
	}
	fprintf(out, "%s%s\n", identifier->name.data, identifier->count > 1 ? ": one of" : "");
	for (size_t i = 0; i < identifier->count; i++) {
		const struct sigma_map *map = &identifier->maps[i];

		if (identifier->count > 1 && map->count > 1) {
			line_begin(out, 2, map_truth(explaining, map));
			fputs("all of\n", out);
			items_print(out, explaining, map, 3);
		} else {
			items_print(out, explaining, map, 2);
		}
	}
}

/* Marks the identifiers that a condition uses. */
static void
uses_mark(const struct sigma_condition *condition, char *used)
{
	for (size_t i = 0; i < condition->identifier_count; i++)
		used[condition->identifiers[i]] = 1;
	for (size_t i = 0; i < condition->child_count; i++)
		uses_mark(condition->children[i], used);
}

/* The condition as the rule writes it, on one line. */
static void
condition_print_text(FILE *out, const struct sigma_rule *rule, size_t index)
{
	const struct node *detection = node_get(rule->document->root, rule->is_filter ? "filter" : "detection");
	const struct node *condition = node_get(detection, "condition");
	const char *space = "";

	if (condition && condition->type == NODE_LIST)
		condition = index < condition->count ? condition->items[index] : NULL;
	if (!condition || !node_is_scalar(condition))
		return;
	for (const char *at = condition->text.data; *at; at += strcspn(at, " \t\r\n")) {
		at += strspn(at, " \t\r\n");
		fprintf(out, "%s%.*s", space, (int)strcspn(at, " \t\r\n"), at);
		space = " ";
	}
}

static void
detection_print(FILE *out, struct explaining *explaining, const struct sigma_rule *rule)
{
	char *used = arena_alloc(explaining->arena, rule->identifier_count + 1);
	int width = 0;

	for (size_t i = 0; i < rule->condition_count; i++) {
		line_begin(out, 0, condition_truth(explaining, rule, rule->conditions[i]));
		if (rule->is_filter)
			fprintf(out, "filter \"%s\" ", rule->title.data);
		fputs("condition: ", out);
		condition_print_text(out, rule, i);
		fputc('\n', out);
		uses_mark(rule->conditions[i], used);
	}
	for (size_t i = 0; i < rule->identifier_count; i++)
		if (used[i] && is_one_item(&rule->identifiers[i]) && (int)rule->identifiers[i].name.size > width)
			width = rule->identifiers[i].name.size;
	for (size_t i = 0; i < rule->identifier_count; i++)
		if (used[i])
			identifier_print(out, explaining, &rule->identifiers[i], width);
}

void
explain_print_tree(FILE *out, struct explaining *explaining)
{
	const struct sigma_rule *rule = explaining->rule;

	detection_print(out, explaining, rule);
	for (size_t i = 0; i < rule->filter_count; i++)
		if (!rule->filters[i]->is_bad)
			detection_print(out, explaining, rule->filters[i]);
}
