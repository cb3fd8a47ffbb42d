/*
 * parse.c - documents -> rules in Sigma's words: metadata, logsource, detection.
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "correlation.h"

static const char *const known_keys[] = {
	"title", "id", "name", "related", "taxonomy", "status", "description", "license", "references", "author", "date",
	"modified", "tags", "scope", "logsource", "detection", "falsepositives", "fields", "level", "correlation",
	"filter", "generate",
};
static const char *const statuses[] = {"stable", "test", "experimental", "deprecated", "unsupported"};
static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	struct sigma_rule *rule;
	const struct node *root;
};

static void
word_unknown(struct reader *reader, const struct node *node, const char *what, const char *const *words, size_t count)
{
	const char *nearest = diag_nearest(node->text.data, node->text.size, words, count);

	if (nearest)
		diag_add(reader->diags, node->place, DIAG_bad_value, "unknown %s \"%s\"; did you mean \"%s\"?", what,
		         node->text.data, nearest);
	else
		diag_add(reader->diags, node->place, DIAG_bad_value, "unknown %s \"%s\"; there are %s to %s", what,
		         node->text.data, words[0], words[count - 1]);
	reader->rule->is_bad = 1;
}

/* The text of a scalar key, size 0 where it is missing or null. */
static struct ir_text
text_get(struct reader *reader, const char *key)
{
	const struct node *node = node_get(reader->root, key);

	if (!node || node->type == NODE_NULL)
		return arena_string(reader->arena, "");
	if (node_is_scalar(node))
		return node->text;
	diag_add(reader->diags, node->place, DIAG_bad_value, "%s is text, not %s", key, node_type_name(node->type));
	reader->rule->is_bad = 1;
	return arena_string(reader->arena, "");
}

/* As text_get; a list of scalars is joined by commas. */
static struct ir_text
people_get(struct reader *reader, const char *key)
{
	const struct node *node = node_get(reader->root, key);
	size_t size = 0, room = 1;
	char *joined;

	if (!node || node->type != NODE_LIST)
		return text_get(reader, key);
	for (size_t i = 0; i < node->count; i++)
		room += node->items[i]->text.size + 2;
	joined = arena_alloc(reader->arena, room);
	for (size_t i = 0; i < node->count; i++)
		if (node_is_scalar(node->items[i]))
			size += snprintf(joined + size, room - size, "%s%s", size ? ", " : "", node->items[i]->text.data);
	return arena_text(reader->arena, joined, size);
}

static struct ir_text
word_get(struct reader *reader, const char *key, const char *const *words, size_t count)
{
	struct ir_text text = text_get(reader, key);

	for (size_t i = 0; i < count; i++)
		if (!text.size || !strcmp(text.data, words[i]))
			return text;
	word_unknown(reader, node_get(reader->root, key), key, words, count);
	return text;
}

static const struct ir_text *
texts_get(struct reader *reader, const char *key, uint32_t *count, const struct place **places)
{
	const struct node *node = node_get(reader->root, key);
	struct ir_text *texts = NULL;
	struct place *found = NULL;

	*count = 0;
	if (!node || node->type == NODE_NULL)
		return NULL;
	for (size_t i = 0; i < (node->type == NODE_LIST ? node->count : 1); i++) {
		const struct node *item = node->type == NODE_LIST ? node->items[i] : node;

		if (!node_is_scalar(item)) {
			diag_add(reader->diags, item->place, DIAG_bad_value, "%s is a list of texts", key);
			reader->rule->is_bad = 1;
			continue;
		}
		texts = arena_grow(reader->arena, texts, *count, sizeof(*texts));
		found = arena_grow(reader->arena, found, *count, sizeof(*found));
		found[*count] = item->place;
		texts[(*count)++] = item->text;
	}
	if (places)
		*places = found;
	return texts;
}

static struct ir_text
logsource_text(struct reader *reader, const struct node *logsource, const char *key)
{
	struct reader inner = {reader->arena, reader->diags, reader->rule, logsource};

	return text_get(&inner, key);
}

static void
logsource_parse(struct reader *reader)
{
	const struct node *key = node_key(reader->root, "logsource"), *logsource = node_get(reader->root, "logsource");
	struct sigma_rule *rule = reader->rule;

	if (!key) {
		diag_add(reader->diags, rule->place, DIAG_missing_logsource, "the rule has no logsource");
		rule->is_bad = 1;
		return;
	}
	rule->logsource_place = key->place;
	rule->product = logsource_text(reader, logsource, "product");
	rule->category = logsource_text(reader, logsource, "category");
	rule->service = logsource_text(reader, logsource, "service");
	if (rule->product.size || rule->category.size || rule->service.size)
		return;
	diag_add(reader->diags, key->place, DIAG_missing_logsource, "logsource needs a product, category or service");
	rule->is_bad = 1;
}

static int
key_is_known(const struct node *key)
{
	for (size_t i = 0; i < COUNT(known_keys); i++)
		if (node_is(key, known_keys[i]))
			return 1;
	return 0;
}

/* Sigma lets rules have keys of their own, so only what looks like a slip is worth a word. */
static void
keys_check(struct reader *reader)
{
	enum { KEYS_MAX = 100 };
	const struct node *root = reader->root;

	for (size_t i = 0; i < root->count && i < KEYS_MAX; i++) {
		const struct node *key = root->keys[i];
		const char *nearest;

		if (key_is_known(key))
			continue;
		nearest = diag_nearest(key->text.data, key->text.size, known_keys, COUNT(known_keys));
		if (!nearest || node_get(root, nearest))
			continue;
		diag_add(reader->diags, key->place, DIAG_unknown_key, "unknown key \"%s\"; did you mean \"%s\"?",
		         key->text.data, nearest);
	}
}

/* A correlation has no events of its own. What a global holds for the rules beside it is not its own word. */
static void
correlation_keys_check(struct reader *reader)
{
	static const char *const keys[][2] = {
		{"detection", "a document is a rule or a correlation, not both; part them with \"---\""},
		{"filter", "a document is a correlation or a filter, not both; part them with \"---\""},
		{"logsource", "a correlation has no logsource; the rules it refers to have"},
	};

	for (size_t i = 0; i < COUNT(keys); i++) {
		const struct node *key = node_key(reader->rule->document->own, keys[i][0]);

		if (!key)
			continue;
		diag_add(reader->diags, key->place, DIAG_bad_correlation, "%s", keys[i][1]);
		reader->rule->is_bad = 1;
	}
}

/* Of all the text that the rule is made of. */
static void
digest_make(struct sigma_rule *rule)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof(rule->digest));
	for (const struct document *document = rule->document; document; document = document->base)
		crypto_generichash_update(&state, (const unsigned char *)document->source->data + document->offset,
		                          document->size);
	crypto_generichash_final(&state, rule->digest, sizeof(rule->digest));
}

/* A rule without an id gets one in the form of a UUID (version 8, RFC 9562) from its digest. */
static void
id_make(struct reader *reader)
{
	struct sigma_rule *rule = reader->rule;
	const uint8_t *d = rule->digest;

	rule->id = arena_string(reader->arena, arena_print(reader->arena,
		"%02x%02x%02x%02x-%02x%02x-8%x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0], d[1], d[2], d[3], d[4], d[5],
		d[6] & 15, d[7], (d[8] & 0x3f) | 0x80, d[9], d[10], d[11], d[12], d[13], d[14], d[15]));
	diag_add(reader->diags, rule->place, DIAG_missing_id, "the rule has no id; %s is used", rule->id.data);
}

static void
metadata_parse(struct reader *reader)
{
	struct sigma_rule *rule = reader->rule;

	rule->id = text_get(reader, "id");
	rule->title = text_get(reader, "title");
	rule->name = text_get(reader, "name");
	rule->status = word_get(reader, "status", statuses, COUNT(statuses));
	rule->level = word_get(reader, "level", levels, COUNT(levels));
	rule->version = text_get(reader, "modified");
	if (!rule->version.size)
		rule->version = text_get(reader, "date");
	rule->author = people_get(reader, "author");
	rule->license = text_get(reader, "license");
	rule->description = text_get(reader, "description");
	rule->references = texts_get(reader, "references", &rule->reference_count, NULL);
	rule->tags = texts_get(reader, "tags", &rule->tag_count, &rule->tag_places);
	if (!rule->title.size) {
		diag_add(reader->diags, rule->place, DIAG_missing_title, "the rule has no title");
		rule->is_bad = 1;
	}
	rule->id_place = node_key(rule->document->own, "id") ? node_get(rule->document->own, "id")->place : rule->place;
	if (rule->is_filter)
		return;
	if (!rule->id.size)
		id_make(reader);
}

struct sigma_rule *
rule_parse(struct arena *arena, struct diag_list *diags, const struct document *document)
{
	struct sigma_rule *rule = arena_alloc(arena, sizeof(*rule));
	struct reader reader = {arena, diags, rule, document->root};
	const struct node *key;

	rule->document = document;
	rule->place = document->root->place;
	rule->place.width = 0;
	rule->id = rule->title = rule->name = rule->status = rule->level = arena_string(arena, "");
	rule->product = rule->category = rule->service = arena_string(arena, "");
	digest_make(rule);
	if (document->root->type == NODE_NULL)
		return NULL;
	if (document->root->type != NODE_MAP) {
		diag_add(diags, document->root->place, DIAG_bad_value, "a Sigma rule is a map, not %s",
		         node_type_name(document->root->type));
		rule->is_bad = rule->is_refused = 1;
		return rule;
	}
	key = node_key(document->own, "title");
	rule->place = key ? key->place : document->own->count ? document->own->keys[0]->place : rule->place;
	keys_check(&reader);
	rule->is_bad = document->is_bad;
	if (document->is_bad) {
		rule->is_refused = 1;
		rule->id = text_get(&reader, "id");
		rule->title = text_get(&reader, "title");
		return rule;
	}
	rule->is_correlation = node_key(document->root, "correlation") != NULL;
	rule->is_filter = !rule->is_correlation && node_key(document->root, "filter");
	metadata_parse(&reader);
	if (rule->is_correlation)
		correlation_keys_check(&reader);
	else
		logsource_parse(&reader);
	return rule;
}

void
rule_parse_detection(struct arena *arena, struct diag_list *diags, struct sigma_rule *rule)
{
	const struct node *root = rule->document->root;
	const char *section = rule->is_correlation ? "correlation" : rule->is_filter ? "filter" : "detection";
	const struct node *key = node_key(root, section), *other = node_key(root, "detection");

	if (rule->is_refused)
		return;
	if (rule->is_correlation) {
		correlation_parse(arena, diags, rule, key, node_get(root, section));
		return;
	}
	if (rule->is_filter && other) {
		diag_add(diags, other->place, DIAG_bad_filter, "a filter's search identifiers stand in \"filter\"");
		rule->is_bad = 1;
	}
	if (key) {
		detection_parse(arena, diags, rule, key, node_get(root, section));
	} else {
		diag_add(diags, rule->place, DIAG_missing_detection, "the rule has no detection");
		rule->is_bad = 1;
	}
}
