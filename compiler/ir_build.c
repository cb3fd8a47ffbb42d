/*
 * ir_build.c - the IR piece by piece: interning of fields, groups and predicates, then sorting and numbering.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ir.h"
#include "ir_build.h"
#include "ir_order.h"

struct table { /* open addressing of numbers; equality is the caller's */
	uint32_t *numbers; /* number + 1, 0: free */
	size_t room;
};

struct group {
	struct ir_group head;
	struct ir_predicate *predicates;
	const struct ir_rule **rules;
	struct table predicate_table;
};

struct ir_builder {
	struct arena *arena;
	struct ir_text *fields;
	struct table field_table;
	struct group *groups;
	struct ir_route *routes;
	struct ir_shape *shapes;
	struct ir_vector *vectors;
	struct ir_yara_source *yara;
	uint32_t field_count, group_count, route_count, shape_count, vector_count, yara_count;
};

struct ir_builder *
ir_builder_new(struct arena *arena)
{
	struct ir_builder *builder = arena_alloc(arena, sizeof(*builder));

	builder->arena = arena;
	return builder;
}

static uint64_t
hash_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

/* Makes room for one more of count numbers; hash gives that of an existing one. */
static void
table_reserve(struct table *table, struct arena *arena, uint32_t count, const void *state,
              uint64_t (*hash)(const void *state, uint32_t number))
{
	size_t room = table->room ? 2 * table->room : 16, at;
	uint32_t *numbers;

	if (2 * (size_t)count + 2 <= table->room)
		return;
	numbers = arena_alloc(arena, room * sizeof(*numbers));
	for (uint32_t i = 0; i < count; i++) {
		for (at = hash(state, i) & (room - 1); numbers[at]; at = (at + 1) & (room - 1))
			;
		numbers[at] = i + 1;
	}
	table->numbers = numbers;
	table->room = room;
}

static uint64_t
text_hash(struct ir_text text)
{
	return hash_mix(text.size, (uintptr_t)text.data);
}

static uint64_t
field_hash(const void *state, uint32_t number)
{
	const struct ir_builder *builder = state;

	return text_hash(builder->fields[number]);
}

uint32_t
ir_build_field(struct ir_builder *builder, struct ir_text name)
{
	struct table *table = &builder->field_table;
	size_t at;

	table_reserve(table, builder->arena, builder->field_count, builder, field_hash);
	for (at = text_hash(name) & (table->room - 1); table->numbers[at]; at = (at + 1) & (table->room - 1))
		if (builder->fields[table->numbers[at] - 1].data == name.data)
			return table->numbers[at] - 1;
	builder->fields = arena_grow(builder->arena, builder->fields, builder->field_count, sizeof(*builder->fields));
	builder->fields[builder->field_count++] = name;
	table->numbers[at] = builder->field_count;
	return builder->field_count - 1;
}

static int
text_equal(struct ir_text one, struct ir_text two)
{
	return one.size == two.size && (one.data == two.data || !one.size);
}

uint32_t
ir_find_group(const struct ir_builder *builder, struct ir_text product, struct ir_text category,
              struct ir_text service, int late)
{
	for (uint32_t i = 0; i < builder->group_count; i++) {
		const struct ir_group *group = &builder->groups[i].head;

		if (text_equal(group->product, product) && text_equal(group->category, category) &&
		    text_equal(group->service, service) && group->late == late)
			return i;
	}
	return IR_NONE;
}

uint32_t
ir_build_group(struct ir_builder *builder, struct ir_text product, struct ir_text category, struct ir_text service,
               int late)
{
	uint32_t number = ir_find_group(builder, product, category, service, late);
	struct group *group;

	if (number != IR_NONE)
		return number;
	builder->groups = arena_grow(builder->arena, builder->groups, builder->group_count, sizeof(*builder->groups));
	group = &builder->groups[builder->group_count];
	*group = (struct group){.head = {.product = product, .category = category, .service = service, .late = late}};
	return builder->group_count++;
}

static int
text_compare(struct ir_text one, struct ir_text two)
{
	uint32_t size = one.size < two.size ? one.size : two.size;
	int order = size ? memcmp(one.data, two.data, size) : 0;

	return order ? order : one.size < two.size ? -1 : one.size > two.size;
}

static int
value_compare(const void *one, const void *two)
{
	const struct ir_value *left = one, *right = two;
	int order = text_compare(left->text, right->text);

	return order ? order : text_compare(left->shown, right->shown);
}

/* A copy with its values sorted and without duplicates. */
static struct ir_predicate
predicate_normalise(struct arena *arena, const struct ir_predicate *predicate)
{
	struct ir_predicate normal = *predicate;
	struct ir_value *values;
	uint32_t kept = 0;

	if (!predicate->value_count)
		return normal;
	values = arena_alloc(arena, predicate->value_count * sizeof(*values));
	memcpy(values, predicate->values, predicate->value_count * sizeof(*values));
	qsort(values, predicate->value_count, sizeof(*values), value_compare);
	for (uint32_t i = 0; i < predicate->value_count; i++)
		if (!i || !text_equal(values[i].text, values[kept - 1].text))
			values[kept++] = values[i];
	normal.values = values;
	normal.value_count = kept;
	return normal;
}

static uint64_t
predicate_hash_of(const struct ir_predicate *predicate)
{
	uint64_t hash = hash_mix(predicate->field, predicate->other);

	hash = hash_mix(hash, predicate->op | predicate->flags << 8 | predicate->part << 16 |
	                          (uint64_t)predicate->regex_flags << 24);
	for (uint32_t i = 0; i < predicate->value_count; i++)
		hash = hash_mix(hash, text_hash(predicate->values[i].text));
	return hash;
}

static uint64_t
predicate_hash(const void *state, uint32_t number)
{
	const struct group *group = state;

	return predicate_hash_of(&group->predicates[number]);
}

static int
predicate_equal(const struct ir_predicate *one, const struct ir_predicate *two)
{
	if (one->field != two->field || one->other != two->other || one->op != two->op || one->flags != two->flags ||
	    one->part != two->part || one->regex_flags != two->regex_flags || one->value_count != two->value_count)
		return 0;
	for (uint32_t i = 0; i < one->value_count; i++)
		if (!text_equal(one->values[i].text, two->values[i].text))
			return 0;
	return 1;
}

uint32_t
ir_build_predicate(struct ir_builder *builder, uint32_t number, const struct ir_predicate *predicate)
{
	struct group *group = &builder->groups[number];
	struct ir_predicate normal = predicate_normalise(builder->arena, predicate);
	struct table *table = &group->predicate_table;
	uint32_t count = group->head.predicate_count;
	size_t at;

	table_reserve(table, builder->arena, count, group, predicate_hash);
	for (at = predicate_hash_of(&normal) & (table->room - 1); table->numbers[at]; at = (at + 1) & (table->room - 1))
		if (predicate_equal(&group->predicates[table->numbers[at] - 1], &normal))
			return table->numbers[at] - 1;
	group->predicates = arena_grow(builder->arena, group->predicates, count, sizeof(*group->predicates));
	group->predicates[count] = normal;
	table->numbers[at] = ++group->head.predicate_count;
	return count;
}

static const struct ir_expr *
expr_new(struct arena *arena, struct ir_expr expr)
{
	struct ir_expr *made = arena_alloc(arena, sizeof(*made));

	*made = expr;
	return made;
}

const struct ir_expr *
ir_build_literal(struct ir_builder *builder, uint32_t predicate)
{
	return expr_new(builder->arena, (struct ir_expr){.type = IR_PREDICATE, .predicate = predicate});
}

const struct ir_expr *
ir_build_not(struct ir_builder *builder, const struct ir_expr *child)
{
	const struct ir_expr **children = arena_alloc(builder->arena, sizeof(*children));

	children[0] = child;
	return expr_new(builder->arena, (struct ir_expr){.type = IR_NOT, .child_count = 1, .children = children});
}

const struct ir_expr *
ir_build_join(struct ir_builder *builder, enum ir_expr_type type, const struct ir_expr *const *children, uint32_t count)
{
	const struct ir_expr **copy;

	if (count == 1)
		return children[0];
	copy = arena_alloc(builder->arena, count * sizeof(*copy));
	if (count)
		memcpy(copy, children, count * sizeof(*copy));
	return expr_new(builder->arena, (struct ir_expr){.type = type, .child_count = count, .children = copy});
}

void
ir_build_rule(struct ir_builder *builder, uint32_t number, const struct ir_rule *rule)
{
	struct group *group = &builder->groups[number];
	struct ir_rule *copy = arena_alloc(builder->arena, sizeof(*copy));

	*copy = *rule;
	group->rules = arena_grow(builder->arena, group->rules, group->head.rule_count, sizeof(*group->rules));
	group->rules[group->head.rule_count++] = copy;
}

void
ir_build_route(struct ir_builder *builder, const struct ir_route *route)
{
	builder->routes = arena_grow(builder->arena, builder->routes, builder->route_count, sizeof(*builder->routes));
	builder->routes[builder->route_count++] = *route;
}

void
ir_build_shape(struct ir_builder *builder, const struct ir_shape *shape)
{
	builder->shapes = arena_grow(builder->arena, builder->shapes, builder->shape_count, sizeof(*builder->shapes));
	builder->shapes[builder->shape_count++] = *shape;
}

void
ir_build_vector(struct ir_builder *builder, const struct ir_vector *vector)
{
	builder->vectors = arena_grow(builder->arena, builder->vectors, builder->vector_count, sizeof(*builder->vectors));
	builder->vectors[builder->vector_count++] = *vector;
}

void
ir_build_yara(struct ir_builder *builder, const struct ir_yara_source *yara)
{
	builder->yara = arena_grow(builder->arena, builder->yara, builder->yara_count, sizeof(*builder->yara));
	builder->yara[builder->yara_count++] = *yara;
}

struct order { /* one item of a list being sorted */
	const void *item;
	uint32_t old;
};

static int
field_compare(const void *one, const void *two)
{
	const struct order *left = one, *right = two;

	return text_compare(*(const struct ir_text *)left->item, *(const struct ir_text *)right->item);
}

static int
group_compare(const void *one, const void *two)
{
	const struct ir_group *left = &((const struct group *)((const struct order *)one)->item)->head;
	const struct ir_group *right = &((const struct group *)((const struct order *)two)->item)->head;
	int order = text_compare(left->product, right->product);

	order = order ? order : text_compare(left->category, right->category);
	order = order ? order : text_compare(left->service, right->service);
	return order ? order : left->late - right->late;
}

static int
rule_compare(const void *one, const void *two)
{
	const struct ir_rule *left = *(const struct ir_rule *const *)one, *right = *(const struct ir_rule *const *)two;

	return text_compare(left->id, right->id);
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

static void
group_renumber(struct arena *arena, struct group *group, const uint32_t *fields)
{
	for (uint32_t i = 0; i < group->head.predicate_count; i++) {
		struct ir_predicate *predicate = &group->predicates[i];

		predicate->field = number_map(fields, predicate->field);
		predicate->other = number_map(fields, predicate->other);
	}
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
		.routes = builder->routes, .route_count = builder->route_count,
		.shapes = builder->shapes, .shape_count = builder->shape_count,
		.vectors = builder->vectors, .vector_count = builder->vector_count,
		.yara = builder->yara, .yara_count = builder->yara_count,
	};
	return pack;
}
