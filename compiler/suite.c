/*
 * suite.c - rule tests: reads X.test.yml and SigmaHQ's info.yml.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "ir_build.h"
#include "node.h"
#include "ast.h"
#include "suite.h"

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	const struct source *source;
	struct sigma_rule *const *rules;
	size_t rule_count;
	struct suite *suite;
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
case_add(struct reader *reader, const struct suite_case *one)
{
	struct suite *suite = reader->suite;

	suite->cases = arena_grow(reader->arena, suite->cases, suite->count, sizeof(*suite->cases));
	suite->cases[suite->count++] = *one;
}

/* Beside the test file. */
static const char *
path_beside(struct reader *reader, const char *name, size_t size)
{
	const char *slash = strrchr(reader->source->name, '/');
	int folder = slash && *name != '/' ? (int)(slash - reader->source->name) + 1 : 0;

	return arena_print(reader->arena, "%.*s%.*s", folder, reader->source->name, (int)size, name);
}

static int
name_ends(const struct ir_text *name, const char *end)
{
	size_t size = strlen(end);

	return name->size > size && !strcmp(name->data + name->size - size, end);
}

static int
is_file_case(const struct node *entry)
{
	const struct node *file = node_get(entry, "file");

	return file && node_is_scalar(file) && (entry->count == 1 || (entry->count == 2 && node_get(entry, "count")));
}

/* {file: F} or {file: F, count: N} */
static int
file_read_case(struct reader *reader, const struct node *entry, struct suite_case *one)
{
	const struct node *file = node_get(entry, "file"), *count = node_get(entry, "count");

	one->count = -1;
	if (name_ends(&file->text, ".rsnr")) {
		diag_add(reader->diags, file->place, DIAG_bad_test, "recordings are not supported yet; give the events as JSON");
		return 0;
	}
	if (count && (count->type != NODE_INTEGER || node_integer(count, &one->count) || one->count < 0)) {
		diag_add(reader->diags, count->place, DIAG_bad_test, "count is a number of matches, not \"%s\"",
		         node_is_scalar(count) ? count->text.data : node_type_name(count->type));
		return 0;
	}
	if (count && !one->expected) {
		diag_add(reader->diags, count->place, DIAG_bad_test, "count stands under match; under no_match it is 0");
		return 0;
	}
	one->file = path_beside(reader, file->text.data, file->text.size);
	return 1;
}

static int
events_read(struct reader *reader, const struct node *const *nodes, size_t count, struct suite_case *one)
{
	struct ir_text *events = arena_alloc(reader->arena, (count + 1) * sizeof(*events));
	uint32_t *lines = arena_alloc(reader->arena, (count + 1) * sizeof(*lines));

	for (size_t i = 0; i < count; i++) {
		if (nodes[i]->type != NODE_MAP) {
			diag_add(reader->diags, nodes[i]->place, DIAG_bad_test, "an event is a map of fields, not %s",
			         node_type_name(nodes[i]->type));
			return 0;
		}
		events[i] = json_make(reader->arena, nodes[i]);
		lines[i] = nodes[i]->place.line;
	}
	one->events = events;
	one->lines = lines;
	one->event_count = count;
	return 1;
}

/* One event; for a correlation a list of them. */
static int
entry_read(struct reader *reader, const struct node *entry, struct suite_case *one)
{
	if (is_file_case(entry))
		return file_read_case(reader, entry, one);
	if (entry->type != NODE_LIST)
		return events_read(reader, (const struct node *const *)&entry, 1, one);
	if (one->rule->correlation)
		return events_read(reader, (const struct node *const *)entry->items, entry->count, one);
	diag_add(reader->diags, entry->place, DIAG_bad_test, "a list of events in one case is for a correlation");
	return 0;
}

/* Whether a list is one case of a correlation by itself: it holds events. */
static int
is_one_case(const struct node *list, const struct sigma_rule *rule)
{
	int count = 0;

	for (size_t i = 0; rule->correlation && i < list->count; i++)
		count += list->items[i]->type == NODE_MAP && !is_file_case(list->items[i]);
	return count > 0;
}

static void
list_read(struct reader *reader, const struct node *list, const struct sigma_rule *rule, const char *name)
{
	struct suite_case one = {.rule = rule, .list = name, .expected = !strcmp(name, "match")};

	if (list && is_one_case(list, rule)) {
		one.place = list->items[0]->place;
		if (events_read(reader, (const struct node *const *)list->items, list->count, &one))
			case_add(reader, &one);
		return;
	}
	for (size_t i = 0; list && i < list->count; i++) {
		struct suite_case each = one;

		each.place = list->items[i]->place;
		each.index = i;
		if (entry_read(reader, list->items[i], &each))
			case_add(reader, &each);
	}
}

static const struct sigma_rule *
rule_by_id(const struct reader *reader, const struct node *id)
{
	for (size_t i = 0; id && i < reader->rule_count; i++)
		if (node_is(id, reader->rules[i]->id.data))
			return reader->rules[i];
	return NULL;
}

/* The only rule of the file beside whose matches are alerts; *count is how many it has. */
static const struct sigma_rule *
rule_beside(const struct reader *reader, size_t *count)
{
	const char *end = strstr(reader->source->name, ".test.y");
	size_t stem = end ? (size_t)(end - reader->source->name) : 0;
	const struct sigma_rule *found = NULL;

	*count = 0;
	for (size_t i = 0; stem && i < reader->rule_count; i++) {
		const struct sigma_rule *rule = reader->rules[i];
		const char *name = rule->place.source->name;

		if (rule->is_duplicate || rule->is_silent || strncmp(name, reader->source->name, stem) ||
		    (strcmp(name + stem, ".yml") && strcmp(name + stem, ".yaml")))
			continue;
		found = rule;
		++*count;
	}
	return found;
}

static const struct sigma_rule *
rule_find(struct reader *reader, const struct node *root)
{
	const struct node *id = node_get(root, "rule");
	const struct sigma_rule *rule;
	size_t count;

	if (id) {
		rule = rule_by_id(reader, id);
		if (!rule)
			diag_add(reader->diags, id->place, DIAG_bad_test, "no rule given has the id \"%s\"",
			         node_is_scalar(id) ? id->text.data : node_type_name(id->type));
		return rule;
	}
	rule = rule_beside(reader, &count);
	if (!count)
		diag_add(reader->diags, root->place, DIAG_bad_test,
		         "no rule stands beside %s; name one with \"rule: ID\"", reader->source->name);
	else if (count > 1)
		diag_add(reader->diags, root->place, DIAG_bad_test,
		         "%zu rules stand in the file beside %s; name one with \"rule: ID\"", count, reader->source->name);
	return count == 1 ? rule : NULL;
}

/* Queues keys that are not among the known ones. */
static void
keys_check(struct reader *reader, const struct node *map, const char *const *known, size_t count)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct node *key = map->keys[i];
		const char *nearest;
		size_t j = 0;

		while (j < count && !node_is(key, known[j]))
			j++;
		if (j < count)
			continue;
		nearest = diag_nearest(key->text.data, key->text.size, known, count);
		diag_add(reader->diags, key->place, DIAG_bad_test, "unknown key \"%s\"; did you mean \"%s\"?", key->text.data,
		         nearest ? nearest : known[count - 1]);
	}
}

/* The value of a key, which is a list or absent. */
static const struct node *
list_get(struct reader *reader, const struct node *root, const char *key, const char *what)
{
	const struct node *list = node_get(root, key);

	if (!list || list->type == NODE_LIST)
		return list;
	diag_add(reader->diags, list->place, DIAG_bad_test, "%s is a list of %s", key, what);
	return NULL;
}

static void
test_read(struct reader *reader, const struct node *root)
{
	static const char *const known[] = {"rule", "no_match", "match"};
	const struct node *lists[2];
	const struct sigma_rule *rule;

	keys_check(reader, root, known, 3);
	lists[0] = list_get(reader, root, "match", "events");
	lists[1] = list_get(reader, root, "no_match", "events");
	rule = rule_find(reader, root);
	if (!rule)
		return;
	list_read(reader, lists[0], rule, "match");
	list_read(reader, lists[1], rule, "no_match");
}

/* One entry of regression_tests_info: the event as JSON stands beside info.yml under the name of the EVTX file. */
static void
regression_read(struct reader *reader, const struct node *entry, const struct sigma_rule *rule, size_t index)
{
	const struct node *path = node_get(entry, "path"), *count = node_get(entry, "match_count");
	struct suite_case one = {.rule = rule, .place = entry->place, .list = "regression_tests_info", .index = index,
	                         .expected = 1, .count = -1, .at_least = 1};
	const char *name, *dot;

	if (!path || !node_is_scalar(path)) {
		diag_add(reader->diags, entry->place, DIAG_bad_test, "a regression test has a path");
		return;
	}
	if (count && (count->type != NODE_INTEGER || node_integer(count, &one.count) || one.count < 0)) {
		diag_add(reader->diags, count->place, DIAG_bad_test, "match_count is a number of matches");
		return;
	}
	name = strrchr(path->text.data, '/') ? strrchr(path->text.data, '/') + 1 : path->text.data;
	dot = strrchr(name, '.');
	if (!dot || (strcmp(dot, ".evtx") && strcmp(dot, ".json") && strcmp(dot, ".ndjson"))) {
		diag_add(reader->diags, path->place, DIAG_bad_test, "\"%s\" has no fields; give the event as JSON", name);
		return;
	}
	one.file = path_beside(reader, name, strlen(name));
	if (!strcmp(dot, ".evtx"))
		one.file = path_beside(reader, arena_print(reader->arena, "%.*s.json", (int)(dot - name), name),
		                       dot - name + 5);
	case_add(reader, &one);
}

/* SigmaHQ's info.yml. */
static void
info_read(struct reader *reader, const struct node *root)
{
	const struct node *rules = list_get(reader, root, "rule_metadata", "rules");
	const struct node *tests = list_get(reader, root, "regression_tests_info", "tests");

	for (size_t i = 0; rules && i < rules->count; i++) {
		const struct node *id = node_get(rules->items[i], "id");
		const struct sigma_rule *rule = rule_by_id(reader, id);

		if (!rule) {
			diag_add(reader->diags, id ? id->place : rules->items[i]->place, DIAG_bad_test,
			         "no rule given has the id \"%s\"", id && node_is_scalar(id) ? id->text.data : "");
			continue;
		}
		for (size_t j = 0; tests && j < tests->count; j++)
			regression_read(reader, tests->items[j], rule, j);
	}
}

void
suite_read(struct arena *arena, struct diag_list *diags, const struct source *source,
           struct sigma_rule *const *rules, size_t rule_count, struct suite *suite)
{
	struct reader reader = {arena, diags, source, rules, rule_count, suite};
	struct document_list documents = {0};

	load_documents(arena, diags, source, &documents);
	for (size_t i = 0; i < documents.count; i++) {
		const struct node *root = documents.items[i].root;

		if (root->type != NODE_MAP)
			diag_add(diags, root->place, DIAG_bad_test, "a test file is a map with \"match\" and \"no_match\"");
		else if (node_get(root, "rule_metadata"))
			info_read(&reader, root);
		else
			test_read(&reader, root);
	}
}

int
suite_case_runs(const struct suite_case *one)
{
	return one->rule->is_selected && !one->rule->is_bad && !one->rule->is_duplicate;
}

void
suite_lower(struct arena *arena, struct ir_builder *builder, const struct suite *suite)
{
	for (size_t i = 0; i < suite->count; i++) {
		const struct suite_case *one = &suite->cases[i];
		struct ir_vector vector = {.rule_id = one->rule->id, .expected = one->expected};

		if (one->event_count != 1 || !suite_case_runs(one) || one->rule->correlation)
			continue;
		vector.event = one->events[0];
		vector.place = arena_string(arena, arena_print(arena, "%s:%u", one->place.source->name, one->place.line));
		ir_build_vector(builder, &vector);
	}
}
