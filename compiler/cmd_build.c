/*
 * cmd_build.c - rsnlc build: content in, a signed pack out.
 */
#include "packfile.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "compile.h"
#include "make.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "arena.h"
#include "cache.h"
#include "file.h"
#include "key.h"
#include "minisign.h"
#include "process.h"
#include "progress.h"
#include "seal.h"
#include "show.h"
#include "toolchain.h"
#include "yara_compile.h"

enum { EXPIRES = 256, SKIP_BAD, CACHE, NO_CACHE, KEEP, LOGSOURCES, FORMAT, LOGSOURCES_MAX = 64 };

static const struct option_row rows[] = {
	{'o', "output", "PACK", "file to write [NAME.rsnp]"},
	{'n', "name", "NAME", "name of the pack [that of the output file, else pack]"},
	{'k', "key", "KEY", "secret key that signs; none: unsigned"},
	{'t', "target", "x86_64|aarch64", "instruction set [this machine's]; repeatable"},
	{'j', "jobs", "N", "compilers at once [CPUs]"},
	{'s', "serial", "N", "serial number [build time in UNIX seconds]"},
	{EXPIRES, "expires", "DATE", "refused from then on [never]"},
	{SKIP_BAD, "skip-bad", NULL, "leave bad rules out"},
	{'i', "include", "KEY:GLOB", "take only such rules; KEY: id name path status level tag logsource"},
	{'x', "exclude", "KEY:GLOB", "leave such rules out"},
	{LOGSOURCES, "logsources", "FILE", "more logsources; repeatable"},
	{CACHE, "cache", "DIR", "compiled objects [~/.cache/rsnlc]"},
	{NO_CACHE, "no-cache", NULL, "compile everything"},
	{KEEP, "keep", "DIR", "keep generated C, build.ninja and ELF there"},
	{'d', "dump", "LETTERS", "print the IR after passes: p c l f n e"},
	{FORMAT, "format", "text|json|sarif", "form of diagnostics [text]"},
	{0},
};

struct building {
	struct options options;
	struct compile_request compile;
	struct make_request make;
	const char *output, *key_path, *cache;
	const char *logsources[LOGSOURCES_MAX];
	char *cache_made, *output_made, name[PACK_NAME_MAX + 1];
	int no_cache, serial_given;
	enum diag_format format;
	struct secret_key key;
	struct yara_result yara;
	uint64_t started_ns;
};

static int
bad_value(const char *option, const char *wanted, const char *value)
{
	options_error("%s is %s, not \"%s\"", option, wanted, value);
	return -EINVAL;
}

static int
number_parse(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return text[0] < '0' || text[0] > '9' || *end || errno || *number < least || *number > most ? -EINVAL : 0;
}

static int
format_parse(const char *value, enum diag_format *format)
{
	static const char *const names[] = {[DIAG_TEXT] = "text", [DIAG_JSON] = "json", [DIAG_SARIF] = "sarif"};

	for (int i = DIAG_TEXT; i <= DIAG_SARIF; i++)
		if (!strcmp(names[i], value)) {
			*format = i;
			return 0;
		}
	return bad_value("--format", "text, json or sarif", value);
}

static int
selection_set(struct building *building, int letter, const char *value)
{
	int error = selection_add(&building->compile.selection, letter == 'x', value);

	if (error)
		bad_value(letter == 'x' ? "--exclude" : "--include",
		          "KEY:GLOB, with KEY one of id name path status level tag logsource", value);
	return error ? -EINVAL : 0;
}

static int
logsources_set(struct building *building, const char *value)
{
	if (building->compile.logsource_file_count == LOGSOURCES_MAX) {
		options_error("--logsources: at most %d files", LOGSOURCES_MAX);
		return -EINVAL;
	}
	building->logsources[building->compile.logsource_file_count++] = value;
	return 0;
}

/* Options whose values are checked. */
static int
set_checked(struct building *building, int letter, const char *value)
{
	uint64_t number = 0;
	uint32_t target = 0;

	switch (letter) {
	case 'n':
		if (seal_name_check(value))
			return bad_value("--name", "1 to 47 of a-z 0-9 . _ -, beginning with a letter or digit", value);
		building->compile.name = value;
		return 0;
	case 't':
		if (target_find(value, &target))
			return bad_value("--target", "x86_64 or aarch64", value);
		building->make.targets |= target;
		return 0;
	case 'j':
		if (number_parse(value, 1, 1024, &number))
			return bad_value("--jobs", "a number from 1 to 1024", value);
		building->make.jobs = number;
		return 0;
	case 's':
		building->serial_given = 1;
		if (number_parse(value, 0, UINT64_MAX, &building->make.serial))
			return bad_value("--serial", "a number", value);
		return 0;
	case EXPIRES:
		if (show_parse_time(value, &building->make.expires))
			return bad_value("--expires", "a date (2027-01-31) or time (2027-01-31T00:00:00Z)", value);
		return 0;
	case 'd':
		if (!*value || value[strspn(value, "pclfne")])
			return bad_value("--dump", "letters of pclfne", value);
		building->compile.dump = value;
		return 0;
	case FORMAT:
		return format_parse(value, &building->format);
	case LOGSOURCES:
		return logsources_set(building, value);
	}
	return selection_set(building, letter, value);
}

static int
set(void *state, int letter, const char *value)
{
	struct building *building = state;

	switch (letter) {
	case 'o':
		building->output = value;
		return 0;
	case 'k':
		building->key_path = value;
		return 0;
	case SKIP_BAD:
		building->compile.skip_bad = 1;
		return 0;
	case CACHE:
		building->cache = value;
		return 0;
	case NO_CACHE:
		building->no_cache = 1;
		return 0;
	case KEEP:
		building->make.keep = value;
		return 0;
	}
	return set_checked(building, letter, value);
}

/* The name: as given, else the output file's without .rsnp if it is a name, else "pack". */
static int
names_settle(struct building *building)
{
	const char *slash = building->output ? strrchr(building->output, '/') : NULL;
	const char *base = slash ? slash + 1 : building->output;
	size_t size = base ? strlen(base) : 0;

	if (!building->compile.name) {
		snprintf(building->name, sizeof(building->name), "pack");
		if (size > 5 && size - 5 <= PACK_NAME_MAX && !strcmp(base + size - 5, ".rsnp"))
			snprintf(building->name, sizeof(building->name), "%.*s", (int)size - 5, base);
		if (seal_name_check(building->name))
			snprintf(building->name, sizeof(building->name), "pack");
		building->compile.name = building->name;
	}
	if (!building->output) {
		if (asprintf(&building->output_made, "%s.rsnp", building->compile.name) < 0)
			return CODE_CANNOT;
		building->output = building->output_made;
	}
	return 0;
}

static int
times_settle(struct building *building)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	building->make.built = time(NULL);
	if (epoch && *epoch && number_parse(epoch, 0, INT64_MAX, &building->make.built)) {
		options_error("SOURCE_DATE_EPOCH is a number of seconds, not \"%s\"", epoch);
		return CODE_USAGE;
	}
	if (!building->serial_given)
		building->make.serial = building->make.built;
	return 0;
}

static int
cache_settle(struct building *building)
{
	const char *folder = building->cache ? building->cache : getenv("RSNLC_CACHE");
	char *home;
	int error;

	if (building->no_cache || building->compile.dump)
		return 0;
	if (!folder || !*folder) {
		home = folder_home();
		error = home && asprintf(&building->cache_made, "%s/.cache/rsnlc", home) > 0 ? 0 : -ENOENT;
		free(home);
		if (error)
			return 0;
		folder = building->cache_made;
	}
	error = cache_open(folder);
	if (error == -EPERM) {
		options_error("%s: others could put objects into this cache; run chmod go-w %s, or give --no-cache", folder,
		              folder);
		return CODE_UNTRUSTED;
	}
	if (error) {
		options_error("%s: %s; give --cache DIR or --no-cache", folder, options_errno(error));
		return CODE_CANNOT;
	}
	building->make.cache = folder;
	return 0;
}

static int
settle(struct building *building)
{
	int code;

	building->compile.paths = (const char *const *)building->options.operands;
	building->compile.path_count = building->options.operand_count;
	building->compile.logsource_files = building->logsources;
	building->make.quiet = building->options.quiet;
	if (!building->make.targets)
		building->make.targets = target_host();
	if (!building->make.jobs)
		building->make.jobs = process_cpus();
	code = names_settle(building);
	if (!code)
		code = times_settle(building);
	if (!code && building->key_path) {
		code = key_read_secret(building->key_path, &building->key);
		building->make.key = &building->key;
	}
	if (!code)
		code = cache_settle(building);
	return code;
}

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

static int
group_live(const struct ir_pack *pack, uint32_t group)
{
	for (uint32_t i = 0; i < pack->route_count; i++)
		for (uint32_t j = 0; pack->routes[i].kind.size > 0 && pack->routes[i].flags & PACK_ROUTE_LIVE &&
		     j < pack->routes[i].group_count; j++)
			if (pack->routes[i].groups[j] == group)
				return 1;
	return 0;
}

/* How many rules of a platform no live source can fire. */
static void
replay_only_tell(const struct building *building, const struct ir_pack *pack)
{
	static const char *const platforms[] = {"linux", "windows"};

	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++) {
		uint32_t count = 0;

		for (uint32_t j = 0; j < pack->group_count; j++)
			if (pack->groups[j].product.size > 0 && !strcmp(pack->groups[j].product.data, platforms[i]) &&
			    !group_live(pack, j))
				count += pack->groups[j].rule_count;
		if (count > 0)
			options_message(&building->options, "%s: %" PRIu32 " rule%s can only fire in replay (rsnlc check names %s)",
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
		options_message(&building->options, "%s: %s, serial %" PRIu64 ", unsigned (warning: only replay and "
		                "development take it; -k KEY signs)", building->output, size, building->make.serial);
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
	replay_only_tell(building, compilation->pack);
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
	int code = settle(building);

	if (!result)
		code = CODE_CANNOT;
	if (!code) {
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
	free(building->cache_made);
	free(building->output_made);
	secret_key_wipe(&building->key);
	return code;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct building building = {.started_ns = progress_now()};
	int code = options_parse(&building.options, command, argc, argv, set, &building);

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
	.options = rows,
	.run = run,
};
