/* route_plan.c - collects groups and views of routes, each group once under the same views, and the slots they read. */
#include <stdlib.h>
#include <string.h>

#include "packfile.h"
#include "record_kinds.h"
#include "route.h"
#include "route_plan.h"

struct leaf_set { /* groups with keywords, in a plan's order */
	uint32_t *groups;
	uint32_t count;
};

struct plan_builder {
	const struct pack_tables *tables;
	struct route_plan plan;
	struct route_step *steps; /* one a route at most, and one more */
	uint32_t *groups, *settle;
	uint32_t group_count, group_room;
	uint64_t *seen; /* slots already in settle, and room for those of the routing's own names */
	uint32_t seen_words;
	uint8_t *lacks;  /* by row of PACK_WANTS: the event has none of its values */
	struct leaf_set sets[ROUTE_LEAF_SETS], set; /* of all plans so far; of this one */
	uint32_t set_count;
};

struct plan_builder *
plan_builder_new(const struct pack_tables *tables)
{
	struct plan_builder *b = calloc(1, sizeof *b);
	uint32_t i, room = tables->group_count;

	if (!b)
		return NULL;
	for (i = 0; i < tables->route_count; ++i)
		room += tables->routes[i].groups.count;
	b->tables = tables;
	b->group_room = 2 * room;
	b->steps = calloc(2 * (size_t)tables->route_count + 1, sizeof *b->steps);
	b->groups = calloc((size_t)b->group_room + 1, sizeof *b->groups);
	b->settle = calloc(tables->slot_count + 1, sizeof *b->settle);
	b->set.groups = calloc((size_t)b->group_room + 1, sizeof *b->set.groups);
	b->lacks = calloc((size_t)tables->want_count + 1, sizeof *b->lacks);
	b->seen_words = (tables->slot_count + ROUTE_NAME_MAX) / 64 + 1;
	b->seen = calloc(b->seen_words, sizeof *b->seen);
	if (!b->steps || !b->groups || !b->settle || !b->seen || !b->set.groups || !b->lacks) {
		plan_builder_free(b);
		return NULL;
	}
	return b;
}

void
plan_builder_free(struct plan_builder *b)
{
	uint32_t i;

	if (!b)
		return;
	for (i = 0; i < b->set_count; ++i)
		free(b->sets[i].groups);
	free(b->set.groups);
	free(b->lacks);
	free(b->steps);
	free(b->groups);
	free(b->settle);
	free(b->seen);
	free(b);
}

void
plan_start(struct plan_builder *b)
{
	b->plan = (struct route_plan){ .steps = b->steps, .groups = b->groups, .settle = b->settle,
		.settle_bits = b->seen };
	b->group_count = b->set.count = 0;
	memset(b->seen, 0, b->seen_words * sizeof *b->seen);
	memset(b->lacks, 0, b->tables->want_count * sizeof *b->lacks);
}

void
plan_lacks(struct plan_builder *b, uint32_t want)
{
	b->lacks[want] = 1;
}

static void
settle_slot(struct plan_builder *b, uint32_t slot)
{
	if (slot == PACK_NONE || b->seen[slot / 64] >> slot % 64 & 1)
		return;
	b->seen[slot / 64] |= 1ull << slot % 64;
	b->settle[b->plan.settle_count++] = slot;
}

static int
has_views(const struct route_step *step, const struct pack_view *views, uint32_t view_count)
{
	return step->view_count == view_count && (!view_count || !memcmp(step->views, views, view_count * sizeof *views));
}

/* The last step goes on where the views are the same: its groups know each other's texts. */
static struct route_step *
open_step(struct plan_builder *b, const struct pack_view *views, uint32_t view_count)
{
	struct route_step *step = &b->steps[b->plan.step_count];

	if (b->plan.step_count && has_views(step - 1, views, view_count))
		return step - 1;
	*step = (struct route_step){ views, view_count, b->group_count, 0 };
	return step;
}

static int
has_group(const struct plan_builder *b, const struct route_step *step, uint32_t group)
{
	uint32_t i;

	for (i = 0; i < step->group_count; ++i)
		if (b->groups[step->first_group + i] == group)
			return 1;
	return 0;
}

static int
shows(const struct route_step *step, uint32_t slot)
{
	uint32_t i;

	for (i = 0; i < step->view_count; ++i)
		if (step->views[i].to == slot)
			return 1;
	return 0;
}

/* Whether a value is not there without which none of the group's rules matches. */
static int
lacks_value(const struct plan_builder *b, const struct route_step *step, uint32_t group)
{
	const struct pack_want *wants = b->tables->wants;
	uint32_t i;

	for (i = 0; i < b->tables->want_count; ++i)
		if (b->lacks[i] && wants[i].group == group && !shows(step, wants[i].slot))
			return 1;
	return 0;
}

static void
add_group(struct plan_builder *b, struct route_step *step, uint32_t group)
{
	const struct pack_group *row = &b->tables->groups[group];
	const struct route_step *other;
	uint32_t i;

	b->plan.routed = 1;
	if (lacks_value(b, step, group))
		return;
	for (other = b->steps; other <= step; ++other)
		if (has_views(other, step->views, step->view_count) && has_group(b, other, group))
			return;
	b->groups[b->group_count++] = group;
	++step->group_count;
	for (i = 0; i < row->slots.count; ++i)
		settle_slot(b, b->tables->indices[row->slots.first + i]);
	if (row->flags & PACK_GROUP_LEAVES) {
		b->plan.leaves = 1;
		b->set.groups[b->set.count++] = group;
	}
}

static void
close_step(struct plan_builder *b, const struct route_step *step)
{
	uint32_t i;

	if (!step->group_count)
		return;
	for (i = 0; i < step->view_count; ++i)
		settle_slot(b, step->views[i].from);
	b->plan.step_count = (uint32_t)(step - b->steps) + 1;
}

uint32_t
plan_route_kind(const struct pack_tables *tables, const struct pack_route *route)
{
	int kind = route->kind.size ? record_kind_number(pack_text_data(tables, route->kind), route->kind.size) : 0;

	return kind > 0 ? (uint32_t)kind : 0;
}

enum when { EARLY, LATE, BOTH };

static void
add_route(struct plan_builder *b, const struct pack_route *route, enum when when)
{
	const struct pack_tables *t = b->tables;
	struct route_step *step = open_step(b, t->views + route->views.first, route->views.count);
	uint32_t i, group;

	if (!b->plan.kind)
		b->plan.kind = plan_route_kind(t, route);
	for (i = 0; i < route->groups.count; ++i) {
		group = t->indices[route->groups.first + i];
		if (when == BOTH || (when == LATE) == ((t->groups[group].flags & PACK_GROUP_LATE) != 0))
			add_group(b, step, group);
	}
	close_step(b, step);
}

void
plan_add_route(struct plan_builder *b, uint32_t route)
{
	add_route(b, &b->tables->routes[route], BOTH);
}

static int
name_fits(const struct pack_tables *tables, struct pack_text text, struct plan_name name)
{
	return !text.size || (name.data && name.size == text.size &&
	                      !memcmp(pack_text_data(tables, text), name.data, text.size));
}

void
plan_add_kind(struct plan_builder *b, uint32_t kind, struct plan_name product, int late)
{
	uint32_t i;

	b->plan.kind = kind;
	for (i = 0; i < b->tables->route_count; ++i) {
		const struct pack_route *route = &b->tables->routes[i];

		if (route->flags & PACK_ROUTE_LIVE && plan_route_kind(b->tables, route) == kind &&
		    (!product.data || name_fits(b->tables, route->product, product)))
			add_route(b, route, late ? LATE : EARLY);
	}
}

/* The kind of the first route that leads to the group. */
static uint32_t
group_kind(const struct plan_builder *b, uint32_t group)
{
	const struct pack_tables *t = b->tables;
	uint32_t i, j, kind;

	for (i = 0; i < t->route_count; ++i)
		for (j = 0; j < t->routes[i].groups.count; ++j)
			if (t->indices[t->routes[i].groups.first + j] == group && (kind = plan_route_kind(t, &t->routes[i])))
				return kind;
	return 0;
}

void
plan_add_logsource(struct plan_builder *b, struct plan_name product, struct plan_name category,
                   struct plan_name service)
{
	const struct pack_tables *t = b->tables;
	struct route_step *step = open_step(b, NULL, 0);
	uint32_t i;

	for (i = 0; i < t->group_count; ++i) {
		const struct pack_group *group = &t->groups[i];

		if (!name_fits(t, group->product, product) || !name_fits(t, group->category, category) ||
		    !name_fits(t, group->service, service))
			continue;
		add_group(b, step, i);
		if (!b->plan.kind)
			b->plan.kind = group_kind(b, i);
	}
	close_step(b, step);
}

void
plan_add_all(struct plan_builder *b)
{
	struct route_step *step = open_step(b, NULL, 0);
	uint32_t i;

	for (i = 0; i < b->tables->group_count; ++i)
		add_group(b, step, i);
	close_step(b, step);
}

/* The number of the plan's set, the same for the same groups. */
static uint32_t
number_set(struct plan_builder *b)
{
	const size_t size = b->set.count * sizeof *b->set.groups;
	struct leaf_set *set = &b->sets[b->set_count % ROUTE_LEAF_SETS];
	uint32_t i;

	for (i = 0; i < b->set_count; ++i)
		if (b->sets[i].count == b->set.count && !memcmp(b->sets[i].groups, b->set.groups, size))
			return i;
	if (i == ROUTE_LEAF_SETS || !(set->groups = malloc(size + 1)))
		return ROUTE_LEAF_SETS;
	memcpy(set->groups, b->set.groups, size);
	set->count = b->set.count;
	return b->set_count++;
}

const struct route_plan *
plan_finish(struct plan_builder *b)
{
	b->plan.leaf_set = b->plan.leaves ? number_set(b) : ROUTE_LEAF_SETS;
	return &b->plan;
}

void *
plan_copy(const struct plan_builder *builder, size_t head)
{
	const struct route_plan *plan = &builder->plan;
	const struct route_step *last = plan->step_count ? &plan->steps[plan->step_count - 1] : NULL;
	uint32_t group_count = last ? last->first_group + last->group_count : 0;
	size_t steps = (head + 15) & ~(size_t)15, bits = steps + plan->step_count * sizeof *plan->steps;
	size_t groups = bits + builder->seen_words * sizeof *plan->settle_bits;
	size_t settle = groups + group_count * sizeof *plan->groups;
	char *block = malloc(settle + plan->settle_count * sizeof *plan->settle + 1);
	struct route_plan *copy = (void *)block;

	if (!block)
		return NULL;
	*copy = *plan;
	copy->steps = memcpy(block + steps, plan->steps, plan->step_count * sizeof *plan->steps);
	copy->settle_bits = memcpy(block + bits, plan->settle_bits, builder->seen_words * sizeof *plan->settle_bits);
	copy->groups = memcpy(block + groups, plan->groups, group_count * sizeof *plan->groups);
	copy->settle = memcpy(block + settle, plan->settle, plan->settle_count * sizeof *plan->settle);
	return block;
}
