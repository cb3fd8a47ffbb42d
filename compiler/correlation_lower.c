/*
 * correlation_lower.c - checked correlations -> IR.
 */
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "ir_build.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "packfile.h"

static const char events_suffix[] = ":events";

struct ir_text
aggregation_events_id(struct arena *arena, const struct sigma_rule *rule)
{
	return arena_string(arena, arena_print(arena, "%s%s", rule->id.data, events_suffix));
}

struct ir_text
aggregation_id(struct arena *arena, struct ir_text events_id)
{
	size_t suffix = sizeof(events_suffix) - 1;

	if (events_id.size <= suffix || memcmp(events_id.data + events_id.size - suffix, events_suffix, suffix))
		return events_id;
	return arena_text(arena, events_id.data, events_id.size - suffix);
}

static const struct ir_reference *
references_lower(struct arena *arena, struct ir_builder *builder, const struct sigma_rule *rule)
{
	const struct sigma_correlation *correlation = rule->correlation;
	struct ir_reference *references = arena_alloc(arena, correlation->reference_count * sizeof(*references));

	for (size_t i = 0; i < correlation->reference_count; i++) {
		const struct sigma_reference *reference = &correlation->references[i];
		uint32_t *fields = arena_alloc(arena, (correlation->name_count + 1) * sizeof(*fields));

		for (size_t j = 0; j < correlation->name_count; j++)
			fields[j] = reference->names[j] == IR_NONE ? ir_build_field(builder, reference->fields[j]) : IR_NONE;
		references[i] = (struct ir_reference){
			correlation->is_aggregation ? aggregation_events_id(arena, rule) : reference->rule->id, fields,
			reference->names,
		};
	}
	return references;
}

void
correlation_lower(struct arena *arena, struct ir_builder *builder, const struct sigma_rule *rule)
{
	const struct sigma_correlation *correlation = rule->correlation;
	struct ir_text *names = arena_alloc(arena, (correlation->name_count + 1) * sizeof(*names));
	struct ir_correlation lowered = {
		.rule = rule_head(arena, rule), .type = correlation->type, .compare_count = correlation->compare_count,
		.percentile = correlation->percentile, .timespan = correlation->timespan, .names = names,
		.name_count = correlation->name_count, .group_count = correlation->group_count,
		.references = references_lower(arena, builder, rule), .reference_count = correlation->reference_count,
	};

	for (size_t i = 0; i < correlation->name_count; i++)
		names[i] = correlation->names[i].text;
	memcpy(lowered.compares, correlation->compares, sizeof(lowered.compares));
	memcpy(lowered.limits, correlation->limits, sizeof(lowered.limits));
	if (!correlation->compare_count) {
		lowered.compare_count = 1;
		lowered.compares[0] = PACK_COMPARE_GTE;
		lowered.limits[0] = correlation->reference_count;
	}
	lowered.rule.engine = PACK_CORRELATION;
	ir_build_correlation(builder, &lowered, correlation->depth);
}
