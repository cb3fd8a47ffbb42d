/*
 * building.c - what the command line of rsnlc build says.
 */
#include "packfile.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
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
#include <time.h>

#include "cache.h"
#include "file.h"
#include "key.h"
#include "process.h"
#include "seal.h"
#include "show.h"
#include "toolchain.h"

enum { EXPIRES = 256, SKIP_BAD, CACHE, NO_CACHE, KEEP, LOGSOURCES, PLACEHOLDERS,
       OVERRIDE, FORMAT };

const struct option_row building_rows[] = {
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
	{PLACEHOLDERS, "placeholders", "FILE", "what the %name% of the modifier expand stand for"},
	{OVERRIDE, "override", "FILE", "decisions about rules, by id or tag: level, enabled, note"},
	{LOGSOURCES, "logsources", "FILE", "more logsources; repeatable"},
	{CACHE, "cache", "DIR", "compiled objects [~/.cache/rsnlc]"},
	{NO_CACHE, "no-cache", NULL, "compile everything"},
	{KEEP, "keep", "DIR", "keep generated C, build.ninja and ELF there"},
	{'d', "dump", "LETTERS", "print the IR after passes: p c l f n e"},
	{FORMAT, "format", "text|json|sarif", "form of diagnostics [text]"},
	{0},
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
	if (building->compile.logsource_file_count == BUILDING_LOGSOURCES) {
		options_error("--logsources: at most %d files", BUILDING_LOGSOURCES);
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

int
building_set(void *state, int letter, const char *value)
{
	struct building *building = state;

	switch (letter) {
	case 'o':
		building->output = value;
		return 0;
	case 'k':
		building->key_path = value;
		return 0;
	case OVERRIDE:
		building->compile.override_file = value;
		return 0;
	case PLACEHOLDERS:
		building->compile.placeholder_file = value;
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

int
building_settle(struct building *building)
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

void
building_done(struct building *building)
{
	free(building->cache_made);
	free(building->output_made);
	secret_key_wipe(&building->key);
}
