/*
 * rule_names.h - the rules of a run by id and name.
 *
 * Include diag.h, ir.h, node.h, ast.h and correlation.h first. Lives in the arena.
 */
#ifndef RULE_NAMES_H
#define RULE_NAMES_H

struct arena;
struct rule_names;

/* Requires checked ids: duplicates do not count. */
struct rule_names *rule_names_new(struct arena *arena, struct sigma_rule *const *rules, size_t count);

/* The rule that asking, another rule, means: the only one of that id or name among those that are selected. NULL with the
 * error queued. */
struct sigma_rule *rule_names_find(const struct rule_names *names, struct diag_list *diags,
                                   const struct sigma_rule *asking, const struct sigma_name *name);
#endif
