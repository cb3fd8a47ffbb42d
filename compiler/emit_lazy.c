/*
 * emit_lazy.c - predicates that are asked one by one: a test each, in files chosen by a hash of what it tests, and a table
 * of the group that says of which field; a case of the group's decide() for what is no test of values.
 */
#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "ir.h"
#include "packfile.h"
#include "packrt_tables.h"
#include "plan.h"

struct lazy {
	struct emitter *emitter;
	FILE *out;
	const struct plan_group *group;
	const char *name;
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

/* Values that are looked for in folded texts, no longer than a struct short_part: those that begin alike at once. */
struct short_parts {
	struct ir_text *texts; /* of the rest; those that are something else have no bytes */
	uint32_t counts[256];  /* by first byte: so many ... */
	uint32_t firsts[256];  /* ... and the first of them */
};

static struct short_parts
short_parts_of(const struct lazy *lazy)
{
	const struct ir_predicate *predicate = lazy->predicate;
	uint32_t count = lazy->plan->rest_count;
	struct short_parts parts = { .texts = arena_alloc(lazy->emitter->arena, (count + 1) * sizeof(*parts.texts)) };

	if ((predicate->op != PACK_CONTAINS && predicate->op != PACK_KEYWORD) || predicate->flags & PACK_CASED || predicate->part)
		return parts;
	for (uint32_t i = 0; i < count; i++) {
		struct ir_text text = plan_fold(lazy->emitter->arena, predicate->values[lazy->plan->rest[i]].text);

		if (!text.size || text.size > sizeof(uint64_t))
			continue;
		parts.texts[i] = text;
		if (!parts.counts[(uint8_t)text.data[0]]++)
			parts.firsts[(uint8_t)text.data[0]] = i;
	}
	return parts;
}

/* How many values are looked for together with one, and it. 0: it is looked for alone. */
static uint32_t
short_parts_with(const struct short_parts *parts, uint32_t rest)
{
	uint32_t count = parts->texts[rest].size ? parts->counts[(uint8_t)parts->texts[rest].data[0]] : 0;

	return count > 1 ? count : 0;
}

static int
is_first_part(const struct short_parts *parts, uint32_t rest)
{
	return parts->firsts[(uint8_t)parts->texts[rest].data[0]] == rest;
}

static void
emit_part(FILE *out, struct ir_text text)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < text.size; i++)
		bytes |= (uint64_t)(uint8_t)text.data[i] << 8 * i;
	fprintf(out, "\t\t{ 0x%" PRIx64 ", 0x%" PRIx64 " }, /* ", bytes, UINT64_MAX >> (64 - 8 * text.size));
	emit_comment(out, text.data, text.size);
	fputs(" */\n", out);
}

static void
emit_parts(const struct lazy *lazy, const struct short_parts *parts)
{
	for (uint32_t i = 0; i < lazy->plan->rest_count; i++) {
		if (!short_parts_with(parts, i) || !is_first_part(parts, i))
			continue;
		fprintf(lazy->out, "\tstatic const struct short_part parts_%u[] = {\n", i);
		for (uint32_t k = i; k < lazy->plan->rest_count; k++)
			if (parts->texts[k].size && parts->texts[k].data[0] == parts->texts[i].data[0])
				emit_part(lazy->out, parts->texts[k]);
		fputs("\t};\n", lazy->out);
	}
}

/* Values of cidr were checked by the front end. */
static void
emit_nets(const struct lazy *lazy)
{
	fputs("\tstatic const struct net nets[] = {\n", lazy->out);
	for (uint32_t i = 0; i < lazy->plan->rest_count; i++) {
		struct ir_text text = lazy->predicate->values[lazy->plan->rest[i]].text;
		unsigned char bytes[16];
		unsigned bits;
		int family = emit_net(text, bytes, &bits);

		fputs("\t\t{ {", lazy->out);
		for (int k = 0; k < 16; k++)
			fprintf(lazy->out, " %u,", bytes[k]);
		fprintf(lazy->out, " }, %u, %d },\n", bits, family == 4);
		if (!family)
			emitter_fail(lazy->emitter, "not a net: %.*s", (int)text.size, text.data);
	}
	fputs("\t};\n", lazy->out);
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

static uint64_t
pattern_of(const struct lazy *lazy, const struct ir_value *value, int *uses_end)
{
	const struct ir_predicate *predicate = lazy->predicate;
	int is_regex = predicate->op == PACK_REGEX;

	return emit_pattern(lazy->emitter, value, is_regex, is_regex ? predicate->regex_flags : 0,
	                    !is_regex && !(predicate->flags & PACK_CASED), uses_end);
}

/* How one value is tested; *uses_end when what it says of a cut text may be wrong. */
static void
emit_test(const struct lazy *lazy, const struct ir_value *value, int *uses_end)
{
	const struct ir_predicate *predicate = lazy->predicate;
	int ends = 0;

	if (predicate->part) {
		emit_number_test(lazy, value);
		return;
	}
	switch (predicate->op) {
	case PACK_EQUALS: case PACK_SUBDOMAIN: emit_text_test(lazy, value, "text_equals"); break;
	case PACK_STARTSWITH: emit_text_test(lazy, value, "text_starts"); break;
	case PACK_ENDSWITH: emit_text_test(lazy, value, "text_ends"); break;
	case PACK_CONTAINS: case PACK_KEYWORD: emit_text_test(lazy, value, "text_contains"); break;
	case PACK_WILDCARD: case PACK_REGEX:
		fprintf(lazy->out, "pattern_%016llx(texts.text, texts.stop)", (unsigned long long)pattern_of(lazy, value, &ends));
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

/* Of all that a test's text depends on. */
static uint64_t
test_hash(const struct lazy *lazy)
{
	const struct ir_predicate *predicate = lazy->predicate;
	const uint32_t kind[] = { predicate->op, predicate->flags & PACK_CASED, predicate->part, predicate->regex_flags };
	uint64_t hash = emit_hash(EMIT_HASH_START, kind, sizeof(kind));

	for (uint32_t i = 0; i < lazy->plan->rest_count; i++) {
		struct ir_text text = predicate->values[lazy->plan->rest[i]].text;

		hash = emit_hash(emit_hash(hash, &text.size, sizeof(text.size)), text.data, text.size);
	}
	return hash;
}

/* Patterns are functions of other files. */
static void
emit_declarations(const struct lazy *lazy)
{
	const struct ir_predicate *predicate = lazy->predicate;
	int ends;

	if (predicate->op != PACK_WILDCARD && predicate->op != PACK_REGEX)
		return;
	for (uint32_t i = 0; i < lazy->plan->rest_count; i++)
		fprintf(lazy->out, "int pattern_%016llx(struct text text, uint32_t stop);\n",
		        (unsigned long long)pattern_of(lazy, predicate->values + lazy->plan->rest[i], &ends));
	fputc('\n', lazy->out);
}

static int
is_cidr(const struct ir_predicate *predicate)
{
	return predicate->op == PACK_CIDR && !predicate->part;
}

static void
emit_test_body(const struct lazy *lazy, const struct short_parts *parts)
{
	const struct ir_predicate *predicate = lazy->predicate;
	int uses_end = 0;
	FILE *out = lazy->out;

	if (is_anchored(predicate))
		fputs("\t\tif (texts.stop == STOP_CUT) {\n\t\t\tanswer = ANSWER_UNKNOWN;\n\t\t\tcontinue;\n\t\t}\n", out);
	fputs("\t\tif (", out);
	if (is_cidr(predicate))
		fprintf(out, "address_in(texts.text, nets, %u)", lazy->plan->rest_count);
	for (uint32_t i = 0; !is_cidr(predicate) && i < lazy->plan->rest_count; i++) {
		uint32_t count = short_parts_with(parts, i);

		if (count && !is_first_part(parts, i))
			continue;
		fputs(i ? " ||\n\t\t    " : "", out);
		if (count)
			fprintf(out, "text_contains_any(texts.text, parts_%u, %u)", i, count);
		else
			emit_test(lazy, predicate->values + lazy->plan->rest[i], &uses_end);
	}
	fputs(")\n\t\t\treturn ANSWER_YES;\n", out);
	if (uses_end)
		fputs("\t\tif (texts.stop == STOP_CUT)\n\t\t\tanswer = ANSWER_UNKNOWN;\n", out);
}

/* The test of a predicate's values, over a slot; returns the hash in its name. */
static uint64_t
emit_test_function(const struct lazy *group)
{
	struct emitter *emitter = group->emitter;
	struct lazy copy = *group, *lazy = &copy;
	uint64_t hash = test_hash(lazy);
	struct short_parts parts;

	if (!emitter_first(emitter, hash))
		return hash;
	parts = short_parts_of(lazy);
	lazy->out = emitter_file(emitter, arena_print(emitter->arena, "tests_%02x.c",
	                         (unsigned)(hash % emitter->pattern_files)), NULL);
	fputc('\n', lazy->out);
	emit_declarations(lazy);
	fprintf(lazy->out, "enum answer\ntest_%016llx(struct work *work, int32_t slot)\n{\n", (unsigned long long)hash);
	if (is_cidr(lazy->predicate))
		emit_nets(lazy);
	emit_parts(lazy, &parts);
	fprintf(lazy->out, "\tstruct texts texts = { .slot = slot, .form = %s };\n\tenum answer answer = ANSWER_NO;\n\n"
	        "\twhile (texts_next(work, &texts)) {\n", form_of(lazy->predicate));
	emit_test_body(lazy, &parts);
	fputs("\t}\n\treturn answer;\n}\n", lazy->out);
	return hash;
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

	if (predicate->op == PACK_IS_NULL)
		fprintf(out, "field_is_null(work, slots_%s[%u]) ? ANSWER_YES : ANSWER_NO", lazy->name, slot);
	else if (predicate->op == PACK_EXISTS)
		fprintf(out, "bit_test(work->event->present, slots_%s[%u]) ? ANSWER_YES : ANSWER_NO", lazy->name, slot);
	else
		fprintf(out, "fields_compare(work, slots_%s[%u], slots_%s[%u], %u, %s)", lazy->name, slot, lazy->name,
		        emit_slot(lazy->group, predicate->other), predicate->op,
		        predicate->flags & PACK_CASED ? "FORM_CLEAN" : "FORM_FOLDED");
}

static int
is_test(const struct lazy *lazy)
{
	return lazy->plan->rest_count && lazy->plan->data == PLAN_NONE && !is_about_field(lazy->predicate);
}

static struct lazy
lazy_of(struct emitter *emitter, FILE *out, uint32_t group, uint32_t predicate)
{
	const struct plan_group *plan = emitter->plan->groups + group;

	return (struct lazy){ emitter, out, plan, emitter->names[group], plan->group->predicates + predicate,
		plan->predicates + predicate };
}

/* The scan of its slot, if it hangs on a test of the text there and on nothing that is first done when it is asked. */
static uint32_t
scan_of(const struct lazy *lazy, uint32_t predicate)
{
	const struct plan_group *plan = lazy->group;
	uint32_t gate = lazy->plan->gate;

	if (gate != PLAN_NONE && !plan_is_eager(plan, gate))
		return SCAN_NONE;
	for (int type = 0; type < 3; type++)
		if (emit_set_of(plan, predicate, type) != PLAN_NONE)
			return SCAN_NONE;
	return emit_scan_number(plan, lazy->predicate->field);
}

/* A struct test_of each, of gates too, which come last and have no test. A gate is never predicate 0. */
void
emit_tests(struct emitter *emitter, FILE *tables, uint32_t group)
{
	const struct plan_group *plan = emitter->plan->groups + group;

	emit_table(tables, arena_print(emitter->arena, "tests_%s", emitter->names[group]));
	for (uint32_t i = 0; i < plan->predicate_count; i++) {
		const struct lazy lazy = lazy_of(emitter, tables, group, i);
		uint32_t gate = lazy.plan->gate == PLAN_NONE ? 0 : lazy.plan->gate;

		if (i < plan->group->predicate_count && is_test(&lazy))
			fprintf(tables, "\t.long test_%016llx - ., %u, %u, %u\n", (unsigned long long)emit_test_function(&lazy),
			        emit_slot(plan, lazy.predicate->field), scan_of(&lazy, i), gate);
		else
			fprintf(tables, "\t.long 0, 0, %u, %u\n", SCAN_NONE, gate);
	}
}

/* What asks about a field as a whole, or of the pack's data. */
static void
emit_case(const struct lazy *lazy, uint32_t number)
{
	fprintf(lazy->out, "\tcase %u:\n\t\treturn ", number);
	if (is_about_field(lazy->predicate))
		emit_field(lazy);
	else
		fprintf(lazy->out, "data_ask(work, slots_%s[%u], %u)", lazy->name, emit_slot(lazy->group, lazy->predicate->field),
		        lazy->plan->data);
	fputs(";\n", lazy->out);
}

void
emit_lazy(struct emitter *emitter, FILE *out, uint32_t group)
{
	const struct plan_group *plan = emitter->plan->groups + group;
	const char *name = emitter->names[group];

	fputs("\tswitch (predicate) {\n", out);
	for (uint32_t i = 0; i < plan->group->predicate_count; i++) {
		const struct lazy lazy = lazy_of(emitter, out, group, i);

		if (is_about_field(lazy.predicate) || (lazy.plan->data != PLAN_NONE && lazy.plan->lazy))
			emit_case(&lazy, i);
	}
	fprintf(out, "\tdefault:\n\t\treturn predicate_test(work, tests_%s + predicate, slots_%s);\n\t}\n", name, name);
}
