/*
 * emit_lazy.c - predicates that are asked one by one: a function each, that walks the field's values.
 */
#include "arena.h"
#include "emitter.h"
#include "ir.h"
#include "packfile.h"
#include "plan.h"

struct lazy {
	struct emitter *emitter;
	FILE *out;
	const struct plan_group *group;
	const char *name;
	uint32_t number;
	const struct ir_predicate *predicate;
	const struct plan_predicate *plan;
};

static struct ir_text
value_text_of(const struct lazy *lazy, const struct ir_value *value)
{
	return lazy->predicate->flags & PACK_CASED ? value->text : plan_fold(lazy->emitter->arena, value->text);
}

static void
emit_text_test(const struct lazy *lazy, const struct ir_value *value, const char *function)
{
	struct ir_text text = value_text_of(lazy, value);

	fprintf(lazy->out, "%s(texts.text, ", function);
	emit_string(lazy->out, text.data, text.size);
	fprintf(lazy->out, ", %u)", text.size);
}

/* cidr as 16 bytes and a length; values were checked by the front end. */
static void
emit_address_test(const struct lazy *lazy, const struct ir_value *value)
{
	unsigned char bytes[16];
	unsigned bits;
	int family = emit_net(value->text, bytes, &bits);

	fputs("address_in(texts.text, ", lazy->out);
	emit_string(lazy->out, (const char *)bytes, sizeof(bytes));
	fprintf(lazy->out, ", %u, %d)", bits, family == 4);
	if (!family)
		emitter_fail(lazy->emitter, "not a net: %.*s", (int)value->text.size, value->text.data);
}

static void
emit_number_test(const struct lazy *lazy, const struct ir_value *value)
{
	const struct ir_predicate *predicate = lazy->predicate;

	if (predicate->part)
		fprintf(lazy->out, "time_compare(texts.text, %u, %u, ", predicate->part, predicate->op);
	else
		fprintf(lazy->out, "number_compare(texts.text, %u, ", predicate->op);
	emit_string(lazy->out, value->text.data, value->text.size);
	fprintf(lazy->out, ", %u)", value->text.size);
}

/* How one value is tested; *uses_end when what it says of a cut text may be wrong. */
static void
emit_test(const struct lazy *lazy, const struct ir_value *value, int *uses_end)
{
	const struct ir_predicate *predicate = lazy->predicate;
	int cased = predicate->flags & PACK_CASED, is_regex = predicate->op == PACK_REGEX, ends = 0;

	if (predicate->part) {
		emit_number_test(lazy, value);
		return;
	}
	switch (predicate->op) {
	case PACK_EQUALS: case PACK_SUBDOMAIN: emit_text_test(lazy, value, "text_equals"); break;
	case PACK_STARTSWITH: emit_text_test(lazy, value, "text_starts"); break;
	case PACK_ENDSWITH: emit_text_test(lazy, value, "text_ends"); break;
	case PACK_CONTAINS: case PACK_KEYWORD: emit_text_test(lazy, value, "text_contains"); break;
	case PACK_CIDR: emit_address_test(lazy, value); break;
	case PACK_WILDCARD: case PACK_REGEX:
		fprintf(lazy->out, "pattern_%016llx(texts.text, texts.stop)", (unsigned long long)emit_pattern(lazy->emitter, value,
		        is_regex, is_regex ? predicate->regex_flags : 0, !is_regex && !cased, &ends));
		*uses_end |= ends;
		break;
	default: emit_number_test(lazy, value);
	}
}

static const char *
form_of(const struct ir_predicate *predicate)
{
	int cased = predicate->flags & PACK_CASED;

	switch (predicate->op) {
	case PACK_REGEX: return "FORM_CLEAN";
	case PACK_WILDCARD: return cased ? "FORM_CLEAN" : "FORM_FOLDED";
	case PACK_CIDR: case PACK_LT: case PACK_LTE: case PACK_GT: case PACK_GTE: return "FORM_RAW";
	default: return cased || predicate->part ? "FORM_RAW" : "FORM_FOLDED";
	}
}

/* Decided by the text's end, so that a cut text leaves it open, whatever it looks like. */
static int
is_anchored(const struct ir_predicate *predicate)
{
	switch (predicate->op) {
	case PACK_STARTSWITH: case PACK_CONTAINS: case PACK_KEYWORD: case PACK_WILDCARD: case PACK_REGEX:
		return predicate->part != PACK_NO_PART;
	default: return 1;
	}
}

static void
emit_tests(const struct lazy *lazy)
{
	const struct ir_predicate *predicate = lazy->predicate;
	int uses_end = 0;
	FILE *out = lazy->out;

	if (is_anchored(predicate))
		fputs("\t\tif (texts.stop == STOP_CUT) {\n\t\t\tanswer = ANSWER_UNKNOWN;\n\t\t\tcontinue;\n\t\t}\n", out);
	fputs("\t\tif (", out);
	if (lazy->plan->data != PLAN_NONE)
		fprintf(out, "data_has(work, %u, texts.text)", lazy->plan->data);
	for (uint32_t i = 0; i < lazy->plan->rest_count; i++) {
		fputs(i ? " ||\n\t\t    " : "", out);
		emit_test(lazy, predicate->values + lazy->plan->rest[i], &uses_end);
	}
	fputs(")\n\t\t\treturn ANSWER_YES;\n", out);
	if (uses_end)
		fputs("\t\tif (texts.stop == STOP_CUT)\n\t\t\tanswer = ANSWER_UNKNOWN;\n", out);
}

/* Patterns are functions of other files. */
static void
emit_declarations(const struct lazy *lazy)
{
	const struct ir_predicate *predicate = lazy->predicate;
	int cased = predicate->flags & PACK_CASED, is_regex = predicate->op == PACK_REGEX, ends;

	if (predicate->op != PACK_WILDCARD && !is_regex)
		return;
	for (uint32_t i = 0; i < lazy->plan->rest_count; i++)
		fprintf(lazy->out, "int pattern_%016llx(struct text text, uint32_t stop);\n",
		        (unsigned long long)emit_pattern(lazy->emitter, predicate->values + lazy->plan->rest[i], is_regex,
		        is_regex ? predicate->regex_flags : 0, !is_regex && !cased, &ends));
}

static void
emit_values(const struct lazy *lazy)
{
	FILE *out = lazy->out;

	emit_declarations(lazy);
	fprintf(out, "\nstatic enum answer\nlazy_%u(struct work *work)\n{\n\tenum answer answer = ANSWER_NO;\n", lazy->number);
	fprintf(out, "\tstruct texts texts = { .slot = slots_%s[%u], .form = %s };\n\n", lazy->name,
	        emit_slot(lazy->group, lazy->predicate->field), form_of(lazy->predicate));
	fputs("\twhile (texts_next(work, &texts)) {\n", out);
	emit_tests(lazy);
	fputs("\t}\n\treturn answer;\n}\n", out);
}

/* Is it about the field as a whole? */
static int
is_about_field(const struct ir_predicate *predicate)
{
	return predicate->op == PACK_IS_NULL || predicate->op == PACK_EXISTS ||
		(predicate->op >= PACK_FIELD_EQUALS && predicate->op <= PACK_FIELD_CONTAINS);
}

static void
emit_field(const struct lazy *lazy)
{
	const struct ir_predicate *predicate = lazy->predicate;
	uint32_t slot = emit_slot(lazy->group, predicate->field);
	FILE *out = lazy->out;

	fprintf(out, "\nstatic enum answer\nlazy_%u(struct work *work)\n{\n\treturn ", lazy->number);
	if (predicate->op == PACK_IS_NULL)
		fprintf(out, "field_is_null(work, slots_%s[%u]) ? ANSWER_YES : ANSWER_NO", lazy->name, slot);
	else if (predicate->op == PACK_EXISTS)
		fprintf(out, "bit_test(work->event->present, slots_%s[%u]) ? ANSWER_YES : ANSWER_NO", lazy->name, slot);
	else
		fprintf(out, "fields_compare(work, slots_%s[%u], slots_%s[%u], %u, %s)", lazy->name, slot, lazy->name,
		        emit_slot(lazy->group, predicate->other), predicate->op,
		        predicate->flags & PACK_CASED ? "FORM_RAW" : "FORM_FOLDED");
	fputs(";\n}\n", out);
}

int
emit_has_lazy(const struct plan_group *group, uint32_t predicate)
{
	const struct plan_predicate *plan = group->predicates + predicate;
	const struct ir_predicate *ir = group->group->predicates + predicate;

	if (predicate >= group->group->predicate_count)
		return 0;
	return plan->rest_count || plan->data != PLAN_NONE || is_about_field(ir);
}

void
emit_lazy(struct emitter *emitter, FILE *out, uint32_t group)
{
	const struct plan_group *plan = emitter->plan->groups + group;

	for (uint32_t i = 0; i < plan->group->predicate_count; i++) {
		struct lazy lazy = { emitter, out, plan, emitter->names[group], i, plan->group->predicates + i,
			plan->predicates + i };

		if (!emit_has_lazy(plan, i))
			continue;
		if (is_about_field(lazy.predicate))
			emit_field(&lazy);
		else
			emit_values(&lazy);
	}
}
