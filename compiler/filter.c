/*
 * filter.c - filter documents: the rules they name get them.
 *
 * Specification 2.1, filters: a rule with filters fires where it and each filter's own condition are true.
 */
#include <sodium.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "filter.h"

enum { CANDIDATE_MAX = 256 };

struct filtering {
	struct arena *arena;
	struct diag_list *diags;
	struct sigma_rule *const *rules;
	size_t rule_count;
	struct sigma_rule *filter;
	const struct node *target; /* one of its "rules" */
	size_t applied; /* rules that have it */
};

static int
attribute_fits(struct ir_text wanted, struct ir_text given)
{
	return !wanted.size || wanted.data == given.data;
}

static int
logsource_fits(const struct sigma_rule *filter, const struct sigma_rule *rule)
{
	return attribute_fits(filter->product, rule->product) && attribute_fits(filter->category, rule->category) &&
	       attribute_fits(filter->service, rule->service);
}

static void
filter_add(struct filtering *filtering, struct sigma_rule *rule)
{
	crypto_generichash_state state;

	filtering->applied++;
	for (size_t i = 0; i < rule->filter_count; i++)
		if (rule->filters[i] == filtering->filter)
			return;
	rule->filters = arena_grow(filtering->arena, rule->filters, rule->filter_count, sizeof(*rule->filters));
	rule->filters[rule->filter_count++] = filtering->filter;
	crypto_generichash_init(&state, NULL, 0, sizeof(rule->digest));
	crypto_generichash_update(&state, rule->digest, sizeof(rule->digest));
	crypto_generichash_update(&state, filtering->filter->digest, sizeof(filtering->filter->digest));
	crypto_generichash_final(&state, rule->digest, sizeof(rule->digest));
}

static void
rule_unknown(struct filtering *filtering)
{
	const struct node *target = filtering->target;
	const char *names[CANDIDATE_MAX] = {NULL}, *nearest;
	size_t count = 0;

	for (size_t i = 0; i < filtering->rule_count && count < CANDIDATE_MAX; i++)
		if (filtering->rules[i]->name.size)
			names[count++] = filtering->rules[i]->name.data;
	nearest = diag_nearest(target->text.data, target->text.size, names, count);
	if (nearest)
		diag_add(filtering->diags, target->place, DIAG_unknown_rule, "no rule has the id or name \"%s\"; did you mean "
		         "\"%s\"?", target->text.data, nearest);
	else
		diag_add(filtering->diags, target->place, DIAG_unknown_rule, "no rule has the id or name \"%s\"",
		         target->text.data);
	filtering->filter->is_bad = 1;
}

static void
named_apply(struct filtering *filtering)
{
	const struct node *target = filtering->target;
	size_t found = 0;

	for (size_t i = 0; i < filtering->rule_count; i++) {
		struct sigma_rule *rule = filtering->rules[i];

		if (rule->id.data != target->text.data && rule->name.data != target->text.data)
			continue;
		found++;
		if (rule->is_refused)
			continue;
		if (rule->is_correlation) {
			diag_add(filtering->diags, target->place, DIAG_bad_filter, "\"%s\" is a correlation, which has no events of its "
			         "own; name the rules that it refers to", target->text.data);
			filtering->filter->is_bad = 1;
		} else if (logsource_fits(filtering->filter, rule)) {
			filter_add(filtering, rule);
		} else {
			diag_add(filtering->diags, target->place, DIAG_filter_logsource,
			         "the rule has another logsource, %s/%s/%s, so the filter does nothing to it", rule->product.data,
			         rule->category.data, rule->service.data);
		}
	}
	if (!found)
		rule_unknown(filtering);
}

static void
target_apply(struct filtering *filtering, const struct node *target)
{
	filtering->target = target;
	if (!node_is_scalar(target) || !target->text.size) {
		diag_add(filtering->diags, target->place, DIAG_bad_filter, "a rule is named by its id or name, not by %s",
		         node_type_name(target->type));
		filtering->filter->is_bad = 1;
	} else if (!node_is(target, "any")) {
		named_apply(filtering);
	} else {
		for (size_t i = 0; i < filtering->rule_count; i++)
			if (!filtering->rules[i]->is_refused && !filtering->rules[i]->is_correlation &&
			    logsource_fits(filtering->filter, filtering->rules[i]))
				filter_add(filtering, filtering->rules[i]);
		if (!filtering->applied)
			diag_add(filtering->diags, filtering->filter->logsource_place, DIAG_filter_logsource,
			         "no rule has this logsource, so the filter does nothing");
	}
}

static void
filter_apply(struct filtering *filtering)
{
	const struct node *root = filtering->filter->document->root, *rules = node_get(node_get(root, "filter"), "rules");

	if (node_get(root, "filter")->type != NODE_MAP)
		return;
	if (!rules || (rules->type == NODE_LIST && !rules->count)) {
		diag_add(filtering->diags, node_key(root, "filter")->place, DIAG_bad_filter,
		         "the filter does not say for which rules it is: \"rules\" is a list of ids and names, or any");
		filtering->filter->is_bad = 1;
		return;
	}
	for (size_t i = 0; i < (rules->type == NODE_LIST ? rules->count : 1); i++)
		target_apply(filtering, rules->type == NODE_LIST ? rules->items[i] : rules);
}

void
filters_apply(struct arena *arena, struct diag_list *diags, struct sigma_rule *const *filters, size_t filter_count,
              struct sigma_rule *const *rules, size_t rule_count)
{
	struct filtering filtering = {.arena = arena, .diags = diags, .rules = rules, .rule_count = rule_count};

	for (size_t i = 0; i < filter_count; i++) {
		filtering.filter = filters[i];
		filtering.applied = 0;
		if (filters[i]->is_selected && !filters[i]->is_duplicate && !filters[i]->is_refused)
			filter_apply(&filtering);
	}
}
