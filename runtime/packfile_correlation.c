/* packfile_correlation.c - checks the correlations of a pack, and what each refers to. */
#include <math.h>
#include <stddef.h>

#include "packfile.h"
#include "packfile_row.h"

static int
is_temporal(const struct pack_correlation *correlation)
{
	return correlation->type == PACK_TEMPORAL || correlation->type == PACK_TEMPORAL_ORDERED;
}

/* How many fields it takes values of, by its type. */
static int
check_values(const struct row *row, const struct pack_correlation *correlation)
{
	uint32_t count = correlation->names.count - correlation->group_count;
	uint32_t least = correlation->type != PACK_EVENT_COUNT && !is_temporal(correlation);
	uint32_t most = correlation->type == PACK_VALUE_COUNT ? PACK_KEY_MAX : least;

	if (correlation->group_count > correlation->names.count || count < least || count > most)
		return check_refuse(row->check, "correlation %u of type %u groups by %u of %u names", row->number,
		                    correlation->type, correlation->group_count, correlation->names.count);
	return 0;
}

static int
check_numbers(const struct row *row, const struct pack_correlation *correlation)
{
	uint32_t i;

	if (correlation->type > PACK_VALUE_MEDIAN)
		return check_refuse(row->check, "correlation %u has type %u", row->number, correlation->type);
	if (correlation->compare_count < 1 || correlation->compare_count > 2)
		return check_refuse(row->check, "correlation %u compares %u times", row->number, correlation->compare_count);
	for (i = 0; i < correlation->compare_count; ++i)
		if (correlation->compares[i] > PACK_COMPARE_GTE || !isfinite(correlation->limits[i]))
			return check_refuse(row->check, "correlation %u has comparison %u, or its limit is not finite", row->number,
			                    correlation->compares[i]);
	if (!(correlation->percentile >= 0 && correlation->percentile <= 100))
		return check_refuse(row->check, "correlation %u has a percentile beyond 0 to 100", row->number);
	if (!correlation->timespan || correlation->timespan > PACK_TIMESPAN_MAX)
		return check_refuse(row->check, "correlation %u looks back %llu seconds", row->number,
		                    (unsigned long long)correlation->timespan);
	if (!correlation->references.count || correlation->references.count > PACK_REFERENCE_MAX ||
	    correlation->names.count > PACK_KEY_MAX)
		return check_refuse(row->check, "correlation %u has %u references, %u names", row->number,
		                    correlation->references.count, correlation->names.count);
	return 0;
}

/* Correlations and their rules are in one order, so a rule before that of the correlation is one of those before it. */
static const struct pack_correlation *
find_correlation(const struct pack_tables *t, uint32_t before, uint32_t rule)
{
	uint32_t first = 0;

	while (first < before) {
		uint32_t middle = first + (before - first) / 2;

		if (t->correlations[middle].rule == rule)
			return &t->correlations[middle];
		if (t->correlations[middle].rule < rule)
			first = middle + 1;
		else
			before = middle;
	}
	return NULL;
}

static int
check_reference(const struct row *row, const struct pack_correlation *correlation, uint32_t number)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_reference *reference = &t->correlation_references[number];
	const struct pack_correlation *inner = NULL;
	uint32_t i;

	if (row_index(row, "rule", reference->rule, t->rule_count) || row_flags(row, 0, 0, reference->reserved) ||
	    row_list(row, "keys", &reference->keys, t->key_count))
		return -1;
	if (t->rules[reference->rule].engine == PACK_CORRELATION)
		inner = find_correlation(t, row->number, reference->rule);
	if (reference->keys.count != correlation->names.count ||
	    (!inner && t->rules[reference->rule].engine != PACK_SIGMA))
		return check_refuse(row->check, "correlation %u refers to rule %u with %u keys, which does not fit", row->number,
		                    reference->rule, reference->keys.count);
	for (i = 0; i < reference->keys.count; ++i) {
		const struct pack_key *key = &t->keys[reference->keys.first + i];

		if ((key->slot == PACK_NONE) == (key->name == PACK_NONE))
			return check_refuse(row->check, "key %u has a slot and a name, or neither", reference->keys.first + i);
		if (row_optional(row, "slot", key->slot, t->slot_count) ||
		    row_optional(row, "name", key->name, inner ? inner->group_count : 0))
			return -1;
	}
	return 0;
}

static int
check_correlation(const struct row *row)
{
	const struct pack_tables *t = row->check->tables;
	const struct pack_correlation *correlation = &t->correlations[row->number];
	const struct pack_rule *rule;
	uint32_t i;

	if (check_numbers(row, correlation) || row_index(row, "rule", correlation->rule, t->rule_count) ||
	    row_list(row, "references", &correlation->references, t->reference_count) ||
	    row_list(row, "texts", &correlation->names, t->text_count) || check_values(row, correlation) ||
	    row_flags(row, 0, 0, correlation->reserved))
		return -1;
	rule = &t->rules[correlation->rule];
	if (rule->engine != PACK_CORRELATION || rule->group != PACK_NONE)
		return check_refuse(row->check, "correlation %u has rule %u, which is none", row->number, correlation->rule);
	if (row->number && correlation->rule <= t->correlations[row->number - 1].rule)
		return check_refuse(row->check, "correlation %u does not follow the one before it", row->number);
	for (i = 0; i < correlation->references.count; ++i)
		if (check_reference(row, correlation, correlation->references.first + i))
			return -1;
	return 0;
}

int
pack_correlations_check(const struct check *check)
{
	const struct pack_tables *t = check->tables;
	struct row row = { check, "correlation", 0 };
	uint32_t i, rules = 0;

	for (; row.number < t->correlation_count; ++row.number)
		if (check_correlation(&row))
			return -1;
	for (i = 0; i < t->rule_count; ++i)
		rules += t->rules[i].engine == PACK_CORRELATION;
	if (rules != t->correlation_count)
		return check_refuse(check, "%u rules are correlations, of which there are %u", rules, t->correlation_count);
	return 0;
}
