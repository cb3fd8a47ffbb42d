/*
 * lint.h - what is allowed but probably not meant: only rsnlc check asks.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef LINT_H
#define LINT_H

struct logsources;

void rule_lint(struct diag_list *diags, const struct logsources *logsources, const struct sigma_rule *rule);
#endif
