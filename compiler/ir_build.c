/*
 * ir_build.c - the IR piece by piece: interning of fields, groups and predicates.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ir.h"
#include "ir_build.h"
#include "ir_builder.h"

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
              struct ir_text service)
{
	for (uint32_t i = 0; i < builder->group_count; i++) {
		const struct ir_group *group = &builder->groups[i].head;

		if (text_equal(group->product, product) && text_equal(group->category, category) &&
		    text_equal(group->service, service))
			return i;
	}
	return IR_NONE;
}

uint32_t
ir_build_group(struct ir_builder *builder, struct ir_text product, struct ir_text category, struct ir_text service)
{
	uint32_t number = ir_find_group(builder, product, category, service);
	struct group *group;

	if (number != IR_NONE)
		return number;
	builder->groups = arena_grow(builder->arena, builder->groups, builder->group_count, sizeof(*builder->groups));
	group = &builder->groups[builder->group_count];
	*group = (struct group){.head = {.product = product, .category = category, .service = service}};
	return builder->group_count++;
}

int
ir_text_compare(struct ir_text one, struct ir_text two)
{
	uint32_t size = one.size < two.size ? one.size : two.size;
	int order = size ? memcmp(one.data, two.data, size) : 0;

	return order ? order : one.size < two.size ? -1 : one.size > two.size;
}

static int
value_compare(const void *one, const void *two)
{
	const struct ir_value *left = one, *right = two;
	int order = ir_text_compare(left->text, right->text);

	return order ? order : ir_text_compare(left->shown, right->shown);
}

/* A copy with its values sorted and without duplicates, or with its own ones. */
static struct ir_predicate
predicate_normalise(struct arena *arena, const struct ir_predicate *predicate)
{
	struct ir_predicate normal = *predicate;
	struct ir_value *values;
	uint32_t kept = 0;

	if (!predicate->value_count || predicate->settled)
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

/* Do both ask the same in the same words? Alerts show a rule's own. */
static int
predicate_equal(const struct ir_predicate *one, const struct ir_predicate *two)
{
	if (one->field != two->field || one->other != two->other || one->op != two->op || one->flags != two->flags ||
	    one->part != two->part || one->regex_flags != two->regex_flags || one->value_count != two->value_count)
		return 0;
	for (uint32_t i = 0; i < one->value_count; i++)
		if (!text_equal(one->values[i].text, two->values[i].text) ||
		    !text_equal(one->values[i].shown, two->values[i].shown))
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
	group->head.late_count += rule->late;
}

void
ir_build_kept(struct ir_builder *builder, uint32_t number, uint32_t field)
{
	struct group *group = &builder->groups[number];

	for (uint32_t i = 0; i < group->head.kept_count; i++)
		if (group->kept[i] == field)
			return;
	group->kept = arena_grow(builder->arena, group->kept, group->head.kept_count, sizeof(*group->kept));
	group->kept[group->head.kept_count++] = field;
}

void
ir_build_correlation(struct ir_builder *builder, const struct ir_correlation *correlation, unsigned depth)
{
	builder->correlations = arena_grow(builder->arena, builder->correlations, builder->correlation_count,
	                                   sizeof(*builder->correlations));
	builder->correlations[builder->correlation_count++] = (struct correlation){*correlation, depth};
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
