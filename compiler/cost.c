/*
 * cost.c - rules that are tried on (almost) every event of their logsource: which part is to blame, and about what it
 * costs.
 *
 * The figures are of a processor of 2022 on values of 100 to 200 bytes; rsnl bench --per-rule measures the real ones.
 */
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "emit.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "cost.h"
#include "packfile.h"
#include "plan.h"
#include "usual.h"

enum { /* ns an event */
	COST_SEARCH = 150, /* of a short text in a value */
	COST_PATTERN = 250, /* a regular expression or wildcards over a value */
	COST_COMPARE = 5,
	COST_LEAVES = 16,   /* times so many values where keywords are searched for */
	COST_NOTED = 50,    /* less is not worth a word */
	SHOWN_MAX = 40,     /* bytes of a value */
};

struct blame { /* why nothing rules a rule out before it is tried */
	uint32_t predicate; /* PLAN_NONE: what must be there is nothing at all */
	double cost;        /* ns an event */
};

static double
value_cost(const struct ir_predicate *predicate)
{
	switch (predicate->op) {
	case PACK_CONTAINS: case PACK_FIELD_CONTAINS: return COST_SEARCH;
	case PACK_KEYWORD: return COST_SEARCH * COST_LEAVES;
	case PACK_WILDCARD: case PACK_REGEX: return COST_PATTERN;
	default: return COST_COMPARE;
	}
}

/* "*" is quickly tried. */
static int
is_star(struct ir_text text)
{
	return text.size == 1 && text.data[0] == '*';
}

/* Strings of sets are found by a pass that all rules share. */
static double
predicate_cost(const struct plan_group *group, uint32_t number)
{
	const struct ir_predicate *predicate = group->group->predicates + number;
	const struct plan_predicate *plan = group->predicates + number;

	if (!plan->rest_count || (plan->rest_count == 1 && is_star(predicate->values[plan->rest[0]].text)))
		return COST_COMPARE;
	return plan->rest_count * value_cost(predicate);
}

/* By something that not every value has. */
static int
predicate_is_looked_up(const struct plan_group *group, uint32_t number)
{
	const struct plan_predicate *plan = group->predicates + number;
	uint32_t strings = plan->lazy ? plan->gate : number;

	return strings != PLAN_NONE && group->predicates[strings].places < 1;
}

static int
expr_is_looked_up(const struct plan_group *group, const struct ir_expr *expr)
{
	if (expr->type == IR_PREDICATE)
		return predicate_is_looked_up(group, expr->predicate);
	if (expr->type != IR_AND && expr->type != IR_OR)
		return expr->type == IR_FALSE;
	for (uint32_t i = 0; i < expr->child_count; i++)
		if (expr_is_looked_up(group, expr->children[i]) != (expr->type == IR_OR))
			return expr->type == IR_AND;
	return expr->type == IR_OR;
}

static struct blame blame_find(const struct plan_group *group, const struct ir_expr *expr);

/* All of an OR is tried, of an AND the cheapest part and, where that holds, the others: in one case of four, by guess.
 * The part that costs most is to blame. */
static struct blame
blame_join(const struct plan_group *group, const struct ir_expr *expr)
{
	struct blame blame = {PLAN_NONE, COST_COMPARE};
	double cheapest = 0, sum = 0, most = 0;

	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < expr->child_count; i++) {
			struct blame part = blame_find(group, expr->children[i]);

			if (part.predicate == PLAN_NONE)
				continue;
			if (!pass) {
				cheapest = !cheapest || part.cost < cheapest ? part.cost : cheapest;
				sum += part.cost;
				continue;
			}
			if (expr->type == IR_AND && part.cost > cheapest)
				part.cost /= 4;
			if (part.cost > most)
				most = part.cost, blame.predicate = part.predicate;
		}
	if (blame.predicate != PLAN_NONE)
		blame.cost = expr->type == IR_OR ? sum : cheapest + (sum - cheapest) / 4;
	return blame;
}

static struct blame
blame_find(const struct plan_group *group, const struct ir_expr *expr)
{
	switch (expr->type) {
	case IR_NOT:
		return blame_find(group, expr->children[0]);
	case IR_AND: case IR_OR:
		return blame_join(group, expr);
	case IR_PREDICATE:
		if (!predicate_is_looked_up(group, expr->predicate))
			return (struct blame){expr->predicate, predicate_cost(group, expr->predicate)};
		return (struct blame){PLAN_NONE, COST_COMPARE};
	default:
		return (struct blame){PLAN_NONE, COST_COMPARE};
	}
}

static int
item_compares(const struct sigma_item *item, const struct ir_predicate *predicate)
{
	switch (predicate->op) {
	case PACK_REGEX: return item->comparison == SIGMA_REGEX;
	case PACK_CONTAINS: return item->comparison == SIGMA_CONTAINS;
	case PACK_ENDSWITH: return item->comparison == SIGMA_ENDSWITH;
	case PACK_STARTSWITH: return item->comparison == SIGMA_STARTSWITH;
	case PACK_EQUALS: return item->comparison == SIGMA_EQUALS;
	default: return 1;
	}
}

static const struct sigma_item *
map_find_item(const struct sigma_map *map, struct ir_text field, const struct ir_predicate *predicate)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->items[i].field.size == field.size && !memcmp(map->items[i].field.data, field.data, field.size) &&
		    item_compares(&map->items[i], predicate))
			return &map->items[i];
	return NULL;
}

static int
is_part(const struct ir_rule *rule, uint32_t predicate, struct ir_text name)
{
	for (uint32_t i = 0; i < rule->use_count; i++)
		if (rule->uses[i].predicate == predicate && rule->uses[i].part.size == name.size &&
		    !memcmp(rule->uses[i].part.data, name.data, name.size))
			return 1;
	return 0;
}

/* Where the rule says what the predicate compares; the rule itself where that cannot be told. */
static struct place
blame_place(const struct ir_pack *pack, const struct plan_group *group, const struct ir_rule *rule,
            const struct sigma_rule *source, uint32_t number)
{
	const struct ir_predicate *predicate = group->group->predicates + number;
	struct ir_text field = predicate->field == IR_NONE ? (struct ir_text){"", 0} : pack->fields[predicate->field];
	const struct sigma_item *item;

	for (size_t i = 0; i < source->identifier_count; i++) {
		const struct sigma_identifier *identifier = &source->identifiers[i];

		for (size_t j = 0; is_part(rule, number, identifier->name) && j < identifier->count; j++) {
			item = map_find_item(&identifier->maps[j], field, predicate);
			if (item)
				return item->place;
		}
	}
	return source->place;
}

/* The first value that is tried one by one, as the rule writes it. */
static void
blame_report(struct diag_list *diags, struct place place, const struct plan_group *group, struct blame blame)
{
	const struct ir_predicate *predicate = group->group->predicates + blame.predicate;
	const struct plan_predicate *plan = group->predicates + blame.predicate;
	struct ir_text value = plan->rest_count ? predicate->values[plan->rest[0]].shown : (struct ir_text){"", 0};
	int is_long = blame.cost >= 1000;
	int shown = value.size > SHOWN_MAX ? SHOWN_MAX : (int)value.size;

	while (shown && shown < (int)value.size && (value.data[shown] & 0xc0) == 0x80)
		shown--;
	diag_add(diags, place, DIAG_costly_rule,
	         "\"%.*s%s\" has no fixed text%s to look up first, so the rule is tried on %severy event of its logsource, at "
	         "about %.*f %s each",
	         shown, value.data, shown < (int)value.size ? "..." : "",
	         plan->gate == PLAN_NONE ? "" : " that is rare", plan->gate == PLAN_NONE ? "" : "almost ",
	         is_long && blame.cost < 10000, is_long ? blame.cost / 1000 : blame.cost, is_long ? "us" : "ns");
}

static int
id_compare(const void *one, const void *two)
{
	const char *left = (*(const struct sigma_rule *const *)one)->id.data;
	const char *right = (*(const struct sigma_rule *const *)two)->id.data;

	return left < right ? -1 : left > right;
}

/* The rule as it was read, which has another id where it is the events of an old aggregation; NULL: an indicator's. */
static const struct sigma_rule *
source_find(struct arena *arena, struct ir_text id, const struct sigma_rule *const *sorted, size_t count)
{
	struct sigma_rule wanted = {.id = aggregation_id(arena, id)};
	const struct sigma_rule *key = &wanted, *const *found;

	found = bsearch(&key, sorted, count, sizeof(*sorted), id_compare);
	return found ? *found : NULL;
}

static void
rule_cost(struct diag_list *diags, const struct ir_pack *pack, const struct plan_group *group,
          const struct ir_rule *rule, const struct sigma_rule *source)
{
	struct blame blame = blame_find(group, rule->expr);

	if (source && blame.predicate != PLAN_NONE && blame.cost >= COST_NOTED)
		blame_report(diags, blame_place(pack, group, rule, source, blame.predicate), group, blame);
}

void
cost_lint(struct arena *arena, struct diag_list *diags, struct ir_pack *pack, struct sigma_rule *const *rules,
          size_t count)
{
	const struct sigma_rule **sorted = calloc(count + 1, sizeof(*sorted));
	const struct plan *plan;
	size_t good = 0;

	if (!sorted)
		abort();
	for (size_t i = 0; i < count; i++)
		if (rules[i]->is_selected && !rules[i]->is_bad && !rules[i]->is_duplicate)
			sorted[good++] = rules[i];
	qsort(sorted, good, sizeof(*sorted), id_compare);
	fold_pack(arena, pack);
	plan = plan_pack(arena, pack);
	for (uint32_t i = 0; i < plan->group_count; i++)
		for (uint32_t j = 0; j < plan->groups[i].group->rule_count; j++) {
			const struct ir_rule *rule = plan->groups[i].group->rules[j];

			if (!expr_is_looked_up(&plan->groups[i], rule->expr))
				rule_cost(diags, pack, &plan->groups[i], rule, source_find(arena, rule->id, sorted, good));
		}
	free(sorted);
}
