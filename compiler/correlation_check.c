/*
 * correlation_check.c - what correlations refer to: rules by id and name, in chains, with the fields each must keep.
 *
 * Leaves true for every correlation that is not bad: each reference has its rule, which is in the pack, and where that
 * rule's matches keep each name; depth is above that of all it refers to; its digest is also of theirs.
 */
#include <sodium.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "packfile.h"
#include "rule_names.h"

enum { KEPT_MAX = 256 }; /* fields of one rule that correlations take */

struct checker {
	struct arena *arena;
	struct diag_list *diags;
	struct sigma_rule *const *rules;
	size_t rule_count;
	const struct rule_names *names;
	struct sigma_rule *rule; /* the correlation at hand */
	struct sigma_rule **ready; /* correlations that wait for nothing */
	size_t ready_count;
	size_t walk; /* number of the last one that looked for a cycle */
};

static void
references_resolve(struct checker *checker)
{
	struct sigma_correlation *correlation = checker->rule->correlation;

	for (size_t i = 0; i < correlation->reference_count; i++) {
		struct sigma_reference *reference = &correlation->references[i];

		if (correlation->is_aggregation)
			reference->rule = checker->rule;
		else
			reference->rule = rule_names_find(checker->names, checker->diags, checker->rule, &reference->name);
		checker->rule->is_bad |= !reference->rule;
		for (size_t j = 0; reference->rule && j < i; j++) {
			if (correlation->references[j].rule != reference->rule)
				continue;
			diag_add(checker->diags, reference->name.place, DIAG_bad_correlation, "\"%s\" and \"%s\" are one rule",
			         correlation->references[j].name.text.data, reference->name.text.data);
			checker->rule->is_bad = 1;
		}
	}
}

/* The reference that an alias is for: named as in rules, or by its rule's other name. */
static int
alias_is_for(const struct sigma_alias *alias, const struct sigma_reference *reference)
{
	const char *text = alias->rule.text.data;

	return text == reference->name.text.data ||
	       (reference->rule && (text == reference->rule->id.data || text == reference->rule->name.data));
}

static void
aliases_check(struct checker *checker)
{
	const struct sigma_correlation *correlation = checker->rule->correlation;

	for (size_t i = 0; i < correlation->alias_count; i++) {
		const struct sigma_alias *alias = &correlation->aliases[i];
		const char *names[PACK_REFERENCE_MAX] = {NULL}, *nearest;
		size_t found = 0;

		for (size_t j = 0; j < correlation->reference_count; j++) {
			found += alias_is_for(alias, &correlation->references[j]);
			names[j] = correlation->references[j].name.text.data;
		}
		if (found)
			continue;
		nearest = diag_nearest(alias->rule.text.data, alias->rule.text.size, names, correlation->reference_count);
		if (nearest)
			diag_add(checker->diags, alias->rule.place, DIAG_unknown_rule,
			         "the correlation lists no rule \"%s\"; did you mean \"%s\"?", alias->rule.text.data, nearest);
		else
			diag_add(checker->diags, alias->rule.place, DIAG_unknown_rule, "the correlation lists no rule \"%s\"",
			         alias->rule.text.data);
		checker->rule->is_bad = 1;
	}
}

/* Number of the group-by name of a correlation that is called so, or IR_NONE. */
static uint32_t
group_name_find(const struct sigma_correlation *correlation, struct ir_text text)
{
	for (size_t i = 0; i < correlation->group_count; i++)
		if (correlation->names[i].text.data == text.data)
			return i;
	return IR_NONE;
}

/* What a name of the correlation is called in the matches of one of its rules. */
static struct ir_text
field_find(struct checker *checker, const struct sigma_name *name, const struct sigma_reference *reference)
{
	const struct sigma_correlation *correlation = checker->rule->correlation;
	int is_alias = 0;

	for (size_t i = 0; i < correlation->alias_count; i++) {
		const struct sigma_alias *alias = &correlation->aliases[i];

		if (alias->name.text.data != name->text.data)
			continue;
		if (alias_is_for(alias, reference))
			return alias->field;
		is_alias = 1;
	}
	if (is_alias && !(reference->rule->is_correlation &&
	                  group_name_find(reference->rule->correlation, name->text) != IR_NONE))
		diag_add(checker->diags, name->place, DIAG_partial_alias,
		         "the alias \"%s\" says nothing for \"%s\", whose field of this name is taken", name->text.data,
		         reference->name.text.data);
	return name->text;
}

/* The events behind a rule's matches keep the field. Fields that a correlation keeps are those asked of it already. */
static void
field_keep(struct checker *checker, struct sigma_rule *rule, struct ir_text field)
{
	struct ir_text *kept = (struct ir_text *)rule->kept;

	for (uint32_t i = 0; i < rule->kept_count; i++)
		if (rule->kept[i].data == field.data)
			return;
	if (rule->kept_count == KEPT_MAX) {
		diag_add(checker->diags, checker->rule->place, DIAG_bad_correlation,
		         "correlations take more than %d fields of \"%s\"", KEPT_MAX, rule->title.data);
		checker->rule->is_bad = 1;
		return;
	}
	kept = arena_grow(checker->arena, kept, rule->kept_count, sizeof(*kept));
	kept[rule->kept_count++] = field;
	rule->kept = kept;
	for (size_t i = 0; rule->correlation && !rule->correlation->is_aggregation && i < rule->correlation->reference_count; i++)
		field_keep(checker, rule->correlation->references[i].rule, field);
}

static void
keys_make(struct checker *checker, struct sigma_reference *reference)
{
	const struct sigma_correlation *correlation = checker->rule->correlation;
	const struct sigma_correlation *inner = correlation->is_aggregation ? NULL : reference->rule->correlation;

	reference->fields = arena_alloc(checker->arena, (correlation->name_count + 1) * sizeof(*reference->fields));
	reference->names = arena_alloc(checker->arena, (correlation->name_count + 1) * sizeof(*reference->names));
	for (size_t i = 0; i < correlation->name_count; i++) {
		reference->fields[i] = field_find(checker, &correlation->names[i], reference);
		reference->names[i] = inner ? group_name_find(inner, reference->fields[i]) : IR_NONE;
		if (reference->names[i] == IR_NONE)
			field_keep(checker, reference->rule, reference->fields[i]);
	}
}

/* Its own text and what it refers to, as far as that has a digest of its own. */
static void
digest_extend(struct sigma_rule *rule)
{
	const struct sigma_correlation *correlation = rule->correlation;
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof(rule->digest));
	crypto_generichash_update(&state, rule->digest, sizeof(rule->digest));
	for (size_t i = 0; !correlation->is_aggregation && i < correlation->reference_count; i++)
		crypto_generichash_update(&state, correlation->references[i].rule->digest, sizeof(rule->digest));
	crypto_generichash_final(&state, rule->digest, sizeof(rule->digest));
}

static void
threshold_lint(struct checker *checker)
{
	const struct sigma_correlation *correlation = checker->rule->correlation;

	for (int i = 0; i < correlation->compare_count; i++)
		if (correlation->compares[i] != PACK_COMPARE_LT && correlation->compares[i] != PACK_COMPARE_LTE)
			return;
	if (correlation->compare_count)
		diag_add(checker->diags, correlation->condition_place, DIAG_low_threshold,
		         "the condition asks only for few, so it holds from a group's first event on");
}

/* A correlation whose references are all settled: good ones get their depth and all that follows from it. */
static void
correlation_settle(struct checker *checker, struct sigma_rule *rule, unsigned depth)
{
	struct sigma_correlation *correlation = rule->correlation;

	checker->rule = rule;
	correlation->depth = depth;
	if (depth > CORRELATION_DEPTH_MAX) {
		diag_add(checker->diags, rule->place, DIAG_bad_correlation, "correlations are chained more than %d deep",
		         CORRELATION_DEPTH_MAX);
		rule->is_bad = 1;
	}
	if (rule->is_bad)
		return;
	for (size_t i = 0; i < correlation->reference_count; i++)
		keys_make(checker, &correlation->references[i]);
	digest_extend(rule);
	threshold_lint(checker);
}

/* Whether the rule still waits for its references, or something still waits for it to have its depth. */
static int
is_waiting(const struct sigma_rule *rule)
{
	return rule->correlation && !rule->correlation->is_aggregation && !rule->is_bad && !rule->correlation->depth;
}

/* A correlation all of whose references are settled or bad. */
static void
correlation_try(struct checker *checker, struct sigma_rule *rule)
{
	const struct sigma_correlation *correlation = rule->correlation;
	unsigned depth = 1;

	for (size_t i = 0; i < correlation->reference_count; i++) {
		const struct sigma_reference *reference = &correlation->references[i];

		if (reference->rule->is_bad) {
			diag_add(checker->diags, reference->name.place, DIAG_bad_correlation,
			         "the rule \"%s\" is not in the pack: it has errors", reference->name.text.data);
			rule->is_bad = 1;
			return;
		}
		if (reference->rule->correlation && reference->rule->correlation->depth >= depth)
			depth = reference->rule->correlation->depth + 1;
	}
	correlation_settle(checker, rule, depth);
}

static void
ready_add(struct checker *checker, struct sigma_rule *rule)
{
	checker->ready[checker->ready_count++] = rule;
}

/* Those that refer to a correlation wait for one less. */
static void
users_release(struct checker *checker, const struct sigma_rule *rule)
{
	for (size_t i = 0; i < rule->correlation->user_count; i++)
		if (!--rule->correlation->users[i]->correlation->waiting)
			ready_add(checker, rule->correlation->users[i]);
}

static void
users_find(struct checker *checker, struct sigma_rule *rule)
{
	struct sigma_correlation *correlation = rule->correlation, *inner;

	for (size_t i = 0; i < correlation->reference_count; i++) {
		if (!is_waiting(correlation->references[i].rule))
			continue;
		inner = correlation->references[i].rule->correlation;
		inner->users = arena_grow(checker->arena, inner->users, inner->user_count, sizeof(*inner->users));
		inner->users[inner->user_count++] = rule;
		correlation->waiting++;
	}
	if (!correlation->waiting)
		ready_add(checker, rule);
}

static void
correlations_settle(struct checker *checker)
{
	while (checker->ready_count) {
		struct sigma_rule *rule = checker->ready[--checker->ready_count];

		if (rule->is_bad)
			continue;
		correlation_try(checker, rule);
		users_release(checker, rule);
	}
}

/* The first reference that waits, or NULL. */
static struct sigma_reference *
waiting_reference(const struct sigma_rule *rule)
{
	for (size_t i = 0; i < rule->correlation->reference_count; i++)
		if (is_waiting(rule->correlation->references[i].rule))
			return &rule->correlation->references[i];
	return NULL;
}

static void
cycle_refuse(struct checker *checker, struct sigma_rule *rule)
{
	while (is_waiting(rule)) {
		const struct sigma_reference *reference = rule->correlation->waits_for;

		if (reference->rule == rule)
			diag_add(checker->diags, reference->name.place, DIAG_bad_correlation, "the correlation refers to itself");
		else
			diag_add(checker->diags, reference->name.place, DIAG_bad_correlation,
			         "\"%s\" leads back to this correlation", reference->name.text.data);
		rule->is_bad = 1;
		users_release(checker, rule);
		rule = reference->rule;
	}
}

/* All that still waits leads to a cycle: from one reference that waits to the next, until a walk meets itself. Walks
 * have numbers; those of earlier calls are as good as none. Returns how many cycles were refused. */
static size_t
cycles_refuse(struct checker *checker)
{
	const size_t first = checker->walk;
	size_t refused = 0;

	for (size_t i = 0; i < checker->rule_count; i++) {
		struct sigma_rule *rule = checker->rules[i];

		if (!rule->is_selected || rule->is_duplicate)
			continue;
		checker->walk++;
		while (rule && is_waiting(rule) && rule->correlation->walk <= first) {
			rule->correlation->walk = checker->walk;
			rule->correlation->waits_for = waiting_reference(rule);
			rule = rule->correlation->waits_for ? rule->correlation->waits_for->rule : NULL;
		}
		if (!rule || !is_waiting(rule) || rule->correlation->walk != checker->walk)
			continue;
		cycle_refuse(checker, rule);
		refused++;
	}
	return refused;
}

/* Only correlations that are in the pack decide. */
static void
silence_find(struct checker *checker, int generate)
{
	for (size_t i = 0; i < checker->rule_count; i++) {
		const struct sigma_rule *rule = checker->rules[i];
		const struct sigma_correlation *correlation = rule->correlation;

		if (!rule->is_selected || rule->is_bad || rule->is_duplicate || !correlation || correlation->is_aggregation ||
		    correlation->generate != generate)
			continue;
		for (size_t j = 0; j < correlation->reference_count; j++)
			correlation->references[j].rule->is_silent = !generate;
	}
}

void
correlations_resolve(struct arena *arena, struct diag_list *diags, struct sigma_rule *const *rules, size_t count)
{
	struct checker checker = {
		.arena = arena, .diags = diags, .rules = rules, .rule_count = count,
		.names = rule_names_new(arena, rules, count),
	};

	checker.ready = arena_alloc(arena, (count + 1) * sizeof(*checker.ready));
	for (size_t i = 0; i < count; i++) {
		checker.rule = rules[i];
		if (!rules[i]->is_selected || rules[i]->is_duplicate || !rules[i]->correlation)
			continue;
		references_resolve(&checker);
		aliases_check(&checker);
		if (rules[i]->correlation->is_aggregation && !rules[i]->is_bad)
			correlation_settle(&checker, rules[i], 1);
	}
	for (size_t i = 0; i < count; i++)
		if (rules[i]->is_selected && !rules[i]->is_duplicate && is_waiting(rules[i]))
			users_find(&checker, rules[i]);
	do
		correlations_settle(&checker);
	while (cycles_refuse(&checker));
	silence_find(&checker, 0);
	silence_find(&checker, 1);
}
