/*
 * config_struct.c - the config as a whole: defaults, printing, and the check of one that another process made.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "config_value.h"

void
config_init(struct config *config)
{
	const struct config_key *key;
	char why[256];

	memset(config, 0, sizeof(*config));
	config->magic = CONFIG_MAGIC;
	config->size = sizeof(*config);
	for (size_t i = 0; (key = config_key_at(i)) != NULL; i++) {
		if (strncmp(key->section, "sinks.", 6) != 0 || !strcmp(key->section, "sinks.file"))
			config_value_set(key, key->fallback, config, why, sizeof(why));
	}
	config->sink_count = 1;
}

static void
section_print(const char *section, const void *base, FILE *out, const char *before)
{
	const struct config_key *key;
	char text[CONFIG_LIST_MAX * (CONFIG_PATH_MAX + 4)];

	for (size_t i = 0; (key = config_key_at(i)) != NULL; i++) {
		if (strcmp(key->section, section) != 0)
			continue;
		config_value_print(key, base, text, sizeof(text));
		fprintf(out, "%s%s: %s", before, key->name, text);
		before = ", ";
	}
	fprintf(out, "%s}", *before == '{' ? "{" : "");
}

void
config_print(const struct config *config, FILE *out)
{
	static const char *const sections[] = {"agent", "packs", "sources", "enrich", "yara", "alerts", "throttle", "health",
		"response"};

	fprintf(out, "version: 1\n");
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		fprintf(out, "%s: ", sections[i]);
		section_print(sections[i], config, out, "{");
		fprintf(out, "\n");
	}
	fprintf(out, "sinks:\n");
	for (uint32_t i = 0; i < config->sink_count; i++) {
		struct config_sink sink = config->sinks[i];
		char section[32];

		snprintf(section, sizeof(section), "sinks.%s", config_sink_name(sink.type));
		fprintf(out, "  - {type: %s", config_sink_name(sink.type));
		section_print(section, config_sink_base(&sink), out, ", ");
		fprintf(out, "\n");
	}
}

static int
key_check(const struct config_key *key, const void *base)
{
	const char *member = (const char *)base + key->offset;
	const struct config_list *list = (const void *)member;

	if (key->type == CONFIG_KEY_TEXT || key->type == CONFIG_KEY_PATH)
		return memchr(member, 0, key->size) ? 0 : -EBADMSG;
	if (key->type != CONFIG_KEY_PATHS)
		return 0;
	if (list->count > CONFIG_LIST_MAX)
		return -EBADMSG;
	for (uint32_t i = 0; i < list->count; i++) {
		if (!memchr(list->items[i], 0, CONFIG_PATH_MAX))
			return -EBADMSG;
	}
	return 0;
}

int
config_check(const struct config *config, size_t size)
{
	const struct config_key *key;

	if (size != sizeof(*config) || config->magic != CONFIG_MAGIC || config->size != size ||
	    config->sink_count > CONFIG_SINK_MAX)
		return -EBADMSG;
	for (size_t i = 0; (key = config_key_at(i)) != NULL; i++) {
		if (strncmp(key->section, "sinks.", 6) != 0 && key_check(key, config))
			return -EBADMSG;
	}
	for (uint32_t i = 0; i < config->sink_count; i++) {
		const struct config_sink *sink = &config->sinks[i];

		if (!memchr(sink->path, 0, sizeof(sink->path)) || !memchr(sink->to, 0, sizeof(sink->to)))
			return -EBADMSG;
	}
	return 0;
}
