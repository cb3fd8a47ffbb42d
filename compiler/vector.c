/*
 * vector.c - test files (X.test.yml): the events that travel in the pack as its rules' own tests.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "ir_build.h"
#include "node.h"
#include "ast.h"
#include "vector.h"

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	struct ir_builder *builder;
	const struct source *source;
	struct sigma_rule *const *rules;
	size_t rule_count;
};

/* A plain number that JSON can write as it is; others become strings. */
static int
is_json_number(const struct node *node)
{
	const char *at = node->text.data;

	at += *at == '-';
	if (*at < '0' || *at > '9' || (at[0] == '0' && at[1] && at[1] != '.' && at[1] != 'e' && at[1] != 'E'))
		return 0;
	return node->text.data[node->text.size - 1] != '.' && !strstr(at, ".e") && !strstr(at, ".E");
}

static void
json_print(FILE *out, const struct node *node)
{
	int is_map = node->type == NODE_MAP;

	if (!node_is_scalar(node)) {
		fputc(is_map ? '{' : '[', out);
		for (size_t i = 0; i < node->count; i++) {
			if (i)
				fputc(',', out);
			if (is_map) {
				diag_print_json(out, node->keys[i]->text.data, node->keys[i]->text.size);
				fputc(':', out);
			}
			json_print(out, node->items[i]);
		}
		fputc(is_map ? '}' : ']', out);
	} else if (node->type == NODE_NULL) {
		fputs("null", out);
	} else if (node->type == NODE_BOOL) {
		fputs((node->text.data[0] | 32) == 't' ? "true" : "false", out);
	} else if ((node->type == NODE_INTEGER || node->type == NODE_REAL) && is_json_number(node)) {
		fwrite(node->text.data, 1, node->text.size, out);
	} else {
		diag_print_json(out, node->text.data, node->text.size);
	}
}

static struct ir_text
json_make(struct arena *arena, const struct node *node)
{
	struct ir_text text;
	char *data = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&data, &size);

	if (!out)
		abort();
	json_print(out, node);
	fclose(out);
	text = arena_text(arena, data, size);
	free(data);
	return text;
}

static void
events_add(struct reader *reader, const struct node *events, const struct sigma_rule *rule, int expected)
{
	for (size_t i = 0; events && i < events->count; i++) {
		const struct node *event = events->items[i];
		struct ir_vector vector = {.rule_id = rule->id, .expected = expected};

		if (event->type != NODE_MAP || (node_get(event, "file") && node_get(event, "count")))
			continue;
		vector.event = json_make(reader->arena, event);
		vector.place = arena_string(reader->arena, arena_print(reader->arena, "%s:%u", reader->source->name,
		                                                       event->place.line));
		ir_build_vector(reader->builder, &vector);
	}
}

/* The rule that the file names, or the only one of the file beside it. */
static const struct sigma_rule *
rule_find(const struct reader *reader, const struct node *root)
{
	const struct node *id = node_get(root, "rule");
	const char *end = strstr(reader->source->name, ".test.y");
	size_t stem = end - reader->source->name;

	for (size_t i = 0; i < reader->rule_count; i++) {
		const struct sigma_rule *rule = reader->rules[i];
		const char *name = rule->place.source->name;

		if (id && node_is(id, rule->id.data))
			return rule;
		if (!id && !strncmp(name, reader->source->name, stem) &&
		    (!strcmp(name + stem, ".yml") || !strcmp(name + stem, ".yaml")))
			return rule;
	}
	return NULL;
}

static void
document_read(struct reader *reader, const struct node *root)
{
	static const char *const known[] = {"rule", "match", "no_match"};
	const struct sigma_rule *rule;

	if (root->type != NODE_MAP) {
		diag_add(reader->diags, root->place, DIAG_bad_test, "a test file is a map with \"match\" and \"no_match\"");
		return;
	}
	for (size_t i = 0; i < root->count; i++) {
		const struct node *key = root->keys[i];
		const char *nearest = diag_nearest(key->text.data, key->text.size, known, 3);

		if (!node_is(key, "rule") && !node_is(key, "match") && !node_is(key, "no_match"))
			diag_add(reader->diags, key->place, DIAG_bad_test, "unknown key \"%s\"; did you mean \"%s\"?",
			         key->text.data, nearest ? nearest : "match");
		else if (!node_is(key, "rule") && root->items[i]->type != NODE_LIST)
			diag_add(reader->diags, root->items[i]->place, DIAG_bad_test, "%s is a list of events", key->text.data);
	}
	rule = rule_find(reader, root);
	if (!rule) {
		const struct node *id = node_get(root, "rule");

		diag_add(reader->diags, id ? id->place : root->place, DIAG_bad_test,
		         id ? "no rule given has the id \"%s\"" : "no rule stands beside %s; name one with \"rule: ID\"",
		         id ? id->text.data : reader->source->name);
		return;
	}
	if (rule->is_bad || rule->is_duplicate || !rule->is_selected)
		return;
	events_add(reader, node_get(root, "match"), rule, 1);
	events_add(reader, node_get(root, "no_match"), rule, 0);
}

void
vectors_lower(struct arena *arena, struct diag_list *diags, struct ir_builder *builder, const struct source *source,
              struct sigma_rule *const *rules, size_t rule_count)
{
	struct reader reader = {arena, diags, builder, source, rules, rule_count};
	struct document_list documents = {0};

	load_documents(arena, diags, source, &documents);
	for (size_t i = 0; i < documents.count; i++)
		document_read(&reader, documents.items[i].root);
}
