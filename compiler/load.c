/*
 * load.c - libyaml's events -> nodes with their places. YAML 1.2 core schema over a YAML 1.1 scanner.
 *
 * Leaves true: every key is a scalar and unique in its map; depth at most NODE_DEPTH_MAX; a walk over a document
 * meets at most NODE_COUNT_MAX nodes; all text is UTF-8.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "scalar.h"
#include "utf8.h"
#include "yaml_reader.h"

enum { ANCHOR_MAX = 256 };

struct anchor {
	struct ir_text name;
	struct node *node;
	size_t weight;
};

struct loader {
	struct arena *arena;
	struct diag_list *diags;
	const struct source *source;
	struct yaml_reader *reader;
	yaml_event_t event;
	struct anchor anchors[ANCHOR_MAX];
	size_t anchor_count;
	size_t weight; /* nodes so far, aliases counted in full */
	uint32_t line;   /* where the cursor stands that finds the bytes of lines; it only moves on */
	size_t offset;
	int depth;
	int duplicates; /* the document has some: it is not used */
};

static struct node *node_load(struct loader *loader);

static struct place
place_of(const struct loader *loader, yaml_mark_t start, yaml_mark_t end)
{
	uint32_t width = start.line == end.line ? end.column - start.column : 0;

	return (struct place){loader->source, start.line + 1, start.column + 1, width};
}

static struct place
event_place(const struct loader *loader)
{
	return place_of(loader, loader->event.start_mark, loader->event.end_mark);
}

static size_t
line_offset(struct loader *loader, uint32_t line)
{
	const struct source *source = loader->source;
	const char *end;

	for (; loader->line < line && loader->offset < source->size; loader->line++) {
		end = memchr(source->data + loader->offset, '\n', source->size - loader->offset);
		loader->offset = end ? (size_t)(end - source->data) + 1 : source->size;
	}
	return loader->offset;
}

/* Whether the line of mark is indented with a tab. */
static int
is_tab(struct loader *loader, yaml_mark_t mark)
{
	const char *at = loader->source->data + line_offset(loader, mark.line + 1);

	return at[strspn(at, " ")] == '\t';
}

/* Replaces the event by the next one. Returns 0, or -EBADMSG with the problem queued. */
static int
event_next(struct loader *loader)
{
	const yaml_parser_t *parser = &loader->reader->parser;
	yaml_mark_t mark;

	yaml_event_delete(&loader->event);
	if (!yaml_reader_next(loader->reader, &loader->event))
		return 0;
	mark = parser->problem_mark.line || parser->problem_mark.column ? parser->problem_mark : parser->mark;
	mark = parser->error == YAML_READER_ERROR ? parser->mark : mark;
	if (parser->context && strstr(parser->context, "quoted scalar")) {
		diag_add(loader->diags, place_of(loader, parser->context_mark, parser->context_mark), DIAG_bad_yaml,
		         "the quote is not closed");
		return -EBADMSG;
	}
	if (parser->problem && strstr(parser->problem, "cannot start any token") && is_tab(loader, mark)) {
		diag_add(loader->diags, place_of(loader, mark, mark), DIAG_bad_yaml, "a tab cannot indent; use spaces");
		return -EBADMSG;
	}
	diag_add(loader->diags, place_of(loader, mark, mark), DIAG_bad_yaml, "%s%s%s",
	         parser->problem ? parser->problem : "cannot be read", parser->context ? " " : "",
	         parser->context ? parser->context : "");
	if (parser->context && parser->context_mark.line + 1 < mark.line)
		diag_note(loader->diags, place_of(loader, parser->context_mark, parser->context_mark), DIAG_bad_yaml,
		          "it began here");
	return -EBADMSG;
}

static struct node *
node_new(struct loader *loader, enum node_type type)
{
	struct node *node = arena_alloc(loader->arena, sizeof(*node));

	node->type = type;
	node->place = event_place(loader);
	return node;
}

static int
weight_add(struct loader *loader, size_t weight)
{
	loader->weight += weight;
	if (loader->weight <= NODE_COUNT_MAX)
		return 0;
	diag_add(loader->diags, event_place(loader), DIAG_alias_limit,
	         "more than %d nodes, aliases counted in full", NODE_COUNT_MAX);
	return -EBADMSG;
}

static int
anchor_add(struct loader *loader, struct ir_text name, struct node *node, size_t weight)
{
	if (!name.size)
		return 0;
	if (loader->anchor_count == ANCHOR_MAX) {
		diag_add(loader->diags, node->place, DIAG_alias_limit, "more than %d anchors", ANCHOR_MAX);
		return -EBADMSG;
	}
	loader->anchors[loader->anchor_count++] = (struct anchor){name, node, weight};
	return 0;
}

static struct ir_text
anchor_name(struct loader *loader, const yaml_char_t *name)
{
	return name ? arena_string(loader->arena, (const char *)name) : (struct ir_text){0};
}

static struct node *
alias_load(struct loader *loader)
{
	struct ir_text name = anchor_name(loader, loader->event.data.alias.anchor);

	for (size_t i = loader->anchor_count; i-- > 0;) {
		if (loader->anchors[i].name.data != name.data)
			continue;
		if (weight_add(loader, loader->anchors[i].weight))
			return NULL;
		return loader->anchors[i].node;
	}
	diag_add(loader->diags, event_place(loader), DIAG_bad_yaml, "alias \"*%s\" has no anchor before it", name.data);
	return NULL;
}

static struct node *
scalar_load(struct loader *loader)
{
	const char *tag = (const char *)loader->event.data.scalar.tag;
	struct node *node = node_new(loader, NODE_STRING);

	node->text = arena_text(loader->arena, loader->event.data.scalar.value, loader->event.data.scalar.length);
	node->quoted = loader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (!node->quoted && (!tag || !strcmp(tag, "!")))
		node->type = tag ? NODE_STRING : scalar_type(node->text);
	else if (tag && strcmp(tag, "!") && strcmp(tag, YAML_STR_TAG))
		node->type = scalar_type(node->text);
	if (node->place.width == 0 && node->text.size == 0)
		node->place.width = 1;
	return anchor_add(loader, anchor_name(loader, loader->event.data.scalar.anchor), node, 1) ? NULL : node;
}

static int
key_compare(const void *one, const void *two)
{
	const struct node *left = *(struct node *const *)one, *right = *(struct node *const *)two;

	if (left->text.data != right->text.data)
		return left->text.data < right->text.data ? -1 : 1;
	if (left->place.line != right->place.line)
		return left->place.line < right->place.line ? -1 : 1;
	return left->place.column < right->place.column ? -1 : left->place.column > right->place.column;
}

/* Keys are interned, so equal ones have equal pointers and stand side by side once sorted. */
static int
map_check(struct loader *loader, const struct node *map)
{
	struct node **keys;
	int result = 0;

	if (map->count < 2)
		return 0;
	keys = malloc(map->count * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	memcpy(keys, map->keys, map->count * sizeof(*keys));
	qsort(keys, map->count, sizeof(*keys), key_compare);
	for (size_t i = 1, first = 0; i < map->count; i++) {
		if (keys[i]->text.data != keys[first]->text.data) {
			first = i;
			continue;
		}
		diag_add(loader->diags, keys[i]->place, DIAG_duplicate_key, "key \"%s\" is given twice (first at %u:%u)",
		         keys[i]->text.data, keys[first]->place.line, keys[first]->place.column);
		result = -EBADMSG;
	}
	free(keys);
	return result;
}

static int
key_check(struct loader *loader, const struct node *key)
{
	if (!node_is_scalar(key)) {
		diag_add(loader->diags, key->place, DIAG_bad_yaml, "a key cannot be %s", node_type_name(key->type));
		return -EBADMSG;
	}
	if (!key->quoted && node_is(key, "<<")) {
		diag_add(loader->diags, key->place, DIAG_bad_yaml,
		         "merge key \"<<\" is not part of YAML 1.2; write the keys out");
		return -EBADMSG;
	}
	return 0;
}

static int
collection_enter(struct loader *loader)
{
	if (++loader->depth <= NODE_DEPTH_MAX)
		return 0;
	diag_add(loader->diags, event_place(loader), DIAG_depth_limit, "nested more than %d levels deep", NODE_DEPTH_MAX);
	return -EBADMSG;
}

/* The current event starts a list or map; on return it is the one that ends it. A duplicate key lets the rest of the
 * document be read, so that all of them are queued. */
static struct node *
collection_load(struct loader *loader, int is_map)
{
	yaml_event_type_t end = is_map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	struct ir_text anchor = anchor_name(loader, is_map ? loader->event.data.mapping_start.anchor
	                                                   : loader->event.data.sequence_start.anchor);
	struct node *node = node_new(loader, is_map ? NODE_MAP : NODE_LIST), *key = NULL, *item;
	size_t weight = loader->weight - 1;

	if (collection_enter(loader) || event_next(loader))
		return NULL;
	while (loader->event.type != end) {
		if (is_map) {
			key = node_load(loader);
			if (!key || key_check(loader, key) || event_next(loader))
				return NULL;
		}
		item = node_load(loader);
		if (!item || event_next(loader))
			return NULL;
		if (is_map) {
			node->keys = arena_grow(loader->arena, node->keys, node->count, sizeof(*node->keys));
			node->keys[node->count] = key;
		}
		node->items = arena_grow(loader->arena, node->items, node->count, sizeof(*node->items));
		node->items[node->count++] = item;
	}
	loader->depth--;
	if (is_map && map_check(loader, node))
		loader->duplicates = 1;
	return anchor_add(loader, anchor, node, loader->weight - weight) ? NULL : node;
}

static struct node *
node_load(struct loader *loader)
{
	if (loader->event.type == YAML_ALIAS_EVENT)
		return alias_load(loader);
	if (weight_add(loader, 1))
		return NULL;
	if (loader->event.type == YAML_SCALAR_EVENT)
		return scalar_load(loader);
	return collection_load(loader, loader->event.type == YAML_MAPPING_START_EVENT);
}

static int
document_load(struct loader *loader, struct document_list *documents)
{
	struct document document = {.source = loader->source, .first_line = loader->event.start_mark.line + 1};

	loader->anchor_count = 0;
	loader->depth = 0;
	loader->duplicates = 0;
	if (event_next(loader))
		return -EBADMSG;
	document.offset = line_offset(loader, loader->event.start_mark.line + 1);
	document.own = document.root = node_load(loader);
	if (!document.root || event_next(loader))
		return -EBADMSG;
	document.last_line = loader->event.end_mark.line + !!loader->event.end_mark.column;
	document.size = line_offset(loader, document.last_line + 1) - document.offset;
	while (document.size && strchr(" \r\n", loader->source->data[document.offset + document.size - 1]))
		document.size--;
	if (loader->duplicates)
		return -EBADMSG;
	documents->items = arena_grow(loader->arena, documents->items, documents->count, sizeof(*documents->items));
	documents->items[documents->count++] = document;
	return 0;
}

static int
encoding_check(struct diag_list *diags, const struct source *source)
{
	struct place place = {source, 1, 1, 1};
	size_t size;

	for (size_t at = 0; at < source->size; at += size) {
		size = utf8_size(source->data + at, source->size - at);
		if (!size) {
			diag_add(diags, place, DIAG_bad_encoding, "byte 0x%02x is not UTF-8 here; save the file as UTF-8",
			         (unsigned char)source->data[at]);
			return -EBADMSG;
		}
		place.column++;
		if (source->data[at] == '\n') {
			place.line++;
			place.column = 1;
		}
	}
	return 0;
}

int
load_open(struct yaml_reader *reader, const struct source *source)
{
	size_t skipped = source->size >= 3 && !memcmp(source->data, "\xef\xbb\xbf", 3) ? 3 : 0; /* a byte order mark */

	return yaml_reader_open(reader, source->data + skipped, source->size - skipped);
}

int
load_read(struct arena *arena, struct diag_list *diags, const struct source *source, struct yaml_reader *reader,
          struct document_list *documents)
{
	struct loader loader = {.arena = arena, .diags = diags, .source = source, .reader = reader, .line = 1};
	int result = encoding_check(diags, source);

	result = result ? result : event_next(&loader);
	while (!result && loader.event.type != YAML_STREAM_END_EVENT) {
		if (loader.event.type == YAML_DOCUMENT_START_EVENT)
			result = document_load(&loader, documents);
		result = result ? result : event_next(&loader);
	}
	yaml_event_delete(&loader.event);
	return result;
}

int
load_documents(struct arena *arena, struct diag_list *diags, const struct source *source,
               struct document_list *documents)
{
	struct yaml_reader reader;
	int result = load_open(&reader, source);

	if (result)
		return result;
	result = load_read(arena, diags, source, &reader, documents);
	yaml_reader_close(&reader);
	return result;
}
