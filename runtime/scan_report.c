/*
 * scan_report.c - a scanned file as an event of kind file_scan, before the groups that hold indicators of files.
 */
#include "scan_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "alert_indicator.h"
#include "alert_scan.h"
#include "decode.h"
#include "detector.h"
#include "host.h"
#include "late.h"
#include "line.h"
#include "matches.h"
#include "os.h"
#include "packfile.h"
#include "pipeline.h"
#include "record.h"
#include "route.h"
#include "scan.h"
#include "source.h"
#include "stage.h"
#include "vocabulary.h"

struct file_record {
	struct record_file_scan scan;
	char path[RECORD_PATH_MAX + 8];
};

struct scan_report {
	const struct pack_tables *tables;
	int as_json, wants_hashes, worst;
	const char *name; /* of what is being reported */
	struct host host;
	struct stage *stage;
	struct route_step step;  /* the groups that hold indicators of files */
	struct route_plan plan;
	uint32_t *groups, *slots;
	struct matches matches;
	struct file_record record;
	struct raw_event raw;
	struct line line;
};

/* Whether a rule is an indicator of files. */
static int
is_of_files(const struct pack_tables *tables, const struct pack_rule *rule)
{
	const char *type = pack_text_data(tables, rule->indicator);

	return rule->engine == PACK_IOC &&
	       (!strcmp(type, "md5") || !strcmp(type, "sha1") || !strcmp(type, "sha256") || !strcmp(type, "path"));
}

static int
make_plan(struct scan_report *report)
{
	const struct pack_tables *tables = report->tables;
	uint8_t *wanted = calloc(tables->group_count + 1, 1);

	report->groups = calloc(tables->group_count + 1, sizeof(*report->groups));
	report->slots = calloc(tables->slot_count + 1, sizeof(*report->slots));
	for (uint32_t i = 0; wanted && i < tables->rule_count; i++) {
		if (is_of_files(tables, &tables->rules[i]) && tables->rules[i].group < tables->group_count)
			wanted[tables->rules[i].group] = 1;
	}
	for (uint32_t i = 0; wanted && report->groups && i < tables->group_count; i++) {
		if (!wanted[i])
			continue;
		report->groups[report->step.group_count++] = i;
		report->wants_hashes |= (tables->groups[i].flags & PACK_GROUP_LATE) != 0;
	}
	for (uint32_t i = 0; report->slots && i < tables->slot_count; i++)
		report->slots[i] = i;
	report->plan = (struct route_plan){.steps = &report->step, .groups = report->groups, .settle = report->slots,
		.step_count = 1, .settle_count = tables->slot_count, .kind = RECORD_file_scan};
	free(wanted);
	return wanted && report->groups && report->slots ? 0 : -1;
}

struct scan_report *
scan_report_new(struct detector *detector, int as_json)
{
	static const struct pipeline_config config = {.why = "full"};
	struct scan_report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	report->tables = detector_tables(detector);
	report->as_json = as_json;
	host_read(&report->host, "scan");
	report->stage = stage_new(&config, detector, &report->host);
	if (report->stage && !make_plan(report))
		return report;
	scan_report_free(report);
	return NULL;
}

void
scan_report_free(struct scan_report *report)
{
	if (!report)
		return;
	stage_free(report->stage);
	matches_done(&report->matches);
	line_done(&report->line);
	free(report->groups);
	free(report->slots);
	free(report);
}

int
scan_report_wants_hashes(const struct scan_report *report)
{
	return report->wants_hashes;
}

static void
fill_record(struct scan_report *report, const struct scan_subject *subject, const struct scan_result *result)
{
	struct record_file_scan *scan = &report->record.scan;
	size_t size = subject->path ? strlen(subject->path) : 0;
	uint32_t cut = size > RECORD_PATH_MAX ? RECORD_SPAN_CUT : 0;

	size = cut ? RECORD_PATH_MAX : size;
	*scan = (struct record_file_scan){
		.head = {.kind = RECORD_file_scan, .pid = subject->pid, .sequence = scan->head.sequence + 1,
			.time = os_wall_ns(), .size = (uint32_t)(sizeof(*scan) + size + 7) & ~7u},
		.inode = result->inode, .size = result->bytes,
	};
	memset(report->record.path, 0, sizeof(report->record.path));
	if (subject->path) {
		scan->path = (struct record_span){sizeof(*scan), (uint32_t)size | cut};
		memcpy(report->record.path, subject->path, size);
	}
	report->raw = (struct raw_event){.data = scan, .size = scan->head.size, .form = RAW_RECORD};
	report->name = subject->name;
}

static void
write_out(struct scan_report *report, const struct line *line)
{
	if (line != &report->line) {
		line_cut(&report->line, 0);
		line_raw(&report->line, line->data, line->size);
	}
	line_text(&report->line, "\n");
	if (!report->line.failed)
		os_write(1, report->line.data, report->line.size);
}

/* LEVEL RULE NAME */
static void
start_text(struct scan_report *report, int level, const char *rule)
{
	static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};

	line_cut(&report->line, 0);
	line_text(&report->line, levels[level]);
	line_text(&report->line, " ");
	line_text(&report->line, rule);
	line_text(&report->line, " ");
	line_text(&report->line, report->name);
}

static void
write_match(struct scan_report *report, const struct alert_scan *scan)
{
	int level = alert_scan_level(report->tables, scan);
	const struct line *alert;
	char text[64];

	if (level > report->worst)
		report->worst = level;
	if (report->as_json) {
		alert = alert_write_scan(report->stage->writer, scan);
		if (alert)
			write_out(report, alert);
		return;
	}
	start_text(report, level, scan->match->rule);
	for (uint32_t i = 0; i < scan->match->string_count; i++) {
		snprintf(text, sizeof(text), " 0x%llx %s", (unsigned long long)scan->match->strings[i].offset,
		         scan->match->strings[i].name);
		line_text(&report->line, text);
	}
	write_out(report, &report->line);
}

static void
write_indicator(struct scan_report *report, uint32_t row)
{
	const struct match *match = &report->matches.rows[row];
	int level = report->tables->rules[match->rule].level;
	char id[INDICATOR_ID_SIZE];
	const struct line *alert;

	if (level > report->worst)
		report->worst = level;
	if (report->as_json) {
		alert = alert_write(report->stage->writer, &report->matches, row);
		if (alert)
			write_out(report, alert);
		return;
	}
	start_text(report, level, alert_rule_id(report->tables, match, id));
	write_out(report, &report->line);
}

/* Leaves the indicators of files, each value once: feeds are looked for in the fields of every system. */
static void
keep_indicators(struct scan_report *report)
{
	struct matches *matches = &report->matches;
	char id[INDICATOR_ID_SIZE], other[INDICATOR_ID_SIZE];
	uint32_t kept = 0;

	for (uint32_t i = 0; i < matches->count; i++) {
		struct match row = matches->rows[i];
		uint32_t same = 0;

		if (!is_of_files(report->tables, &report->tables->rules[row.rule]))
			continue;
		while (same < kept && strcmp(alert_rule_id(report->tables, &matches->rows[same], other),
		                             alert_rule_id(report->tables, &row, id)))
			same++;
		if (same < kept)
			continue;
		matches->rows[i] = matches->rows[kept]; /* rows own what why points to */
		matches->rows[kept++] = row;
	}
	matches->count = kept;
}

static void
match_indicators(struct scan_report *report, struct alert_event *event)
{
	struct stage *stage = report->stage;
	struct event_view view;

	view.event = decoder_read(stage->decoder, event->raw->data, event->kind, event->subject, report->plan.settle,
	                          report->plan.settle_count, 0);
	view.slots = decoder_slots(stage->decoder);
	view.present = decoder_present(stage->decoder);
	event->seen = view.event;
	matches_start(&report->matches);
	stage_match(stage, &report->plan, &view, &report->matches);
	matches_drop_expired(&report->matches, report->tables, event->time);
	keep_indicators(report);
	matches_sort(&report->matches, report->tables);
}

int
scan_report_write(struct scan_report *report, const struct scan_subject *scanned, const struct scan_result *result)
{
	struct late_fields late;
	struct subject subject = {.late = &late};
	struct alert_event event = {.raw = &report->raw, .kind = vocabulary_kind(RECORD_file_scan), .provider = "scan",
		.subject = &subject, .arena = decoder_arena(report->stage->decoder)};

	report->worst = -1;
	fill_record(report, scanned, result);
	late_fill(&late, result);
	event.time = event.created = report->record.scan.head.time;
	match_indicators(report, &event);
	alert_start(report->stage->writer, &event);
	for (uint32_t i = 0; i < result->match_count; i++) {
		struct alert_scan scan = {result, &result->matches[i], alert_scan_rule(report->tables, &result->matches[i])};

		write_match(report, &scan);
	}
	for (uint32_t i = 0; i < report->matches.count; i++)
		write_indicator(report, i);
	return report->worst;
}
