/*
 * plan_set.c - sets while a group is planned: sorted strings, each once, with all predicates that it makes true.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ir.h"
#include "packfile.h"
#include "plan.h"
#include "planner.h"
#include "usual.h"

struct pair { /* a string of a set and one predicate that it makes true */
	struct plan_string string;
	uint32_t predicate;
};

struct pairs { /* beside plan_set, while it is filled */
	struct pair *list;
	uint32_t count;
};

static uint32_t
set_find(struct planner *planner, uint32_t slot, enum plan_set_type type)
{
	struct plan_group *group = planner->group;

	for (uint32_t i = 0; i < group->set_count; i++)
		if (group->sets[i].slot == slot && group->sets[i].type == type)
			return i;
	group->sets = arena_grow(planner->arena, group->sets, group->set_count, sizeof(*group->sets));
	planner->pairs = arena_grow(planner->arena, planner->pairs, group->set_count, sizeof(*planner->pairs));
	group->sets[group->set_count] = (struct plan_set){ .slot = slot, .type = type };
	planner->pairs[group->set_count] = (struct pairs){ 0 };
	return group->set_count++;
}

void
set_add(struct planner *planner, uint32_t predicate, uint32_t slot, enum plan_set_type type, struct ir_text text,
        int whole)
{
	uint32_t set = set_find(planner, slot, type);
	struct pairs *pairs = planner->pairs + set;
	char *data = arena_alloc(planner->arena, text.size + 1);

	for (uint32_t i = 0; i < text.size; i++)
		data[i] = text.data[type == PLAN_BACKWARD ? text.size - 1 - i : i];
	pairs->list = arena_grow(planner->arena, pairs->list, pairs->count, sizeof(*pairs->list));
	pairs->list[pairs->count++] = (struct pair){ { .data = data, .size = text.size, .whole = whole }, predicate };
	planner->group->predicates[predicate].sets[type] = set;
	planner->group->predicates[predicate].weight += usual_weight(text, type == PLAN_CONTAINS);
	planner->group->predicates[predicate].places += type == PLAN_CONTAINS ? usual_places(text) : 0;
}

static int
pair_compare(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	uint32_t size = x->string.size < y->string.size ? x->string.size : y->string.size;
	int order = memcmp(x->string.data, y->string.data, size);

	if (order)
		return order;
	if (x->string.size != y->string.size)
		return x->string.size < y->string.size ? -1 : 1;
	if (x->string.whole != y->string.whole)
		return x->string.whole - y->string.whole;
	return (x->predicate > y->predicate) - (x->predicate < y->predicate);
}

static void
string_predicate_add(struct arena *arena, struct plan_string *string, uint32_t predicate)
{
	for (uint32_t i = 0; i < string->predicate_count; i++)
		if (string->predicates[i] == predicate)
			return;
	string->predicates = arena_grow(arena, string->predicates, string->predicate_count, sizeof(*string->predicates));
	string->predicates[string->predicate_count++] = predicate;
}

static int
string_is_prefix(const struct plan_string *prefix, const struct plan_string *string)
{
	return !prefix->whole && prefix->size <= string->size && !memcmp(prefix->data, string->data, prefix->size);
}

/* An automaton reports only the longest string, so that one speaks for its prefixes too. */
static void
set_add_prefixes(struct arena *arena, struct plan_set *set)
{
	uint32_t *open = arena_alloc(arena, (set->string_count + 1) * sizeof(*open)), depth = 0;

	for (uint32_t i = 0; i < set->string_count; i++) {
		struct plan_string *string = set->strings + i;

		while (depth && !string_is_prefix(set->strings + open[depth - 1], string))
			depth--;
		if (depth) {
			const struct plan_string *prefix = set->strings + open[depth - 1];

			for (uint32_t k = 0; k < prefix->predicate_count; k++)
				string_predicate_add(arena, string, prefix->predicates[k]);
		}
		if (!string->whole)
			open[depth++] = i;
	}
}

static void
set_finish(struct planner *planner, uint32_t number)
{
	struct plan_set *set = planner->group->sets + number;
	struct pairs *pairs = planner->pairs + number;

	qsort(pairs->list, pairs->count, sizeof(*pairs->list), pair_compare);
	set->strings = arena_alloc(planner->arena, pairs->count * sizeof(*set->strings));
	for (uint32_t i = 0; i < pairs->count; i++) {
		struct plan_string *string = set->strings + set->string_count;
		const struct pair *before = i ? pairs->list + i - 1 : NULL, *pair = pairs->list + i;

		if (before && before->string.size == pair->string.size && before->string.whole == pair->string.whole &&
		    !memcmp(before->string.data, pair->string.data, pair->string.size))
			string--;
		else
			*string = pair->string, set->string_count++;
		string_predicate_add(planner->arena, string, pair->predicate);
	}
	if (set->type != PLAN_CONTAINS)
		set_add_prefixes(planner->arena, set);
}

static int
is_anchored(const struct ir_predicate *predicate)
{
	return predicate->op == PACK_EQUALS || predicate->op == PACK_ENDSWITH || predicate->op == PACK_SUBDOMAIN;
}

static void
anchored_find(struct planner *planner)
{
	struct plan_group *group = planner->group;

	for (uint32_t i = 0; i < group->group->predicate_count; i++) {
		for (int type = PLAN_FORWARD; type <= PLAN_BACKWARD; type++) {
			struct plan_set *set;

			if (group->predicates[i].sets[type] == PLAN_NONE || !is_anchored(group->group->predicates + i))
				continue;
			set = group->sets + group->predicates[i].sets[type];
			set->anchored = arena_grow(planner->arena, set->anchored, set->anchored_count, sizeof(*set->anchored));
			set->anchored[set->anchored_count++] = i;
		}
	}
}

void
sets_finish(struct planner *planner)
{
	for (uint32_t i = 0; i < planner->group->set_count; i++)
		set_finish(planner, i);
	anchored_find(planner);
}

int
plan_is_leaves(const struct plan_set *set)
{
	return set->slot == PLAN_LEAVES && set->type == PLAN_CONTAINS && set->eager;
}

static int
string_compare(const void *a, const void *b)
{
	const struct plan_string *x = a, *y = b;
	int order = memcmp(x->data, y->data, x->size < y->size ? x->size : y->size);

	return order ? order : (x->size > y->size) - (x->size < y->size);
}

uint32_t
plan_leaf(const struct plan *plan, const struct plan_string *string)
{
	const struct plan_set *leaves = &plan->leaves;

	return (const struct plan_string *)bsearch(string, leaves->strings, leaves->string_count, sizeof(*string),
	                                           string_compare) - leaves->strings;
}

void
leaves_plan(struct arena *arena, struct plan *plan)
{
	struct plan_set *leaves = &plan->leaves;
	struct plan_string *all = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->group_count; i++)
		for (uint32_t k = 0; k < plan->groups[i].set_count; k++)
			for (uint32_t j = 0; plan_is_leaves(plan->groups[i].sets + k) && j < plan->groups[i].sets[k].string_count; j++) {
				all = arena_grow(arena, all, count, sizeof(*all));
				all[count++] = plan->groups[i].sets[k].strings[j];
			}
	*leaves = (struct plan_set){ .slot = PLAN_LEAVES, .type = PLAN_CONTAINS, .strings = all, .eager = 1 };
	if (count)
		qsort(all, count, sizeof(*all), string_compare);
	for (uint32_t i = 0; i < count; i++) {
		if (i && !string_compare(all + i, all + leaves->string_count - 1))
			continue;
		all[leaves->string_count] = all[i];
		all[leaves->string_count].predicates = arena_alloc(arena, sizeof(uint32_t));
		all[leaves->string_count].predicates[0] = leaves->string_count;
		all[leaves->string_count++].predicate_count = 1;
	}
}
