/*
 * build.c - emitted C, .re and assembler files -> one ELF.
 *
 * build.ninja describes the whole build, for whoever keeps the folder; what runs is missing-TARGET.ninja, which has
 * edges only for the objects that the cache lacked and links those of the cache where they are. When the cache has the
 * ELF itself, nothing runs.
 */
#include "build.h"
#include "cache.h"
#include "progress.h"
#include "toolchain.h"

#include "build_unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed.h"
#include "emit.h"
#include "file.h"
#include "options.h"
#include "packfile.h"
#include "process.h"

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

/* What all objects of this build have in common. */
static void
keys_begin(const struct build *build, struct cache_hash *hash)
{
	const char *parts[] = {build->target, build->tools.cc.version, build->tools.re2c.version, build_flags(build),
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

/* Of the objects, and of the ELF that they become. */
static void
keys_make(struct build *build)
{
	struct cache_hash common, whole;

	keys_begin(build, &common);
	whole = common;
	cache_hash_add(&whole, build_link_flags(), strlen(build_link_flags()));
	for (uint32_t i = 0; i < build->request->file_count; i++) {
		struct unit *unit = &build->units[i];
		struct cache_hash hash = common;

		cache_hash_add(&hash, &(char){unit->file->kind}, 1);
		cache_hash_add(&hash, unit->file->text, unit->file->size);
		cache_hash_key(&hash, unit->key);
		cache_hash_add(&whole, unit->key, sizeof(unit->key));
	}
	cache_hash_key(&whole, build->key);
}

/* Finds which objects the cache has. */
static void
units_look_up(struct build *build)
{
	for (uint32_t i = 0; i < build->request->file_count; i++) {
		struct unit *unit = &build->units[i];

		if (!build->request->cache || cache_find(build->request->cache, unit->key, &unit->entry))
			build->missing++;
	}
}

static int
source_write(const struct build *build, const struct emit_file *file)
{
	char *path = folder_path(build, file->name);
	int error = path ? file_update(path, file->text, file->size) : -ENOMEM;

	free(path);
	return error;
}

/* Writes what is to be compiled. An older object of a kept folder goes: ninja sees neither new headers nor a new
 * compiler. */
static int
missing_write(struct build *build)
{
	int error = 0;

	for (uint32_t i = 0; !error && i < build->request->file_count; i++) {
		struct unit *unit = &build->units[i];
		char *object;

		if (unit->entry)
			continue;
		object = object_path(build, unit);
		error = object ? source_write(build, unit->file) : -ENOMEM;
		if (object)
			remove(object);
		free(object);
		if (error)
			return build_fail(build, unit->file->name, error);
	}
	return 0;
}

static int
file_compare(const void *a, const void *b)
{
	return strcmp(((const struct emit_file *)a)->name, ((const struct emit_file *)b)->name);
}

/* Removes files of an earlier run that this one did not make. */
static void
folder_clean(const struct build *build, const char *suffix)
{
	struct file_entry *entries;
	size_t count;

	if (folder_list(build->request->folder, suffix, &entries, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct emit_file key = {.name = entries[i].name};
		char *path;

		if (bsearch(&key, build->request->files, build->request->file_count, sizeof(key), file_compare))
			continue;
		path = folder_path(build, entries[i].name);
		if (path)
			remove(path);
		free(path);
	}
	folder_list_free(entries, count);
}

/* For whoever keeps the folder: everything, as if there were no cache. */
static int
folder_fill(struct build *build)
{
	char name[64];
	int error = 0, code;

	if (!build->request->keep)
		return 0;
	snprintf(name, sizeof(name), build->request->target == target_host() ? "build.ninja" : "build-%s.ninja",
	         build->target);
	code = folder_prepare(build);
	for (uint32_t i = 0; !code && !error && i < build->request->file_count; i++)
		error = source_write(build, &build->request->files[i]);
	if (!code && !error)
		error = build_ninja_write(build, name, 1);
	if (code || error)
		return code ? code : build_fail(build, build->request->folder, error);
	folder_clean(build, ".c");
	folder_clean(build, ".re");
	folder_clean(build, ".s");
	return 0;
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

/* Puts what was made into the cache: objects of a failed build too, which then has less to do when it is tried again. */
static int
units_keep(struct build *build, int failed)
{
	int error = 0;

	if (!build->request->cache)
		return failed;
	for (uint32_t i = 0; !error && i < build->request->file_count; i++) {
		struct unit *unit = &build->units[i];
		char *object;

		if (unit->entry)
			continue;
		object = object_path(build, unit);
		error = object ? cache_put(build->request->cache, unit->key, object) : -ENOMEM;
		if (error == -ENOENT && failed)
			error = 0;
		free(object);
	}
	if (!error && !failed)
		error = cache_put(build->request->cache, build->key, build->result->image);
	if (!error)
		error = cache_trim(build->request->cache, CACHE_LIMIT);
	return error && !failed ? build_fail(build, build->request->cache, error) : failed;
}

static int
missing_build(struct build *build)
{
	char name[64];
	int code = folder_prepare(build), error;

	snprintf(name, sizeof(name), "missing-%s.ninja", build->target);
	units_look_up(build);
	if (!code)
		code = missing_write(build);
	if (code)
		return code;
	error = build_ninja_write(build, name, 0);
	if (error)
		return build_fail(build, name, error);
	remove(build->result->image);
	return units_keep(build, ninja_run(build, name));
}

static int
build_steps(struct build *build)
{
	int code;

	if (toolchain_find(&build->tools, build->request->target, build->result->error, sizeof(build->result->error)))
		return CODE_CANNOT;
	code = units_name(build);
	if (!code)
		code = folder_fill(build);
	if (code)
		return code;
	keys_make(build);
	if (build->request->cache && !cache_take(build->request->cache, build->key, build->result->image))
		return 0;
	return missing_build(build);
}

int
build_image(const struct build_request *request, struct build_result *result)
{
	struct build build = {.request = request, .result = result, .target = target_name(request->target)};
	int code;

	*result = (struct build_result){0};
	snprintf(result->image, sizeof(result->image), "%s/%s.elf", request->folder, build.target);
	build.units = calloc(request->file_count + 1, sizeof(*build.units));
	if (!build.units)
		return build_fail(&build, request->folder, -ENOMEM);
	code = build_steps(&build);
	result->built = build.missing;
	result->cached = request->file_count - build.missing;
	for (uint32_t i = 0; i < request->file_count; i++) {
		free(build.units[i].stem);
		free(build.units[i].entry);
	}
	free(build.units);
	return code;
}
