/*
 * vector.h - test files (X.test.yml): the events that travel in the pack as its rules' own tests.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef VECTOR_H
#define VECTOR_H

struct arena;
struct ir_builder;

/* Adds the events of one test file for those of the rules that are in the pack. Errors are queued. */
void vectors_lower(struct arena *arena, struct diag_list *diags, struct ir_builder *builder,
                   const struct source *source, struct sigma_rule *const *rules, size_t rule_count);
#endif
