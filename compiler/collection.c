/*
 * collection.c - "action: global | reset | repeat": the documents of one file -> whole documents.
 *
 * Leaves true: no document has the key "action", and own of each is what it says itself.
 */
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "collection.h"

enum action { ACTION_NONE, ACTION_GLOBAL, ACTION_REPEAT, ACTION_RESET, ACTION_COUNT };

static const char *const actions[ACTION_COUNT] = {
	[ACTION_NONE] = "", [ACTION_GLOBAL] = "global", [ACTION_REPEAT] = "repeat", [ACTION_RESET] = "reset",
};

struct collection {
	struct arena *arena;
	struct diag_list *diags;
	const struct document *global; /* in force; NULL: none */
	const struct document *before; /* what a repeat would repeat */
	int global_used;
};

static void
pair_add(struct arena *arena, struct node *map, struct node *key, struct node *item)
{
	map->keys = arena_grow(arena, map->keys, map->count, sizeof(*map->keys));
	map->items = arena_grow(arena, map->items, map->count, sizeof(*map->items));
	map->keys[map->count] = key;
	map->items[map->count++] = item;
}

/* What two maps say together; over wins. */
static struct node *
map_merge(struct arena *arena, const struct node *base, const struct node *over)
{
	struct node *merged = arena_alloc(arena, sizeof(*merged));

	*merged = (struct node){.type = NODE_MAP, .place = over->place};
	for (size_t i = 0; i < base->count; i++) {
		const char *name = base->keys[i]->text.data;
		struct node *other = (struct node *)node_get(over, name), *item = base->items[i];

		if (other && other->type == NODE_MAP && item->type == NODE_MAP)
			pair_add(arena, merged, (struct node *)node_key(over, name), map_merge(arena, item, other));
		else if (other)
			pair_add(arena, merged, (struct node *)node_key(over, name), other);
		else
			pair_add(arena, merged, base->keys[i], item);
	}
	for (size_t i = 0; i < over->count; i++)
		if (!node_key(base, over->keys[i]->text.data))
			pair_add(arena, merged, over->keys[i], over->items[i]);
	return merged;
}

static const struct node *
action_strip(struct arena *arena, const struct node *root)
{
	struct node *stripped = arena_alloc(arena, sizeof(*stripped));

	*stripped = (struct node){.type = NODE_MAP, .place = root->place};
	for (size_t i = 0; i < root->count; i++)
		if (!node_is(root->keys[i], "action"))
			pair_add(arena, stripped, root->keys[i], root->items[i]);
	return stripped;
}

static enum action
action_find(struct collection *collection, struct document *document)
{
	const struct node *value = node_get(document->root, "action");
	const char *nearest;

	if (!value)
		return ACTION_NONE;
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
		if (node_is(value, actions[action]))
			return action;
	document->is_bad = 1;
	nearest = node_is_scalar(value) ? diag_nearest(value->text.data, value->text.size, actions + 1, ACTION_COUNT - 1)
	                                : NULL;
	if (nearest)
		diag_add(collection->diags, value->place, DIAG_bad_action, "unknown action \"%s\"; did you mean \"%s\"?",
		         value->text.data, nearest);
	else
		diag_add(collection->diags, value->place, DIAG_bad_action, "an action is global, reset or repeat");
	return ACTION_NONE;
}

static void
global_end(struct collection *collection)
{
	if (collection->global && !collection->global_used)
		diag_add(collection->diags, node_key(collection->global->own, "action")->place, DIAG_unused_global,
		         "no rule after it takes what this document holds");
	collection->global = NULL;
	collection->global_used = 0;
}

static const struct document *
document_keep(struct collection *collection, const struct document *document)
{
	struct document *kept = arena_alloc(collection->arena, sizeof(*kept));

	*kept = *document;
	return kept;
}

static void
document_inherit(struct collection *collection, struct document *document, const struct document *base)
{
	document->base = base;
	document->root = map_merge(collection->arena, base->root, document->root);
	document->is_bad |= base->is_bad;
}

/* Returns whether the document stands for a rule. */
static int
document_resolve(struct collection *collection, struct document *document)
{
	enum action action;

	document->own = document->root;
	if (document->root->type != NODE_MAP)
		return 1;
	action = action_find(collection, document);
	document->root = action_strip(collection->arena, document->root);
	if (action == ACTION_GLOBAL || action == ACTION_RESET) {
		global_end(collection);
		if (action == ACTION_GLOBAL)
			collection->global = document_keep(collection, document);
		else if (document->root->count)
			diag_add(collection->diags, document->root->keys[0]->place, DIAG_bad_action,
			         "a reset holds nothing but its action");
		return 0;
	}
	if (action == ACTION_REPEAT && collection->before) {
		document_inherit(collection, document, collection->before);
	} else if (action == ACTION_REPEAT) {
		diag_add(collection->diags, node_get(document->own, "action")->place, DIAG_bad_action,
		         "no document stands before it that could be repeated");
		document->is_bad = 1;
	} else if (collection->global) {
		collection->global_used = 1;
		document_inherit(collection, document, collection->global);
	}
	collection->before = document_keep(collection, document);
	return 1;
}

void
collection_resolve(struct arena *arena, struct diag_list *diags, struct document_list *documents, size_t first)
{
	struct collection collection = {.arena = arena, .diags = diags};
	size_t kept = first;

	for (size_t i = first; i < documents->count; i++)
		if (document_resolve(&collection, &documents->items[i]))
			documents->items[kept++] = documents->items[i];
	global_end(&collection);
	documents->count = kept;
}
