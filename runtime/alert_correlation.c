/* alert_correlation.c - a correlation's finding as members of rsnl, and as a sentence. */
#include <sodium.h>
#include <string.h>

#include "alert_correlation.h"
#include "correlate.h"
#include "line.h"
#include "packfile.h"
#include "window.h"

enum { GROUP_TEXT_MAX = 1024, SHOWN_MAX = 256, TITLES_MAX = 8 };

static const struct {
	const char *name, *words; /* words: what stands after the number; NULL: before it */
} types[] = {
	{ "event_count", " matches" }, { "value_count", " values" }, { "temporal", " rules" },
	{ "temporal_ordered", " rules in order" }, { "value_sum", "sum" }, { "value_avg", "mean" },
	{ "value_percentile", "percentile" }, { "value_median", "median" },
};

void
alert_correlation_rsnl(struct line *line, const struct pack_tables *tables, const struct correlate_result *result)
{
	const struct pack_correlation *row = &tables->correlations[result->correlation];
	char id[2 * CORRELATE_ID_SIZE + 1];
	uint32_t i;

	line_key(line, "correlation");
	line_text(line, "{\"type\":\"");
	line_text(line, types[row->type].name);
	line_text(line, "\",\"group\":{");
	for (i = 0; i < row->group_count; ++i) {
		struct pack_text name = tables->texts[row->names.first + i];

		line_comma(line);
		line_string(line, pack_text_data(tables, name), name.size, GROUP_TEXT_MAX);
		line_raw(line, ":", 1);
		line_string(line, result->group[i].data, result->group[i].size, GROUP_TEXT_MAX);
	}
	line_text(line, "},\"value\":");
	measure_write(line, result->measure);
	line_text(line, ",\"timespan_s\":");
	line_number(line, row->timespan);
	line_text(line, "},\"cause\":[");
	for (i = 0; i < result->cause_count; ++i) {
		sodium_bin2hex(id, sizeof id, result->causes[i], CORRELATE_ID_SIZE);
		line_comma(line);
		line_string(line, id, strlen(id), sizeof id);
	}
	line_raw(line, "]", 1);
}

static void
write_quoted(struct line *line, const char *text, size_t size)
{
	line_raw(line, "\"", 1);
	line_raw(line, text, size < SHOWN_MAX ? size : SHOWN_MAX);
	line_raw(line, "\"", 1);
}

static void
write_span(struct line *line, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, " d" }, { 3600, " h" }, { 60, " m" }, { 1, " s" } };
	int i = 0;

	while (seconds % units[i].seconds)
		++i;
	line_number(line, seconds / units[i].seconds);
	line_text(line, units[i].name);
}

/* "5 values of TargetUser in matches of ", "mean 7.5 of Size in matches of " */
static void
write_measure(struct line *line, const struct pack_tables *tables, const struct correlate_result *result)
{
	const struct pack_correlation *row = &tables->correlations[result->correlation];
	uint32_t i;

	if (row->type >= PACK_VALUE_SUM) {
		line_text(line, types[row->type].words);
		line_text(line, " ");
	}
	measure_write(line, result->measure);
	if (row->type < PACK_VALUE_SUM)
		line_text(line, types[row->type].words);
	for (i = row->group_count; i < row->names.count; ++i) {
		line_text(line, i == row->group_count ? " of " : ", ");
		line_text(line, pack_text_data(tables, tables->texts[row->names.first + i]));
	}
	line_text(line, row->names.count > row->group_count ? " in matches of " : " of ");
}

void
alert_correlation_reason(struct line *line, const struct pack_tables *tables, const struct correlate_result *result)
{
	const struct pack_correlation *row = &tables->correlations[result->correlation];
	uint32_t i;

	write_measure(line, tables, result);
	for (i = 0; i < row->references.count && i < TITLES_MAX; ++i) {
		uint32_t rule = tables->correlation_references[row->references.first + i].rule;

		line_text(line, i ? ", " : "");
		write_quoted(line, pack_text_data(tables, tables->rules[rule].title), tables->rules[rule].title.size);
	}
	line_text(line, i < row->references.count ? ", ..." : "");
	for (i = 0; i < row->group_count; ++i) {
		line_text(line, i ? ", " : " by ");
		line_text(line, pack_text_data(tables, tables->texts[row->names.first + i]));
		line_text(line, " ");
		write_quoted(line, result->group[i].data, result->group[i].size);
	}
	line_text(line, " within ");
	write_span(line, row->timespan);
}
