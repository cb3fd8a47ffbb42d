/*
 * compile.c - the front half of the compiler, in order: load, parse, check, lower.
 *
 * fold, plan, emit, build and seal take the pack from here (cmd_build.c).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "arena.h"
#include "diag.h"
#include "feed.h"
#include "input.h"
#include "ir.h"
#include "ir_build.h"
#include "logsource.h"
#include "node.h"
#include "ast.h"
#include "collection.h"
#include "correlation.h"
#include "filter.h"
#include "load_ahead.h"
#include "options.h"
#include "override.h"
#include "placeholder.h"
#include "suite.h"
#include "compile.h"
#include "yaml_reader.h"
#include "yara_compile.h"

void
compile_init(struct compilation *compilation, const struct compile_request *request)
{
	*compilation = (struct compilation){.arena = arena_new(), .request = request};
	compilation->diags = diag_list_new(compilation->arena);
}

void
compile_done(struct compilation *compilation)
{
	arena_free(compilation->arena);
	compilation->arena = NULL;
}

static int
cannot(struct compilation *compilation, const char *path, int error)
{
	compilation->failure = arena_print(compilation->arena, "%s: %s", path, options_errno(error));
	return CODE_CANNOT;
}

/* "# rsnlc: disable=NAME" anywhere in a file silences that lint in it. */
static void
comments_read(struct compilation *compilation, const struct source *source)
{
	static const char mark[] = "# rsnlc: disable=";
	const char *at = source->data, *end = at + source->size;
	size_t size;

	while ((at = memmem(at, end - at, mark, sizeof(mark) - 1))) {
		at += sizeof(mark) - 1;
		for (size = 0; at + size < end && memchr("abcdefghijklmnopqrstuvwxyz-", at[size], 27); size++)
			;
		diag_disable(compilation->diags, source, at, size);
	}
}

static int
logsources_read(struct compilation *compilation)
{
	const struct compile_request *request = compilation->request;
	struct logsources *logsources = logsources_new(compilation->arena);
	const struct source *source;
	int error;

	compilation->logsources = logsources;
	if (logsources_add(logsources, compilation->diags, logsources_builtin()))
		return CODE_BUG;
	for (size_t i = 0; i < request->logsource_file_count; i++) {
		error = input_read(compilation->arena, request->logsource_files[i], INPUT_YAML_MAX, &source);
		if (error)
			return cannot(compilation, request->logsource_files[i], error);
		if (logsources_add(logsources, compilation->diags, source))
			return CODE_CONTENT;
	}
	return 0;
}

/* What --placeholders and --override name. */
static int
files_read(struct compilation *compilation)
{
	const char *const paths[] = {compilation->request->placeholder_file, compilation->request->override_file};
	const struct source *sources[2] = {NULL};
	int error;

	for (int i = 0; i < 2; i++) {
		error = paths[i] ? input_read(compilation->arena, paths[i], INPUT_YAML_MAX, &sources[i]) : 0;
		if (error)
			return cannot(compilation, paths[i], error);
	}
	if (sources[0])
		compilation->placeholders = placeholders_read(compilation->arena, compilation->diags, sources[0]);
	if (sources[1])
		compilation->overrides = overrides_read(compilation->arena, compilation->diags, sources[1]);
	return 0;
}

static void
sigma_load(struct compilation *compilation, const struct source *source, struct yaml_reader *reader)
{
	size_t first = compilation->documents.count;

	comments_read(compilation, source);
	if (reader) {
		load_read(compilation->arena, compilation->diags, source, reader, &compilation->documents);
		yaml_reader_close(reader);
	} else {
		load_documents(compilation->arena, compilation->diags, source, &compilation->documents);
	}
	collection_resolve(compilation->arena, compilation->diags, &compilation->documents, first);
}

/* Two processors read the files of rules, and this thread makes documents of all of them. */
static void
rules_load(struct compilation *compilation)
{
	const struct input_list *inputs = &compilation->inputs;
	const struct source **sources = arena_alloc(compilation->arena, (inputs->count + 1) * sizeof(*sources));
	struct load_ahead *ahead;
	size_t count = 0;

	for (size_t i = 0; i < inputs->count; i++)
		if (inputs->items[i].kind == INPUT_SIGMA)
			sources[count++] = inputs->items[i].source;
	ahead = count > 1 ? load_ahead_new(sources, count) : NULL;
	for (size_t i = 0; i < count; i++)
		sigma_load(compilation, sources[i], ahead ? load_ahead_take(ahead, i) : NULL);
	load_ahead_free(ahead);
}

int
compile_load(struct compilation *compilation)
{
	const struct compile_request *request = compilation->request;
	const char *failed;
	int error;

	for (size_t i = 0; i < request->path_count; i++) {
		error = input_find(compilation->arena, compilation->diags, request->paths[i], &compilation->inputs, &failed);
		if (error)
			return cannot(compilation, failed, error);
	}
	rules_load(compilation);
	error = files_read(compilation);
	return error ? error : logsources_read(compilation);
}

static int
rule_is_selected(struct compilation *compilation, const struct sigma_rule *rule)
{
	const char **tags = arena_alloc(compilation->arena, (rule->tag_count + 1) * sizeof(*tags));
	struct selection_subject subject = {
		.id = rule->id.data, .name = rule->name.data, .path = rule->place.source->name, .status = rule->status.data,
		.level = rule->level.size ? rule->level.data : "low", .tags = tags, .tag_count = rule->tag_count,
		.logsource = arena_print(compilation->arena, "%s/%s/%s", rule->product.data, rule->category.data,
		                         rule->service.data),
	};

	for (uint32_t i = 0; i < rule->tag_count; i++)
		tags[i] = rule->tags[i].data;
	return selection_takes(&compilation->request->selection, &subject);
}

static void
rules_add(struct compilation *compilation, struct sigma_rule ***rules, size_t *count, struct sigma_rule *rule)
{
	*rules = arena_grow(compilation->arena, *rules, *count, sizeof(**rules));
	(*rules)[(*count)++] = rule;
}

int
compile_parse(struct compilation *compilation)
{
	for (size_t i = 0; i < compilation->documents.count; i++) {
		const struct document *document = &compilation->documents.items[i];
		struct sigma_rule *rule = rule_parse(compilation->arena, compilation->diags, document);

		if (!rule)
			continue;
		diag_set_rule(compilation->diags, document->source, document->first_line, document->last_line,
		              rule->id.data);
		rule->is_selected = override_apply(compilation->overrides, rule) &&
		                    (rule->is_filter || rule_is_selected(compilation, rule));
		if (rule->is_selected && !rule->is_filter && !rule->is_bad && !rule->level.size)
			diag_add(compilation->diags, rule->place, DIAG_missing_level, "the rule has no level; low is assumed");
		if (rule->is_selected)
			rule_parse_detection(compilation->arena, compilation->diags, rule);
		if (rule->is_filter)
			rules_add(compilation, &compilation->filters, &compilation->filter_count, rule);
		else
			rules_add(compilation, &compilation->rules, &compilation->rule_count, rule);
	}
	overrides_check(compilation->diags, compilation->overrides);
	return 0;
}

static void
rules_check(struct compilation *compilation, struct sigma_rule *const *rules, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rules[i]->is_selected)
			rule_check(compilation->arena, compilation->diags, compilation->placeholders, rules[i]);
	rules_check_ids(compilation->diags, rules, count);
}

int
compile_check(struct compilation *compilation)
{
	rules_check(compilation, compilation->rules, compilation->rule_count);
	rules_check(compilation, compilation->filters, compilation->filter_count);
	filters_apply(compilation->arena, compilation->diags, compilation->filters, compilation->filter_count,
	              compilation->rules, compilation->rule_count);
	correlations_resolve(compilation->arena, compilation->diags, compilation->rules, compilation->rule_count);
	compilation->suite = arena_alloc(compilation->arena, sizeof(*compilation->suite));
	for (size_t i = 0; i < compilation->inputs.count; i++)
		if (compilation->inputs.items[i].kind == INPUT_TEST)
			suite_read(compilation->arena, compilation->diags, compilation->inputs.items[i].source, compilation->rules,
			           compilation->rule_count, compilation->suite);
	return 0;
}

/* Records a rule or a file as left out, with its first error. */
static void
leave_out(struct compilation *compilation, struct ir_text id, struct ir_text title, const struct source *source,
          const struct diag *error)
{
	compilation->left_out = arena_grow(compilation->arena, compilation->left_out, compilation->left_out_count,
	                                   sizeof(*compilation->left_out));
	compilation->left_out[compilation->left_out_count++] = (struct left_out){
		id, title, source->name, error ? error->text : "it is bad",
	};
}

static void
rule_leave_out(struct compilation *compilation, const struct sigma_rule *rule)
{
	const struct document *document = rule->document;
	const struct diag *error = NULL;

	for (; !error && document; document = document->base)
		error = diag_first_error(compilation->diags, document->source, document->first_line, document->last_line);
	leave_out(compilation, rule->id, rule->title, rule->document->source, error);
}

/* A YARA identifier made of the file's name, one for each file. */
static struct ir_text
namespace_make(struct compilation *compilation, const char *path, size_t number)
{
	const char *slash = strrchr(path, '/'), *start = slash ? slash + 1 : path, *dot = strrchr(start, '.');
	char *name = arena_print(compilation->arena, "%s%.*s", *start >= '0' && *start <= '9' ? "_" : "",
	                         (int)(dot && dot > start ? dot - start : (long)strlen(start)), start);

	for (char *at = name; *at; at++)
		if (!((*at >= '0' && *at <= '9') || ((*at | 32) >= 'a' && (*at | 32) <= 'z')))
			*at = '_';
	for (size_t i = 0; i < number; i++) {
		const char *other = compilation->namespaces[i];

		if (!strcmp(other, name))
			name = arena_print(compilation->arena, "%s_%zu", name, number);
	}
	compilation->namespaces = arena_grow(compilation->arena, compilation->namespaces, number,
	                                     sizeof(*compilation->namespaces));
	compilation->namespaces[number] = name;
	return arena_string(compilation->arena, name);
}

static void
input_lower(struct compilation *compilation, const struct input *input)
{
	struct arena *arena = compilation->arena;
	const struct source *source = input->source;
	struct ir_yara_source yara;

	switch (input->kind) {
	case INPUT_FEED:
		compilation->indicator_count += feed_lower(compilation->builder, arena, compilation->diags,
		                                           compilation->logsources, source);
		return;
	case INPUT_YARA:
		if (yara_check(arena, compilation->diags, source)) {
			diag_sort(compilation->diags);
			leave_out(compilation, (struct ir_text){"", 0}, (struct ir_text){"", 0}, source,
			          diag_first_error(compilation->diags, source, 0, UINT32_MAX));
			return;
		}
		yara.name_space = namespace_make(compilation, source->name, compilation->namespace_count++);
		yara.text = arena_text(arena, source->data, source->size);
		yara.source = arena_string(arena, source->name);
		ir_build_yara(compilation->builder, &yara);
		return;
	case INPUT_SIGMA:
	case INPUT_TEST:
		return;
	}
}

int
compile_lower(struct compilation *compilation)
{
	struct arena *arena = compilation->arena;
	const char *name = compilation->request->name ? compilation->request->name : "";

	compilation->builder = ir_builder_new(arena);
	diag_sort(compilation->diags);
	for (size_t i = 0; i < compilation->rule_count; i++) {
		const struct sigma_rule *rule = compilation->rules[i];

		if (!rule->is_selected || rule->is_duplicate)
			continue;
		if (rule->is_bad) {
			rule_leave_out(compilation, rule);
			continue;
		}
		if (!rule->is_correlation)
			rule_lower(arena, compilation->builder, compilation->logsources, rule);
		if (rule->correlation)
			correlation_lower(arena, compilation->builder, rule);
		compilation->used_count++;
	}
	for (size_t i = 0; i < compilation->filter_count; i++)
		if (compilation->filters[i]->is_bad)
			rule_leave_out(compilation, compilation->filters[i]);
	for (size_t i = 0; i < compilation->inputs.count; i++)
		input_lower(compilation, &compilation->inputs.items[i]);
	suite_lower(arena, compilation->builder, compilation->suite);
	logsources_lower(compilation->logsources, compilation->builder);
	compilation->pack = ir_build_finish(compilation->builder, arena_string(arena, name));
	if (!compilation->request->skip_bad && diag_count(compilation->diags, DIAG_ERROR))
		return CODE_CONTENT;
	return 0;
}

int
compile_dumps(const struct compilation *compilation, char letter)
{
	return compilation->request->dump && strchr(compilation->request->dump, letter);
}

int
compile_ends(const struct compilation *compilation, char letter)
{
	static const char order[] = "pclfne";
	const char *at = strchr(order, letter);

	if (!compilation->request->dump || !*compilation->request->dump)
		return 0;
	for (at++; *at; at++)
		if (compile_dumps(compilation, *at))
			return 0;
	return 1;
}

static void
rules_print(const struct compilation *compilation, char letter)
{
	for (size_t i = 0; compile_dumps(compilation, letter) && i < compilation->rule_count; i++)
		if (compilation->rules[i]->is_selected)
			rule_print(stdout, compilation->rules[i]);
	for (size_t i = 0; compile_dumps(compilation, letter) && i < compilation->filter_count; i++)
		rule_print(stdout, compilation->filters[i]);
}

int
compile_front(struct compilation *compilation)
{
	int code = compile_load(compilation);

	if (!code)
		code = compile_parse(compilation);
	rules_print(compilation, 'p');
	if (!code)
		code = compile_check(compilation);
	rules_print(compilation, 'c');
	if (!code)
		code = compile_lower(compilation);
	if (!code && compile_dumps(compilation, 'l'))
		ir_print(stdout, compilation->pack);
	return code;
}
