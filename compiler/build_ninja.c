/*
 * build_ninja.c - what is to be compiled and linked, as a file for ninja.
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

#include "emit.h"
#include "file.h"
#include "packfile.h"

#define LINK_FLAGS \
	"-nostdlib -static -no-pie -Wl,-T,image.ld -Wl,--emit-relocs -Wl,--no-relax -Wl,--build-id=none " \
	"-Wl,--no-warn-rwx-segments -Wl,-z,noexecstack"

const char *
build_flags(const struct build *build)
{
	return build->request->target == PACK_X86_64 ? EMIT_CFLAGS " " EMIT_CFLAGS_X86_64 : EMIT_CFLAGS;
}

const char *
build_link_flags(void)
{
	return LINK_FLAGS;
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

/* A path in the file that a linker takes arguments from, quoted for both. */
static void
path_write(FILE *out, const char *path)
{
	fputs(" $\n    ", out);
	for (; *path; path++) {
		if (strchr(" \t\\'\"", *path))
			fputc('\\', out);
		if (*path == '$')
			fputc('$', out);
		fputc(*path, out);
	}
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
	fprintf(out, "\ncflags = %s -Iinclude\n\n", build_flags(build));
	fputs("rule re2c\n  command = $re2c " EMIT_RE2C " -o $out $in\n  description = RE2C $out\n\n"
	      "rule cc\n  command = $cc $cflags -c -o $out $in\n  description = CC $out\n\n"
	      "rule cc_hot\n  command = $cc $cflags " EMIT_CFLAGS_HOT " -c -o $out $in\n  description = CC $out\n\n"
	      "rule as\n  command = $cc -c -o $out $in\n  description = CC $out\n\n"
	      "rule cc_dfa\n  command = $cc $cflags " EMIT_CFLAGS_RE " -c -o $out $in\n  description = CC $out\n\n"
	      "rule link\n  command = $cc " LINK_FLAGS " -o $out @$out.rsp\n  description = LINK $out\n"
	      "  rspfile = $out.rsp\n  rspfile_content = $objects\n\n", out);
}

static void
compile_edge_write(FILE *out, const char *target, const struct unit *unit)
{
	static const char *const rules[] = {[EMIT_C] = "cc", [EMIT_HOT] = "cc_hot", [EMIT_TABLES] = "as"};

	if (unit->file->kind == EMIT_RE)
		fprintf(out, "build re2c/%s.c: re2c %s\nbuild %s/%s.o: cc_dfa re2c/%s.c\n", unit->stem, unit->file->name, target,
		        unit->stem, unit->stem);
	else
		fprintf(out, "build %s/%s.o: %s %s\n", target, unit->stem, rules[unit->file->kind], unit->file->name);
}

/* Objects are linked in the order of their files, wherever they are: the same rules, the same ELF. */
static void
edges_write(FILE *out, const struct build *build, int all)
{
	const struct unit *end = build->units + build->request->file_count;

	for (const struct unit *unit = build->units; unit < end; unit++)
		if (all || !unit->entry)
			compile_edge_write(out, build->target, unit);
	fprintf(out, "build %s.elf: link", build->target);
	for (const struct unit *unit = build->units; unit < end; unit++)
		if (all || !unit->entry)
			fprintf(out, " $\n  %s/%s.o", build->target, unit->stem);
	fputs(" | image.ld\n  objects =", out);
	for (const struct unit *unit = build->units; unit < end; unit++) {
		if (all || !unit->entry)
			fprintf(out, " $\n    %s/%s.o", build->target, unit->stem);
		else
			path_write(out, unit->entry);
	}
	fputc('\n', out);
}

int
build_ninja_write(const struct build *build, const char *name, int all)
{
	char *text = NULL, *path = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int error = -ENOMEM;

	if (out && asprintf(&path, "%s/%s", build->request->folder, name) > 0) {
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
	return error;
}
