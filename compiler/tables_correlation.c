/*
 * tables_correlation.c - correlations -> PACK_CORRELATIONS, PACK_REFERENCES, PACK_KEYS and their rules.
 */
#include "packfile.h"
#include "ir.h"

#include "tables.h"
#include "tables_correlation.h"

#include <string.h>

#include "body.h"

/* PACK_NONE and IR_NONE are the same number, so are slots and fields. */
static void
reference_write(struct body *body, const struct ir_pack *pack, const struct ir_reference *reference, uint32_t name_count)
{
	const struct pack_reference row = {
		.rule = tables_rule_number(pack, reference->rule_id),
		.keys = {body_rows(body, PACK_KEYS, sizeof(struct pack_key)), name_count},
	};

	for (uint32_t i = 0; i < name_count; i++) {
		const struct pack_key key = {reference->fields[i], reference->names[i]};

		body_add(body, PACK_KEYS, &key, sizeof(key));
	}
	body_add(body, PACK_REFERENCES, &row, sizeof(row));
}

static void
correlation_write(struct body *body, const struct ir_pack *pack, const struct ir_correlation *correlation)
{
	struct pack_correlation row = {
		.rule = body_rows(body, PACK_RULES, sizeof(struct pack_rule)),
		.type = correlation->type,
		.compare_count = correlation->compare_count,
		.percentile = correlation->percentile,
		.timespan = correlation->timespan,
		.references = {body_rows(body, PACK_REFERENCES, sizeof(struct pack_reference)), correlation->reference_count},
		.names = body_texts(body, correlation->names, correlation->name_count),
		.group_count = correlation->group_count,
	};

	memcpy(row.compares, correlation->compares, correlation->compare_count);
	memcpy(row.limits, correlation->limits, correlation->compare_count * sizeof(*row.limits));
	tables_write_rule(body, &correlation->rule, PACK_NONE);
	for (uint32_t i = 0; i < correlation->reference_count; i++)
		reference_write(body, pack, &correlation->references[i], correlation->name_count);
	body_add(body, PACK_CORRELATIONS, &row, sizeof(row));
}

void
correlations_write(struct body *body, const struct ir_pack *pack)
{
	for (uint32_t i = 0; i < pack->correlation_count; i++)
		correlation_write(body, pack, &pack->correlations[i]);
}
