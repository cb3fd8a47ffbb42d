/*
 * tables.c - the IR -> the cold tables of a pack: slots, groups, rules, predicates, routes, shapes, vectors.
 */
#include "packfile.h"
#include "diag.h"
#include "emit.h"
#include "ir.h"

#include "tables.h"

#include <string.h>

#include "body.h"
#include "tables_correlation.h"
#include "yara_compile.h"

enum availability { ALWAYS, SOMETIMES, NEVER, LATE };

static const struct {
	const char *name;
	enum availability linux_has, windows_has;
} vocabulary[] = {
#define FIELD(member, name, ecs, linux_has, windows_has) {name, linux_has, windows_has},
#define TEXT FIELD
#define ARGS FIELD
#define U32 FIELD
#define U64 FIELD
#define ADDRESS FIELD
#define PORT FIELD
#define DERIVED FIELD
#include "event.def"
#undef FIELD
};

static int
field_late(struct ir_text name)
{
	for (size_t i = 0; i < sizeof(vocabulary) / sizeof(vocabulary[0]); i++)
		if ((vocabulary[i].linux_has == LATE || vocabulary[i].windows_has == LATE) &&
		    strlen(vocabulary[i].name) == name.size && !memcmp(vocabulary[i].name, name.data, name.size))
			return 1;
	return 0;
}

static void
slots_write(struct body *body, const struct ir_pack *pack)
{
	for (uint32_t i = 0; i < pack->field_count; i++) {
		struct pack_slot slot = {.name = body_text(body, pack->fields[i])};

		if (field_late(pack->fields[i]))
			slot.flags = PACK_SLOT_LATE;
		body_add(body, PACK_SLOTS, &slot, sizeof(slot));
	}
}

void
tables_write_rule(struct body *body, const struct ir_rule *rule, uint32_t group)
{
	struct pack_rule row = {
		.id = body_text(body, rule->id),
		.title = body_text(body, rule->title),
		.status = body_text(body, rule->status),
		.version = body_text(body, rule->version),
		.author = body_text(body, rule->author),
		.license = body_text(body, rule->license),
		.description = body_text(body, rule->description),
		.source = body_text(body, rule->source),
		.indicator = body_text(body, rule->indicator),
		.note = body_text(body, rule->note),
		.references = body_texts(body, rule->references, rule->reference_count),
		.tags = body_texts(body, rule->tags, rule->tag_count),
		.uses = {body_rows(body, PACK_USES, sizeof(struct pack_use)), rule->use_count},
		.group = group,
		.level = rule->level,
		.engine = rule->engine,
		.flags = rule->flags,
		.expires = rule->expires,
	};

	memcpy(row.digest, rule->digest, sizeof(row.digest));
	for (uint32_t i = 0; i < rule->use_count; i++) {
		const struct pack_use use = {body_text(body, rule->uses[i].part), rule->uses[i].predicate,
		                             rule->uses[i].negated != 0};

		body_add(body, PACK_USES, &use, sizeof(use));
	}
	body_add(body, PACK_RULES, &row, sizeof(row));
}

static struct pack_list
conditions_write(struct body *body, const struct ir_condition *conditions, uint32_t count)
{
	struct pack_list list = {body_rows(body, PACK_CONDITIONS, sizeof(struct pack_condition)), count};

	for (uint32_t i = 0; i < count; i++) {
		const struct pack_condition row = {conditions[i].field, conditions[i].op,
		                                   body_texts(body, conditions[i].values, conditions[i].value_count)};

		body_add(body, PACK_CONDITIONS, &row, sizeof(row));
	}
	return list;
}

static struct pack_list
views_write(struct body *body, const struct ir_view *views, uint32_t count)
{
	struct pack_list list = {body_rows(body, PACK_VIEWS, sizeof(struct pack_view)), count};

	for (uint32_t i = 0; i < count; i++) {
		const struct pack_view row = {views[i].to, views[i].from, body_text(body, views[i].constant)};

		body_add(body, PACK_VIEWS, &row, sizeof(row));
	}
	return list;
}

static struct pack_list
groups_write(struct body *body, const struct ir_pack *pack, const struct ir_route *route)
{
	struct pack_list list = {body_rows(body, PACK_INDICES, sizeof(uint32_t)), 0};

	for (uint32_t i = 0; i < route->group_count; i++)
		for (int late = 0; late < 2; late++) {
			const uint32_t number = ir_phase_number(pack, route->groups[i], late);

			if (!ir_phase(&pack->groups[route->groups[i]], late).count)
				continue;
			body_add(body, PACK_INDICES, &number, sizeof(number));
			list.count++;
		}
	return list;
}

static void
route_write(struct body *body, const struct ir_pack *pack, const struct ir_route *route)
{
	struct pack_route row = {
		.kind = body_text(body, route->kind),
		.product = body_text(body, route->product),
		.flags = route->flags,
		.conditions = conditions_write(body, route->conditions, route->condition_count),
		.groups = groups_write(body, pack, route),
		.views = views_write(body, route->views, route->view_count),
	};

	body_add(body, PACK_ROUTES, &row, sizeof(row));
}

static void
shape_write(struct body *body, const struct ir_shape *shape)
{
	struct pack_shape row = {
		.name = body_text(body, shape->name),
		.required = body_texts(body, shape->required, shape->required_count),
		.forbidden = body_texts(body, shape->forbidden, shape->forbidden_count),
		.paths = {body_rows(body, PACK_PATHS, sizeof(struct pack_path)), shape->path_count},
		.times = body_texts(body, shape->times, shape->time_count),
		.flags = shape->keeps_names ? PACK_SHAPE_KEEPS_NAMES : 0,
	};

	for (uint32_t i = 0; i < shape->path_count; i++) {
		const struct pack_path path = {body_text(body, shape->paths[i].path), shape->paths[i].field,
		                               shape->paths[i].if_absent != 0};

		body_add(body, PACK_PATHS, &path, sizeof(path));
	}
	body_add(body, PACK_SHAPES, &row, sizeof(row));
}

uint32_t
tables_rule_number(const struct ir_pack *pack, struct ir_text id)
{
	uint32_t number = 0;

	for (uint32_t i = 0; i < pack->group_count; i++)
		for (uint32_t j = 0; j < pack->groups[i].rule_count; j++, number++) {
			struct ir_text other = pack->groups[i].rules[j]->id;

			if (other.size == id.size && !memcmp(other.data, id.data, id.size))
				return number;
		}
	for (uint32_t i = 0; i < pack->correlation_count; i++, number++) {
		struct ir_text other = pack->correlations[i].rule.id;

		if (other.size == id.size && !memcmp(other.data, id.data, id.size))
			return number;
	}
	return PACK_NONE;
}

static void
vectors_write(struct body *body, const struct ir_pack *pack)
{
	for (uint32_t i = 0; i < pack->vector_count; i++) {
		const struct ir_vector *vector = &pack->vectors[i];
		const struct pack_vector row = {tables_rule_number(pack, vector->rule_id), vector->expected != 0,
		                                body_text(body, vector->event), body_text(body, vector->place)};

		if (row.rule != PACK_NONE)
			body_add(body, PACK_VECTORS, &row, sizeof(row));
	}
}

static void
yara_write(struct body *body, const struct ir_pack *pack, const struct yara_result *yara)
{
	struct pack_yara head = {.rule_count = yara->rule_count};

	memcpy(head.version, yara->version, sizeof(head.version));
	for (uint32_t i = 0; i < yara->rule_count; i++) {
		const struct yara_rule *rule = &yara->rules[i];
		struct ir_rule row = {
			.id = rule->id, .title = rule->title, .version = rule->version, .author = rule->author,
			.license = rule->license, .description = rule->description, .source = rule->source,
			.references = rule->references, .reference_count = rule->reference_count,
			.tags = rule->tags, .tag_count = rule->tag_count,
			.level = rule->level, .engine = PACK_YARA_RULE,
		};

		memcpy(row.digest, rule->digest, sizeof(row.digest));
		tables_write_rule(body, &row, PACK_NONE);
	}
	body_add(body, PACK_YARA, &head, sizeof(head));
	body_add(body, PACK_YARA, yara->bytes, yara->size);
	for (uint32_t i = 0; i < pack->yara_count; i++) {
		const struct pack_yara_source row = {body_text(body, pack->yara[i].name_space),
		                                     body_text(body, pack->yara[i].text)};

		body_add(body, PACK_YARA_SOURCE, &row, sizeof(row));
	}
}

void
tables_write(struct body *body, const struct ir_pack *pack, const struct emit_needs *needs,
             const struct yara_result *yara)
{
	slots_write(body, pack);
	for (uint32_t i = 0; i < pack->group_count; i++)
		tables_write_group(body, pack, needs, i);
	tables_write_wants(body, pack);
	for (uint32_t i = 0; i < pack->route_count; i++)
		route_write(body, pack, &pack->routes[i]);
	for (uint32_t i = 0; i < pack->shape_count; i++)
		shape_write(body, &pack->shapes[i]);
	correlations_write(body, pack);
	vectors_write(body, pack);
	if (yara && yara->rule_count > 0)
		yara_write(body, pack, yara);
}
