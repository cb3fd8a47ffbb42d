/*
 * ir_finish.c - what was added to a builder -> the IR: everything sorted and numbered.
 */
#include <stdlib.h>

#include "arena.h"
#include "ir.h"
#include "ir_build.h"
#include "ir_builder.h"
#include "ir_order.h"

struct order { /* one item of a list being sorted */
	const void *item;
	uint32_t old;
};

static int
field_compare(const void *one, const void *two)
{
	const struct order *left = one, *right = two;

	return ir_text_compare(*(const struct ir_text *)left->item, *(const struct ir_text *)right->item);
}

static int
group_compare(const void *one, const void *two)
{
	const struct ir_group *left = &((const struct group *)((const struct order *)one)->item)->head;
	const struct ir_group *right = &((const struct group *)((const struct order *)two)->item)->head;
	int order = ir_text_compare(left->product, right->product);

	order = order ? order : ir_text_compare(left->category, right->category);
	return order ? order : ir_text_compare(left->service, right->service);
}

static int
rule_compare(const void *one, const void *two)
{
	const struct ir_rule *left = *(const struct ir_rule *const *)one, *right = *(const struct ir_rule *const *)two;

	return left->late != right->late ? left->late - right->late : ir_text_compare(left->id, right->id);
}

/* Sorts count items of a size; *order receives them in the new order. Returns the map from old numbers to new. */
static uint32_t *
order_make(struct arena *arena, const void *items, uint32_t count, size_t size, struct order **order,
           int (*compare)(const void *one, const void *two))
{
	uint32_t *map = arena_alloc(arena, (count + 1) * sizeof(*map));
	struct order *sorted = arena_alloc(arena, (count + 1) * sizeof(*sorted));

	for (uint32_t i = 0; i < count; i++)
		sorted[i] = (struct order){(const char *)items + i * size, i};
	qsort(sorted, count, sizeof(*sorted), compare);
	for (uint32_t i = 0; i < count; i++)
		map[sorted[i].old] = i;
	*order = sorted;
	return map;
}

static uint32_t
number_map(const uint32_t *map, uint32_t number)
{
	return number == IR_NONE ? IR_NONE : map[number];
}

static int
number_compare(const void *one, const void *two)
{
	const uint32_t *left = one, *right = two;

	return *left < *right ? -1 : *left > *right;
}

static void
group_renumber(struct arena *arena, struct group *group, const uint32_t *fields)
{
	for (uint32_t i = 0; i < group->head.predicate_count; i++) {
		struct ir_predicate *predicate = &group->predicates[i];

		predicate->field = number_map(fields, predicate->field);
		predicate->other = number_map(fields, predicate->other);
	}
	for (uint32_t i = 0; i < group->head.kept_count; i++)
		group->kept[i] = fields[group->kept[i]];
	if (group->head.kept_count)
		qsort(group->kept, group->head.kept_count, sizeof(*group->kept), number_compare);
	group->head.kept = group->kept;
	if (group->head.rule_count)
		qsort(group->rules, group->head.rule_count, sizeof(*group->rules), rule_compare);
	group->head.predicates = group->predicates;
	group->head.rules = group->rules;
	ir_order_predicates(arena, &group->head);
}

static void
route_renumber(struct arena *arena, struct ir_route *route, const uint32_t *fields, const uint32_t *groups)
{
	struct ir_condition *conditions = arena_alloc(arena, route->condition_count * sizeof(*conditions));
	struct ir_view *views = arena_alloc(arena, route->view_count * sizeof(*views));
	uint32_t *numbers = arena_alloc(arena, route->group_count * sizeof(*numbers));

	for (uint32_t i = 0; i < route->condition_count; i++) {
		conditions[i] = route->conditions[i];
		conditions[i].field = number_map(fields, conditions[i].field);
	}
	for (uint32_t i = 0; i < route->view_count; i++) {
		views[i] = route->views[i];
		views[i].to = number_map(fields, views[i].to);
		views[i].from = number_map(fields, views[i].from);
	}
	for (uint32_t i = 0; i < route->group_count; i++)
		numbers[i] = groups[route->groups[i]];
	route->conditions = conditions;
	route->views = views;
	route->groups = numbers;
}

static void
shape_renumber(struct arena *arena, struct ir_shape *shape, const uint32_t *fields)
{
	struct ir_path *paths = arena_alloc(arena, shape->path_count * sizeof(*paths));

	for (uint32_t i = 0; i < shape->path_count; i++) {
		paths[i] = shape->paths[i];
		paths[i].field = number_map(fields, paths[i].field);
	}
	shape->paths = paths;
}

/* A correlation stands after those it refers to, which have less depth. */
static int
correlation_compare(const void *one, const void *two)
{
	const struct correlation *left = one, *right = two;

	if (left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	return ir_text_compare(left->head.rule.id, right->head.rule.id);
}

static struct ir_correlation *
correlations_order(struct ir_builder *builder, const uint32_t *fields)
{
	uint32_t count = builder->correlation_count;
	struct ir_correlation *ordered = arena_alloc(builder->arena, (count + 1) * sizeof(*ordered));

	if (count)
		qsort(builder->correlations, count, sizeof(*builder->correlations), correlation_compare);
	for (uint32_t i = 0; i < count; i++) {
		ordered[i] = builder->correlations[i].head;
		for (uint32_t j = 0; j < ordered[i].reference_count; j++)
			for (uint32_t k = 0; k < ordered[i].name_count; k++)
				ordered[i].references[j].fields[k] = number_map(fields, ordered[i].references[j].fields[k]);
	}
	return ordered;
}

struct ir_pack *
ir_build_finish(struct ir_builder *builder, struct ir_text name)
{
	struct arena *arena = builder->arena;
	struct ir_pack *pack = arena_alloc(arena, sizeof(*pack));
	struct ir_text *fields = arena_alloc(arena, (builder->field_count + 1) * sizeof(*fields));
	struct ir_group *groups = arena_alloc(arena, (builder->group_count + 1) * sizeof(*groups));
	struct order *order;
	uint32_t *field_map, *group_map;

	field_map = order_make(arena, builder->fields, builder->field_count, sizeof(*builder->fields), &order,
	                       field_compare);
	for (uint32_t i = 0; i < builder->field_count; i++)
		fields[i] = *(const struct ir_text *)order[i].item;
	group_map = order_make(arena, builder->groups, builder->group_count, sizeof(*builder->groups), &order,
	                       group_compare);
	for (uint32_t i = 0; i < builder->group_count; i++) {
		group_renumber(arena, &builder->groups[order[i].old], field_map);
		groups[i] = builder->groups[order[i].old].head;
	}
	for (uint32_t i = 0; i < builder->route_count; i++)
		route_renumber(arena, &builder->routes[i], field_map, group_map);
	for (uint32_t i = 0; i < builder->shape_count; i++)
		shape_renumber(arena, &builder->shapes[i], field_map);
	*pack = (struct ir_pack){
		.name = name, .fields = fields, .field_count = builder->field_count,
		.groups = groups, .group_count = builder->group_count,
		.correlations = correlations_order(builder, field_map), .correlation_count = builder->correlation_count,
		.routes = builder->routes, .route_count = builder->route_count,
		.shapes = builder->shapes, .shape_count = builder->shape_count,
		.vectors = builder->vectors, .vector_count = builder->vector_count,
		.yara = builder->yara, .yara_count = builder->yara_count,
	};
	return pack;
}
