/*
 * build.c - emitted C and .re files -> one ELF.
 *
 * build.ninja describes the whole build, for whoever keeps the folder; what runs is missing-TARGET.ninja, which has
 * edges only for the objects that the cache lacked.
 */
#include "build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "embed.h"
#include "emit.h"
#include "file.h"
#include "options.h"
#include "packfile.h"
#include "process.h"
#include "progress.h"
#include "toolchain.h"

#define LINK_FLAGS \
	"-nostdlib -static -no-pie -Wl,-T,image.ld -Wl,--emit-relocs -Wl,--no-relax -Wl,--build-id=none " \
	"-Wl,--no-warn-rwx-segments -Wl,-z,noexecstack"

struct unit { /* one emitted file and its object */
	const struct emit_file *file;
	char *stem; /* its name without the ending */
	char key[CACHE_KEY_SIZE];
	int cached;
};

struct build {
	const struct build_request *request;
	struct build_result *result;
	const char *target; /* its name */
	struct toolchain tools;
	struct unit *units;
	struct progress progress;
	uint32_t missing, done;
};

static int
build_fail(struct build *build, const char *what, int error)
{
	snprintf(build->result->error, sizeof(build->result->error), "%s: %s", what, options_errno(error));
	return CODE_CANNOT;
}

/* FOLDER/NAME; free() it. */
static char *
folder_path(const struct build *build, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", build->request->folder, name) < 0 ? NULL : path;
}

static char *
object_path(const struct build *build, const struct unit *unit)
{
	char *path;

	return asprintf(&path, "%s/%s/%s.o", build->request->folder, build->target, unit->stem) < 0 ? NULL : path;
}

/* The name that a file which rsnlc carries has in the build folder: headers stand in include/, the linker script at the
 * top. NULL: it has none. */
static const char *
carried_name(const char *carried, char *name, size_t room)
{
	const char *base = strrchr(carried, '/') + 1, *dot = strrchr(base, '.');

	if (!strcmp(dot, ".h"))
		snprintf(name, room, "include/%s", base);
	else if (!strcmp(dot, ".ld"))
		snprintf(name, room, "%s", base);
	else
		return NULL;
	return name;
}

static int
carried_write(const struct build *build, const char *carried)
{
	char name[64], *path;
	const char *data;
	size_t size;
	int error;

	if (!carried_name(carried, name, sizeof(name)))
		return 0;
	data = embed_find(carried, &size);
	path = folder_path(build, name);
	error = path ? file_update(path, data, size) : -ENOMEM;
	free(path);
	return error;
}

/* Writes what rsnlc carries into the folder, and makes the folders of objects. */
static int
folder_prepare(struct build *build)
{
	const char *folders[] = {"include", "re2c", build->target};
	int error = 0;
	char *path;

	for (size_t i = 0; !error && i < sizeof(folders) / sizeof(folders[0]); i++) {
		path = folder_path(build, folders[i]);
		error = path ? folder_make(path, 0755) : -ENOMEM;
		free(path);
	}
	for (size_t i = 0; !error && embed_path(i); i++)
		error = carried_write(build, embed_path(i));
	return error ? build_fail(build, build->request->folder, error) : 0;
}

/* Names go into build.ninja and from there to a shell: emit only makes plain ones. */
static int
units_name(struct build *build)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	for (uint32_t i = 0; i < build->request->file_count; i++) {
		const struct emit_file *file = &build->request->files[i];
		const char *dot = strrchr(file->name, '.');

		if (!dot || file->name[0] == '.' || file->name[0] == '-' || file->name[strspn(file->name, plain)]) {
			snprintf(build->result->error, sizeof(build->result->error), "internal check failed: file name \"%s\"",
			         file->name);
			return CODE_BUG;
		}
		build->units[i].file = file;
		build->units[i].stem = strndup(file->name, dot - file->name);
		if (!build->units[i].stem)
			return build_fail(build, file->name, -ENOMEM);
	}
	return 0;
}

static const char *
target_flags(const struct build *build)
{
	return build->request->target == PACK_X86_64 ? EMIT_CFLAGS " " EMIT_CFLAGS_X86_64 : EMIT_CFLAGS;
}

/* What all objects of this build have in common. */
static void
keys_begin(const struct build *build, struct cache_hash *hash)
{
	const char *parts[] = {build->target, build->tools.cc.version, build->tools.re2c.version, target_flags(build),
	                       EMIT_CFLAGS_RE, EMIT_CFLAGS_HOT, EMIT_RE2C};

	cache_hash_init(hash);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		cache_hash_add(hash, parts[i], strlen(parts[i]));
	for (int i = 0; build->tools.cc.words[i]; i++)
		cache_hash_add(hash, build->tools.cc.words[i], strlen(build->tools.cc.words[i]));
	for (size_t i = 0; embed_path(i); i++) {
		char name[64];
		size_t size;
		const char *data = embed_find(embed_path(i), &size);

		if (carried_name(embed_path(i), name, sizeof(name)))
			cache_hash_add(hash, data, size);
	}
}

static int
unit_look_up(const struct build *build, struct unit *unit, const struct cache_hash *common)
{
	struct cache_hash hash = *common;
	char *path = folder_path(build, unit->file->name), *object = object_path(build, unit), *text = NULL;
	size_t size;
	int error = path && object ? file_read(path, SIZE_MAX - 1, &text, &size) : -ENOMEM;

	if (!error) {
		cache_hash_add(&hash, &(char){unit->file->kind}, 1);
		cache_hash_add(&hash, text, size);
		cache_hash_key(&hash, unit->key);
		unit->cached = build->request->cache && !cache_take(build->request->cache, unit->key, object);
		if (!unit->cached)
			remove(object); /* an older one of a kept folder: ninja sees neither new headers nor a new compiler */
	}
	free(text);
	free(object);
	free(path);
	return error;
}

static int
units_look_up(struct build *build)
{
	struct cache_hash common;
	int error;

	keys_begin(build, &common);
	for (uint32_t i = 0; i < build->request->file_count; i++) {
		error = unit_look_up(build, &build->units[i], &common);
		if (error)
			return build_fail(build, build->request->files[i].name, error);
		build->missing += !build->units[i].cached;
	}
	return 0;
}

/* One word of a command, quoted for the shell and for ninja. */
static void
word_write(FILE *out, const char *word)
{
	fputs(" '", out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else if (*word == '$')
			fputs("$$", out);
		else
			fputc(*word, out);
	}
	fputc('\'', out);
}

static void
rules_write(FILE *out, const struct build *build)
{
	fputs("cc =", out);
	for (int i = 0; build->tools.cc.words[i]; i++)
		word_write(out, build->tools.cc.words[i]);
	fputs("\nre2c =", out);
	for (int i = 0; build->tools.re2c.words[i]; i++)
		word_write(out, build->tools.re2c.words[i]);
	fprintf(out, "\ncflags = %s -Iinclude\n\n", target_flags(build));
	fputs("rule re2c\n  command = $re2c " EMIT_RE2C " -o $out $in\n  description = RE2C $out\n\n"
	      "rule cc\n  command = $cc $cflags -c -o $out $in\n  description = CC $out\n\n"
	      "rule cc_hot\n  command = $cc $cflags " EMIT_CFLAGS_HOT " -c -o $out $in\n  description = CC $out\n\n"
	      "rule cc_dfa\n  command = $cc $cflags " EMIT_CFLAGS_RE " -c -o $out $in\n  description = CC $out\n\n"
	      "rule link\n  command = $cc " LINK_FLAGS " -o $out @$out.rsp\n  description = LINK $out\n"
	      "  rspfile = $out.rsp\n  rspfile_content = $in\n\n", out);
}

static void
edges_write(FILE *out, const struct build *build, int all)
{
	const uint32_t count = build->request->file_count;

	for (uint32_t i = 0; i < count; i++) {
		const struct unit *unit = &build->units[i];

		if (unit->cached && !all)
			continue;
		if (unit->file->kind == EMIT_RE)
			fprintf(out, "build re2c/%s.c: re2c %s\nbuild %s/%s.o: cc_dfa re2c/%s.c\n", unit->stem, unit->file->name,
			        build->target, unit->stem, unit->stem);
		else
			fprintf(out, "build %s/%s.o: %s %s\n", build->target, unit->stem,
			        unit->file->kind == EMIT_HOT ? "cc_hot" : "cc", unit->file->name);
	}
	fprintf(out, "build %s.elf: link", build->target);
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, " $\n  %s/%s.o", build->target, build->units[i].stem);
	fputs(" | image.ld\n", out);
}

static int
ninja_write(struct build *build, const char *name, int all)
{
	char *text = NULL, *path = folder_path(build, name);
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int error = -ENOMEM;

	if (out && path) {
		fprintf(out, "# %s - made by rsnlc\nninja_required_version = 1.8\n", name);
		rules_write(out, build);
		edges_write(out, build, all);
		error = fclose(out) ? -ENOMEM : file_update(path, text, size);
		out = NULL;
	}
	if (out)
		fclose(out);
	free(text);
	free(path);
	return error ? build_fail(build, name, error) : 0;
}

static int
ninja_line(void *context, const char *line)
{
	struct build *build = context;

	if (line[0] != '@')
		return strncmp(line, "ninja: Entering", 15) != 0;
	if (!strncmp(line, "@CC ", 4))
		progress_show(&build->progress, ++build->done, build->missing);
	return 0;
}

static int
ninja_run(struct build *build, const char *name)
{
	struct process_output output = {.line = ninja_line, .context = build};
	char jobs[16];
	char *argv[] = {"ninja", "-C", (char *)build->request->folder, "-f", (char *)name, "-j", jobs, NULL};
	int status;

	snprintf(jobs, sizeof(jobs), "%d", build->request->jobs);
	progress_start(&build->progress, build->request->quiet);
	status = process_run(argv, "NINJA_STATUS=@", &output);
	progress_end(&build->progress);
	if (status == 0)
		return 0;
	if (status < 0) {
		snprintf(build->result->error, sizeof(build->result->error),
		         "cannot run \"ninja\": %s; install ninja-build", options_errno(status));
		return CODE_CANNOT;
	}
	if (status > 128 || strstr(output.tail, "interrupted by user")) {
		snprintf(build->result->error, sizeof(build->result->error), "interrupted");
		return CODE_CANNOT;
	}
	snprintf(build->result->error, sizeof(build->result->error),
	         "internal check failed: generated code does not build; attach what rsnlc build --keep DIR leaves and "
	         "this:\n%s", output.tail);
	return CODE_BUG;
}

/* Puts what was compiled into the cache: of a failed build too, which then has less to do when it is tried again. */
static int
units_keep(struct build *build, int failed)
{
	int error = 0;

	if (!build->request->cache)
		return failed;
	for (uint32_t i = 0; !error && i < build->request->file_count; i++) {
		struct unit *unit = &build->units[i];
		char *object;

		if (unit->cached)
			continue;
		object = object_path(build, unit);
		error = object ? cache_put(build->request->cache, unit->key, object) : -ENOMEM;
		if (error == -ENOENT && failed)
			error = 0;
		free(object);
	}
	if (!error)
		error = cache_trim(build->request->cache, CACHE_LIMIT);
	return error && !failed ? build_fail(build, build->request->cache, error) : failed;
}

static int
build_steps(struct build *build)
{
	char missing[64], whole[64];
	int code;

	if (toolchain_find(&build->tools, build->request->target, build->result->error, sizeof(build->result->error)))
		return CODE_CANNOT;
	snprintf(missing, sizeof(missing), "missing-%s.ninja", build->target);
	snprintf(whole, sizeof(whole), build->request->target == target_host() ? "build.ninja" : "build-%s.ninja",
	         build->target);
	code = folder_prepare(build);
	if (!code)
		code = units_name(build);
	if (!code)
		code = units_look_up(build);
	if (!code)
		code = ninja_write(build, whole, 1);
	if (!code)
		code = ninja_write(build, missing, 0);
	if (!code)
		code = units_keep(build, ninja_run(build, missing));
	return code;
}

int
build_image(const struct build_request *request, struct build_result *result)
{
	struct build build = {.request = request, .result = result, .target = target_name(request->target)};
	int code;

	*result = (struct build_result){0};
	build.units = calloc(request->file_count + 1, sizeof(*build.units));
	if (!build.units)
		return build_fail(&build, request->folder, -ENOMEM);
	code = build_steps(&build);
	result->built = build.missing;
	result->cached = request->file_count - build.missing;
	snprintf(result->image, sizeof(result->image), "%s/%s.elf", request->folder, build.target);
	for (uint32_t i = 0; i < request->file_count; i++)
		free(build.units[i].stem);
	free(build.units);
	return code;
}
