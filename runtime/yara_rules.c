/*
 * yara_rules.c - loads compiled rules, or compiles sources, by libyara.
 */
#include "yara_rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yara.h>

#include "packfile.h"
#include "scan.h"

struct memory_stream {
	const unsigned char *data;
	size_t size, at;
};

static size_t
stream_read(void *to, size_t size, size_t count, void *user)
{
	struct memory_stream *stream = user;
	size_t fits = size ? (stream->size - stream->at) / size : 0;

	if (count > fits)
		count = fits;
	memcpy(to, stream->data + stream->at, size * count);
	stream->at += size * count;
	return count;
}

static int
is_this_version(const struct pack_yara *yara)
{
	return yara->version[0] == YR_MAJOR_VERSION && yara->version[1] == YR_MINOR_VERSION &&
		yara->version[2] == YR_MICRO_VERSION;
}

static int
ignore(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
	(void)context, (void)message, (void)data, (void)user;
	return CALLBACK_CONTINUE;
}

/* The compiled form, tried once: what its rules ask of modules shows when they run. */
static int
load(YR_RULES **rules, const void *compiled, size_t size, char text[256])
{
	struct memory_stream memory = {(const unsigned char *)compiled, size, sizeof(struct pack_yara)};
	YR_STREAM stream = {.user_data = &memory, .read = stream_read};
	int error = yr_rules_load_stream(&stream, rules);

	if (error == ERROR_SUCCESS) {
		error = yr_rules_scan_mem(*rules, (const uint8_t *)"", 1, 0, ignore, NULL, 60);
		if (error != ERROR_SUCCESS)
			yr_rules_destroy(*rules);
	}
	if (error == ERROR_SUCCESS)
		return 0;
	*rules = NULL;
	snprintf(text, 256, "libyara does not take the compiled rules: error %d", error);
	return -EINVAL;
}

/* A message of the compiler, as the line that says what is left out; of several the first stays. */
static void
compile_failed(int level, const char *file, int line, const YR_RULE *rule, const char *message, void *user)
{
	char *text = user;

	(void)file, (void)rule;
	if (level == YARA_ERROR_LEVEL_ERROR && !*text)
		snprintf(text, 256, "YARA rules left out: line %d: %.200s", line, message);
}

static YR_COMPILER *
compiler_new(char text[256])
{
	YR_COMPILER *compiler;

	if (yr_compiler_create(&compiler) != ERROR_SUCCESS)
		return NULL;
	yr_compiler_set_callback(compiler, compile_failed, text);
	yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
	return compiler;
}

/* Whether all texts of the source table lie inside strings. */
static int
source_is_sound(const struct pack_yara_source *source, size_t count, size_t strings_size)
{
	for (size_t i = 0; i < count; i++) {
		const struct pack_text texts[2] = {source[i].name_space, source[i].text};

		for (int j = 0; j < 2; j++) {
			if (texts[j].offset >= strings_size || texts[j].size >= strings_size - texts[j].offset)
				return 0;
		}
	}
	return 1;
}

/* Errors, or -1. Tried on its own, since a compiler takes nothing more after an error. */
static int
try_source(const struct scan_rules *from, const struct pack_yara_source *source, char text[256])
{
	YR_COMPILER *compiler = compiler_new(text);
	int errors = -1;

	if (compiler) {
		errors = yr_compiler_add_string(compiler, from->strings + source->text.offset, NULL);
		yr_compiler_destroy(compiler);
	}
	return errors;
}

static int
compile(YR_RULES **rules, const struct scan_rules *from, char text[256])
{
	const struct pack_yara_source *source = from->source;
	size_t count = from->source_size / sizeof(*source), taken = 0;
	YR_COMPILER *compiler;
	int failed = 0;

	if (!source_is_sound(source, count, from->strings_size))
		return -EINVAL;
	compiler = compiler_new(text);
	if (!compiler)
		return -ENOMEM;
	for (size_t i = 0; !failed && i < count; i++) {
		if (try_source(from, &source[i], text))
			continue;
		failed = yr_compiler_add_string(compiler, from->strings + source[i].text.offset,
		                                from->strings + source[i].name_space.offset);
		taken++;
	}
	failed = failed || !taken || yr_compiler_get_rules(compiler, rules) != ERROR_SUCCESS;
	yr_compiler_destroy(compiler);
	return failed ? -EINVAL : 0;
}

int
yara_rules_open(YR_RULES **rules, const struct scan_rules *from, char text[256])
{
	*rules = NULL;
	text[0] = 0;
	if (from->compiled_size > sizeof(struct pack_yara) && is_this_version(from->compiled) &&
	    (!load(rules, from->compiled, from->compiled_size, text) || !from->source_size))
		return *rules ? 0 : -EINVAL;
	text[0] = 0;
	return from->source_size ? compile(rules, from, text) : 0;
}
