/*
 * yara_compile.c - YARA rules by libyara.
 *
 * A source is checked by a compiler of its own, since libyara gives up a compiler after an error; what passes is
 * compiled together. Rules may not include files: a pack is made of what its builder was shown.
 */
#include "packfile.h"
#include "diag.h"
#include "ir.h"

#include "yara_compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <yara.h>

#include "arena.h"

struct checking {
	struct arena *arena;
	struct diag_list *diags;
	const struct source *source;
	size_t errors;
};

/* The place of line, at what the message quotes if the line has it. */
static struct place
message_place(const struct source *source, int line, const char *message)
{
	struct place place = {.source = source, .line = line > 0 ? line : 0, .column = 1, .width = 1};
	const char *text = source->data, *end, *quote = strchr(message, '"'), *close, *found;

	for (int i = 1; i < line && text; i++) {
		text = memchr(text, '\n', source->data + source->size - text);
		text = text ? text + 1 : NULL;
	}
	close = quote ? strchr(quote + 1, '"') : NULL;
	if (line <= 0 || !text || !close || close == quote + 1)
		return place;
	end = memchr(text, '\n', source->data + source->size - text);
	if (!end)
		end = source->data + source->size;
	found = memmem(text, end - text, quote + 1, close - quote - 1);
	if (found) {
		place.width = close - quote - 1;
		for (; text < found; text++)
			place.column += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return place;
}

static void
error_take(int level, const char *file, int line, const YR_RULE *rule, const char *message, void *context)
{
	struct checking *checking = context;

	(void)file, (void)rule;
	if (level != YARA_ERROR_LEVEL_ERROR)
		return;
	checking->errors++;
	diag_add(checking->diags, message_place(checking->source, line, message), DIAG_bad_yara, "%s", message);
}

static YR_COMPILER *
compiler_new(YR_COMPILER_CALLBACK_FUNC callback, void *context)
{
	YR_COMPILER *compiler;

	if (yr_initialize() != ERROR_SUCCESS)
		return NULL;
	if (yr_compiler_create(&compiler) != ERROR_SUCCESS) {
		yr_finalize();
		return NULL;
	}
	yr_compiler_set_callback(compiler, callback, context);
	yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
	return compiler;
}

static void
compiler_free(YR_COMPILER *compiler)
{
	yr_compiler_destroy(compiler);
	yr_finalize();
}

size_t
yara_check(struct arena *arena, struct diag_list *diags, const struct source *source)
{
	struct checking checking = {arena, diags, source, 0};
	const struct place whole = {.source = source};
	YR_COMPILER *compiler = compiler_new(error_take, &checking);

	if (memchr(source->data, '\0', source->size)) {
		diag_add(diags, whole, DIAG_bad_yara, "the file has a NUL byte");
		checking.errors++;
	} else if (!compiler) {
		diag_add(diags, whole, DIAG_bad_yara, "libyara does not start");
		checking.errors++;
	} else if (yr_compiler_add_string(compiler, source->data, "default") && checking.errors == 0) {
		diag_add(diags, whole, DIAG_bad_yara, "libyara refuses the file");
		checking.errors++;
	}
	if (compiler)
		compiler_free(compiler);
	return checking.errors;
}

/* yr_rules_save_stream() writes here. */
struct saving {
	struct arena *arena;
	char *bytes;
	size_t size, room;
};

static size_t
saving_write(const void *data, size_t size, size_t count, void *context)
{
	struct saving *saving = context;
	size_t total = size * count;

	if (total > saving->room - saving->size) {
		size_t room = (saving->size + total) * 2;
		char *bytes = arena_alloc(saving->arena, room);

		if (saving->size > 0)
			memcpy(bytes, saving->bytes, saving->size);
		saving->bytes = bytes;
		saving->room = room;
	}
	memcpy(saving->bytes + saving->size, data, total);
	saving->size += total;
	return count;
}

/* meta "severity" or "level" by name, or "score" and numbers by size (0 to 100). */
static uint8_t
meta_level(const YR_META *meta, uint8_t level)
{
	static const char *const names[] = {"informational", "low", "medium", "high", "critical"};

	if (strcmp(meta->identifier, "severity") && strcmp(meta->identifier, "level") &&
	    strcmp(meta->identifier, "score"))
		return level;
	if (meta->type == META_TYPE_INTEGER)
		return meta->integer >= 90 ? PACK_CRITICAL : meta->integer >= 70 ? PACK_HIGH :
		       meta->integer >= 40 ? PACK_MEDIUM : meta->integer >= 20 ? PACK_LOW : PACK_INFORMATIONAL;
	if (meta->type == META_TYPE_STRING)
		for (uint8_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!strcasecmp(meta->string, names[i]))
				return i;
	return level;
}

static void
meta_take(struct arena *arena, const YR_META *meta, struct yara_rule *rule)
{
	const struct {
		const char *name;
		struct ir_text *text;
	} rows[] = {
		{"description", &rule->description}, {"author", &rule->author}, {"license", &rule->license},
		{"version", &rule->version}, {"date", &rule->version}, {"modified", &rule->version},
	};

	rule->level = meta_level(meta, rule->level);
	if (meta->type != META_TYPE_STRING)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(meta->identifier, rows[i].name))
			*rows[i].text = arena_string(arena, meta->string);
	if (!strcmp(meta->identifier, "reference")) {
		struct ir_text *grown = arena_grow(arena, (void *)rule->references, rule->reference_count,
		                                   sizeof(*grown));

		grown[rule->reference_count++] = arena_string(arena, meta->string);
		rule->references = grown;
	}
}

static void
rule_describe(struct arena *arena, const YR_RULE *from, const struct ir_yara_source *source, struct yara_rule *rule)
{
	crypto_generichash_state state;
	const YR_META *meta;
	const char *tag;

	*rule = (struct yara_rule){.level = PACK_HIGH};
	rule->title = arena_string(arena, from->identifier);
	rule->id = arena_string(arena, arena_print(arena, "%s.%s", from->ns->name, from->identifier));
	rule->source = source->source;
	yr_rule_metas_foreach(from, meta) {
		meta_take(arena, meta, rule);
	}
	yr_rule_tags_foreach(from, tag) {
		struct ir_text *grown = arena_grow(arena, (void *)rule->tags, rule->tag_count, sizeof(*grown));

		grown[rule->tag_count++] = arena_string(arena, tag);
		rule->tags = grown;
	}
	crypto_generichash_init(&state, NULL, 0, sizeof(rule->digest));
	crypto_generichash_update(&state, (const uint8_t *)source->text.data, source->text.size);
	crypto_generichash_update(&state, (const uint8_t *)rule->id.data, rule->id.size);
	crypto_generichash_final(&state, rule->digest, sizeof(rule->digest));
}

static const struct ir_yara_source *
source_of(const struct ir_yara_source *sources, uint32_t count, const char *name_space)
{
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(sources[i].name_space.data, name_space))
			return &sources[i];
	return &sources[0];
}

static void
rules_describe(struct arena *arena, YR_RULES *rules, const struct ir_yara_source *sources, uint32_t count,
               struct yara_result *result)
{
	struct yara_rule *described = NULL;
	YR_RULE *rule;

	yr_rules_foreach(rules, rule) {
		if (rule->flags & RULE_FLAGS_PRIVATE)
			continue;
		described = arena_grow(arena, described, result->rule_count, sizeof(*described));
		rule_describe(arena, rule, source_of(sources, count, rule->ns->name), &described[result->rule_count++]);
	}
	result->rules = described;
}

static void
first_error(int level, const char *file, int line, const YR_RULE *rule, const char *message, void *context)
{
	char *text = context;

	(void)file, (void)rule;
	if (level == YARA_ERROR_LEVEL_ERROR && !text[0])
		snprintf(text, 256, "YARA: line %d: %s", line, message);
}

static int
rules_save(struct arena *arena, YR_RULES *rules, struct yara_result *result)
{
	struct saving saving = {.arena = arena};
	YR_STREAM stream = {.user_data = &saving, .write = saving_write};

	if (yr_rules_save_stream(rules, &stream) != ERROR_SUCCESS)
		return -1;
	result->bytes = saving.bytes;
	result->size = saving.size;
	result->version[0] = YR_MAJOR_VERSION;
	result->version[1] = YR_MINOR_VERSION;
	result->version[2] = YR_MICRO_VERSION;
	return 0;
}

int
yara_compile(struct arena *arena, const struct ir_yara_source *sources, uint32_t count, struct yara_result *result,
             char text[256])
{
	YR_COMPILER *compiler = compiler_new(first_error, text);
	YR_RULES *rules = NULL;
	int error = compiler ? 0 : -1;

	*result = (struct yara_result){0};
	text[0] = '\0';
	for (uint32_t i = 0; !error && i < count; i++)
		error = yr_compiler_add_string(compiler, sources[i].text.data, sources[i].name_space.data) ? -1 : 0;
	if (!error)
		error = yr_compiler_get_rules(compiler, &rules) == ERROR_SUCCESS ? 0 : -1;
	if (!error)
		error = rules_save(arena, rules, result);
	if (!error)
		rules_describe(arena, rules, sources, count, result);
	if (error && !text[0])
		snprintf(text, 256, "YARA: libyara fails");
	if (rules)
		yr_rules_destroy(rules);
	if (compiler)
		compiler_free(compiler);
	return error;
}
