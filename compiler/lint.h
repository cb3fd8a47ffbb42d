/*
 * lint.h - what is allowed but probably not meant: only rsnlc check asks.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef LINT_H
#define LINT_H

struct arena;
struct logsources;

void rule_lint(struct diag_list *diags, const struct logsources *logsources, const struct sigma_rule *rule);

/* What only the plan of the whole pack shows: rules without a witness. Folds the pack. */
void pack_lint(struct arena *arena, struct diag_list *diags, struct ir_pack *pack, struct sigma_rule *const *rules,
               size_t count);
#endif
