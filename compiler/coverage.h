/*
 * coverage.h - which techniques of ATT&CK the rules detect, where they can fire.
 *
 * Include diag.h, ir.h, node.h and ast.h first. Everything lives in the arena.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include <stddef.h>
#include <stdio.h>

struct arena;

struct coverage_row { /* a technique or subtechnique */
	const char *id;     /* T1059.004 */
	const char *name;   /* NULL: ATT&CK 19 has none of that id */
	const struct sigma_rule **rules;
	size_t rule_count;
};

struct coverage {
	struct coverage_row *rows; /* sorted by id */
	size_t count;
	size_t rule_count, untagged; /* rules that can fire, and those of them without a technique */
};

/* Counts the rules whose fires is 1, each under every technique it is tagged with. */
struct coverage *coverage_new(struct arena *arena, struct sigma_rule *const *rules, const char *fires, size_t count);

/* An ATT&CK Navigator layer, format 4.5. */
void coverage_print_layer(FILE *out, const struct coverage *coverage, const char *name);
/* One page that needs no other file. */
void coverage_print_html(FILE *out, const struct coverage *coverage, const char *name);

/* What is other than in a layer (a document that was loaded): "+ ID NAME" and "- ID NAME" for techniques, "~ ID NAME OLD
 * -> NEW" for scores. Returns how many lines, or -1: it is no layer. */
int coverage_compare(FILE *out, struct arena *arena, const struct coverage *coverage, const struct node *layer);
#endif
