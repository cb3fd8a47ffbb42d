/*
 * cost.h - rules that are tried on every event of their logsource: which part is to blame, and about what it costs.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef COST_H
#define COST_H

struct arena;

/* What only the plan of the whole pack shows: rules without a witness that cost enough to matter (costly-rule). Folds the
 * pack. */
void cost_lint(struct arena *arena, struct diag_list *diags, struct ir_pack *pack, struct sigma_rule *const *rules,
               size_t count);
#endif
