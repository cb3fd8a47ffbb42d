/*
 * reach_correlation.c - whether a correlation can fire on a platform: enough of its rules can, with the fields it takes.
 */
#include <string.h>

#include "diag.h"
#include "ir.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "packfile.h"
#include "reach.h"

struct question {
	struct diag_list *diags;
	const struct logsources *logsources;
	const struct sigma_rule *rule;
	const char *platform;
};

/* A match of the reference without one of the names does not count. */
static enum reach
keys_reach(const struct question *question, const struct sigma_reference *reference, enum reach reach)
{
	const struct sigma_correlation *correlation = question->rule->correlation;
	const struct sigma_rule *rule = reference->rule;
	const struct logsource logsource = {rule->product, rule->category, rule->service};

	for (size_t i = 0; !rule->is_correlation && i < correlation->name_count; i++) {
		const struct sigma_name *name = &correlation->names[i];
		enum logsource_reach field;

		if (reference->names[i] != IR_NONE)
			continue;
		field = logsource_reach(question->logsources, &logsource, reference->fields[i], question->platform);
		if (field == REACH_NEVER)
			diag_add(question->diags, name->place, DIAG_replay_only,
			         "no live source on %s has %s for \"%s\", so none of its matches count", question->platform,
			         reference->fields[i].data, rule->title.data);
		else if (field == REACH_SOMETIMES)
			diag_add(question->diags, name->place, DIAG_degraded_field,
			         "live sources on %s have %s only sometimes; matches without it do not count", question->platform,
			         reference->fields[i].data);
		if (field == REACH_NEVER)
			reach = REACH_REPLAY_ONLY;
		else if (field == REACH_SOMETIMES && reach == REACH_CAN_FIRE)
			reach = REACH_DEGRADED;
	}
	return reach;
}

/* How many different rules must match. */
static size_t
rules_needed(const struct sigma_correlation *correlation)
{
	double limit = correlation->limits[0];

	if (correlation->type != PACK_TEMPORAL && correlation->type != PACK_TEMPORAL_ORDERED)
		return 1;
	if (!correlation->compare_count)
		return correlation->reference_count;
	switch (correlation->compares[0]) {
	case PACK_COMPARE_GT:
		return limit < 0 ? 1 : (size_t)limit + 1;
	case PACK_COMPARE_GTE:
	case PACK_COMPARE_EQ:
		return limit < 1 ? 1 : (size_t)limit;
	default:
		return 1;
	}
}

enum reach
correlation_reach(struct diag_list *diags, const struct logsources *logsources, const struct sigma_rule *rule,
                  const char *platform)
{
	const struct question question = {diags, logsources, rule, platform};
	const struct sigma_correlation *correlation = rule->correlation;
	size_t counts[REACH_OTHER_PRODUCT + 1] = {0}, needed = rules_needed(correlation);

	for (size_t i = 0; i < correlation->reference_count; i++) {
		const struct sigma_reference *reference = &correlation->references[i];
		enum reach reach = correlation->is_aggregation ? rule_reach(diags, logsources, rule, platform)
		                                               : (enum reach)reference->rule->reach;

		if (reach == REACH_CAN_FIRE || reach == REACH_DEGRADED)
			reach = keys_reach(&question, reference, reach);
		counts[reach]++;
	}
	if (counts[REACH_CAN_FIRE] >= needed)
		return REACH_CAN_FIRE;
	if (counts[REACH_CAN_FIRE] + counts[REACH_DEGRADED] >= needed)
		return REACH_DEGRADED;
	if (counts[REACH_OTHER_PRODUCT] == correlation->reference_count)
		return REACH_OTHER_PRODUCT;
	if (needed > 1)
		diag_add(diags, correlation->condition_place, DIAG_replay_only,
		         "only %zu of its %zu rules can match on %s; fires in replay only",
		         counts[REACH_CAN_FIRE] + counts[REACH_DEGRADED], correlation->reference_count, platform);
	return REACH_REPLAY_ONLY;
}
