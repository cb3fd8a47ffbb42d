/*
 * cmd_check.c - rsnlc check: all that build would refuse, lint, and where each rule can fire.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "input.h"
#include "ir.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "options.h"
#include "compile.h"
#include "cost.h"
#include "lint.h"
#include "field_names.h"
#include "reach.h"

enum { LIST_MAX = 64, LETTER_PLATFORM = 300, LETTER_FAIL_ON, LETTER_DISABLE, LETTER_LOGSOURCES, LETTER_FORMAT,
       LETTER_PLACEHOLDERS, LETTER_OVERRIDE };

static const struct option_row rows[] = {
	{LETTER_PLATFORM, "platform", "linux|windows", "say what can fire there (repeatable; both)"},
	{LETTER_FAIL_ON, "fail-on", "error|warning|note", "exit 1 from this severity on (error)"},
	{LETTER_DISABLE, "disable", "NAME", "silence a lint (repeatable)"},
	{'i', "include", "KEY:GLOB", "only such rules; KEY: id name path status level tag logsource"},
	{'x', "exclude", "KEY:GLOB", "not such rules"},
	{LETTER_PLACEHOLDERS, "placeholders", "FILE", "what the %name% of the modifier expand stand for"},
	{LETTER_OVERRIDE, "override", "FILE", "decisions about rules, by id or tag: level, enabled, note"},
	{LETTER_LOGSOURCES, "logsources", "FILE", "more logsources (repeatable)"},
	{LETTER_FORMAT, "format", "text|json|sarif", "how diagnostics are written (text)"},
	{'d', "dump", "LETTERS", "print what passes made: p c l"},
	{0},
};

struct checking {
	struct options options;
	struct compile_request request;
	struct compilation compilation;
	const char *platforms[2];
	const char *disabled[LIST_MAX];
	const char *logsources[LIST_MAX];
	size_t platform_count, disabled_count;
	enum diag_severity fail_on;
	enum diag_format format;
};

static int
word_set(const char *option, const char *value, const char *const words[3], int *number)
{
	for (int i = 0; i < 3; i++)
		if (!strcmp(value, words[i])) {
			*number = i;
			return 0;
		}
	options_error("--%s is %s, %s or %s, not \"%s\"", option, words[0], words[1], words[2], value);
	return -EINVAL;
}

static int
platform_set(struct checking *checking, const char *value)
{
	if (strcmp(value, "linux") && strcmp(value, "windows")) {
		options_error("--platform is linux or windows, not \"%s\"", value);
		return -EINVAL;
	}
	if (checking->platform_count < 2 && !(checking->platform_count && !strcmp(checking->platforms[0], value)))
		checking->platforms[checking->platform_count++] = value;
	return 0;
}

static int
list_add(const char **list, size_t *count, const char *value)
{
	if (*count == LIST_MAX) {
		options_error("more than %d values", LIST_MAX);
		return -EINVAL;
	}
	list[(*count)++] = value;
	return 0;
}

static int
set(void *state, int letter, const char *value)
{
	static const char *const severities[] = {"error", "warning", "note"};
	static const char *const formats[] = {"text", "json", "sarif"};
	struct checking *checking = state;
	int number, error;

	switch (letter) {
	case LETTER_PLATFORM:
		return platform_set(checking, value);
	case LETTER_FAIL_ON:
		error = word_set("fail-on", value, severities, &number);
		checking->fail_on = error ? DIAG_ERROR : (enum diag_severity)number;
		return error;
	case LETTER_FORMAT:
		error = word_set("format", value, formats, &number);
		checking->format = error ? DIAG_TEXT : (enum diag_format)number;
		return error;
	case LETTER_DISABLE:
		return list_add(checking->disabled, &checking->disabled_count, value);
	case LETTER_LOGSOURCES:
		return list_add(checking->logsources, &checking->request.logsource_file_count, value);
	case LETTER_OVERRIDE:
		checking->request.override_file = value;
		return 0;
	case LETTER_PLACEHOLDERS:
		checking->request.placeholder_file = value;
		return 0;
	case 'd':
		checking->request.dump = value;
		return 0;
	default:
		error = selection_add(&checking->request.selection, letter == 'x', value);
		if (error)
			options_error("-%c %s: KEY:GLOB expected; KEY is id, name, path, status, level, tag or logsource", letter,
			              value);
		return error;
	}
}

static int
lints_disable(struct checking *checking)
{
	for (size_t i = 0; i < checking->disabled_count; i++) {
		const char *name = checking->disabled[i];
		int error = diag_disable(checking->compilation.diags, NULL, name, strlen(name));

		if (!error)
			continue;
		options_error(error == -EPERM ? "\"%s\" is an error, which cannot be disabled"
		                              : "no lint is named \"%s\"; rsnlc list lints shows all", name);
		return CODE_USAGE;
	}
	return 0;
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* Appends "; linux: 152 can fire, 1 degraded, 57 replay only", where the platform has rules at all. */
static void
platform_report(struct checking *checking, const char *platform, char *text, size_t room)
{
	static const char *const words[] = {"can fire", "degraded", "replay only"};
	size_t counts[REACH_COUNT] = {0}, used = strlen(text);

	rules_reach(checking->compilation.diags, checking->compilation.logsources, checking->compilation.rules,
	            checking->compilation.rule_count, platform, counts);
	if (!counts[REACH_CAN_FIRE] && !counts[REACH_DEGRADED] && !counts[REACH_REPLAY_ONLY])
		return;
	used += snprintf(text + used, room - used, "; %s:", platform);
	for (int i = REACH_CAN_FIRE; i <= REACH_REPLAY_ONLY; i++)
		used += snprintf(text + used, room - used, "%s %zu %s", i ? "," : "", counts[i], words[i]);
	if (counts[REACH_OTHER_PRODUCT])
		snprintf(text + used, room - used, ", %zu of other products", counts[REACH_OTHER_PRODUCT]);
}

/* Appends how many rules no route leads to: those of other products, for the most part. */
static void
routes_report(const struct checking *checking, char *text, size_t room)
{
	const struct compilation *compilation = &checking->compilation;
	size_t count = 0, used = strlen(text);

	for (size_t i = 0; i < compilation->rule_count; i++) {
		const struct sigma_rule *rule = compilation->rules[i];
		const struct logsource logsource = {rule->product, rule->category, rule->service};

		if (rule->is_selected && !rule->is_bad && !rule->is_duplicate && !rule->is_correlation)
			count += !logsource_known(compilation->logsources, &logsource);
	}
	if (count)
		snprintf(text + used, room - used, "; %zu replay only, with --routing PRODUCT/CATEGORY/SERVICE", count);
}

static size_t
rules_lint(struct checking *checking)
{
	const struct compilation *compilation = &checking->compilation;
	size_t count = 0;

	for (size_t i = 0; i < compilation->rule_count; i++) {
		const struct sigma_rule *rule = compilation->rules[i];

		count += rule->is_selected;
		if (rule->is_selected && !rule->is_bad)
			rule_lint(compilation->diags, compilation->logsources, rule);
	}
	field_names_lint(compilation->diags, compilation->logsources, compilation->rules, compilation->rule_count);
	if (compilation->pack)
		cost_lint(compilation->arena, compilation->diags, compilation->pack, compilation->rules,
		          compilation->rule_count);
	return count;
}

static void
summary_print(struct checking *checking, size_t rules, const char *platforms)
{
	size_t counts[3];

	for (int i = DIAG_ERROR; i <= DIAG_NOTE; i++)
		counts[i] = diag_count(checking->compilation.diags, i);
	if (checking->format == DIAG_JSON)
		printf("{\"v\":1,\"type\":\"summary\",\"rules\":%zu,\"errors\":%zu,\"warnings\":%zu,\"notes\":%zu}\n", rules,
		       counts[DIAG_ERROR], counts[DIAG_WARNING], counts[DIAG_NOTE]);
	options_message(&checking->options, "%zu rule%s: %zu error%s, %zu warning%s, %zu note%s%s", rules, plural(rules),
	                counts[DIAG_ERROR], plural(counts[DIAG_ERROR]), counts[DIAG_WARNING], plural(counts[DIAG_WARNING]),
	                counts[DIAG_NOTE], plural(counts[DIAG_NOTE]), platforms);
}

static int
report(struct checking *checking)
{
	char platforms[512] = "";
	size_t rules = rules_lint(checking);
	int code = CODE_DONE;

	for (size_t i = 0; i < checking->platform_count; i++)
		platform_report(checking, checking->platforms[i], platforms, sizeof(platforms));
	routes_report(checking, platforms, sizeof(platforms));
	if (checking->options.quiet)
		diag_show_least(checking->compilation.diags, checking->fail_on);
	diag_print(stdout, checking->compilation.diags, checking->format, checking->options.color);
	summary_print(checking, rules, platforms);
	for (int i = DIAG_ERROR; i <= (int)checking->fail_on; i++)
		if (diag_count(checking->compilation.diags, i))
			code = CODE_CONTENT;
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct checking checking = {.fail_on = DIAG_ERROR};
	int code = options_parse(&checking.options, command, argc, argv, set, &checking);

	if (code >= 0)
		return code;
	if (!checking.options.operand_count) {
		options_error("check: no PATH given");
		return CODE_USAGE;
	}
	checking.request.paths = (const char *const *)checking.options.operands;
	checking.request.path_count = checking.options.operand_count;
	checking.request.logsource_files = checking.logsources;
	if (!checking.platform_count) {
		checking.platforms[checking.platform_count++] = "linux";
		checking.platforms[checking.platform_count++] = "windows";
	}
	compile_init(&checking.compilation, &checking.request);
	code = lints_disable(&checking);
	if (!code) {
		code = compile_front(&checking.compilation);
		if (code == CODE_CANNOT)
			options_error("%s", checking.compilation.failure);
		else if (!checking.request.dump)
			code = report(&checking);
		else
			diag_print(stderr, checking.compilation.diags, checking.format, 0);
	}
	compile_done(&checking.compilation);
	return code;
}

const struct command command_check = {
	"check", "[OPTION]... PATH...", "Checks rules, feeds and tests: all that build would refuse, and lint.", rows, run,
};
