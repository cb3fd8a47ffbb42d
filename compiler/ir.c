/*
 * ir.c - the IR as text: one predicate, rule or route a line, the same bytes for the same IR.
 */
#include <string.h>

#include "ir.h"
#include "packfile.h"
#include "utf8.h"

static const char *const operator_names[] = {
	[PACK_EQUALS] = "equals", [PACK_STARTSWITH] = "startswith", [PACK_ENDSWITH] = "endswith",
	[PACK_CONTAINS] = "contains", [PACK_WILDCARD] = "wildcard", [PACK_REGEX] = "re", [PACK_CIDR] = "cidr",
	[PACK_IS_NULL] = "null", [PACK_EXISTS] = "exists", [PACK_LT] = "lt", [PACK_LTE] = "lte", [PACK_GT] = "gt",
	[PACK_GTE] = "gte", [PACK_FIELD_EQUALS] = "field-equals", [PACK_FIELD_STARTSWITH] = "field-startswith",
	[PACK_FIELD_ENDSWITH] = "field-endswith", [PACK_FIELD_CONTAINS] = "field-contains", [PACK_KEYWORD] = "keyword",
	[PACK_SUBDOMAIN] = "subdomain",
};
static const char *const part_names[] = {"", " minute", " hour", " day", " week", " month", " year"};
static const char *const level_names[] = {"informational", "low", "medium", "high", "critical"};
static const char *const correlation_names[] = {"event_count", "value_count", "temporal", "temporal_ordered",
                                                "value_sum", "value_avg", "value_percentile", "value_median"};
static const char *const compare_names[] = {"eq", "neq", "lt", "lte", "gt", "gte"};
static const char *const condition_names[] = {"is one of", "has", "lacks"};

/* Text in quotes; what is no UTF-8 or not printable as \xHH, so that the dump is text whatever it holds. */
static void
text_print(FILE *out, struct ir_text text)
{
	size_t size;

	fputc('"', out);
	for (uint32_t i = 0; i < text.size; i += size ? size : 1) {
		unsigned char byte = text.data[i];

		size = utf8_size(text.data + i, text.size - i);
		if (byte == '"' || byte == '\\')
			fprintf(out, "\\%c", byte);
		else if (!size || byte < ' ' || byte == 0x7f)
			fprintf(out, "\\x%02x", byte);
		else
			fwrite(text.data + i, 1, size, out);
	}
	fputc('"', out);
}

static void
field_print(FILE *out, const struct ir_pack *pack, uint32_t field)
{
	if (field == IR_NONE)
		fputs("(any)", out);
	else
		fwrite(pack->fields[field].data, 1, pack->fields[field].size, out);
}

static void
pieces_print(FILE *out, const struct ir_value *value)
{
	for (uint32_t i = 0; i < value->piece_count; i++) {
		fputc(i ? ' ' : '(', out);
		if (value->pieces[i].type == IR_LITERAL)
			text_print(out, value->pieces[i].literal);
		else
			fputc(value->pieces[i].type == IR_ANY_RUN ? '*' : '?', out);
	}
	if (value->piece_count)
		fputc(')', out);
}

static void
predicate_print(FILE *out, const struct ir_pack *pack, const struct ir_predicate *predicate, uint32_t number)
{
	unsigned flags = predicate->regex_flags;

	fprintf(out, "\tp%u ", number);
	field_print(out, pack, predicate->field);
	fprintf(out, "%s %s%s%s", part_names[predicate->part], operator_names[predicate->op],
	        predicate->flags & PACK_CASED ? " cased" : "", predicate->flags & PACK_IN_DATA ? " in-data" : "");
	fprintf(out, "%s%s%s%s", flags ? " " : "", flags & IR_REGEX_I ? "i" : "", flags & IR_REGEX_M ? "m" : "",
	        flags & IR_REGEX_S ? "s" : "");
	if (predicate->other != IR_NONE) {
		fputc(' ', out);
		field_print(out, pack, predicate->other);
	}
	for (uint32_t i = 0; i < predicate->value_count; i++) {
		fputc(' ', out);
		if (predicate->values[i].piece_count)
			pieces_print(out, &predicate->values[i]);
		else
			text_print(out, predicate->values[i].text);
	}
	fputc('\n', out);
}

static void
expr_print(FILE *out, const struct ir_expr *expr)
{
	switch (expr->type) {
	case IR_FALSE:
	case IR_TRUE:
		fputs(expr->type == IR_TRUE ? "true" : "false", out);
		return;
	case IR_PREDICATE:
		fprintf(out, "p%u", expr->predicate);
		return;
	case IR_NOT:
		fputs("not ", out);
		expr_print(out, expr->children[0]);
		return;
	case IR_AND:
	case IR_OR:
		break;
	}
	fputc('(', out);
	for (uint32_t i = 0; i < expr->child_count; i++) {
		if (i)
			fputs(expr->type == IR_AND ? " and " : " or ", out);
		expr_print(out, expr->children[i]);
	}
	fputc(')', out);
}

static void
rule_print(FILE *out, const struct ir_rule *rule)
{
	fprintf(out, "\trule %s %s%s%s ", rule->id.data, level_names[rule->level], rule->late ? " late" : "",
	        rule->flags & PACK_RULE_SILENT ? " silent" : "");
	text_print(out, rule->title);
	fputs("\n\t\t", out);
	expr_print(out, rule->expr);
	fputc('\n', out);
	for (uint32_t i = 0; i < rule->use_count; i++)
		fprintf(out, "\t\t%.*s: %sp%u\n", (int)rule->uses[i].part.size, rule->uses[i].part.data,
		        rule->uses[i].negated ? "not " : "", rule->uses[i].predicate);
}

static void
group_name_print(FILE *out, const struct ir_group *group)
{
	fprintf(out, "%.*s/%.*s/%.*s", (int)group->product.size, group->product.data, (int)group->category.size,
	        group->category.data, (int)group->service.size, group->service.data);
}

static void
group_print(FILE *out, const struct ir_pack *pack, const struct ir_group *group)
{
	fputs("group ", out);
	group_name_print(out, group);
	fputc('\n', out);
	for (uint32_t i = 0; i < group->predicate_count; i++)
		predicate_print(out, pack, &group->predicates[i], i);
	for (uint32_t i = 0; i < group->kept_count; i++) {
		fputs("\tkeeps ", out);
		field_print(out, pack, group->kept[i]);
		fputc('\n', out);
	}
	for (uint32_t i = 0; i < group->rule_count; i++)
		rule_print(out, group->rules[i]);
}

/* "of RULE", and how each name is called there where that is not the name itself. */
static void
reference_print(FILE *out, const struct ir_pack *pack, const struct ir_correlation *correlation,
                const struct ir_reference *reference)
{
	fprintf(out, "\tof %s", reference->rule_id.data);
	for (uint32_t i = 0; i < correlation->name_count; i++) {
		fprintf(out, " %s=", correlation->names[i].data);
		if (reference->names[i] != IR_NONE)
			fprintf(out, "#%u", reference->names[i]);
		else
			field_print(out, pack, reference->fields[i]);
	}
	fputc('\n', out);
}

static void
correlation_print(FILE *out, const struct ir_pack *pack, const struct ir_correlation *correlation)
{
	fprintf(out, "correlation %s %s%s ", correlation->rule.id.data, level_names[correlation->rule.level],
	        correlation->rule.flags & PACK_RULE_SILENT ? " silent" : "");
	text_print(out, correlation->rule.title);
	fprintf(out, "\n\t%s", correlation_names[correlation->type]);
	if (correlation->type == PACK_VALUE_PERCENTILE)
		fprintf(out, " %.15g", correlation->percentile);
	for (uint8_t i = 0; i < correlation->compare_count; i++)
		fprintf(out, " %s %.15g", compare_names[correlation->compares[i]], correlation->limits[i]);
	fprintf(out, " in %llus\n", (unsigned long long)correlation->timespan);
	for (uint32_t i = 0; i < correlation->name_count; i++)
		fprintf(out, "\t%s %s\n", i < correlation->group_count ? "by" : "values", correlation->names[i].data);
	for (uint32_t i = 0; i < correlation->reference_count; i++)
		reference_print(out, pack, correlation, &correlation->references[i]);
}

static void
route_print(FILE *out, const struct ir_pack *pack, const struct ir_route *route)
{
	fprintf(out, "route%s%s", route->flags & PACK_ROUTE_LIVE ? " live" : "",
	        route->flags & PACK_ROUTE_RECORDED ? " recorded" : "");
	fprintf(out, " kind=%.*s product=%.*s\n", (int)route->kind.size, route->kind.data, (int)route->product.size,
	        route->product.data);
	for (uint32_t i = 0; i < route->condition_count; i++) {
		const struct ir_condition *condition = &route->conditions[i];

		fputs("\tif ", out);
		field_print(out, pack, condition->field);
		fprintf(out, " %s", condition_names[condition->op]);
		for (uint32_t j = 0; j < condition->value_count; j++) {
			fputc(' ', out);
			text_print(out, condition->values[j]);
		}
		fputc('\n', out);
	}
	for (uint32_t i = 0; i < route->view_count; i++) {
		fputs("\tview ", out);
		field_print(out, pack, route->views[i].to);
		fputs(" <- ", out);
		if (route->views[i].from == IR_NONE)
			text_print(out, route->views[i].constant);
		else
			field_print(out, pack, route->views[i].from);
		fputc('\n', out);
	}
	for (uint32_t i = 0; i < route->group_count; i++) {
		fputs("\tto ", out);
		group_name_print(out, &pack->groups[route->groups[i]]);
		fputc('\n', out);
	}
}

static void
texts_print(FILE *out, const char *word, const struct ir_text *texts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, "\t%s %.*s\n", word, (int)texts[i].size, texts[i].data);
}

static void
shape_print(FILE *out, const struct ir_pack *pack, const struct ir_shape *shape)
{
	fprintf(out, "shape %.*s%s\n", (int)shape->name.size, shape->name.data, shape->keeps_names ? " keeps-names" : "");
	texts_print(out, "if", shape->required, shape->required_count);
	texts_print(out, "unless", shape->forbidden, shape->forbidden_count);
	texts_print(out, "time", shape->times, shape->time_count);
	for (uint32_t i = 0; i < shape->path_count; i++) {
		fputc('\t', out);
		field_print(out, pack, shape->paths[i].field);
		fprintf(out, " <- %.*s%s\n", (int)shape->paths[i].path.size, shape->paths[i].path.data,
		        shape->paths[i].if_absent ? " if absent" : "");
	}
}

void
ir_expr_visit(const struct ir_expr *expr, void (*visit)(void *context, uint32_t predicate), void *context)
{
	if (expr->type == IR_PREDICATE)
		visit(context, expr->predicate);
	for (uint32_t i = 0; i < expr->child_count; i++)
		ir_expr_visit(expr->children[i], visit, context);
}

uint32_t
ir_phase_number(const struct ir_pack *pack, uint32_t group, int late)
{
	uint32_t number = late && ir_phase(&pack->groups[group], 0).count;

	for (uint32_t i = 0; i < group; i++)
		number += (ir_phase(&pack->groups[i], 0).count > 0) + (ir_phase(&pack->groups[i], 1).count > 0);
	return number;
}

void
ir_print(FILE *out, const struct ir_pack *pack)
{
	for (uint32_t i = 0; i < pack->group_count; i++)
		group_print(out, pack, &pack->groups[i]);
	for (uint32_t i = 0; i < pack->correlation_count; i++)
		correlation_print(out, pack, &pack->correlations[i]);
	for (uint32_t i = 0; i < pack->route_count; i++)
		route_print(out, pack, &pack->routes[i]);
	for (uint32_t i = 0; i < pack->shape_count; i++)
		shape_print(out, pack, &pack->shapes[i]);
	for (uint32_t i = 0; i < pack->vector_count; i++)
		fprintf(out, "vector %.*s %s %.*s\n", (int)pack->vectors[i].rule_id.size, pack->vectors[i].rule_id.data,
		        pack->vectors[i].expected ? "match" : "no-match", (int)pack->vectors[i].event.size,
		        pack->vectors[i].event.data);
	for (uint32_t i = 0; i < pack->yara_count; i++)
		fprintf(out, "yara %.*s %u bytes\n", (int)pack->yara[i].name_space.size, pack->yara[i].name_space.data,
		        pack->yara[i].text.size);
}
