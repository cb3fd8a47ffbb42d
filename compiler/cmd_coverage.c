/*
 * cmd_coverage.c - rsnlc coverage: the techniques of ATT&CK that rules which can fire detect.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "file.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "coverage.h"
#include "lint.h"
#include "options.h"
#include "compile.h"
#include "reach.h"

enum { LIST_MAX = 64, LETTER_HTML = 300, LETTER_PLATFORM, LETTER_COMPARE, LETTER_PLACEHOLDERS, LETTER_OVERRIDE,
       LETTER_LOGSOURCES };

static const struct option_row rows[] = {
	{'o', "output", "FILE", "write an ATT&CK Navigator layer"},
	{LETTER_HTML, "html", "FILE", "write a page to look at"},
	{LETTER_PLATFORM, "platform", "linux|windows", "rules that can fire there (any of both)"},
	{LETTER_COMPARE, "compare", "LAYER", "print what is other than in a layer"},
	{'i', "include", "KEY:GLOB", "only such rules; KEY: id name path status level tag logsource"},
	{'x', "exclude", "KEY:GLOB", "not such rules"},
	{LETTER_PLACEHOLDERS, "placeholders", "FILE", "what the %name% of the modifier expand stand for"},
	{LETTER_OVERRIDE, "override", "FILE", "decisions about rules, by id or tag: level, enabled"},
	{LETTER_LOGSOURCES, "logsources", "FILE", "more logsources (repeatable)"},
	{0},
};

struct covering {
	struct options options;
	struct compile_request request;
	struct compilation compilation;
	const char *output, *html, *platform, *compare;
	const char *logsources[LIST_MAX];
};

static int
set(void *state, int letter, const char *value)
{
	struct covering *covering = state;
	int error = 0;

	switch (letter) {
	case 'o':
		covering->output = value;
		break;
	case LETTER_HTML:
		covering->html = value;
		break;
	case LETTER_COMPARE:
		covering->compare = value;
		break;
	case LETTER_PLATFORM:
		covering->platform = value;
		error = strcmp(value, "linux") && strcmp(value, "windows") ? -EINVAL : 0;
		if (error)
			options_error("--platform is linux or windows, not \"%s\"", value);
		break;
	case LETTER_PLACEHOLDERS:
		covering->request.placeholder_file = value;
		break;
	case LETTER_OVERRIDE:
		covering->request.override_file = value;
		break;
	case LETTER_LOGSOURCES:
		error = covering->request.logsource_file_count == LIST_MAX ? -EINVAL : 0;
		if (error)
			options_error("--logsources: at most %d files", LIST_MAX);
		else
			covering->logsources[covering->request.logsource_file_count++] = value;
		break;
	default:
		error = selection_add(&covering->request.selection, letter == 'x', value);
		if (error)
			options_error("-%c %s: KEY:GLOB expected; KEY is id, name, path, status, level, tag or logsource", letter,
			              value);
	}
	return error;
}

/* Says of each rule whether it makes alerts on a platform asked for. */
static const char *
fires_find(struct covering *covering)
{
	static const char *const platforms[] = {"linux", "windows"};
	struct compilation *compilation = &covering->compilation;
	char *fires = arena_alloc(compilation->arena, compilation->rule_count + 1);

	for (int p = 0; p < 2; p++) {
		size_t counts[REACH_COUNT] = {0};

		if (covering->platform && strcmp(covering->platform, platforms[p]))
			continue;
		rules_reach(compilation->diags, compilation->logsources, compilation->rules, compilation->rule_count,
		            platforms[p], counts);
		for (size_t i = 0; i < compilation->rule_count; i++) {
			const struct sigma_rule *rule = compilation->rules[i];

			fires[i] |= rule->is_selected && !rule->is_bad && !rule->is_duplicate && !rule->is_silent &&
			            (rule->reach == REACH_CAN_FIRE || rule->reach == REACH_DEGRADED);
		}
	}
	return fires;
}

static int
written(struct covering *covering, const char *path, const struct coverage *coverage,
        void (*print)(FILE *out, const struct coverage *coverage, const char *name))
{
	struct arena *arena = covering->compilation.arena;
	char *text = NULL;
	size_t size = 0;
	FILE *out = path ? open_memstream(&text, &size) : NULL;
	int error;

	if (!path)
		return 0;
	if (!out)
		return CODE_CANNOT;
	print(out, coverage, arena_print(arena, "rsnl rules that can fire%s%s", covering->platform ? " on " : "",
	                                 covering->platform ? covering->platform : ""));
	fclose(out);
	error = file_write(path, text, size, 0644);
	free(text);
	if (error)
		options_error("%s: %s", path, options_errno(error));
	return error ? CODE_CANNOT : 0;
}

static int
compared(struct covering *covering, const struct coverage *coverage)
{
	struct compilation *compilation = &covering->compilation;
	struct document_list documents = {0};
	const struct source *source;
	int error = covering->compare ? input_read(compilation->arena, covering->compare, INPUT_YAML_MAX, &source) : 0;

	if (!covering->compare)
		return 0;
	if (error) {
		options_error("%s: %s", covering->compare, options_errno(error));
		return CODE_CANNOT;
	}
	if (!load_documents(compilation->arena, compilation->diags, source, &documents) && documents.count == 1 &&
	    coverage_compare(stdout, compilation->arena, coverage, documents.items[0].root) >= 0)
		return 0;
	options_error("%s: no ATT&CK Navigator layer", covering->compare);
	return CODE_CONTENT;
}

/* Only errors, and tactics that ATT&CK calls otherwise now; check has the other lints. */
static void
lints_reduce(struct diag_list *diags)
{
	for (int i = 0; i < DIAG_NAME_COUNT; i++)
		if (i != DIAG_old_tactic)
			diag_disable(diags, NULL, diag_rows[i].name, strlen(diag_rows[i].name));
}

static int
cover(struct covering *covering)
{
	struct compilation *compilation = &covering->compilation;
	const struct coverage *coverage;
	int code = compile_load(compilation);

	if (!code)
		code = compile_parse(compilation);
	if (!code)
		code = compile_check(compilation);
	if (code) {
		if (code == CODE_CANNOT)
			options_error("%s", compilation->failure);
		return code;
	}
	for (size_t i = 0; i < compilation->rule_count; i++)
		if (compilation->rules[i]->is_selected && !compilation->rules[i]->is_bad)
			rule_lint(compilation->diags, compilation->logsources, compilation->rules[i]);
	coverage = coverage_new(compilation->arena, compilation->rules, fires_find(covering), compilation->rule_count);
	diag_print(stderr, compilation->diags, DIAG_TEXT, covering->options.color);
	code = written(covering, covering->output, coverage, coverage_print_layer);
	if (!code)
		code = written(covering, covering->html, coverage, coverage_print_html);
	if (!code)
		code = compared(covering, coverage);
	if (!code && !(covering->output && !strcmp(covering->output, "-")))
		printf("%zu techniques, %zu rules, %zu untagged\n", coverage->count, coverage->rule_count, coverage->untagged);
	if (!code && diag_count(compilation->diags, DIAG_ERROR))
		code = CODE_CONTENT;
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct covering covering = {.platform = NULL};
	int code = options_parse(&covering.options, command, argc, argv, set, &covering);

	if (code >= 0)
		return code;
	if (!covering.options.operand_count) {
		options_error("coverage: no PATH given");
		return CODE_USAGE;
	}
	covering.request.paths = (const char *const *)covering.options.operands;
	covering.request.path_count = covering.options.operand_count;
	covering.request.logsource_files = covering.logsources;
	compile_init(&covering.compilation, &covering.request);
	lints_reduce(covering.compilation.diags);
	code = cover(&covering);
	compile_done(&covering.compilation);
	return code;
}

const struct command command_coverage = {
	"coverage", "[OPTION]... PATH...", "Counts the rules that can fire by technique of ATT&CK.", rows, run,
};
