/*
 * make.c - the back half of the compiler: fold, plan, emit, build, seal.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "build.h"
#include "cache.h"
#include "emit.h"
#include "file.h"
#include "image.h"
#include "progress.h"
#include "seal.h"
#include "toolchain.h"

enum { IMAGE_ROOM = 2, ELF_MAX = 1 << 30 };

struct make {
	struct compilation *compilation;
	const struct make_request *request;
	struct make_result *result;
	char *folder; /* of this build */
	struct emit_result emitted;
	struct image images[IMAGE_ROOM];
	size_t image_count;
};

static int
make_fail(struct make *make, const char *what, int error)
{
	snprintf(make->result->error, sizeof(make->result->error), "%s: %s", what, options_errno(error));
	return CODE_CANNOT;
}

/* What -d e shows: every file under its name. */
static void
emitted_print(const struct make *make)
{
	for (uint32_t i = 0; i < make->emitted.file_count; i++)
		printf("==> %s\n%s\n", make->emitted.files[i].name, make->emitted.files[i].text);
}

/* fold, plan, emit with their dumps. */
static int
translate(struct make *make)
{
	struct compilation *compilation = make->compilation;

	fold_pack(compilation->arena, compilation->pack);
	if (compile_dumps(compilation, 'f'))
		ir_print(stdout, compilation->pack);
	if ((make->result->ended = compile_ends(compilation, 'f')))
		return 0;
	if (compile_dumps(compilation, 'n'))
		plan_print(stdout, compilation->arena, compilation->pack);
	if ((make->result->ended = compile_ends(compilation, 'n')))
		return 0;
	if (emit_pack(compilation->arena, compilation->pack, &make->emitted)) {
		snprintf(make->result->error, sizeof(make->result->error), "%s", make->emitted.error);
		return CODE_CANNOT;
	}
	make->result->ended = compile_ends(compilation, 'e');
	if (compile_dumps(compilation, 'e'))
		emitted_print(make);
	return 0;
}

static int
image_load(struct make *make, const char *path, uint32_t target)
{
	char text[160], *elf;
	size_t size;
	int error = file_read(path, ELF_MAX, &elf, &size);

	if (error)
		return make_fail(make, path, error);
	error = image_flatten(&make->images[make->image_count], elf, size, target, text);
	free(elf);
	if (error) {
		snprintf(make->result->error, sizeof(make->result->error), "internal check failed: image %s; attach what "
		         "rsnlc build --keep DIR leaves", text);
		return CODE_BUG;
	}
	make->image_count++;
	return 0;
}

static int
images_build(struct make *make)
{
	const struct make_request *request = make->request;
	const uint64_t started = progress_now();
	struct build_result built;
	int code = 0;

	for (uint32_t target = 1; !code && target <= PACK_AARCH64; target <<= 1) {
		const struct build_request build = {
			.folder = make->folder, .files = make->emitted.files, .file_count = make->emitted.file_count,
			.target = target, .jobs = request->jobs, .cache = request->cache, .keep = request->keep != NULL,
			.quiet = request->quiet,
		};

		if (!(request->targets & target))
			continue;
		code = build_image(&build, &built);
		make->result->built += built.built;
		make->result->cached += built.cached;
		if (code)
			memcpy(make->result->error, built.error, sizeof(make->result->error));
		else
			code = image_load(make, built.image, target);
	}
	make->result->build_ns = progress_now() - started;
	return code;
}

static int
pack_seal(struct make *make)
{
	struct compilation *compilation = make->compilation;
	const struct seal_request request = {
		.pack = compilation->pack, .images = make->images, .image_count = make->image_count,
		.yara = make->request->yara,
		.needs = make->emitted.needs,
		.data = make->emitted.data, .data_size = make->emitted.data_size,
		.scratch_size = make->emitted.scratch_size, .scratch_align = make->emitted.scratch_align,
		.hits_max = make->emitted.hits_max, .indicator_count = compilation->indicator_count,
		.left_out = compilation->left_out, .left_out_count = compilation->left_out_count,
		.serial = make->request->serial, .built = make->request->built, .expires = make->request->expires,
		.key = make->request->key,
	};
	char text[256];

	if (seal_pack(compilation->arena, &request, &make->result->bytes, &make->result->size, text)) {
		snprintf(make->result->error, sizeof(make->result->error), "internal check failed: %s", text);
		return CODE_BUG;
	}
	return 0;
}

static int
folder_open(struct make *make)
{
	int error;

	if (make->request->keep) {
		make->folder = strdup(make->request->keep);
		error = make->folder ? folder_make(make->folder, 0755) : -ENOMEM;
		if (!error && file_access_by_others(make->folder, NULL) & FILE_OTHERS_WRITE) {
			snprintf(make->result->error, sizeof(make->result->error),
			         "%s: others could change the code of the pack there; run chmod go-w %s", make->folder, make->folder);
			return CODE_UNTRUSTED;
		}
	} else {
		error = folder_make_temporary(&make->folder);
	}
	return error ? make_fail(make, make->request->keep ? make->request->keep : "/tmp", error) : 0;
}

int
make_pack(struct compilation *compilation, const struct make_request *request, struct make_result *result)
{
	struct make make = {.compilation = compilation, .request = request, .result = result};
	int code;

	memset(result, 0, sizeof(*result));
	code = folder_open(&make);
	if (!code)
		code = translate(&make);
	if (!code && !result->ended)
		code = images_build(&make);
	if (!code && !result->ended)
		code = pack_seal(&make);
	while (make.image_count > 0)
		image_done(&make.images[--make.image_count]);
	if (make.folder && !request->keep)
		folder_remove(make.folder);
	free(make.folder);
	return code;
}
