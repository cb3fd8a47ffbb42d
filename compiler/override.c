/*
 * override.c - a user's file of decisions about rules: level, a note, and whether they are used, by id or tag.
 */
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "override.h"

enum { NOTE_MAX = 1000 }; /* bytes: alerts carry it */

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct overrides {
	const struct node *root; /* NULL: an empty file */
	unsigned char *used;     /* of its keys: some rule has the id or tag */
};

static const char *const keys[] = {"enabled", "level", "note", "response", "throttle"};
static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};

static int
word_is_one_of(const struct node *node, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (node_is(node, words[i]))
			return 1;
	return 0;
}

static void
key_unknown(struct diag_list *diags, const struct node *key)
{
	const char *nearest = diag_nearest(key->text.data, key->text.size, keys, COUNT(keys));

	if (nearest)
		diag_add(diags, key->place, DIAG_bad_override, "unknown key \"%s\"; did you mean \"%s\"?", key->text.data,
		         nearest);
	else
		diag_add(diags, key->place, DIAG_bad_override, "unknown key \"%s\"; there are level, enabled and note",
		         key->text.data);
}

static void
setting_check(struct diag_list *diags, const struct node *key, const struct node *value)
{
	if (!word_is_one_of(key, keys, COUNT(keys)))
		key_unknown(diags, key);
	else if (node_is(key, "response") || node_is(key, "throttle"))
		diag_add(diags, key->place, DIAG_not_supported,
		         "an override of \"%s\" is not supported yet; it can set level, enabled and note", key->text.data);
	else if (node_is(key, "level") && !word_is_one_of(value, levels, COUNT(levels)))
		diag_add(diags, value->place, DIAG_bad_override,
		         "a level is informational, low, medium, high or critical");
	else if (node_is(key, "enabled") && value->type != NODE_BOOL)
		diag_add(diags, value->place, DIAG_bad_override, "enabled is true or false, not %s",
		         node_type_name(value->type));
	else if (node_is(key, "note") && !node_is_scalar(value))
		diag_add(diags, value->place, DIAG_bad_override, "a note is text, not %s", node_type_name(value->type));
	else if (node_is(key, "note") && value->text.size > NOTE_MAX)
		diag_add(diags, value->place, DIAG_bad_override, "a note has %d bytes at most", NOTE_MAX);
}

static void
override_check(struct diag_list *diags, const struct node *override)
{
	if (override->type != NODE_MAP)
		diag_add(diags, override->place, DIAG_bad_override, "an override is a map such as {level: high}, not %s",
		         node_type_name(override->type));
	for (size_t i = 0; override->type == NODE_MAP && i < override->count; i++)
		setting_check(diags, override->keys[i], override->items[i]);
}

struct overrides *
overrides_read(struct arena *arena, struct diag_list *diags, const struct source *source)
{
	struct overrides *overrides = arena_alloc(arena, sizeof(*overrides));
	struct document_list documents = {0};
	const struct node *root;

	if (load_documents(arena, diags, source, &documents) || !documents.count)
		return overrides;
	root = documents.items[0].root;
	if (documents.count > 1)
		diag_add(diags, documents.items[1].root->place, DIAG_bad_override, "overrides are one document");
	if (root->type == NODE_MAP)
		overrides->root = root;
	else if (root->type != NODE_NULL)
		diag_add(diags, root->place, DIAG_bad_override, "overrides are a map of rule ids and tags, not %s",
		         node_type_name(root->type));
	overrides->used = arena_alloc(arena, root->count + 1);
	for (size_t i = 0; overrides->root && i < root->count; i++)
		override_check(diags, root->items[i]);
	return overrides;
}

static void
settings_take(const struct node *settings, struct sigma_rule *rule, int *enabled)
{
	const struct node *level = node_get(settings, "level"), *use = node_get(settings, "enabled");
	const struct node *note = node_get(settings, "note");

	if (word_is_one_of(level, levels, COUNT(levels)))
		rule->level = level->text;
	if (note && node_is_scalar(note) && note->type != NODE_NULL)
		rule->note = note->text;
	if (use && use->type == NODE_BOOL)
		*enabled = (use->text.data[0] | 32) == 't';
}

static int
rule_has_tag(const struct sigma_rule *rule, struct ir_text tag)
{
	for (uint32_t i = 0; i < rule->tag_count; i++)
		if (rule->tags[i].data == tag.data)
			return 1;
	return 0;
}

int
override_apply(struct overrides *overrides, struct sigma_rule *rule)
{
	const struct node *root = overrides ? overrides->root : NULL, *own = NULL;
	int enabled = 1;

	for (size_t i = 0; root && i < root->count; i++) {
		if (root->keys[i]->text.data == rule->id.data)
			own = root->items[i];
		else if (rule_has_tag(rule, root->keys[i]->text))
			settings_take(root->items[i], rule, &enabled);
		else
			continue;
		overrides->used[i] = 1;
	}
	settings_take(own, rule, &enabled);
	return enabled;
}

void
overrides_check(struct diag_list *diags, const struct overrides *overrides)
{
	for (size_t i = 0; overrides && overrides->root && i < overrides->root->count; i++)
		if (!overrides->used[i])
			diag_add(diags, overrides->root->keys[i]->place, DIAG_unknown_rule, "no rule has the id or tag \"%s\"",
			         overrides->root->keys[i]->text.data);
}
