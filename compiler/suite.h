/*
 * suite.h - rule tests: X.test.yml beside X.yml, and SigmaHQ's info.yml, as cases.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef SUITE_H
#define SUITE_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct ir_builder;

struct suite_case { /* one entry of match, no_match or regression_tests_info */
	const struct sigma_rule *rule;
	struct place place;           /* of the entry */
	const char *list;             /* the key it stands under */
	size_t index;                 /* in that list, from 0 */
	int expected;                 /* 1: the rule must match */
	const struct ir_text *events; /* JSON objects */
	const uint32_t *lines;        /* where each stands in the test file */
	size_t event_count;
	const char *file;             /* in place of events: a file of them, from the working folder; NULL: none */
	int64_t count;                /* with file: so many matches; -1: not said, so some */
	int at_least;                 /* count is the least, more are a warning */
};

struct suite {
	struct suite_case *cases; /* in the order of the files */
	size_t count;
};

/* Adds the cases of one test file, which is for some of the rules. Errors are queued, one for a file that is for none
 * among them. */
void suite_read(struct arena *arena, struct diag_list *diags, const struct source *source,
                struct sigma_rule *const *rules, size_t rule_count, struct suite *suite);

/* Whether the rule of a case is in the pack. */
int suite_case_runs(const struct suite_case *one);

/* Single events travel in the pack as vectors of their rules; those of correlations do not, which need more than one. */
void suite_lower(struct arena *arena, struct ir_builder *builder, const struct suite *suite);
#endif
