/*
 * rule_names.c - which rule an id or name means.
 */
#include <stdlib.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "rule_names.h"

enum { CANDIDATE_MAX = 256 };

struct entry { /* one way to name a rule */
	const char *text; /* interned */
	struct sigma_rule *rule;
	size_t order;     /* of the rule in the input */
};

struct rule_names {
	struct sigma_rule *const *rules;
	size_t rule_count;
	struct entry *entries; /* sorted by text */
	size_t count;
};

static int
text_compare(const void *one, const void *two)
{
	const struct entry *left = one, *right = two;

	return left->text < right->text ? -1 : left->text > right->text;
}

static int
entry_compare(const void *one, const void *two)
{
	const struct entry *left = one, *right = two;
	int order = text_compare(one, two);

	return order ? order : left->order < right->order ? -1 : left->order > right->order;
}

struct rule_names *
rule_names_new(struct arena *arena, struct sigma_rule *const *rules, size_t count)
{
	struct rule_names *names = arena_alloc(arena, sizeof(*names));

	*names = (struct rule_names){rules, count, arena_alloc(arena, (2 * count + 1) * sizeof(*names->entries)), 0};
	for (size_t i = 0; i < count; i++) {
		struct sigma_rule *rule = rules[i];

		if (rule->is_duplicate)
			continue;
		if (rule->id.size)
			names->entries[names->count++] = (struct entry){rule->id.data, rule, i};
		if (rule->name.size && rule->name.data != rule->id.data)
			names->entries[names->count++] = (struct entry){rule->name.data, rule, i};
	}
	qsort(names->entries, names->count, sizeof(*names->entries), entry_compare);
	return names;
}

static void
name_unknown(const struct rule_names *names, struct diag_list *diags, const struct sigma_rule *asking,
             const struct sigma_name *name)
{
	const char *candidates[CANDIDATE_MAX] = {NULL}, *nearest;
	size_t count = 0;

	for (size_t i = 0; i < names->rule_count && count < CANDIDATE_MAX; i++) {
		const struct sigma_rule *rule = names->rules[i];

		if (rule != asking && (rule->name.size || rule->id.size))
			candidates[count++] = rule->name.size ? rule->name.data : rule->id.data;
	}
	nearest = diag_nearest(name->text.data, name->text.size, candidates, count);
	if (nearest)
		diag_add(diags, name->place, DIAG_unknown_rule, "no rule has the id or name \"%s\"; did you mean \"%s\"?",
		         name->text.data, nearest);
	else
		diag_add(diags, name->place, DIAG_unknown_rule, "no rule has the id or name \"%s\"", name->text.data);
}

struct sigma_rule *
rule_names_find(const struct rule_names *names, struct diag_list *diags, const struct sigma_rule *asking,
                const struct sigma_name *name)
{
	const struct entry key = {name->text.data, NULL, 0}, *end = names->entries + names->count, *at;
	struct sigma_rule *found = NULL, *selected = NULL;

	at = bsearch(&key, names->entries, names->count, sizeof(key), text_compare);
	while (at && at > names->entries && at[-1].text == key.text)
		at--;
	for (; at && at < end && at->text == key.text; at++) {
		found = at->rule;
		if (!found->is_selected)
			continue;
		if (selected) {
			diag_add(diags, name->place, DIAG_unknown_rule, "\"%s\" is two rules: %s:%u and %s:%u", name->text.data,
			         selected->place.source->name, selected->place.line, found->place.source->name, found->place.line);
			return NULL;
		}
		selected = found;
	}
	if (!found)
		name_unknown(names, diags, asking, name);
	else if (!selected)
		diag_add(diags, name->place, DIAG_unknown_rule,
		         "the rule \"%s\" is left out by its status, -i, -x or an override", name->text.data);
	return selected;
}
