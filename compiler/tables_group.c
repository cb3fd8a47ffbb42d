/*
 * tables_group.c - the rules of a logsource as groups of the pack: those that are not late, and those that are.
 */
#include "packfile.h"
#include "emit.h"
#include "ir.h"

#include "tables.h"

#include "arena.h"
#include "body.h"
#include "keyword.h"
#include "want.h"

struct used { /* of a group and the pack's fields, by the rules of one phase */
	const struct ir_group *group;
	uint8_t *fields; /* by number: 1 if used */
	int leaves;
};

/* PACK_NONE and IR_NONE are the same number, so are slots and fields. */
static void
predicate_write(struct body *body, const struct ir_predicate *predicate)
{
	struct pack_predicate row = {
		.slot = predicate->field,
		.other = predicate->other,
		.op = predicate->op,
		.flags = predicate->flags,
		.part = predicate->part,
		.values.first = body_rows(body, PACK_TEXTS, sizeof(struct pack_text)),
	};

	if (!(predicate->flags & PACK_IN_DATA))
		row.values.count = predicate->value_count;
	for (uint32_t i = 0; i < row.values.count; i++) {
		struct pack_text text = body_text(body, predicate->values[i].shown);

		body_add(body, PACK_TEXTS, &text, sizeof(text));
	}
	body_add(body, PACK_PREDICATES, &row, sizeof(row));
}

static void
predicate_use(void *context, uint32_t number)
{
	struct used *used = context;
	const struct ir_predicate *predicate = &used->group->predicates[number];

	if (predicate->field == IR_NONE)
		used->leaves = 1;
	else
		used->fields[predicate->field] = 1;
	if (predicate->other != IR_NONE)
		used->fields[predicate->other] = 1;
}

/* What the rules ask, what they tell of a match, and what correlations take. */
static struct used
phase_use(struct arena *arena, const struct ir_pack *pack, const struct ir_group *group, struct ir_phase phase)
{
	struct used used = {group, arena_alloc(arena, pack->field_count + 1), 0};

	for (uint32_t i = phase.first; i < phase.first + phase.count; i++) {
		ir_expr_visit(group->rules[i]->expr, predicate_use, &used);
		for (uint32_t k = 0; k < group->rules[i]->use_count; k++)
			predicate_use(&used, group->rules[i]->uses[k].predicate);
	}
	for (uint32_t i = 0; i < group->kept_count; i++)
		used.fields[group->kept[i]] = 1;
	return used;
}

static struct pack_list
slots_list(struct body *body, const struct ir_pack *pack, const struct used *used)
{
	struct pack_list list = {body_rows(body, PACK_INDICES, sizeof(uint32_t)), 0};

	for (uint32_t field = 0; field < pack->field_count; field++)
		if (used->fields[field]) {
			body_add(body, PACK_INDICES, &field, sizeof(field));
			list.count++;
		}
	return list;
}

static void
group_needs(struct body *body, const struct emit_needs *needs, struct pack_group *row)
{
	row->needs.first = body_rows(body, PACK_INDICES, sizeof(uint32_t));
	row->flags |= PACK_GROUP_NEEDS;
	for (uint32_t i = 0; i < needs->count; i++) {
		if (needs->fields[i] == IR_NONE) {
			row->flags |= PACK_GROUP_NEEDS_LEAVES;
			continue;
		}
		body_add(body, PACK_INDICES, needs->fields + i, sizeof(*needs->fields));
		row->needs.count++;
	}
}

static void
literals_write(struct body *body, const struct ir_group *group, uint32_t number)
{
	uint32_t count;
	int some;
	const struct ir_text *texts = keyword_literals(body_arena(body), group, &count, &some);
	struct pack_literals row = {.group = number, .flags = some ? PACK_LITERALS_SOME : 0};

	if (!texts)
		return;
	row.texts = body_texts(body, texts, count);
	body_add(body, PACK_LITERALS, &row, sizeof(row));
}

static void
phase_write(struct body *body, const struct ir_pack *pack, const struct ir_group *group, const struct emit_needs *needs,
            struct pack_group row, int late)
{
	const struct ir_phase phase = ir_phase(group, late);
	const struct used used = phase_use(body_arena(body), pack, group, phase);
	const uint32_t number = body_rows(body, PACK_GROUPS, sizeof(row));

	row.rules = (struct pack_list){body_rows(body, PACK_RULES, sizeof(struct pack_rule)), phase.count};
	row.slots = slots_list(body, pack, &used);
	row.flags = (late ? PACK_GROUP_LATE : 0) | (used.leaves ? PACK_GROUP_LEAVES : 0);
	if (needs && needs[number].known)
		group_needs(body, needs + number, &row);
	for (uint32_t i = phase.first; i < phase.first + phase.count; i++)
		tables_write_rule(body, group->rules[i], number);
	if (used.leaves)
		literals_write(body, group, number);
	body_add(body, PACK_GROUPS, &row, sizeof(row));
}

void
tables_write_group(struct body *body, const struct ir_pack *pack, const struct emit_needs *needs, uint32_t number)
{
	const struct ir_group *group = &pack->groups[number];
	const struct pack_group row = {
		.product = body_text(body, group->product),
		.category = body_text(body, group->category),
		.service = body_text(body, group->service),
		.predicates = {body_rows(body, PACK_PREDICATES, sizeof(struct pack_predicate)), group->predicate_count},
	};

	for (uint32_t i = 0; i < group->predicate_count; i++)
		predicate_write(body, &group->predicates[i]);
	for (int late = 0; late < 2; late++)
		if (ir_phase(group, late).count)
			phase_write(body, pack, group, needs, row, late);
}

/* 1 by field if some route asks for its value. */
static uint8_t *
fields_of_routes(struct arena *arena, const struct ir_pack *pack)
{
	uint8_t *fields = arena_alloc(arena, pack->field_count + 1);

	for (uint32_t i = 0; i < pack->route_count; i++)
		for (uint32_t k = 0; k < pack->routes[i].condition_count; k++)
			if (pack->routes[i].conditions[k].op == PACK_IS_ONE_OF)
				fields[pack->routes[i].conditions[k].field] = 1;
	return fields;
}

static void
want_write(struct body *body, const struct ir_group *group, int late, uint32_t number, uint32_t field)
{
	struct pack_want row = {.group = number, .slot = field};
	struct want want;

	if (!want_find(body_arena(body), group, ir_phase(group, late), field, &want))
		return;
	row.texts = body_texts(body, want.values, want.count);
	body_add(body, PACK_WANTS, &row, sizeof(row));
}

void
tables_write_wants(struct body *body, const struct ir_pack *pack)
{
	const uint8_t *fields = fields_of_routes(body_arena(body), pack);

	for (uint32_t i = 0; i < pack->group_count; i++)
		for (int late = 0; late < 2; late++)
			for (uint32_t field = 0; ir_phase(&pack->groups[i], late).count && field < pack->field_count; field++)
				if (fields[field])
					want_write(body, &pack->groups[i], late, ir_phase_number(pack, i, late), field);
}
