/*
 * explain.h - why a rule did or did not match an event: its own words with the truth of each part, from the pack's
 * predicates.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct ir_expr;
struct ir_group;
struct ir_pack;
struct sigma_item;
struct sigma_rule;
struct trial;
struct trial_look;

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

struct explaining { /* one rule and what the pack made of one event */
	struct arena *arena;
	const struct trial *trial;
	const struct trial_look *look;
	uint32_t number; /* the rule's, in the pack */
	const struct sigma_rule *rule;
	const struct ir_group *group; /* its own, after make_pack() */
	const char *event;            /* its text */
	size_t event_size;
	const char **keys;            /* dotted paths in it */
	size_t key_count;
	const char **absent;          /* fields that the rule asks for and the event lacks, each once */
	size_t absent_count;
};

/* The truth of the rule, and of what lower made of a part of it, by the predicates alone. */
enum truth explain_truth(const struct explaining *explaining);
enum truth explain_expr_truth(const struct explaining *explaining, const struct ir_expr *expr);
/* The conditions, the search identifiers they use and their items, a line each. Fills absent. */
void explain_print_tree(FILE *out, struct explaining *explaining);
/* What an item compares with, and what the event has for it. */
void explain_print_item(FILE *out, struct explaining *explaining, const struct sigma_item *item);
/* Text in quotes, at most so many bytes of it; what is not printable is escaped. */
void explain_print_text(FILE *out, const char *text, size_t size);

/* A rule without an event: where its events come from, what of it is asked in which order, and what that costs. Wants
 * the folded pack. */
void explain_print_rule(FILE *out, struct arena *arena, const struct sigma_rule *rule, const struct ir_pack *pack);
#endif
