/*
 * emit_rules.c - every rule as one straight-line function, in files chosen by a hash of the rule's name; not those that are no
 * more than their witness.
 *
 * A rule's code knows predicates by its file's own numbers; one table a file, in tables.s, says what they are in their
 * groups, so that a predicate more or less leaves other files as they are.
 */
#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "ir.h"
#include "plan.h"

struct rule_file {
	FILE *out;
	uint32_t *numbers; /* of predicates in their groups, by the file's own number */
	uint32_t *groups;
	uint32_t count;
	uint64_t *declared; /* bitmap over groups */
};

struct rule_writer {
	struct emitter *emitter;
	struct rule_file *file;
	uint32_t file_number, group;
};

static uint64_t
rule_hash(const struct emitter *emitter, uint32_t group, uint32_t rule)
{
	struct ir_text id = emitter->plan->groups[group].group->rules[rule]->id;
	const char *name = emitter->names[group];

	return emit_hash(emit_hash(EMIT_HASH_START, id.data, id.size), name, strlen(name));
}

void
emit_rule_name(struct emitter *emitter, uint32_t group, uint32_t rule, FILE *out)
{
	struct ir_text id = emitter->plan->groups[group].group->rules[rule]->id;

	fprintf(out, "rule_%s_%016" PRIx64, emit_name(emitter->arena, id.data, id.size < 40 ? id.size : 40),
	        rule_hash(emitter, group, rule));
}

int
emit_rule_has_code(const struct plan_group *group, uint32_t rule)
{
	return group->group->rules[rule]->expr->type != IR_FALSE && !group->rules[rule].certain;
}

static uint32_t
predicate_number(struct rule_writer *writer, uint32_t predicate)
{
	struct rule_file *file = writer->file;
	struct arena *arena = writer->emitter->arena;

	for (uint32_t i = 0; i < file->count; i++)
		if (file->numbers[i] == predicate && file->groups[i] == writer->group)
			return i;
	file->numbers = arena_grow(arena, file->numbers, file->count, sizeof(*file->numbers));
	file->groups = arena_grow(arena, file->groups, file->count, sizeof(*file->groups));
	file->numbers[file->count] = predicate;
	file->groups[file->count] = writer->group;
	return file->count++;
}

enum price { PRICE_KNOWN, PRICE_SETS, PRICE_TEST }; /* of an answer: it is there, some sets are run, a test of its own */

static enum price
price_of(const struct plan_group *plan, const struct ir_expr *expr)
{
	enum price price = PRICE_KNOWN, child;

	if (expr->type == IR_PREDICATE && !plan_is_eager(plan, expr->predicate))
		price = plan->predicates[expr->predicate].lazy ? PRICE_TEST : PRICE_SETS;
	for (uint32_t i = 0; i < expr->child_count; i++) {
		child = price_of(plan, expr->children[i]);
		price = child > price ? child : price;
	}
	return price;
}

/* The children of an expression, those first that cost less; otherwise as the rule has them. */
static const struct ir_expr **
children_by_price(struct rule_writer *writer, const struct ir_expr *expr)
{
	const struct plan_group *plan = writer->emitter->plan->groups + writer->group;
	const struct ir_expr **children = arena_alloc(writer->emitter->arena, (expr->child_count + 1) * sizeof(*children));
	uint32_t count = 0;

	for (enum price price = PRICE_KNOWN; price <= PRICE_TEST; price++)
		for (uint32_t i = 0; i < expr->child_count; i++)
			if (price_of(plan, expr->children[i]) == price)
				children[count++] = expr->children[i];
	return children;
}

/* Is a predicate true, or is it not? */
static void
emit_ask(struct rule_writer *writer, uint32_t predicate, int negated)
{
	const struct emitter *emitter = writer->emitter;
	uint32_t number = predicate_number(writer, predicate);
	FILE *out = writer->file->out;

	if (plan_is_eager(emitter->plan->groups + writer->group, predicate))
		fprintf(out, "%s(work, rules_%02x[%u])", negated ? "is_no" : "is_yes", writer->file_number, number);
	else
		fprintf(out, "ask_of_%s(work, rules_%02x[%u]) == ANSWER_%s", emitter->names[writer->group], writer->file_number,
		        number, negated ? "NO" : "YES");
}

static void
emit_expr(struct rule_writer *writer, const struct ir_expr *expr, int level)
{
	int negated = expr->type == IR_NOT;
	FILE *out = writer->file->out;
	const struct ir_expr **children;

	if (expr->type == IR_TRUE || expr->type == IR_FALSE) {
		fputs(expr->type == IR_TRUE ? "1" : "0", out);
		return;
	}
	if (expr->type == IR_NOT || expr->type == IR_PREDICATE) {
		emit_ask(writer, negated ? expr->children[0]->predicate : expr->predicate, negated);
		return;
	}
	children = children_by_price(writer, expr);
	fputc('(', out);
	for (uint32_t i = 0; i < expr->child_count; i++) {
		if (i) {
			fputs(expr->type == IR_AND ? " &&\n" : " ||\n", out);
			for (int k = 0; k < level; k++)
				fputc('\t', out);
		}
		emit_expr(writer, children[i], level + 1);
	}
	fputc(')', out);
}

static void
emit_rule(struct rule_writer *writer, uint32_t rule)
{
	const struct ir_rule *ir = writer->emitter->plan->groups[writer->group].group->rules[rule];
	struct rule_file *file = writer->file;
	FILE *out = file->out;

	if (!(file->declared[writer->group / 64] >> writer->group % 64 & 1))
		fprintf(out, "\nask_fn ask_of_%s;\n", writer->emitter->names[writer->group]);
	file->declared[writer->group / 64] |= UINT64_C(1) << writer->group % 64;
	fputs("\n/* ", out);
	emit_comment(out, ir->title.data, ir->title.size);
	fputs(" */\nint\n", out);
	emit_rule_name(writer->emitter, writer->group, rule, out);
	fputs("(struct work *work)\n{\n\t(void)work;\n\treturn ", out);
	emit_expr(writer, ir->expr, 2);
	fputs(";\n}\n", out);
}

static void
emit_tables(struct emitter *emitter, const struct rule_file *files)
{
	FILE *out = emitter_tables(emitter, "tables.s");

	for (uint32_t i = 0; i < emitter->rule_files; i++) {
		if (!files[i].out)
			continue;
		emit_numbers(out, arena_print(emitter->arena, "rules_%02x", i), files[i].numbers, files[i].count);
	}
}

void
emit_rules(struct emitter *emitter)
{
	struct rule_file *files = arena_alloc(emitter->arena, emitter->rule_files * sizeof(*files));

	for (uint32_t group = 0; group < emitter->plan->group_count; group++) {
		const struct plan_group *plan = emitter->plan->groups + group;

		for (uint32_t rule = 0; rule < plan->group->rule_count; rule++) {
			uint32_t number = rule_hash(emitter, group, rule) % emitter->rule_files;
			struct rule_writer writer = { emitter, files + number, number, group };

			if (!emit_rule_has_code(plan, rule))
				continue;
			if (!files[number].out) {
				files[number].out = emitter_file(emitter, arena_print(emitter->arena, "rules_%02x.c", number), NULL);
				files[number].declared = arena_alloc(emitter->arena, (emitter->plan->group_count / 64 + 1) * 8);
				fprintf(files[number].out, "\nextern const uint32_t rules_%02x[];\n", number);
			}
			emit_rule(&writer, rule);
		}
	}
	emit_tables(emitter, files);
}
