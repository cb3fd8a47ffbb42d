/*
 * config.c - reads rsnl.yaml (with libyaml) over the defaults by one table of keys (config_keys.h).
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "config_value.h"

struct reader {
	struct config *config;
	struct config defaults;
	yaml_document_t document;
	const char *file;
	FILE *errors;
	int error_count;
};

__attribute__((format(printf, 4, 5))) static void
error_at(struct reader *reader, yaml_mark_t at, const char *name, const char *format, ...)
{
	va_list args;

	fprintf(reader->errors, "%s:%zu:%zu: error: ", reader->file, at.line + 1, at.column + 1);
	va_start(args, format);
	vfprintf(reader->errors, format, args);
	va_end(args);
	fprintf(reader->errors, " [%s]\n", name);
	reader->error_count++;
}

static const char *
scalar(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* Whether the file wrote it as a plain word, which alone can be a number or a bool. */
static int
is_plain(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* A list as one text with commas, the form that defaults have; NULL when an item is no scalar or holds a comma. */
static char *
list_text(struct reader *reader, const yaml_node_t *node, char *text, size_t size)
{
	size_t used = 0;

	for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
		const char *value = scalar(yaml_document_get_node(&reader->document, *item));

		if (!value || !*value || strchr(value, ',') || used + strlen(value) + 2 > size)
			return NULL;
		used += (size_t)sprintf(text + used, "%s%s", used ? "," : "", value);
	}
	text[used] = 0;
	return text;
}

static void
key_read(struct reader *reader, const struct config_key *key, const yaml_node_t *node, void *base)
{
	char text[CONFIG_LIST_MAX * CONFIG_PATH_MAX], why[256];
	const char *value = scalar(node);

	if (node->type == YAML_SEQUENCE_NODE && config_key_is_list(key)) {
		value = list_text(reader, node, text, sizeof(text));
		if (value && !*value && key->type == CONFIG_KEY_KINDS)
			value = NULL;
	}
	if (!value) {
		error_at(reader, node->start_mark, "bad-value", "%s.%s takes %s", key->section, key->name,
		         config_key_wants(key));
		return;
	}
	if (config_key_is_plain(key) && !is_plain(node)) {
		error_at(reader, node->start_mark, "bad-value", "%s.%s takes %s, not a quoted text", key->section, key->name,
		         config_key_wants(key));
		return;
	}
	if (config_value_set(key, value, base, why, sizeof(why))) {
		error_at(reader, node->start_mark, "bad-value", "%s.%s: %s", key->section, key->name, why);
		return;
	}
	if (!key->supported && !config_value_equal(key, base, &reader->defaults))
		error_at(reader, node->start_mark, "not-supported", "%s.%s: not supported yet", key->section, key->name);
}

static const yaml_node_t *
member_find(struct reader *reader, const yaml_node_t *map, const char *name)
{
	for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++) {
		const char *key = scalar(yaml_document_get_node(&reader->document, pair->key));

		if (key && !strcmp(key, name))
			return yaml_document_get_node(&reader->document, pair->value);
	}
	return NULL;
}

/* Whether pair is not the first of its mapping with its key; says so. */
static int
is_repeated(struct reader *reader, const yaml_node_t *map, const yaml_node_pair_t *pair)
{
	const yaml_node_t *node = yaml_document_get_node(&reader->document, pair->key);

	for (yaml_node_pair_t *other = map->data.mapping.pairs.start; other < pair; other++) {
		const yaml_node_t *first = yaml_document_get_node(&reader->document, other->key);

		if (first->type != YAML_SCALAR_NODE || strcmp(scalar(first), scalar(node)) != 0)
			continue;
		error_at(reader, node->start_mark, "duplicate-key", "key \"%s\" is given twice (first at %zu:%zu)",
		         scalar(node), first->start_mark.line + 1, first->start_mark.column + 1);
		return 1;
	}
	return 0;
}

static void
unknown_key(struct reader *reader, const yaml_node_t *node, const char *section)
{
	const char *near = config_key_nearest(section, scalar(node));
	const char *place = *section ? section : "the file's top";

	if (near)
		error_at(reader, node->start_mark, "unknown-key", "unknown key \"%s\" in %s; did you mean \"%s\"?",
		         scalar(node), place, near);
	else
		error_at(reader, node->start_mark, "unknown-key", "unknown key \"%s\" in %s", scalar(node), place);
}

static void
map_read(struct reader *reader, const yaml_node_t *map, const char *section, void *base);

static void
sinks_read(struct reader *reader, const yaml_node_t *list)
{
	uint32_t count = 0;

	if (list->type != YAML_SEQUENCE_NODE) {
		error_at(reader, list->start_mark, "bad-value", "sinks takes a list of mappings with a type");
		return;
	}
	for (yaml_node_item_t *item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++) {
		const yaml_node_t *node = yaml_document_get_node(&reader->document, *item);
		const yaml_node_t *type = node->type == YAML_MAPPING_NODE ? member_find(reader, node, "type") : NULL;
		struct config_sink *sink = &reader->config->sinks[count];
		char section[32];
		int number = type && scalar(type) ? config_sink_number(scalar(type)) : -1;

		if (count == CONFIG_SINK_MAX) {
			error_at(reader, node->start_mark, "bad-value", "more than %d sinks", CONFIG_SINK_MAX);
			return;
		}
		if (number < 0) {
			error_at(reader, (type ? type : node)->start_mark, "bad-value",
			         "a sink takes a type: file, stdout, syslog, http, kafka or unix");
			continue;
		}
		if (number > CONFIG_SINK_STDOUT)
			error_at(reader, type->start_mark, "not-supported", "sinks.%s: not supported yet", scalar(type));
		snprintf(section, sizeof(section), "sinks.%s", scalar(type));
		memset(sink, 0, sizeof(*sink));
		sink->type = (uint32_t)number;
		config_section_init(section, config_sink_base(sink));
		map_read(reader, node, section, config_sink_base(sink));
		count++;
	}
	reader->config->sink_count = count;
}

static void
version_read(struct reader *reader, const yaml_node_t *node)
{
	if (!is_plain(node) || strcmp(scalar(node), "1") != 0)
		error_at(reader, node->start_mark, "bad-value", "version takes 1");
}

static void
member_read(struct reader *reader, const yaml_node_t *key, const yaml_node_t *value, const char *section, void *base)
{
	char path[256];
	const struct config_key *row = config_key_find(section, scalar(key));

	if (row) {
		key_read(reader, row, value, base);
		return;
	}
	snprintf(path, sizeof(path), "%s%s%.100s", section, *section ? "." : "", scalar(key));
	if (!*section && !strcmp(path, "version"))
		version_read(reader, value);
	else if (!*section && !strcmp(path, "sinks"))
		sinks_read(reader, value);
	else if (!strncmp(section, "sinks.", 6) && !strcmp(scalar(key), "type"))
		return;
	else if (config_section_exists(path))
		map_read(reader, value, path, base);
	else
		unknown_key(reader, key, section);
}

static void
map_read(struct reader *reader, const yaml_node_t *map, const char *section, void *base)
{
	if (map->type != YAML_MAPPING_NODE) {
		error_at(reader, map->start_mark, "bad-value", "%s takes a mapping", *section ? section : "the file");
		return;
	}
	for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(&reader->document, pair->key);

		if (!scalar(key))
			error_at(reader, key->start_mark, "bad-value", "a key is a plain word");
		else if (!is_repeated(reader, map, pair))
			member_read(reader, key, yaml_document_get_node(&reader->document, pair->value), section, base);
	}
}

/* Incoming follows a state folder of one's own. */
static void
incoming_derive(struct reader *reader)
{
	struct config *config = reader->config;

	if (strcmp(config->agent.state, reader->defaults.agent.state) != 0 &&
	    !strcmp(config->packs.incoming, reader->defaults.packs.incoming) &&
	    snprintf(config->packs.incoming, CONFIG_PATH_MAX, "%.230s/packs/incoming", config->agent.state) < 0)
		reader->error_count++;
}

int
config_parse(struct config *config, const char *text, size_t size, const char *file, FILE *errors)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	yaml_parser_t parser;
	yaml_mark_t top = {0};
	const yaml_node_t *root;
	int count;

	config_init(config);
	if (!reader || !yaml_parser_initialize(&parser)) {
		free(reader);
		fprintf(errors, "%s:1:1: error: not enough memory [no-memory]\n", file);
		return 1;
	}
	config_init(&reader->defaults);
	reader->config = config;
	reader->file = file;
	reader->errors = errors;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	if (size > CONFIG_FILE_MAX) {
		error_at(reader, top, "too-large", "larger than %d bytes", CONFIG_FILE_MAX);
	} else if (!yaml_parser_load(&parser, &reader->document)) {
		error_at(reader, parser.problem_mark, "bad-yaml", "%s", parser.problem ? parser.problem : "not YAML");
	} else {
		root = yaml_document_get_root_node(&reader->document);
		if (root && !(scalar(root) && !*scalar(root)))
			map_read(reader, root, "", config);
		incoming_derive(reader);
		yaml_document_delete(&reader->document);
	}
	count = reader->error_count;
	yaml_parser_delete(&parser);
	free(reader);
	return count;
}
