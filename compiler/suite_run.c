/*
 * suite_run.c - rule tests: runs the cases and says how those that failed can be looked into.
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

#include "arena.h"
#include "pack.h"
#include "suite.h"
#include "suite_run.h"
#include "trial.h"
#include "tryout.h"

struct runner {
	struct compilation *compilation;
	struct trial *trial;
	const struct tryout *tryout;
	const struct suite_case *one; /* the case that runs */
	uint32_t rule;                /* its rule's number in the pack */
	int64_t matches;              /* of the case so far */
	uint64_t first;               /* line of the first, in the case's file */
};

static uint32_t
rule_number(const struct runner *runner, const char *id)
{
	const struct pack_tables *tables = trial_tables(runner->trial);

	for (uint32_t i = 0; i < tables->rule_count; i++)
		if (!strcmp(pack_text_data(tables, tables->rules[i].id), id))
			return i;
	return PACK_NONE;
}

/* "; run: rsnlc explain RULE EVENT" with the rule's id where its file has others, too. line 0: the whole file. */
static void
command_print(const struct runner *runner, FILE *out, const char *file, uint64_t line)
{
	const struct compilation *compilation = runner->compilation;
	const struct sigma_rule *rule = runner->one->rule;
	struct arena *arena = compilation->arena;
	const char *path = rule->place.source->name;
	size_t count = 0;

	for (size_t i = 0; i < compilation->rule_count; i++)
		count += !compilation->rules[i]->is_duplicate &&
		         (compilation->rules[i] == rule || !compilation->rules[i]->is_silent) &&
		         !strcmp(compilation->rules[i]->place.source->name, path);
	fputs("; run: rsnlc explain", out);
	tryout_print_options(out, runner->tryout);
	fputc(' ', out);
	tryout_print_word(out, count > 1 ? arena_print(arena, "%s:%s", path, rule->id.data) : path);
	fputc(' ', out);
	tryout_print_word(out, line ? arena_print(arena, "%s:%llu", file, (unsigned long long)line) : file);
}

/* Queues the failure that out has gathered, and closes it. */
static struct suite_result
fail(struct runner *runner, FILE *out, char **text)
{
	struct suite_result result = {SUITE_FAILED, NULL};

	fclose(out);
	result.text = arena_print(runner->compilation->arena, "%s", *text);
	free(*text);
	diag_add(runner->compilation->diags, runner->one->place, DIAG_test_failed, "%s", result.text);
	return result;
}

static FILE *
failure_open(const struct runner *runner, char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		abort();
	fprintf(out, "%s[%zu] ", runner->one->list, runner->one->index);
	return out;
}

static struct suite_result
event_run(struct runner *runner)
{
	const struct suite_case *one = runner->one;
	struct trial_bad bad;
	char *text;
	size_t size;
	FILE *out;
	int got = trial_match(runner->trial, one->events[0].data, one->events[0].size, runner->rule, TRIAL_GIVEN, &bad);

	if (got == one->expected)
		return (struct suite_result){SUITE_OK, NULL};
	out = failure_open(runner, &text, &size);
	if (got < 0)
		fprintf(out, "is no event: %s", got == -EBADMSG ? bad.text : options_errno(got));
	else if (got)
		fprintf(out, "fired: \"%s\"", one->rule->title.data);
	else
		fputs("did not fire", out);
	if (got == 0)
		command_print(runner, out, one->place.source->name, one->place.line);
	return fail(runner, out, &text);
}

/* The events of a correlation's case, one after another. */
static struct suite_result
sequence_run(struct runner *runner)
{
	const struct suite_case *one = runner->one;
	struct trial_step step;
	struct trial_bad bad;
	char *text;
	size_t size, i;
	FILE *out;
	int error = trial_start(runner->trial, runner->rule);

	runner->matches = 0;
	for (i = 0; !error && i < one->event_count; i++) {
		error = trial_next(runner->trial, one->events[i].data, one->events[i].size, runner->rule, TRIAL_GIVEN, &step,
		                   &bad);
		runner->matches += step.fired;
	}
	if (!error && (runner->matches > 0) == one->expected)
		return (struct suite_result){SUITE_OK, NULL};
	out = failure_open(runner, &text, &size);
	if (error)
		fprintf(out, "has no event at %zu: %s", i, error == -EBADMSG ? bad.text : options_errno(error));
	else if (one->expected)
		fputs("did not fire", out);
	else
		fprintf(out, "fired: \"%s\"", one->rule->title.data);
	if (!error)
		command_print(runner, out, one->place.source->name, one->place.line);
	return fail(runner, out, &text);
}

static int
file_event(void *data, const char *text, size_t size, uint64_t line)
{
	struct runner *runner = data;
	struct trial_step step;
	struct trial_bad bad;
	int got;

	if (runner->one->rule->correlation) {
		got = trial_next(runner->trial, text, size, runner->rule, TRIAL_RECORDED, &step, &bad);
		got = got ? got : (int)step.fired;
	} else {
		got = trial_match(runner->trial, text, size, runner->rule, TRIAL_RECORDED, &bad);
	}
	if (got > 0 && !runner->matches)
		runner->first = line;
	runner->matches += got > 0 ? got : 0;
	return got < 0 && got != -EBADMSG ? got : 0;
}

/* Whether the file of a case has the matches that it should. */
static int
count_fits(const struct suite_case *one, int64_t matches)
{
	if (!one->expected)
		return matches == 0;
	if (one->count < 0)
		return matches > 0;
	return one->at_least ? matches >= one->count : matches == one->count;
}

static void
count_print(const struct runner *runner, FILE *out)
{
	const struct suite_case *one = runner->one;

	if (!one->expected)
		fprintf(out, "fired: \"%s\", ", one->rule->title.data);
	else if (!runner->matches)
		fputs("did not fire", out);
	else
		fputs("fired ", out);
	if (runner->matches)
		fprintf(out, "%lld time%s", (long long)runner->matches, runner->matches == 1 ? "" : "s");
	fprintf(out, " in %s", one->file);
	if (one->expected && one->count >= 0 && (runner->matches || one->count != 1))
		fprintf(out, ", %lld expected%s", (long long)one->count, one->at_least ? " at least" : "");
	command_print(runner, out, one->file, one->rule->correlation ? 0 : runner->first);
}

static struct suite_result
file_run(struct runner *runner)
{
	const struct suite_case *one = runner->one;
	char *text, *errors = NULL;
	size_t size;
	uint64_t bad = 0;
	FILE *report = open_memstream(&errors, &size), *out;
	int error;

	if (!report)
		abort();
	runner->matches = runner->first = 0;
	error = one->rule->correlation ? trial_start(runner->trial, runner->rule) : 0;
	if (!error)
		error = trial_events(one->file, file_event, runner, report, &bad);
	fclose(report);
	if (!error && !bad && count_fits(one, runner->matches)) {
		free(errors);
		if (one->at_least && one->count >= 0 && runner->matches > one->count)
			diag_add(runner->compilation->diags, one->place, DIAG_test_count, "%lld matches in %s, more than %lld",
			         (long long)runner->matches, one->file, (long long)one->count);
		return (struct suite_result){SUITE_OK, NULL};
	}
	out = failure_open(runner, &text, &size);
	if (error)
		fprintf(out, "cannot be run: %s: %s", one->file, options_errno(error));
	else if (bad)
		fprintf(out, "has %llu bad events: %.*s", (unsigned long long)bad, (int)strcspn(errors, "\n"), errors);
	else
		count_print(runner, out);
	free(errors);
	return fail(runner, out, &text);
}

void
suite_run(struct compilation *compilation, struct trial *trial, const struct tryout *tryout,
          struct suite_result *results)
{
	struct runner runner = {.compilation = compilation, .trial = trial, .tryout = tryout};

	for (size_t i = 0; i < compilation->suite->count; i++) {
		const struct suite_case *one = &compilation->suite->cases[i];

		results[i] = (struct suite_result){SUITE_SKIPPED, NULL};
		if (!trial || !suite_case_runs(one))
			continue;
		runner.one = one;
		runner.rule = rule_number(&runner, one->rule->id.data);
		if (runner.rule != PACK_NONE)
			results[i] = one->file              ? file_run(&runner)
			             : one->rule->correlation ? sequence_run(&runner) : event_run(&runner);
	}
}
