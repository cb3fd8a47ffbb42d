/* logsource_lower.c - rows of logsources become routes and views to the groups of a pack, shapes become its shapes. */
#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "ir_build.h"
#include "logsource.h"
#include "logsource_model.h"
#include "packfile.h"

struct lowering {
	const struct logsources *logsources;
	struct ir_builder *builder;
	uint32_t groups[2]; /* of the row at hand: without and with its service */
	uint32_t group_count;
};

static const struct ir_text none = {"", 0};

static void
groups_add(struct lowering *lowering, struct ir_text product, struct ir_text category, struct ir_text service)
{
	uint32_t group = ir_find_group(lowering->builder, product, category, service);

	if (group != IR_NONE)
		lowering->groups[lowering->group_count++] = group;
}

/* 1 if rules of the product see the row's events by another way, and so want to know their kind. */
static int
kind_wanted(const struct lowering *lowering, const struct logsource_row *row)
{
	return ir_find_group(lowering->builder, row->product, none, none) != IR_NONE ||
		(row->service.size && ir_find_group(lowering->builder, row->product, none, row->service) != IR_NONE);
}

/* A route to the row's groups with its views. */
static struct ir_route
route_new(const struct lowering *lowering, const struct logsource_row *row, uint32_t flag, struct ir_text kind)
{
	struct arena *arena = lowering->logsources->arena;
	struct ir_view *views = arena_alloc(arena, row->rename_count * sizeof(*views));
	uint32_t *groups = arena_alloc(arena, sizeof(lowering->groups));
	struct ir_route route = {.kind = kind, .product = row->product, .flags = flag, .groups = groups, .views = views};

	for (; route.group_count < lowering->group_count; route.group_count++)
		groups[route.group_count] = lowering->groups[route.group_count];
	for (; route.group_count > 0 && route.view_count < row->rename_count; route.view_count++) {
		views[route.view_count].to = ir_build_field(lowering->builder, row->renames[route.view_count].to);
		views[route.view_count].from = IR_NONE;
		if (row->renames[route.view_count].from.size)
			views[route.view_count].from = ir_build_field(lowering->builder, row->renames[route.view_count].from);
		views[route.view_count].constant = row->renames[route.view_count].constant;
	}
	return route;
}

static uint32_t
conditions_add(const struct lowering *lowering, struct ir_condition *conditions, uint32_t count,
               const struct logsource_row *row)
{
	size_t i;

	for (i = 0; i < row->test_count; i++, count++) {
		conditions[count].field = ir_build_field(lowering->builder, row->tests[i].field);
		conditions[count].op = row->tests[i].op;
		conditions[count].values = row->tests[i].values;
		conditions[count].value_count = row->tests[i].value_count;
	}
	return count;
}

/* base: the row of the row's service, or NULL. */
static void
recorded_lower(const struct lowering *lowering, const struct logsource_row *row, const struct logsource_row *base)
{
	struct ir_route route = route_new(lowering, row, PACK_ROUTE_RECORDED, row->kind);
	size_t most = row->test_count + (base ? base->test_count : 0);
	struct ir_condition *conditions = arena_alloc(lowering->logsources->arena, most * sizeof(*conditions));

	if (base)
		route.condition_count = conditions_add(lowering, conditions, 0, base);
	route.condition_count = conditions_add(lowering, conditions, route.condition_count, row);
	route.conditions = conditions;
	ir_build_route(lowering->builder, &route);
}

static void
row_lower(struct lowering *lowering, const struct logsource_entry *entry, const struct logsource_row *row)
{
	const struct logsource_entry *service;
	struct ir_route route;
	size_t i;

	lowering->group_count = 0;
	groups_add(lowering, entry->product, entry->category, entry->service);
	if (row->service.size)
		groups_add(lowering, entry->product, entry->category, row->service);
	if (lowering->group_count == 0 && !(row->kind.size && kind_wanted(lowering, row)))
		return;
	for (i = 0; i < row->live_count && lowering->group_count > 0; i++) {
		route = route_new(lowering, row, PACK_ROUTE_LIVE, row->live[i]);
		ir_build_route(lowering->builder, &route);
	}
	if (!row->service.size) {
		if (row->test_count > 0)
			recorded_lower(lowering, row, NULL);
		return;
	}
	service = logsources_find(lowering->logsources, row->product, none, row->service);
	for (i = 0; service && i < service->row_count; i++)
		if (service->rows[i].test_count > 0)
			recorded_lower(lowering, row, &service->rows[i]);
}

static void
shape_lower(const struct lowering *lowering, const struct logsource_shape *from)
{
	struct ir_path *paths = arena_alloc(lowering->logsources->arena, from->path_count * sizeof(*paths));
	struct ir_shape shape = {
		.name = from->name,
		.required = from->required, .required_count = from->required_count,
		.forbidden = from->forbidden, .forbidden_count = from->forbidden_count,
		.times = from->times, .time_count = from->time_count,
		.paths = paths, .path_count = from->path_count,
		.keeps_names = from->keeps_names,
	};
	size_t i;

	for (i = 0; i < from->path_count; i++) {
		paths[i].path = from->paths[i].path;
		paths[i].if_absent = from->paths[i].if_absent;
		paths[i].field = IR_NONE;
		if (from->paths[i].field.size)
			paths[i].field = ir_build_field(lowering->builder, from->paths[i].field);
	}
	ir_build_shape(lowering->builder, &shape);
}

void
logsources_lower(const struct logsources *logsources, struct ir_builder *builder)
{
	struct lowering lowering = {.logsources = logsources, .builder = builder};
	const struct logsource_entry *entry;
	size_t i, j;

	for (i = 0; i < logsources->entry_count; i++) {
		entry = &logsources->entries[i];
		for (j = 0; j < entry->row_count; j++)
			row_lower(&lowering, entry, &entry->rows[j]);
	}
	for (i = 0; i < logsources->shape_count; i++)
		shape_lower(&lowering, &logsources->shapes[i]);
}
