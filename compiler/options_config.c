/*
 * options_config.c - rsnlc.yaml: long option names as keys, and the operands as "paths".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"
#include "input.h"
#include "ir.h"
#include "node.h"
#include "options.h"
#include "options_parse.h"

#define CONFIG_DEFAULT "rsnlc.yaml"

extern const struct command command_build, command_check; /* whose options the file may have */

/* Values of options point into it until the program ends. */
static struct arena *config_arena;

static int
config_value(struct parsing *parsing, const struct option *option, const struct node *value)
{
	if (value->type == NODE_LIST) {
		for (size_t i = 0; i < value->count; i++)
			if (value->items[i]->type == NODE_LIST || config_value(parsing, option, value->items[i]))
				return -EINVAL;
		return 0;
	}
	if (!node_is_scalar(value))
		return -EINVAL;
	if (option->has_arg == no_argument)
		return value->type != NODE_BOOL ? -EINVAL
		       : (value->text.data[0] | 32) == 't' ? option_set(parsing, option->val, NULL) : 0;
	return option_set(parsing, option->val, value->text.data);
}

static int
paths_take(struct parsing *parsing, const struct node *value)
{
	struct options *options = parsing->options;
	char **paths = NULL;
	size_t count = 0;

	for (size_t i = 0; value->type == NODE_LIST && i < value->count; i++) {
		paths = arena_grow(config_arena, paths, count, sizeof(*paths));
		paths[count++] = arena_print(config_arena, "%s", value->items[i]->text.data ? value->items[i]->text.data : "");
	}
	if (options->operand_count || parsing->command->options == NULL)
		return 0;
	options->operands = paths;
	options->operand_count = count;
	return 0;
}

/* An option of build or check that this command does not have says nothing to it. */
static int
key_is_elsewhere(const struct node *key)
{
	const struct option_row *const tables[] = {command_build.options, command_check.options};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct option_row *row = tables[i]; row->name; row++)
			if (node_is(key, row->name))
				return 1;
	return 0;
}

static void
key_unknown(const struct parsing *parsing, struct diag_list *diags, const struct node *key)
{
	const char *names[OPTION_ROWS_MAX], *nearest;

	for (size_t i = 0; i < parsing->count; i++)
		names[i] = parsing->longs[i].name;
	nearest = diag_nearest(key->text.data, key->text.size, names, parsing->count);
	if (nearest)
		diag_add(diags, key->place, DIAG_bad_config, "no option is named \"%s\"; did you mean \"%s\"?", key->text.data,
		         nearest);
	else
		diag_add(diags, key->place, DIAG_bad_config, "no option is named \"%s\"", key->text.data);
}

static int
config_key(struct parsing *parsing, struct diag_list *diags, const struct node *key, const struct node *value)
{
	const struct option *option = parsing->longs;

	if (node_is(key, "paths"))
		return paths_take(parsing, value);
	for (; option->name && !node_is(key, option->name); option++)
		;
	if (!option->name && key_is_elsewhere(key))
		return 0;
	if (!option->name || option->val == 'h' || option->val == 'V' || option->val == 'c') {
		key_unknown(parsing, diags, key);
		return -EINVAL;
	}
	if (parsing->given[option->val])
		return 0;
	if (!config_value(parsing, option, value))
		return 0;
	diag_add(diags, value->place, DIAG_bad_config, "wrong value for \"%s\"", key->text.data);
	return -EINVAL;
}

int
config_read(struct parsing *parsing)
{
	const char *path = parsing->options->config ? parsing->options->config : CONFIG_DEFAULT;
	struct document_list documents = {0};
	const struct node *root = NULL;
	const struct source *source;
	struct diag_list *diags;
	int error, bad;

	if (!parsing->options->config && access(CONFIG_DEFAULT, F_OK))
		return -1;
	config_arena = config_arena ? config_arena : arena_new();
	diags = diag_list_new(config_arena);
	error = input_read(config_arena, path, INPUT_YAML_MAX, &source);
	if (error) {
		options_error("%s: %s", path, options_errno(error));
		return CODE_CANNOT;
	}
	bad = load_documents(config_arena, diags, source, &documents) != 0;
	if (documents.count)
		root = documents.items[0].root;
	for (size_t i = 0; !bad && root && root->type == NODE_MAP && i < root->count; i++)
		if (config_key(parsing, diags, root->keys[i], root->items[i]))
			bad = 1;
	diag_print(stderr, diags, DIAG_TEXT, parsing->options->color);
	return bad ? CODE_USAGE : -1;
}
