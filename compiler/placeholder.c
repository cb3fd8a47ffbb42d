/*
 * placeholder.c - the modifier expand: "%name%" -> the values of a placeholder file.
 */
#include <errno.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "pattern.h"
#include "placeholder.h"

enum { CANDIDATE_MAX = 256 };

struct placeholders {
	const struct node *root; /* NULL: an empty file */
	const char *file;
};

struct part { /* of a value: text between placeholders, or one of them */
	struct ir_text text; /* or the name */
	const struct node *values; /* a scalar or a list; NULL: text */
};

struct expansion {
	struct arena *arena;
	struct diag_list *diags;
	const struct placeholders *placeholders;
	struct part *parts; /* of the value at work */
	size_t part_count;
	size_t placeholder_count, escape_count;
	struct sigma_value *values; /* in place of the item's */
	size_t value_count;
};

static size_t
name_size(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
}

static void
key_check(struct diag_list *diags, const struct node *key, const struct node *value)
{
	size_t size = name_size(key->text.data);

	if (!size || size != key->text.size)
		diag_add(diags, key->place, DIAG_bad_placeholder, "a placeholder's name is of letters, digits, \"_\", \".\" "
		         "and \"-\", without percent signs");
	if (value->type == NODE_LIST && !value->count)
		diag_add(diags, key->place, DIAG_bad_placeholder, "\"%s\" has no value", key->text.data);
	for (size_t i = 0; i < (value->type == NODE_LIST ? value->count : 1); i++) {
		const struct node *item = value->type == NODE_LIST ? value->items[i] : value;

		if (!node_is_scalar(item) || item->type == NODE_NULL)
			diag_add(diags, item->place, DIAG_bad_placeholder, "a placeholder's value cannot be %s",
			         node_type_name(item->type));
	}
}

const struct placeholders *
placeholders_read(struct arena *arena, struct diag_list *diags, const struct source *source)
{
	struct placeholders *placeholders = arena_alloc(arena, sizeof(*placeholders));
	struct document_list documents = {0};
	const struct node *root;

	placeholders->file = source->name;
	if (load_documents(arena, diags, source, &documents) || !documents.count)
		return placeholders;
	root = documents.items[0].root;
	if (documents.count > 1)
		diag_add(diags, documents.items[1].root->place, DIAG_bad_placeholder, "placeholders are one document");
	if (root->type == NODE_MAP)
		placeholders->root = root;
	else if (root->type != NODE_NULL)
		diag_add(diags, root->place, DIAG_bad_placeholder, "placeholders are a map of names to values, not %s",
		         node_type_name(root->type));
	for (size_t i = 0; placeholders->root && i < root->count; i++)
		key_check(diags, root->keys[i], root->items[i]);
	return placeholders;
}

static int
placeholder_unknown(const struct expansion *expansion, struct place place, const char *name)
{
	const struct placeholders *placeholders = expansion->placeholders;
	const struct node *root = placeholders ? placeholders->root : NULL;
	const char *names[CANDIDATE_MAX] = {NULL}, *nearest;
	size_t count = 0;

	for (; root && count < root->count && count < CANDIDATE_MAX; count++)
		names[count] = root->keys[count]->text.data;
	nearest = diag_nearest(name, strlen(name), names, count);
	if (!placeholders)
		diag_add(expansion->diags, place, DIAG_unknown_placeholder,
		         "nothing says what %%%s%% stands for; give a file that does with --placeholders", name);
	else if (nearest)
		diag_add(expansion->diags, place, DIAG_unknown_placeholder,
		         "%%%s%% is not in %s (--placeholders); did you mean %%%s%%?", name, placeholders->file, nearest);
	else
		diag_add(expansion->diags, place, DIAG_unknown_placeholder, "%%%s%% is not in %s (--placeholders)", name,
		         placeholders->file);
	return -EBADMSG;
}

static void
part_add(struct expansion *expansion, struct ir_text text, const struct node *values)
{
	if (!values && !text.size)
		return;
	expansion->parts = arena_grow(expansion->arena, expansion->parts, expansion->part_count,
	                              sizeof(*expansion->parts));
	expansion->parts[expansion->part_count++] = (struct part){text, values};
}

/* The size of "%name%" at text; 0: it is something else. */
static size_t
placeholder_size(const char *text)
{
	size_t size = *text == '%' ? name_size(text + 1) : 0;

	return size && text[size + 1] == '%' ? size + 2 : 0;
}

static int
placeholder_add(struct expansion *expansion, const struct node *node, size_t offset, size_t size)
{
	struct ir_text name = arena_text(expansion->arena, node->text.data + offset + 1, size - 2);
	const struct node *values = expansion->placeholders ? node_get(expansion->placeholders->root, name.data) : NULL;

	if (!values)
		return placeholder_unknown(expansion, node_place(node, offset, size), name.data);
	part_add(expansion, name, values);
	expansion->placeholder_count++;
	return 0;
}

/* A value -> parts. Escapes stay in the text for pattern_parse(), all but that of a percent sign. */
static int
value_split(struct expansion *expansion, const struct node *node)
{
	char *text = arena_alloc(expansion->arena, node->text.size + 1);
	const char *data = node->text.data;
	size_t size = 0, found;

	expansion->parts = NULL;
	expansion->part_count = expansion->placeholder_count = expansion->escape_count = 0;
	for (size_t i = 0; i < node->text.size; i++) {
		found = placeholder_size(data + i);
		if (found) {
			part_add(expansion, arena_text(expansion->arena, text, size), NULL);
			if (placeholder_add(expansion, node, i, found))
				return -EBADMSG;
			i += found - 1;
			size = 0;
			continue;
		}
		if (data[i] == '\\' && data[i + 1] == '%') {
			expansion->escape_count++;
			i++;
		} else if (data[i] == '\\' && data[i + 1] && strchr("\\*?", data[i + 1])) {
			text[size++] = data[i++];
		}
		text[size++] = data[i];
	}
	part_add(expansion, arena_text(expansion->arena, text, size), NULL);
	return 0;
}

/* Every left with every alternative after it. */
static int
patterns_extend(struct expansion *expansion, const struct node *node, struct sigma_value *value,
                const struct part *part)
{
	const struct node *values = part->values;
	size_t count = values && values->type == NODE_LIST ? values->count : 1;
	struct sigma_pattern *patterns;

	if (value->pattern_count > PLACEHOLDER_SPELLINGS_MAX / count) {
		diag_add(expansion->diags, node->place, DIAG_bad_value, "the value expands to more than %d",
		         PLACEHOLDER_SPELLINGS_MAX);
		return -EBADMSG;
	}
	patterns = arena_alloc(expansion->arena, value->pattern_count * count * sizeof(*patterns));
	for (size_t i = 0; i < count; i++) {
		struct ir_text text = !values ? part->text : values->type == NODE_LIST ? values->items[i]->text : values->text;
		struct sigma_pattern right = pattern_parse(expansion->arena, text);

		for (size_t j = 0; j < value->pattern_count; j++)
			patterns[i * value->pattern_count + j] = pattern_join(expansion->arena, &value->patterns[j], &right);
	}
	value->patterns = patterns;
	value->pattern_count *= count;
	return 0;
}

static void
value_add(struct expansion *expansion, struct sigma_value value)
{
	expansion->values = arena_grow(expansion->arena, expansion->values, expansion->value_count,
	                               sizeof(*expansion->values));
	expansion->values[expansion->value_count++] = value;
}

/* The value at work as patterns. */
static int
value_spell(struct expansion *expansion, const struct node *node)
{
	struct sigma_pattern empty = {0};
	struct sigma_value value = {.node = node, .patterns = &empty, .pattern_count = 1};

	for (size_t i = 0; i < expansion->part_count; i++)
		if (patterns_extend(expansion, node, &value, &expansion->parts[i]))
			return -EBADMSG;
	value_add(expansion, value);
	return 0;
}

static int
value_expand(struct expansion *expansion, const struct node *node, int is_text, int is_all)
{
	const struct node *values;

	if (value_split(expansion, node))
		return -EBADMSG;
	if (!expansion->placeholder_count && !expansion->escape_count) {
		value_add(expansion, (struct sigma_value){.node = node});
		return 0;
	}
	values = expansion->part_count == 1 && !is_all ? expansion->parts[0].values : NULL;
	if (values) {
		for (size_t i = 0; i < (values->type == NODE_LIST ? values->count : 1); i++)
			value_add(expansion, (struct sigma_value){.node = values->type == NODE_LIST ? values->items[i] : values});
		return 0;
	}
	if (is_text)
		return value_spell(expansion, node);
	diag_add(expansion->diags, node->place, DIAG_bad_value,
	         is_all ? "\"all\" needs text where a placeholder is expanded"
	                : "a placeholder within a value needs text that is compared as it is");
	return -EBADMSG;
}

int
placeholders_expand(struct arena *arena, struct diag_list *diags, const struct placeholders *placeholders,
                    struct sigma_item *item, const struct sigma_modifier *modifier, int is_text, int is_all)
{
	struct expansion expansion = {.arena = arena, .diags = diags, .placeholders = placeholders};
	size_t found = 0;
	int result = 0;

	for (size_t i = 0; i < item->value_count; i++) {
		if (value_expand(&expansion, item->values[i].node, is_text, is_all))
			result = -EBADMSG;
		found += expansion.placeholder_count;
	}
	if (!found && !result)
		diag_add(diags, modifier->place, DIAG_redundant_expand, "\"expand\" does nothing without a %%name%%");
	item->values = expansion.values;
	item->value_count = expansion.value_count;
	return result;
}
