/*
 * field_names.c - field names that are probably slips: another rule or the logsource's live events write them otherwise.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "diag.h"
#include "ir.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "field_names.h"

enum {
	USUAL_RULES = 3, /* a name that so many rules of a logsource have is known there */
	NEAR_SIZE = 5,   /* shorter names are near to too many others */
	LONG_SIZE = 12,  /* from here on two edits make a slip, before it one */
	KNOWN_MAX = 1024,
};

struct usage { /* one item of one rule */
	const struct sigma_rule *rule;
	const struct sigma_item *item;
};

struct usages {
	struct usage *list; /* by logsource, then name without case, then name, then place */
	size_t count, room;
};

struct known { /* names of one logsource */
	const char *names[KNOWN_MAX];
	size_t live, count; /* the first ones are those of live events */
};

static int
text_compare(struct ir_text one, struct ir_text two)
{
	return one.data == two.data ? 0 : strcmp(one.data, two.data);
}

static int
logsource_compare(const struct sigma_rule *one, const struct sigma_rule *two)
{
	int order = text_compare(one->product, two->product);

	if (!order)
		order = text_compare(one->category, two->category);
	return order ? order : text_compare(one->service, two->service);
}

static int
usage_compare(const void *one, const void *two)
{
	const struct usage *left = one, *right = two;
	int order = logsource_compare(left->rule, right->rule);

	if (!order)
		order = strcasecmp(left->item->field.data, right->item->field.data);
	if (!order)
		order = text_compare(left->item->field, right->item->field);
	if (!order)
		order = strcmp(left->item->place.source->name, right->item->place.source->name);
	if (!order && left->item->place.line != right->item->place.line)
		order = left->item->place.line < right->item->place.line ? -1 : 1;
	return order;
}

static void
usage_add(struct usages *usages, const struct sigma_rule *rule, const struct sigma_item *item)
{
	if (usages->count == usages->room) {
		usages->room = usages->room ? 2 * usages->room : 1024;
		usages->list = realloc(usages->list, usages->room * sizeof(*usages->list));
		if (!usages->list)
			abort();
	}
	usages->list[usages->count++] = (struct usage){rule, item};
}

static void
usages_collect(struct usages *usages, const struct sigma_rule *rule)
{
	for (size_t i = 0; i < rule->identifier_count; i++)
		for (size_t j = 0; j < rule->identifiers[i].count; j++)
			for (size_t k = 0; k < rule->identifiers[i].maps[j].count; k++)
				if (rule->identifiers[i].maps[j].items[k].field.size)
					usage_add(usages, rule, &rule->identifiers[i].maps[j].items[k]);
}

/* The end of the usages from first on that are of its logsource; with_name: and have its name. */
static size_t
run_end(const struct usages *usages, size_t first, int with_name)
{
	const struct usage *start = &usages->list[first];
	size_t i = first + 1;

	while (i < usages->count && !logsource_compare(start->rule, usages->list[i].rule) &&
	       (!with_name || !text_compare(start->item->field, usages->list[i].item->field)))
		i++;
	return i;
}

static size_t
run_rules(const struct usages *usages, size_t first, size_t end)
{
	size_t rules = 0;

	for (size_t i = first; i < end; i++)
		rules += i == first || usages->list[i].rule != usages->list[i - 1].rule;
	return rules;
}

static int
differs_in_digits_only(const char *one, const char *two)
{
	for (; *one && *two; one++, two++)
		if (*one != *two && !(isdigit((unsigned char)*one) && isdigit((unsigned char)*two)))
			return 0;
	while (isdigit((unsigned char)*one))
		one++;
	while (isdigit((unsigned char)*two))
		two++;
	return !*one && !*two;
}

static int
is_one_of(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return 1;
	return 0;
}

/* The names of a logsource: what live events show, and what several rules ask for. */
static void
known_collect(struct known *known, const struct logsources *logsources, const struct usages *usages, size_t first,
              size_t end)
{
	const struct sigma_rule *rule = usages->list[first].rule;
	struct logsource logsource = {rule->product, rule->category, rule->service};

	known->live = known->count = logsource_fields(logsources, &logsource, known->names, KNOWN_MAX);
	for (size_t i = first, next; i < end; i = next) {
		next = run_end(usages, i, 1);
		if (known->count < KNOWN_MAX && run_rules(usages, i, next) >= USUAL_RULES)
			known->names[known->count++] = usages->list[i].item->field.data;
	}
}

static void
near_lint(struct diag_list *diags, const struct known *known, const struct usage *usage)
{
	struct ir_text field = usage->item->field;
	const char *nearest;

	if (field.size < NEAR_SIZE || is_one_of(known->names, known->count, field.data))
		return;
	nearest = diag_nearest_within(field.data, field.size, known->names, known->count,
	                              field.size < LONG_SIZE ? 1 : 2);
	if (nearest && strcasecmp(nearest, field.data) && !differs_in_digits_only(nearest, field.data))
		diag_add(diags, usage->item->place, DIAG_unknown_field, "unknown field \"%s\"; did you mean \"%s\"?", field.data,
		         nearest);
}

/* Of names that differ in case only, warns of those that fewer rules have than the most usual one. Where live events
 * have one of them, reach.c warns of the others. */
static void
case_lint(struct diag_list *diags, const struct usages *usages, size_t first, size_t end, const struct known *known)
{
	size_t best = first, best_rules = 0, rules;

	for (size_t i = first, next; i < end; i = next) {
		next = run_end(usages, i, 1);
		rules = run_rules(usages, i, next);
		if (is_one_of(known->names, known->live, usages->list[i].item->field.data))
			return;
		if (rules > best_rules)
			best = i, best_rules = rules;
	}
	for (size_t i = first; i < end; i++)
		if (text_compare(usages->list[i].item->field, usages->list[best].item->field) &&
		    (i == first || usages->list[i].rule != usages->list[i - 1].rule))
			diag_add(diags, usages->list[i].item->place, DIAG_field_case,
			         "field \"%s\" is \"%s\" in other rules of the logsource (%s:%u); names match exactly",
			         usages->list[i].item->field.data, usages->list[best].item->field.data,
			         usages->list[best].item->place.source->name, usages->list[best].item->place.line);
}

static void
logsource_lint(struct diag_list *diags, const struct logsources *logsources, const struct usages *usages, size_t first,
               size_t end)
{
	const struct usage *list = usages->list;
	struct known known;
	size_t next, same;

	known_collect(&known, logsources, usages, first, end);
	for (size_t i = first; i < end; i = same) {
		next = run_end(usages, i, 1);
		for (same = next; same < end && !strcasecmp(list[i].item->field.data, list[same].item->field.data); same++)
			;
		if (same > next)
			case_lint(diags, usages, i, same, &known);
		else if (run_rules(usages, i, next) == 1)
			near_lint(diags, &known, &list[i]);
	}
}

void
field_names_lint(struct diag_list *diags, const struct logsources *logsources, struct sigma_rule *const *rules, size_t count)
{
	struct usages usages = {0};
	size_t next;

	for (size_t i = 0; i < count; i++)
		if (rules[i]->is_selected && !rules[i]->is_bad && !rules[i]->is_duplicate && !rules[i]->is_correlation)
			usages_collect(&usages, rules[i]);
	if (usages.count)
		qsort(usages.list, usages.count, sizeof(*usages.list), usage_compare);
	for (size_t i = 0; i < usages.count; i = next) {
		next = run_end(&usages, i, 0);
		logsource_lint(diags, logsources, &usages, i, next);
	}
	free(usages.list);
}
