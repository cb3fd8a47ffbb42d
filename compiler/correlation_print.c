/*
 * correlation_print.c - a correlation as text: -d p as it was read, -d c with the rules it refers to.
 */
#include <stdio.h>

#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "packfile.h"

static void
reference_print(FILE *out, const struct sigma_correlation *correlation, const struct sigma_reference *reference)
{
	fprintf(out, "\t\tof %s", reference->name.text.data);
	if (reference->rule && !correlation->is_aggregation)
		fprintf(out, " = %s", reference->rule->id.data);
	for (size_t i = 0; reference->fields && i < correlation->name_count; i++)
		fprintf(out, "%s %s", i ? "," : ":", reference->fields[i].data);
	fputc('\n', out);
}

void
correlation_print(FILE *out, const struct sigma_rule *rule)
{
	const struct sigma_correlation *correlation = rule->correlation;

	fprintf(out, "\t%s%s", correlation_types[correlation->type], correlation->generate ? " generate" : "");
	if (correlation->type == PACK_VALUE_PERCENTILE)
		fprintf(out, " %.15g", correlation->percentile);
	for (uint8_t i = 0; i < correlation->compare_count; i++)
		fprintf(out, " %s %.15g", correlation_compares[correlation->compares[i]], correlation->limits[i]);
	fprintf(out, " in %llus\n", (unsigned long long)correlation->timespan);
	for (size_t i = 0; i < correlation->name_count; i++)
		fprintf(out, "\t\t%s %s\n", i < correlation->group_count ? "by" : "values", correlation->names[i].text.data);
	for (size_t i = 0; i < correlation->alias_count; i++)
		fprintf(out, "\t\talias %s of %s: %s\n", correlation->aliases[i].name.text.data,
		        correlation->aliases[i].rule.text.data, correlation->aliases[i].field.data);
	for (size_t i = 0; i < correlation->reference_count; i++)
		reference_print(out, correlation, &correlation->references[i]);
}
