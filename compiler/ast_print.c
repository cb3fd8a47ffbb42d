/*
 * ast_print.c - a rule's tree as text: -d p as it was read, -d c with what check resolved.
 */
#include <stdio.h>

#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"

static const char *const comparison_names[] = {"equals", "contains", "startswith", "endswith", "re", "cidr", "exists",
                                               "lt", "lte", "gt", "gte"};

static void
pattern_print(FILE *out, const struct sigma_pattern *pattern)
{
	if (!pattern->count)
		fputs("\"\"", out);
	for (size_t i = 0; i < pattern->count; i++) {
		const struct ir_piece *piece = &pattern->pieces[i];

		if (i)
			fputc(' ', out);
		if (piece->type != IR_LITERAL)
			fputc(piece->type == IR_ANY_RUN ? '*' : '?', out);
		else
			diag_print_json(out, piece->literal.data, piece->literal.size);
	}
}

static void
item_print(FILE *out, const struct sigma_item *item)
{
	fprintf(out, "\t\t%s", item->field.size ? item->field.data : "(keywords)");
	for (size_t i = 0; i < item->modifier_count; i++)
		fprintf(out, "|%s", item->modifiers[i].name.data);
	fprintf(out, " %s%s%s%s%s\n", comparison_names[item->comparison], item->fieldref ? " fieldref" : "",
	        item->cased ? " cased" : "", item->all ? " all" : "", item->negated ? " neq" : "");
	for (size_t i = 0; i < item->value_count; i++) {
		const struct sigma_value *value = &item->values[i];

		fputs("\t\t\t", out);
		if (!value->pattern_count)
			diag_print_json(out, value->node->text.data, value->node->text.size);
		for (size_t j = 0; j < value->pattern_count; j++) {
			fputs(j ? " | " : "", out);
			pattern_print(out, &value->patterns[j]);
		}
		fputc('\n', out);
	}
}

static void
condition_print(FILE *out, const struct sigma_rule *rule, const struct sigma_condition *condition)
{
	static const char *const words[] = {"", "of", "not", "and", "or"};

	if (condition->type == CONDITION_IDENTIFIER) {
		fputs(condition->pattern.data, out);
		return;
	}
	fprintf(out, "(%s", words[condition->type]);
	if (condition->type == CONDITION_OF && condition->quantity == CONDITION_ALL)
		fputs(" all", out);
	else if (condition->type == CONDITION_OF)
		fprintf(out, " %u", condition->quantity);
	if (condition->type == CONDITION_OF)
		fprintf(out, " %s", condition->pattern.size ? condition->pattern.data : "them");
	for (size_t i = 0; i < condition->identifier_count; i++)
		fprintf(out, "%s %s", i ? "" : ":", rule->identifiers[condition->identifiers[i]].name.data);
	for (size_t i = 0; i < condition->child_count; i++) {
		fputc(' ', out);
		condition_print(out, rule, condition->children[i]);
	}
	fputc(')', out);
}

void
rule_print(FILE *out, const struct sigma_rule *rule)
{
	fprintf(out, "%s %s ", rule->is_correlation ? "correlation" : "rule", rule->id.data ? rule->id.data : "-");
	if (!rule->is_correlation)
		fprintf(out, "%s/%s/%s ", rule->product.data, rule->category.data, rule->service.data);
	diag_print_json(out, rule->title.data, rule->title.size);
	fputs(rule->is_bad ? " bad\n" : "\n", out);
	for (size_t i = 0; i < rule->identifier_count; i++) {
		fprintf(out, "\t%s\n", rule->identifiers[i].name.data);
		for (size_t j = 0; j < rule->identifiers[i].count; j++) {
			fputs(j ? "\t\tor\n" : "", out);
			for (size_t k = 0; k < rule->identifiers[i].maps[j].count; k++)
				item_print(out, &rule->identifiers[i].maps[j].items[k]);
		}
	}
	for (size_t i = 0; i < rule->condition_count; i++) {
		fputs("\tcondition ", out);
		condition_print(out, rule, rule->conditions[i]);
		fputc('\n', out);
	}
	if (rule->correlation)
		correlation_print(out, rule);
}
