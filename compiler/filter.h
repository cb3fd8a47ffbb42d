/*
 * filter.h - filter documents: which rules each one is for.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef FILTER_H
#define FILTER_H

struct arena;

/* Gives each rule the filters that name it by id, name or "any" and whose logsource fits; a filtered rule's digest is
 * also of its filters. Rules and filters are checked. Errors are queued and mark the filter bad: it filters nothing. */
void filters_apply(struct arena *arena, struct diag_list *diags, struct sigma_rule *const *filters, size_t filter_count,
                   struct sigma_rule *const *rules, size_t rule_count);
#endif
