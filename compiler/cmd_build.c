/*
 * cmd_build.c - rsnlc build: content in, a signed pack out.
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
#include "reach.h"
#include "yara_compile.h"
#include "building.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "file.h"
#include "progress.h"
#include "show.h"

/* build shows what stops it; check has the lints. */
static void
lints_silence(struct diag_list *diags)
{
	for (int i = 0; i < DIAG_NAME_COUNT; i++)
		diag_disable(diags, NULL, diag_rows[i].name, strlen(diag_rows[i].name));
}

static void
diags_print(const struct building *building, const struct compilation *compilation)
{
	diag_sort(compilation->diags);
	if (building->format == DIAG_TEXT)
		diag_print(stderr, compilation->diags, DIAG_TEXT, building->options.color);
	else
		diag_print(stdout, compilation->diags, building->format, 0);
}

static void
summary_print(const struct building *building, const struct compilation *compilation,
              const struct make_result *result)
{
	if (building->format != DIAG_JSON)
		return;
	printf("{\"v\":1,\"type\":\"summary\",\"errors\":%zu,\"files\":%zu,\"bad_files\":%zu,\"written\":%s,\"pack\":",
	       diag_count(compilation->diags, DIAG_ERROR), compilation->inputs.count,
	       diag_bad_files(compilation->diags), result->bytes ? "true" : "false");
	diag_print_json(stdout, building->output, strlen(building->output));
	printf(",\"size_bytes\":%zu,\"serial\":%" PRIu64 "}\n", result->size, building->make.serial);
}

/* "3 errors in 3 of 3 files; x.rsnp not written" */
static void
content_refuse(const struct building *building, const struct compilation *compilation)
{
	size_t errors = diag_count(compilation->diags, DIAG_ERROR), bad = diag_bad_files(compilation->diags);
	size_t files = compilation->inputs.count;

	options_error("%zu error%s in %zu of %zu file%s; %s not written%s", errors, errors == 1 ? "" : "s", bad, files,
	              files == 1 ? "" : "s", building->output,
	              bad * 2 <= files ? "; --skip-bad leaves the bad rules out" : "");
}

static void
content_tell(const struct building *building, const struct compilation *compilation)
{
	options_message(&building->options, "read %zu Sigma rules, %" PRIu32 " YARA rules, %zu indicators in %.1f s",
	                compilation->used_count, building->yara.rule_count, compilation->indicator_count,
	                (progress_now() - building->started_ns) / 1e9);
	if (compilation->left_out_count > 0)
		options_message(&building->options, "left out %zu bad rule%s; the manifest names them",
		                compilation->left_out_count, compilation->left_out_count == 1 ? "" : "s");
}

/* How many rules of a platform no live source can fire. */
static void
replay_only_tell(const struct building *building, const struct compilation *compilation)
{
	static const char *const platforms[] = {"linux", "windows"};

	for (size_t i = 0; !building->options.quiet && i < sizeof(platforms) / sizeof(platforms[0]); i++) {
		size_t counts[REACH_COUNT] = {0}, count;

		rules_reach(diag_list_new(compilation->arena), compilation->logsources, compilation->rules,
		            compilation->rule_count, platforms[i], counts);
		count = counts[REACH_REPLAY_ONLY];
		if (count > 0)
			options_message(&building->options, "%s: %zu rule%s can only fire in replay (rsnlc check names %s)",
			                platforms[i], count, count == 1 ? "" : "s", count == 1 ? "it" : "them");
	}
}

static int
pack_write(const struct building *building, const struct make_result *result)
{
	char size[SHOW_SIZE], id[KEY_ID_SIZE];
	int error = file_write(building->output, result->bytes, result->size, 0644);

	if (error) {
		options_error("%s: %s", building->output, options_errno(error));
		return CODE_CANNOT;
	}
	options_message(&building->options, "built %" PRIu32 " object%s, %" PRIu32 " from cache, %.1f s", result->built,
	                result->built == 1 ? "" : "s", result->cached, result->build_ns / 1e9);
	show_bytes(size, result->size);
	if (building->make.key) {
		key_id_text(id, building->make.key->id);
		options_message(&building->options, "%s: %s, serial %" PRIu64 ", signed by %s", building->output, size,
		                building->make.serial, id);
	} else {
		options_message(&building->options, "%s: %s, serial %" PRIu64 ", unsigned", building->output, size,
		                building->make.serial);
		options_message(&building->options, "warning: rsnl run refuses an unsigned pack; -k KEY signs it");
	}
	return 0;
}

/* All that passed its own check, together: what fails now is a name that two files share. */
static int
yara_make(struct building *building, const struct compilation *compilation)
{
	const struct ir_pack *pack = compilation->pack;
	char text[256];

	building->make.yara = &building->yara;
	if (pack->yara_count == 0 ||
	    !yara_compile(compilation->arena, pack->yara, pack->yara_count, &building->yara, text))
		return 0;
	options_error("%s; %s not written", text, building->output);
	return CODE_CONTENT;
}

static int
compile_and_make(struct building *building, struct compilation *compilation, struct make_result *result)
{
	int code = compile_front(compilation);

	diags_print(building, compilation);
	if (code == CODE_CONTENT)
		content_refuse(building, compilation);
	else if (code && compilation->failure)
		options_error("%s", compilation->failure);
	if (code || compile_ends(compilation, 'p') || compile_ends(compilation, 'c') || compile_ends(compilation, 'l'))
		return code;
	code = yara_make(building, compilation);
	if (code)
		return code;
	content_tell(building, compilation);
	replay_only_tell(building, compilation);
	code = make_pack(compilation, &building->make, result);
	if (code)
		options_error("%s", result->error);
	return code;
}

static int
build(struct building *building)
{
	struct compilation compilation;
	struct make_result *result = calloc(1, sizeof(*result));
	int code = building_settle(building);

	if (!result)
		code = CODE_CANNOT;
	if (!code) {
		building->started_ns = progress_now(); /* who types a password takes time, too */
		compile_init(&compilation, &building->compile);
		if (!building->options.verbose)
			lints_silence(compilation.diags);
		code = compile_and_make(building, &compilation, result);
		if (!code && result->bytes)
			code = pack_write(building, result);
		summary_print(building, &compilation, result);
		compile_done(&compilation);
	}
	free(result);
	building_done(building);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct building building = {0};
	int code = options_parse(&building.options, command, argc, argv, building_set, &building);

	if (code >= 0)
		return code;
	if (building.options.operand_count == 0) {
		options_error("build: no PATH given");
		return CODE_USAGE;
	}
	if (sodium_init() < 0)
		return CODE_CANNOT;
	return build(&building);
}

const struct command command_build = {
	.name = "build",
	.operands = "[OPTION]... PATH...",
	.summary = "compile content into a pack",
	.options = building_rows,
	.run = run,
};
