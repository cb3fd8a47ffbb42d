/*
 * explain_rule.c - a rule without an event: its logsource, the sources that feed it, what it asks in which order.
 */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "explain.h"
#include "packfile.h"
#include "plan.h"

enum { SHOWN_MAX = 4 }; /* values of a predicate or condition */

struct asking { /* a rule of a planned pack */
	FILE *out;
	const struct ir_pack *pack;
	const struct plan_group *group;
	uint32_t number; /* of the rule in the group */
	uint32_t lazy, patterns; /* predicates that are tested one by one, and regular expressions among them */
};

static const char *const operators[] = {
	[PACK_EQUALS] = "is", [PACK_STARTSWITH] = "startswith", [PACK_ENDSWITH] = "endswith", [PACK_CONTAINS] = "contains",
	[PACK_WILDCARD] = "fits", [PACK_REGEX] = "re", [PACK_CIDR] = "cidr", [PACK_IS_NULL] = "is null",
	[PACK_EXISTS] = "exists", [PACK_LT] = "lt", [PACK_LTE] = "lte", [PACK_GT] = "gt", [PACK_GTE] = "gte",
	[PACK_FIELD_EQUALS] = "is field", [PACK_FIELD_STARTSWITH] = "startswith field",
	[PACK_FIELD_ENDSWITH] = "endswith field", [PACK_FIELD_CONTAINS] = "contains field", [PACK_KEYWORD] = "contains",
	[PACK_SUBDOMAIN] = "is in domain",
};

static void
field_print(const struct asking *asking, uint32_t field)
{
	fputs(field == IR_NONE ? "any value" : asking->pack->fields[field].data, asking->out);
}

static void
predicate_print(const struct asking *asking, uint32_t number)
{
	const struct ir_predicate *predicate = &asking->group->group->predicates[number];

	field_print(asking, predicate->field);
	fprintf(asking->out, " %s", operators[predicate->op]);
	if (predicate->other != IR_NONE) {
		fputc(' ', asking->out);
		field_print(asking, predicate->other);
	}
	if (predicate->value_count > SHOWN_MAX)
		fprintf(asking->out, " %u values:", predicate->value_count);
	for (uint32_t i = 0; i < predicate->value_count && i < SHOWN_MAX; i++) {
		fputs(i ? ", " : " ", asking->out);
		explain_print_text(asking->out, predicate->values[i].shown.data, predicate->values[i].shown.size);
	}
	fputs(predicate->value_count > SHOWN_MAX ? ", ..." : "", asking->out);
}

/* A literal, in the order in which the compiled rule asks. */
static void
literals_print(struct asking *asking, const struct ir_expr *expr, int negated, int level)
{
	if (expr->type == IR_PREDICATE) {
		const struct plan_predicate *plan = &asking->group->predicates[expr->predicate];

		fprintf(asking->out, "%10s%*s%s", "", 2 * level, "", negated ? "not " : "");
		predicate_print(asking, expr->predicate);
		fprintf(asking->out, "%s\n", plan->data != PLAN_NONE ? " (table)" : plan->lazy ? " (tested by itself)" : "");
		asking->lazy += plan->lazy;
		asking->patterns += plan->lazy && asking->group->group->predicates[expr->predicate].op == PACK_REGEX;
		return;
	}
	if (expr->type == IR_AND || expr->type == IR_OR)
		fprintf(asking->out, "%10s%*s%s of\n", "", 2 * level, "", expr->type == IR_AND ? "all" : "one");
	for (uint32_t i = 0; i < expr->child_count; i++)
		literals_print(asking, expr->children[i], negated ^ (expr->type == IR_NOT),
		               level + (expr->type != IR_NOT));
}

/* The strings one of which an event must have for the rule to be looked at. */
static void
witness_print(const struct asking *asking)
{
	const struct plan_rule *rule = &asking->group->rules[asking->number];

	fputs("witness   ", asking->out);
	if (!rule->witness) {
		fputs("none: nothing rules it out cheaply\n", asking->out);
		return;
	}
	for (uint32_t i = 0; i < rule->witness_count; i++) {
		fputs(i ? " or " : "", asking->out);
		if (rule->witness[i] < asking->group->group->predicate_count)
			predicate_print(asking, rule->witness[i]);
		else
			fprintf(asking->out, "a %s that a pattern needs",
			        asking->group->predicates[rule->witness[i]].run ? "run of characters" : "string");
	}
	fputc('\n', asking->out);
}

static void
cost_print(const struct asking *asking)
{
	const struct plan_rule *rule = &asking->group->rules[asking->number];

	fprintf(asking->out, "cost      tried on %s event of its logsource", rule->witness ? "an" : "every");
	fputs(rule->witness ? " that has a witness" : "", asking->out);
	if (!asking->lazy)
		fputs("; all it asks is known by then\n", asking->out);
	else
		fprintf(asking->out, "; then at most %u test%s, %u by regular expression\n", asking->lazy,
		        asking->lazy == 1 ? "" : "s", asking->patterns);
}

static void
logsource_print(FILE *out, const struct sigma_rule *rule)
{
	const struct ir_text *parts[] = {&rule->product, &rule->category, &rule->service};

	fputs("logsource ", out);
	for (int i = 0; i < 3; i++)
		fprintf(out, "%s%s", i ? "/" : "", parts[i]->size ? parts[i]->data : "*");
	fputc('\n', out);
}

static void
condition_print(const struct asking *asking, const struct ir_condition *condition)
{
	static const char *const words[] = {[PACK_IS_ONE_OF] = " is ", [PACK_HAS] = " is there",
	                                    [PACK_LACKS] = " is not there", [PACK_IS_NONE_OF] = " is not "};

	fprintf(asking->out, "%s%s", asking->pack->fields[condition->field].data, words[condition->op]);
	for (uint32_t i = 0; i < condition->value_count && i < SHOWN_MAX; i++) {
		fputs(i ? " or " : "", asking->out);
		explain_print_text(asking->out, condition->values[i].data, condition->values[i].size);
	}
	fputs(condition->value_count > SHOWN_MAX ? " or ..." : "", asking->out);
}

/* The routes that lead to the rule's group. */
static void
sources_print(const struct asking *asking, uint32_t group)
{
	const char *head = "sources";

	for (uint32_t i = 0; i < asking->pack->route_count; i++) {
		const struct ir_route *route = &asking->pack->routes[i];
		uint32_t j = 0;

		while (j < route->group_count && route->groups[j] != group)
			j++;
		if (j == route->group_count)
			continue;
		fprintf(asking->out, "%-10s", head);
		head = "";
		if (route->flags & PACK_ROUTE_LIVE)
			fprintf(asking->out, "live %s on %s", route->kind.data,
			        route->product.size ? route->product.data : "any system");
		if (route->flags & PACK_ROUTE_RECORDED) {
			fputs(route->flags & PACK_ROUTE_LIVE ? "; recorded" : "recorded", asking->out);
			for (j = 0; j < route->condition_count; j++) {
				fputs(j ? ", " : ": ", asking->out);
				condition_print(asking, &route->conditions[j]);
			}
		}
		fputc('\n', asking->out);
	}
	if (*head)
		fprintf(asking->out, "%-10snone; rsnl replay --routing runs it\n", head);
}

void
explain_print_rule(FILE *out, struct arena *arena, const struct sigma_rule *rule, const struct ir_pack *pack)
{
	const struct plan *plan = plan_pack(arena, pack);
	struct asking asking = {.out = out, .pack = pack};
	const char *id = rule->correlation ? aggregation_events_id(arena, rule).data : rule->id.data;

	logsource_print(out, rule);
	for (uint32_t i = 0; i < pack->group_count; i++)
		for (uint32_t j = 0; j < pack->groups[i].rule_count; j++) {
			if (strcmp(pack->groups[i].rules[j]->id.data, id))
				continue;
			asking.group = &plan->groups[i];
			asking.number = j;
			sources_print(&asking, i);
			fputs("asks\n", out);
			literals_print(&asking, pack->groups[i].rules[j]->expr, 0, 0);
			witness_print(&asking);
			cost_print(&asking);
		}
}
