/*
 * cmd_test.c - rsnlc test: runs the rules' own tests on the compiled pack.
 */
#include "packfile.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "options.h"
#include "compile.h"
#include "make.h"
#include "minisign.h"
#include "yara_compile.h"
#include "building.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "suite.h"
#include "suite_run.h"
#include "junit.h"
#include "pack.h"
#include "trial.h"
#include "tryout.h"

enum { LETTER_JUNIT = 300, LETTER_REQUIRE, LETTER_FORMAT };

static const struct option_row rows[] = {
	{LETTER_JUNIT, "junit", "FILE", "write the results as JUnit XML, too"},
	{LETTER_REQUIRE, "require", NULL, "a rule without a test is an error"},
	{'i', "include", "KEY:GLOB", "only such rules; KEY: id name path status level tag logsource"},
	{'x', "exclude", "KEY:GLOB", "not such rules"},
	TRYOUT_ROWS,
	{'j', "jobs", "N", "compilers at once [CPUs]"},
	{LETTER_FORMAT, "format", "text|json|sarif", "how failures are written (text)"},
	{0},
};

struct testing {
	struct tryout tryout;
	struct compilation compilation;
	const char *junit;
	int require;
	struct suite_result *results;
	struct sigma_rule **untested; /* selected, without a case */
	size_t untested_count;
};

static int
set(void *state, int letter, const char *value)
{
	static const char *const formats[] = {"text", "json", "sarif"};
	struct testing *testing = state;
	struct building *building = &testing->tryout.building;

	switch (letter) {
	case LETTER_JUNIT:
		testing->junit = value;
		return 0;
	case LETTER_REQUIRE:
		testing->require = 1;
		return 0;
	case LETTER_FORMAT:
		for (int i = DIAG_TEXT; i <= DIAG_SARIF; i++)
			if (!strcmp(formats[i], value)) {
				building->format = i;
				return 0;
			}
		options_error("--format is text, json or sarif, not \"%s\"", value);
		return -EINVAL;
	case 'i':
	case 'x':
	case 'j':
		return building_set(building, letter, value);
	}
	return tryout_set(&testing->tryout, letter, value);
}

/* X.test.yml for X.yml and the reverse; NULL: there is none, or it is a folder. */
static const char *
sibling_find(struct arena *arena, const char *path)
{
	static const char *const ends[] = {".yml", ".yaml"};
	size_t size = strlen(path), stem = 0;
	int is_test;

	for (int i = 0; i < 2 && !stem; i++)
		if (size > strlen(ends[i]) && !strcmp(path + size - strlen(ends[i]), ends[i]))
			stem = size - strlen(ends[i]);
	is_test = stem > 5 && !strncmp(path + stem - 5, ".test", 5);
	for (int i = 0; i < 2 && stem; i++) {
		const char *other = arena_print(arena, "%.*s%s%s", (int)(is_test ? stem - 5 : stem), path,
		                                is_test ? "" : ".test", ends[i]);

		if (!access(other, F_OK))
			return other;
	}
	return NULL;
}

/* A rule or test named outright brings the other with it. */
static const char *const *
paths_find(struct testing *testing, struct arena *arena, size_t *count)
{
	const struct options *options = &testing->tryout.building.options;
	const char **paths = arena_alloc(arena, 2 * options->operand_count * sizeof(*paths)), *sibling;
	size_t j;

	*count = options->operand_count;
	memcpy(paths, options->operands, *count * sizeof(*paths));
	for (size_t i = 0; i < options->operand_count; i++) {
		sibling = sibling_find(arena, paths[i]);
		for (j = 0; sibling && j < *count && strcmp(paths[j], sibling); j++)
			;
		if (sibling && j == *count)
			paths[(*count)++] = sibling;
	}
	return paths;
}

static int
has_test(const struct suite *suite, const struct sigma_rule *rule)
{
	for (size_t i = 0; i < suite->count; i++)
		if (suite->cases[i].rule == rule)
			return 1;
	return 0;
}

/* Leaves out the rules that have no test, and that no correlation with one takes the matches of. Returns how many have
 * one. */
static size_t
rules_reduce(struct testing *testing)
{
	struct compilation *compilation = &testing->compilation;
	struct sigma_rule **rules[2] = {0}; /* without a test, with one */
	size_t counts[2] = {0};

	for (size_t i = 0; i < compilation->rule_count; i++) {
		struct sigma_rule *rule = compilation->rules[i];
		int tested = has_test(compilation->suite, rule);

		if (!rule->is_selected || rule->is_duplicate)
			continue;
		rules[tested] = arena_grow(compilation->arena, rules[tested], counts[tested], sizeof(*rules[tested]));
		rules[tested][counts[tested]++] = rule;
	}
	tryout_select(compilation, rules[1], counts[1]);
	for (size_t i = 0; i < counts[0]; i++)
		if (!rules[0][i]->is_selected)
			rules[0][testing->untested_count++] = rules[0][i];
	testing->untested = rules[0];
	return counts[1];
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void
summary_print(const struct testing *testing, size_t rules)
{
	const struct building *building = &testing->tryout.building;
	size_t counts[3] = {0}, count = testing->compilation.suite->count;

	for (size_t i = 0; i < count; i++)
		counts[testing->results[i].outcome]++;
	if (building->format == DIAG_JSON)
		printf("{\"v\":1,\"type\":\"summary\",\"cases\":%zu,\"rules\":%zu,\"ok\":%zu,\"failed\":%zu,\"skipped\":%zu}\n",
		       count, rules, counts[SUITE_OK], counts[SUITE_FAILED], counts[SUITE_SKIPPED]);
	options_message(&building->options, "%zu case%s of %zu rule%s: %zu ok, %zu failed, %zu skipped", count,
	                plural(count), rules, plural(rules), counts[SUITE_OK], counts[SUITE_FAILED], counts[SUITE_SKIPPED]);
}

/* Compiles what has tests and runs them. */
static int
cases_run(struct testing *testing, size_t rules)
{
	struct compilation *compilation = &testing->compilation;
	struct trial *trial = NULL;
	int code;

	testing->results = arena_alloc(compilation->arena, (compilation->suite->count + 1) * sizeof(*testing->results));
	code = rules ? tryout_open(&testing->tryout, compilation, &trial) : 0;
	if (code)
		return code;
	suite_run(compilation, trial, &testing->tryout, testing->results);
	trial_close(trial);
	if (testing->junit) {
		int error = junit_write(testing->junit, compilation->suite, testing->results);

		if (error)
			options_error("%s: %s", testing->junit, options_errno(error));
		return error ? CODE_CANNOT : 0;
	}
	return 0;
}

static int
test(struct testing *testing)
{
	struct compilation *compilation = &testing->compilation;
	const struct building *building = &testing->tryout.building;
	struct arena *arena = arena_new();
	size_t count, rules = 0;
	const char *const *paths = paths_find(testing, arena, &count);
	int code = tryout_load(&testing->tryout, compilation, paths, count);

	if (!code) {
		rules = rules_reduce(testing);
		code = cases_run(testing, rules);
	}
	for (size_t i = 0; testing->require && i < testing->untested_count; i++)
		diag_add(compilation->diags, testing->untested[i]->place, DIAG_missing_test, "\"%s\" has no test",
		         testing->untested[i]->title.data);
	diag_print(stdout, compilation->diags, building->format, building->options.color);
	if (!code)
		summary_print(testing, rules);
	if (!code && diag_count(compilation->diags, DIAG_ERROR))
		code = CODE_CONTENT;
	compile_done(compilation);
	arena_free(arena);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct testing testing = {.require = 0};
	int code = options_parse(&testing.tryout.building.options, command, argc, argv, set, &testing);

	if (code >= 0)
		return code;
	if (!testing.tryout.building.options.operand_count) {
		options_error("test: no PATH given");
		return CODE_USAGE;
	}
	code = test(&testing);
	tryout_done(&testing.tryout);
	return code;
}

const struct command command_test = {
	"test", "[OPTION]... PATH...", "Runs the rules' own tests on the compiled pack.", rows, run,
};
