/*
 * check.c - names resolved: modifiers, search identifiers of conditions, ids that several rules share.
 *
 * Leaves true for every rule that is not bad: each item has its comparison and patterns, each condition the indices of
 * the identifiers it means, and no two rules that are neither bad nor duplicates have one id.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"

enum { IDENTIFIER_MAX = 4096, REFERENCE_MAX = 65536, CANDIDATE_MAX = 64 };

struct checker {
	struct arena *arena;
	struct diag_list *diags;
	const struct placeholders *placeholders;
	struct sigma_rule *rule;
	size_t references;
};

/* "*" is any run; the only wildcard of condition patterns. */
static int
name_fits(struct ir_text name, struct ir_text pattern)
{
	size_t n = 0, p = 0, star = SIZE_MAX, retry = 0;

	while (n < name.size) {
		if (p < pattern.size && pattern.data[p] == '*') {
			star = p++;
			retry = n;
		} else if (p < pattern.size && pattern.data[p] == name.data[n]) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++retry;
		} else {
			return 0;
		}
	}
	while (p < pattern.size && pattern.data[p] == '*')
		p++;
	return p == pattern.size;
}

static int
identifier_fits(const struct sigma_identifier *identifier, const struct sigma_condition *condition)
{
	struct ir_text pattern = condition->pattern;

	if (condition->type == CONDITION_IDENTIFIER)
		return identifier->name.data == pattern.data;
	if (identifier->name.size && identifier->name.data[0] == '_' && !(pattern.size && pattern.data[0] == '_'))
		return 0;
	return !pattern.size || name_fits(identifier->name, pattern);
}

static void
identifier_unknown(struct checker *checker, const struct sigma_condition *condition)
{
	const struct sigma_rule *rule = checker->rule;
	const char *names[CANDIDATE_MAX], *nearest;
	size_t count = rule->identifier_count < CANDIDATE_MAX ? rule->identifier_count : CANDIDATE_MAX;
	const char *what = condition->type == CONDITION_OF ? "identifier fits" : "identifier is named";

	for (size_t i = 0; i < count; i++)
		names[i] = rule->identifiers[i].name.data;
	nearest = diag_nearest(condition->pattern.data, condition->pattern.size, names, count);
	if (!condition->pattern.size && condition->type == CONDITION_OF)
		diag_add(checker->diags, condition->place, DIAG_unknown_identifier,
		         "\"them\" means no search identifier: all begin with \"_\"");
	else if (nearest)
		diag_add(checker->diags, condition->place, DIAG_unknown_identifier, "no search %s \"%s\"; did you mean \"%s\"?", what,
		         condition->pattern.data, nearest);
	else
		diag_add(checker->diags, condition->place, DIAG_unknown_identifier, "no search %s \"%s\"", what,
		         condition->pattern.data);
	checker->rule->is_bad = 1;
}

/* How many ways there are to choose quantity of count, up to limit. */
static size_t
choices_count(size_t count, size_t quantity, size_t limit)
{
	size_t choices = 1;

	if (quantity > count - quantity)
		quantity = count - quantity;
	for (size_t i = 1; i <= quantity; i++) {
		choices = choices * (count - quantity + i) / i;
		if (choices >= limit)
			return limit;
	}
	return choices;
}

static void
quantity_check(struct checker *checker, const struct sigma_condition *condition)
{
	size_t count = condition->identifier_count;

	if (condition->quantity == CONDITION_ALL || condition->quantity == 1)
		return;
	if (condition->quantity > count)
		diag_add(checker->diags, condition->place, DIAG_condition_syntax, "%u of %zu search identifiers cannot be true",
		         condition->quantity, count);
	else if (choices_count(count, condition->quantity, CHOICES_MAX + 1) > CHOICES_MAX)
		diag_add(checker->diags, condition->place, DIAG_condition_syntax,
		         "%u of %zu search identifiers have more than %d combinations", condition->quantity, count,
		         CHOICES_MAX);
	else
		return;
	checker->rule->is_bad = 1;
}

static void
reference_resolve(struct checker *checker, struct sigma_condition *condition)
{
	struct sigma_rule *rule = checker->rule;
	uint32_t *found = NULL;

	for (size_t i = 0; i < rule->identifier_count && checker->references <= REFERENCE_MAX; i++) {
		if (!identifier_fits(&rule->identifiers[i], condition))
			continue;
		rule->identifiers[i].used = 1;
		found = arena_grow(checker->arena, found, condition->identifier_count, sizeof(*found));
		found[condition->identifier_count++] = i;
		checker->references++;
	}
	condition->identifiers = found;
	if (checker->references > REFERENCE_MAX)
		return;
	if (!condition->identifier_count)
		identifier_unknown(checker, condition);
	else if (condition->type == CONDITION_OF)
		quantity_check(checker, condition);
}

static void
condition_resolve(struct checker *checker, struct sigma_condition *condition)
{
	if (condition->type == CONDITION_IDENTIFIER || condition->type == CONDITION_OF)
		reference_resolve(checker, condition);
	for (size_t i = 0; i < condition->child_count; i++)
		condition_resolve(checker, condition->children[i]);
}

static void
identifier_check(struct checker *checker, struct sigma_identifier *identifier)
{
	for (size_t i = 0; i < identifier->count; i++)
		for (size_t j = 0; j < identifier->maps[i].count; j++)
			if (modifier_apply(checker->arena, checker->diags, checker->placeholders,
			                   &identifier->maps[i].items[j]))
				checker->rule->is_bad = 1;
}

void
rule_check(struct arena *arena, struct diag_list *diags, const struct placeholders *placeholders,
           struct sigma_rule *rule)
{
	struct checker checker = {arena, diags, placeholders, rule, 0};

	if (rule->identifier_count > IDENTIFIER_MAX) {
		diag_add(diags, rule->place, DIAG_bad_value, "more than %d search identifiers", IDENTIFIER_MAX);
		rule->is_bad = 1;
		return;
	}
	for (size_t i = 0; i < rule->identifier_count; i++)
		identifier_check(&checker, &rule->identifiers[i]);
	for (size_t i = 0; i < rule->condition_count; i++)
		condition_resolve(&checker, rule->conditions[i]);
	if (checker.references > REFERENCE_MAX) {
		diag_add(diags, rule->place, DIAG_condition_syntax,
		         "the condition refers to search identifiers more than %d times", REFERENCE_MAX);
		rule->is_bad = 1;
	}
	for (size_t i = 0; i < rule->identifier_count && !rule->is_bad; i++)
		if (!rule->identifiers[i].used && rule->identifiers[i].name.data[0] != '_')
			diag_add(diags, rule->identifiers[i].place, DIAG_unused_identifier, "no condition uses \"%s\"",
			         rule->identifiers[i].name.data);
}

struct indexed { /* a rule and where it stands in the input */
	struct sigma_rule *rule;
	size_t index;
};

static int
id_compare(const void *one, const void *two)
{
	const struct indexed *left = one, *right = two;

	if (left->rule->id.data != right->rule->id.data)
		return left->rule->id.data < right->rule->id.data ? -1 : 1;
	return left->index < right->index ? -1 : 1;
}

void
rules_check_ids(struct diag_list *diags, struct sigma_rule *const *rules, size_t count)
{
	struct indexed *sorted = calloc(count + 1, sizeof(*sorted));
	size_t first = 0, selected = 0;

	if (!sorted)
		abort();
	for (size_t i = 0; i < count; i++)
		if (rules[i]->is_selected)
			sorted[selected++] = (struct indexed){rules[i], i};
	qsort(sorted, selected, sizeof(*sorted), id_compare);
	for (size_t i = 1; i < selected; i++) {
		struct sigma_rule *rule = sorted[i].rule, *before = sorted[first].rule;

		if (!rule->id.size || rule->id.data != before->id.data) {
			first = i;
		} else if (!memcmp(rule->digest, before->digest, sizeof(rule->digest))) {
			diag_add(diags, rule->id_place, DIAG_duplicate_rule, "the same rule as %s:%u; it is used once",
			         before->place.source->name, before->place.line);
			rule->is_duplicate = 1;
		} else {
			diag_add(diags, rule->id_place, DIAG_duplicate_id, "another rule has this id%s: %s:%u",
			         node_key(rule->document->own, "id") ? "" : ", which this one inherits; give it its own",
			         before->place.source->name, before->id_place.line);
			rule->is_bad = 1;
		}
	}
	free(sorted);
}
