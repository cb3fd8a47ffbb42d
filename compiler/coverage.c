/*
 * coverage.c - rules under the techniques they are tagged with; as a Navigator layer, as HTML, beside another layer.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "coverage.h"

static const struct technique {
	const char *id, *name;
} techniques[] = {
#define TACTIC(tag, id, name)
#define TECHNIQUE(id, name) {id, name},
#include "attack.def"
};

enum { TECHNIQUE_COUNT = sizeof(techniques) / sizeof(*techniques), ID_MAX = 16 };

static const char *
technique_name(const char *id)
{
	for (size_t i = 0; i < TECHNIQUE_COUNT; i++)
		if (!strcmp(techniques[i].id, id))
			return techniques[i].name;
	return NULL;
}

/* The technique of a tag such as attack.t1059.004 in capitals; 0: it is none. */
static int
tag_technique(const char *tag, char id[ID_MAX])
{
	size_t digits;

	if (strncmp(tag, "attack.", 7) || (tag[7] | 32) != 't' || strlen(tag + 7) >= ID_MAX)
		return 0;
	digits = strspn(tag + 8, "0123456789");
	if (digits != 4 || (tag[12] && (tag[12] != '.' || strspn(tag + 13, "0123456789") != strlen(tag + 13))))
		return 0;
	strcpy(id, tag + 7);
	id[0] = 'T';
	return 1;
}

static struct coverage_row *
row_find(struct arena *arena, struct coverage *coverage, const char *id)
{
	for (size_t i = 0; i < coverage->count; i++)
		if (!strcmp(coverage->rows[i].id, id))
			return &coverage->rows[i];
	coverage->rows = arena_grow(arena, coverage->rows, coverage->count, sizeof(*coverage->rows));
	coverage->rows[coverage->count] = (struct coverage_row){.id = arena_print(arena, "%s", id),
	                                                        .name = technique_name(id)};
	return &coverage->rows[coverage->count++];
}

static void
rule_add(struct arena *arena, struct coverage *coverage, const struct sigma_rule *rule)
{
	int tagged = 0;
	char id[ID_MAX];

	for (uint32_t i = 0; i < rule->tag_count; i++) {
		struct coverage_row *row;

		if (!tag_technique(rule->tags[i].data, id))
			continue;
		tagged = 1;
		row = row_find(arena, coverage, id);
		if (row->rule_count && row->rules[row->rule_count - 1] == rule)
			continue;
		row->rules = arena_grow(arena, row->rules, row->rule_count, sizeof(*row->rules));
		row->rules[row->rule_count++] = rule;
	}
	coverage->rule_count++;
	coverage->untagged += !tagged;
}

static int
row_compare(const void *one, const void *two)
{
	const struct coverage_row *left = one, *right = two;

	return strcmp(left->id, right->id);
}

struct coverage *
coverage_new(struct arena *arena, struct sigma_rule *const *rules, const char *fires, size_t count)
{
	struct coverage *coverage = arena_alloc(arena, sizeof(*coverage));

	for (size_t i = 0; i < count; i++)
		if (fires[i])
			rule_add(arena, coverage, rules[i]);
	if (coverage->count)
		qsort(coverage->rows, coverage->count, sizeof(*coverage->rows), row_compare);
	return coverage;
}

static size_t
score_max(const struct coverage *coverage)
{
	size_t most = 1;

	for (size_t i = 0; i < coverage->count; i++)
		most = coverage->rows[i].rule_count > most ? coverage->rows[i].rule_count : most;
	return most;
}

/* The titles of a row's rules, one after another, as one JSON string. */
static void
comment_print(FILE *out, const struct coverage_row *row)
{
	char *text = NULL;
	size_t size = 0;
	FILE *list = open_memstream(&text, &size);

	if (!list)
		abort();
	for (size_t i = 0; i < row->rule_count; i++)
		fprintf(list, "%s%s", i ? "; " : "", row->rules[i]->title.data);
	fclose(list);
	diag_print_json(out, text, size);
	free(text);
}

void
coverage_print_layer(FILE *out, const struct coverage *coverage, const char *name)
{
	fputs("{\"name\":", out);
	diag_print_json(out, name, strlen(name));
	fprintf(out, ",\"versions\":{\"attack\":\"19\",\"navigator\":\"5.1.0\",\"layer\":\"4.5\"},"
	        "\"domain\":\"enterprise-attack\",\"description\":\"score: rules that can fire\","
	        "\"gradient\":{\"colors\":[\"#dbe9f6\",\"#08519c\"],"
	        "\"minValue\":1,\"maxValue\":%zu},\"techniques\":[", score_max(coverage));
	for (size_t i = 0; i < coverage->count; i++) {
		fprintf(out, "%s\n{\"techniqueID\":\"%s\",\"score\":%zu,\"comment\":", i ? "," : "", coverage->rows[i].id,
		        coverage->rows[i].rule_count);
		comment_print(out, &coverage->rows[i]);
		fputc('}', out);
	}
	fputs("\n]}\n", out);
}

static void
html_text(FILE *out, const char *text)
{
	for (; *text; text++)
		if (strchr("<>&\"", *text))
			fprintf(out, "&#%d;", *text);
		else
			fputc(*text, out);
}

void
coverage_print_html(FILE *out, const struct coverage *coverage, const char *name)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>", out);
	html_text(out, name);
	fputs("</title>\n<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
	      "td,th{border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top}</style></head>\n"
	      "<body><h1>", out);
	html_text(out, name);
	fprintf(out, "</h1>\n<p>%zu techniques, %zu rules, %zu untagged</p>\n"
	        "<table><tr><th>Technique</th><th>Name</th><th>Rules</th><th></th></tr>\n", coverage->count,
	        coverage->rule_count, coverage->untagged);
	for (size_t i = 0; i < coverage->count; i++) {
		const struct coverage_row *row = &coverage->rows[i];

		fprintf(out, "<tr><td>%s</td><td>", row->id);
		html_text(out, row->name ? row->name : "");
		fprintf(out, "</td><td>%zu</td><td>", row->rule_count);
		for (size_t j = 0; j < row->rule_count; j++) {
			fputs(j ? "<br>" : "", out);
			html_text(out, row->rules[j]->title.data);
		}
		fputs("</td></tr>\n", out);
	}
	fputs("</table></body></html>\n", out);
}

static const struct coverage_row *
row_of(const struct coverage *coverage, const char *id)
{
	for (size_t i = 0; i < coverage->count; i++)
		if (!strcmp(coverage->rows[i].id, id))
			return &coverage->rows[i];
	return NULL;
}

static const char *
shown_name(const char *name)
{
	return name ? name : "(unknown)";
}

int
coverage_compare(FILE *out, struct arena *arena, const struct coverage *coverage, const struct node *layer)
{
	const struct node *list = node_get(layer, "techniques");
	char *seen = arena_alloc(arena, coverage->count + 1);
	int lines = 0;

	if (!list || list->type != NODE_LIST)
		return -1;
	for (size_t i = 0; i < list->count; i++) {
		const struct node *id = node_get(list->items[i], "techniqueID"), *score = node_get(list->items[i], "score");
		const struct coverage_row *row = id && node_is_scalar(id) ? row_of(coverage, id->text.data) : NULL;
		int64_t old = 0;

		if (!id || !node_is_scalar(id) || !score || score->type != NODE_INTEGER || node_integer(score, &old) ||
		    old <= 0)
			continue;
		if (row)
			seen[row - coverage->rows] = 1;
		if (row && (int64_t)row->rule_count == old)
			continue;
		lines++;
		if (row)
			fprintf(out, "~ %s %s %lld -> %zu\n", row->id, shown_name(row->name), (long long)old, row->rule_count);
		else
			fprintf(out, "- %s %s\n", id->text.data, shown_name(technique_name(id->text.data)));
	}
	for (size_t i = 0; i < coverage->count; i++) {
		if (seen[i])
			continue;
		lines++;
		fprintf(out, "+ %s %s\n", coverage->rows[i].id, shown_name(coverage->rows[i].name));
	}
	return lines;
}
