/*
 * suite_run.h - rule tests against the compiled pack.
 */
#ifndef SUITE_RUN_H
#define SUITE_RUN_H

struct compilation;
struct sigma_rule;
struct trial;
struct tryout;

enum suite_outcome { SUITE_SKIPPED, SUITE_OK, SUITE_FAILED };

struct suite_result { /* of one case */
	enum suite_outcome outcome;
	const char *text; /* SUITE_FAILED: why; in the compilation's arena */
};

/* Runs every case of the compilation whose rule is in the pack, which may be NULL where none is. Failures are queued at
 * their case, with the command that explains them. results has room for all cases. */
void suite_run(struct compilation *compilation, struct trial *trial, const struct tryout *tryout,
               struct suite_result *results);
#endif
