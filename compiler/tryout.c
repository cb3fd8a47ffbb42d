/*
 * tryout.c - from paths to a compiled pack that runs in this process.
 */
#include "packfile.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"
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

#include <sodium.h>

#include "emit_layout.h"
#include "pack.h"
#include "plan.h"
#include "trial.h"
#include "tryout.h"

int
tryout_set(struct tryout *tryout, int letter, const char *value)
{
	struct building *building = &tryout->building;

	switch (letter) {
	case TRYOUT_PLACEHOLDERS:
		building->compile.placeholder_file = value;
		return 0;
	case TRYOUT_OVERRIDE:
		building->compile.override_file = value;
		return 0;
	case TRYOUT_FIELDS:
		tryout->fields = value;
		return 0;
	case TRYOUT_CACHE:
		building->cache = value;
		return 0;
	case TRYOUT_NO_CACHE:
		building->no_cache = 1;
		return 0;
	}
	if (building->compile.logsource_file_count == BUILDING_LOGSOURCES) {
		options_error("--logsources: at most %d files", BUILDING_LOGSOURCES);
		return -EINVAL;
	}
	building->logsources[building->compile.logsource_file_count++] = value;
	return 0;
}

/* What is wrong is an error here, or comes from the tests themselves; check has the lints. */
static void
lints_silence(struct diag_list *diags)
{
	for (int i = 0; i < DIAG_NAME_COUNT; i++)
		if (i != DIAG_test_count)
			diag_disable(diags, NULL, diag_rows[i].name, strlen(diag_rows[i].name));
}

/* Feeds and YARA rules have no tests. */
static void
inputs_reduce(struct input_list *inputs)
{
	size_t kept = 0;

	for (size_t i = 0; i < inputs->count; i++)
		if (inputs->items[i].kind == INPUT_SIGMA || inputs->items[i].kind == INPUT_TEST)
			inputs->items[kept++] = inputs->items[i];
	inputs->count = kept;
}

int
tryout_load(struct tryout *tryout, struct compilation *compilation, const char *const *paths, size_t count)
{
	struct building *building = &tryout->building;
	int code;

	compile_init(compilation, &building->compile);
	lints_silence(compilation->diags);
	if (sodium_init() < 0)
		return CODE_CANNOT;
	code = building_settle(building);
	if (code)
		return code;
	building->compile.skip_bad = 1;
	building->compile.paths = paths;
	building->compile.path_count = count;
	code = compile_load(compilation);
	inputs_reduce(&compilation->inputs);
	if (!code)
		code = compile_parse(compilation);
	if (!code)
		code = compile_check(compilation);
	if (code == CODE_CANNOT)
		options_error("%s", compilation->failure);
	return code;
}

static void
rule_keep(struct sigma_rule *rule)
{
	if (rule->is_selected)
		return;
	rule->is_selected = 1;
	for (size_t i = 0; rule->correlation && i < rule->correlation->reference_count; i++)
		if (rule->correlation->references[i].rule)
			rule_keep(rule->correlation->references[i].rule);
}

void
tryout_select(struct compilation *compilation, struct sigma_rule *const *rules, size_t count)
{
	for (size_t i = 0; i < compilation->rule_count; i++)
		compilation->rules[i]->is_selected = 0;
	for (size_t i = 0; i < count; i++)
		rule_keep(rules[i]);
}

int
tryout_open(struct tryout *tryout, struct compilation *compilation, struct trial **trial)
{
	struct trial_config config = {.fields = tryout->fields};
	struct make_result *made;
	char why[TRIAL_WHY_SIZE];
	int code = compile_lower(compilation), error;

	if (code)
		return code;
	made = calloc(1, sizeof(*made));
	if (!made)
		return CODE_CANNOT;
	code = make_pack(compilation, &tryout->building.make, made);
	if (code) {
		options_error("%s", made->error);
	} else {
		config.unknown = emit_layout(plan_pack(compilation->arena, compilation->pack)).unknown;
		error = trial_open(trial, made->bytes, made->size, &config, why);
		if (error == -EINVAL)
			fprintf(stderr, "%s\n", why);
		else if (error)
			options_error(error == -EBADMSG ? "internal check failed: %s" : "%s", why);
		code = !error ? 0 : error == -EINVAL ? CODE_CONTENT : error == -EBADMSG ? CODE_BUG : CODE_CANNOT;
	}
	free(made);
	return code;
}

void
tryout_done(struct tryout *tryout)
{
	building_done(&tryout->building);
}

void
tryout_print_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/:,+=@%";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	fputc('\'', out);
}

static void
option_print(FILE *out, const char *option, const char *value)
{
	if (!value)
		return;
	fprintf(out, " %s ", option);
	tryout_print_word(out, value);
}

void
tryout_print_options(FILE *out, const struct tryout *tryout)
{
	const struct building *building = &tryout->building;

	option_print(out, "--placeholders", building->compile.placeholder_file);
	option_print(out, "--override", building->compile.override_file);
	option_print(out, "--fields", tryout->fields);
	for (size_t i = 0; i < building->compile.logsource_file_count; i++)
		option_print(out, "--logsources", building->logsources[i]);
}
