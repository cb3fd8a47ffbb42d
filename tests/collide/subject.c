/* subject.c - rules through the whole compiler to an image in memory; their YAML and their IR kept beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "compile.h"

#include "bind.h"
#include "build.h"
#include "cache.h"
#include "emit.h"
#include "file.h"
#include "image.h"
#include "layout.h"
#include "toolchain.h"
#include "pack.h"
#include "pool.h"
#include "evaluate.h"
#include "tree.h"
#include "plain.h"
#include "subject.h"

enum { IMAGE_MAX = 1 << 28 };

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "collide: %s: %s\n", what, why);
	return -1;
}

static int
image_load(struct subject *subject, const char *path, uint32_t target)
{
	char text[160], *elf;
	size_t size;
	int result;

	if (file_read(path, IMAGE_MAX, &elf, &size))
		return fail(path, "cannot be read");
	result = image_flatten(&subject->image, elf, size, target, text);
	free(elf);
	if (result)
		return fail(path, text);
	if (target != target_host())
		return 0;
	subject->mapped = mmap(NULL, subject->image.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (subject->mapped == MAP_FAILED)
		return fail(path, "no memory");
	memcpy(subject->mapped, subject->image.bytes, subject->image.size);
	if (mprotect(subject->mapped, subject->image.size, PROT_READ | PROT_EXEC))
		return fail(path, "cannot be made to run");
	subject->match = (pack_match_fn *)(void *)((char *)subject->mapped + subject->image.entry);
	return 0;
}

static int
image_build(struct subject *subject, uint32_t target, const char *cache)
{
	struct compilation *compilation = &subject->compilation;
	struct build_request build = { .folder = subject->folder, .target = target, .quiet = 1, .cache = cache };
	static struct build_result built;
	struct timespec start, end;

	if (emit_pack(compilation->arena, compilation->pack, &subject->emitted))
		return fail("emit", subject->emitted.error);
	build.files = subject->emitted.files;
	build.file_count = subject->emitted.file_count;
	build.jobs = sysconf(_SC_NPROCESSORS_ONLN);
	if (cache && cache_open(cache))
		return fail(cache, "cannot be used as a cache");
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (build_image(&build, &built))
		return fail("build", built.error);
	clock_gettime(CLOCK_MONOTONIC, &end);
	subject->built_ns = (end.tv_sec - start.tv_sec) * UINT64_C(1000000000) + end.tv_nsec - start.tv_nsec;
	return image_load(subject, built.image, target);
}

static const struct document *
document_find(const struct subject *subject, const struct ir_rule *rule)
{
	const struct document_list *documents = &subject->compilation.documents;

	for (size_t i = 0; i < documents->count; i++) {
		const struct node *id = node_get(documents->items[i].root, "id");

		if (id && node_get(documents->items[i].root, "detection") && node_is(id, rule->id.data))
			return documents->items + i;
	}
	return NULL;
}

static int
group_open(struct subject *subject, struct subject_group *group, const struct ir_group *ir)
{
	*group = (struct subject_group){ ir, subject->rule_count,
		{ subject->phase_count, (ir_phase(ir, 0).count > 0) + (ir_phase(ir, 1).count > 0) },
		evaluator_new(ir, subject->field_count), NULL };
	subject->phase_count += group->groups.count;
	group->plain = pool_take(subject->pool, (ir->rule_count + 1) * sizeof(*group->plain));
	for (uint32_t i = 0; i < ir->rule_count; i++) {
		const struct document *document = document_find(subject, ir->rules[i]);

		if (document && !memmem(document->source->data + document->offset, document->size, "|expand", 7))
			group->plain[i] = plain_read(subject->pool, document->root, subject->fields, subject->field_count);
	}
	subject->rule_count += ir->rule_count;
	return 0;
}

static int
bind_open(struct subject *subject)
{
	struct bind_name *names = pool_take(subject->pool, (subject->field_count + 1) * sizeof(*names));

	for (uint32_t i = 0; i < subject->field_count; i++)
		names[i] = (struct bind_name){ subject->fields[i].data, subject->fields[i].size };
	subject->bind = bind_new(names, subject->field_count, NULL, NULL, 0);
	subject->layouts = layouts_new();
	if (!subject->bind || !subject->layouts)
		return fail("bind", "no memory");
	subject->bounds[0] = bound_new(subject->bind, subject->field_count, NULL);
	subject->bounds[1] = bound_new(subject->bind, subject->field_count, subject->layouts);
	return subject->bounds[0] && subject->bounds[1] ? 0 : fail("bind", "no memory");
}

static int
front_run(struct subject *subject)
{
	struct compilation *compilation = &subject->compilation;
	const struct ir_pack *pack;

	compile_init(compilation, &subject->request);
	if (compile_front(compilation)) {
		diag_print(stderr, compilation->diags, DIAG_TEXT, 0);
		return fail("front end", compilation->failure ? compilation->failure : "the rules are not good");
	}
	pack = compilation->pack;
	subject->field_count = pack->field_count;
	subject->fields = pool_take(subject->pool, (pack->field_count + 1) * sizeof(*subject->fields));
	for (uint32_t i = 0; i < pack->field_count; i++)
		subject->fields[i] = (struct bytes){ pack->fields[i].data, pack->fields[i].size };
	subject->groups = pool_take(subject->pool, (pack->group_count + 1) * sizeof(*subject->groups));
	for (; subject->group_count < pack->group_count; subject->group_count++)
		group_open(subject, subject->groups + subject->group_count, pack->groups + subject->group_count);
	return bind_open(subject);
}

int
subject_open(struct subject *subject, const struct subject_request *request)
{
	*subject = (struct subject){ .pool = pool_new() };
	subject->request.paths = pool_copy(subject->pool, request->paths, request->path_count * sizeof(*request->paths));
	subject->request.path_count = request->path_count;
	subject->request.placeholder_file = request->placeholders;
	subject->request.name = "collider";
	subject->request.skip_bad = 1;
	if (folder_make_temporary(&subject->folder))
		return fail("/tmp", "no folder can be made");
	if (front_run(subject))
		return -1;
	fold_pack(subject->compilation.arena, subject->compilation.pack);
	if (image_build(subject, request->target, request->cache))
		return -1;
	subject->scratch = aligned_alloc(subject->emitted.scratch_align, (subject->emitted.scratch_size | 4095) + 1);
	if (subject->scratch)
		memset(subject->scratch, 0, subject->emitted.scratch_size);
	subject->hits = calloc(subject->emitted.hits_max + 1, sizeof(*subject->hits));
	return subject->scratch && subject->hits ? 0 : fail("scratch", "no memory");
}

void
subject_close(struct subject *subject)
{
	for (uint32_t i = 0; i < subject->group_count; i++)
		evaluator_free(subject->groups[i].evaluator);
	bound_free(subject->bounds[0]);
	bound_free(subject->bounds[1]);
	layouts_free(subject->layouts);
	bind_free(subject->bind);
	if (subject->mapped)
		munmap(subject->mapped, subject->image.size);
	image_done(&subject->image);
	free(subject->scratch);
	free(subject->hits);
	compile_done(&subject->compilation);
	if (subject->folder)
		folder_remove(subject->folder);
	free(subject->folder);
	pool_free(subject->pool);
}

struct bytes
subject_source(const struct subject *subject, const struct ir_rule *rule)
{
	const struct document *document = document_find(subject, rule);

	if (!document)
		return (struct bytes){ "", 0 };
	return (struct bytes){ document->source->data + document->offset, document->size };
}
