/*
 * cmd_list.c - rsnlc list: what there is, one item a line, tab-separated, sorted.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
#include "options.h"
#include "compile.h"

enum { LETTER_FORMAT = 300 };

static const struct option_row rows[] = {
	{'i', "include", "KEY:GLOB", "only such rules"},
	{'x', "exclude", "KEY:GLOB", "not such rules"},
	{LETTER_FORMAT, "format", "text|json", "how items are written (text)"},
	{0},
};

struct listing {
	struct options options;
	struct compile_request request;
	struct compilation compilation;
	int json;
	const char ***lines; /* columns of each */
	size_t count;
};

struct subject {
	const char *name;
	const char *columns[4]; /* what JSON calls them; the rest NULL */
	void (*collect)(struct listing *listing);
	int needs_paths;
};

static void
line_add(struct listing *listing, const char *one, const char *two, const char *three, const char *four)
{
	const char **line = arena_alloc(listing->compilation.arena, 4 * sizeof(*line));

	line[0] = one;
	line[1] = two;
	line[2] = three;
	line[3] = four;
	listing->lines = arena_grow(listing->compilation.arena, listing->lines, listing->count, sizeof(*listing->lines));
	listing->lines[listing->count++] = line;
}

static void
lints_collect(struct listing *listing)
{
	static const char *const severities[] = {"error", "warning", "note"};

	for (int i = 0; i < DIAG_NAME_COUNT; i++)
		line_add(listing, diag_rows[i].name, severities[diag_rows[i].severity], diag_rows[i].explanation, NULL);
}

static void
kinds_collect(struct listing *listing)
{
#define KIND(name, number, category, type, action, dataset) line_add(listing, #name, #number, category, dataset);
#include "event.def"
}

static void
targets_collect(struct listing *listing)
{
	line_add(listing, "x86_64", NULL, NULL, NULL);
	line_add(listing, "aarch64", NULL, NULL, NULL);
}

static const char *
logsource_name(struct listing *listing, const struct sigma_rule *rule)
{
	if (rule->is_correlation)
		return "correlation";
	return arena_print(listing->compilation.arena, "%s/%s/%s", rule->product.data, rule->category.data,
	                   rule->service.data);
}

static void
rules_collect(struct listing *listing)
{
	for (size_t i = 0; i < listing->compilation.rule_count; i++) {
		const struct sigma_rule *rule = listing->compilation.rules[i];

		if (rule->is_selected)
			line_add(listing, rule->id.data, rule->level.size ? rule->level.data : "low",
			         logsource_name(listing, rule), rule->title.data);
	}
}

/* Each with how its rules come to events. */
static void
logsources_collect(struct listing *listing)
{
	const struct ir_text events = {"", 0};
	const struct compilation *compilation = &listing->compilation;

	for (size_t i = 0; i < compilation->rule_count; i++) {
		const struct sigma_rule *rule = compilation->rules[i];
		const struct logsource logsource = {rule->product, rule->category, rule->service};
		const char *name = logsource_name(listing, rule);

		if (!rule->is_selected || rule->is_correlation)
			continue;
		if (logsource_reach(compilation->logsources, &logsource, events, NULL) != REACH_NEVER)
			line_add(listing, name, "live", NULL, NULL);
		else if (logsource_known(compilation->logsources, &logsource))
			line_add(listing, name, "replay", NULL, NULL);
		else
			line_add(listing, name, arena_print(compilation->arena, "replay --routing %s", name), NULL, NULL);
	}
}

static void
tags_collect(struct listing *listing)
{
	for (size_t i = 0; i < listing->compilation.rule_count; i++) {
		const struct sigma_rule *rule = listing->compilation.rules[i];

		for (uint32_t j = 0; rule->is_selected && j < rule->tag_count; j++)
			line_add(listing, rule->tags[j].data, NULL, NULL, NULL);
	}
}

/* What its names stand for: themselves, but for aliases. */
static void
correlation_fields_collect(struct listing *listing, const struct sigma_correlation *correlation)
{
	for (size_t i = 0; i < correlation->name_count; i++) {
		size_t aliases = 0;

		for (size_t j = 0; j < correlation->alias_count; j++)
			aliases += correlation->aliases[j].name.text.data == correlation->names[i].text.data;
		if (!aliases)
			line_add(listing, correlation->names[i].text.data, NULL, NULL, NULL);
	}
	for (size_t i = 0; i < correlation->alias_count; i++)
		line_add(listing, correlation->aliases[i].field.data, NULL, NULL, NULL);
}

static void
fields_collect(struct listing *listing)
{
	for (size_t i = 0; i < listing->compilation.rule_count; i++) {
		const struct sigma_rule *rule = listing->compilation.rules[i];

		for (size_t j = 0; rule->is_selected && j < rule->identifier_count; j++)
			for (size_t k = 0; k < rule->identifiers[j].count; k++)
				for (size_t l = 0; l < rule->identifiers[j].maps[k].count; l++)
					if (rule->identifiers[j].maps[k].items[l].field.size)
						line_add(listing, rule->identifiers[j].maps[k].items[l].field.data, NULL, NULL, NULL);
		if (rule->is_selected && rule->correlation)
			correlation_fields_collect(listing, rule->correlation);
	}
}

static const struct subject subjects[] = {
	{"fields", {"name"}, fields_collect, 1},
	{"kinds", {"name", "number", "category", "dataset"}, kinds_collect, 0},
	{"lints", {"name", "severity", "text"}, lints_collect, 0},
	{"logsources", {"name", "events"}, logsources_collect, 1},
	{"rules", {"id", "level", "logsource", "title"}, rules_collect, 1},
	{"tags", {"name"}, tags_collect, 1},
	{"targets", {"name"}, targets_collect, 0},
};

enum { SUBJECT_COUNT = sizeof(subjects) / sizeof(*subjects) };

static int
line_compare(const void *one, const void *two)
{
	const char *const *left = *(const char *const *const *)one, *const *right = *(const char *const *const *)two;
	int order = 0;

	for (int i = 0; i < 4 && !order && left[i]; i++)
		order = strcmp(left[i], right[i]);
	return order;
}

static void
line_print(const struct listing *listing, const struct subject *subject, const char *const *line)
{
	if (listing->json)
		printf("{\"v\":1,\"type\":\"%s\"", subject->name);
	for (int i = 0; i < 4 && line[i]; i++) {
		if (listing->json) {
			printf(",\"%s\":", subject->columns[i]);
			diag_print_json(stdout, line[i], strlen(line[i]));
		} else {
			printf("%s%s", i ? "\t" : "", line[i]);
		}
	}
	puts(listing->json ? "}" : "");
}

static void
lines_print(struct listing *listing, const struct subject *subject)
{
	size_t printed = 0;

	if (listing->count)
		qsort(listing->lines, listing->count, sizeof(*listing->lines), line_compare);
	for (size_t i = 0; i < listing->count; i++) {
		if (i && !line_compare(&listing->lines[i - 1], &listing->lines[i]))
			continue;
		line_print(listing, subject, listing->lines[i]);
		printed++;
	}
	if (listing->json)
		printf("{\"v\":1,\"type\":\"summary\",\"count\":%zu}\n", printed);
}

static int
set(void *state, int letter, const char *value)
{
	struct listing *listing = state;
	int error;

	if (letter == LETTER_FORMAT) {
		listing->json = !strcmp(value, "json");
		if (listing->json || !strcmp(value, "text"))
			return 0;
		options_error("--format is text or json, not \"%s\"", value);
		return -EINVAL;
	}
	error = selection_add(&listing->request.selection, letter == 'x', value);
	if (error)
		options_error("-%c %s: KEY:GLOB expected; KEY is id, name, path, status, level, tag or logsource", letter,
		              value);
	return error;
}

/* Errors in content do not stop a list: what could be read is listed, and the code says that something was not. */
static int
subject_list(struct listing *listing, const struct subject *subject)
{
	struct compilation *compilation = &listing->compilation;
	int code = compile_load(compilation);

	if (!code)
		code = compile_parse(compilation);
	if (code == CODE_CANNOT) {
		options_error("%s", compilation->failure);
		return code;
	}
	subject->collect(listing);
	lines_print(listing, subject);
	diag_print(stderr, compilation->diags, DIAG_TEXT, 0);
	return diag_count(compilation->diags, DIAG_ERROR) ? CODE_CONTENT : CODE_DONE;
}

static const struct subject *
subject_find(const struct options *options)
{
	for (size_t i = 0; options->operand_count && i < SUBJECT_COUNT; i++)
		if (!strcmp(subjects[i].name, options->operands[0]))
			return &subjects[i];
	return NULL;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct listing listing = {0};
	const struct subject *subject;
	int code = options_parse(&listing.options, command, argc, argv, set, &listing);

	if (code >= 0)
		return code;
	subject = subject_find(&listing.options);
	if (!subject) {
		options_error("list: say what: fields, kinds, lints, logsources, rules, tags or targets");
		return CODE_USAGE;
	}
	if (subject->needs_paths && listing.options.operand_count < 2) {
		options_error("list %s: no PATH given", subject->name);
		return CODE_USAGE;
	}
	listing.request.paths = (const char *const *)listing.options.operands + 1;
	listing.request.path_count = listing.options.operand_count - 1;
	compile_init(&listing.compilation, &listing.request);
	code = subject_list(&listing, subject);
	compile_done(&listing.compilation);
	return code;
}

const struct command command_list = {
	"list", "rules|kinds|fields|logsources|tags|lints|targets [OPTION]... PATH...",
	"Lists what rules hold and what rsnlc knows.", rows, run,
};
