/*
 * override.h - what a user decides about rules of others, from the file of --override.
 *
 * Include diag.h, ir.h, node.h and ast.h first. Everything lives in the arena.
 */
#ifndef OVERRIDE_H
#define OVERRIDE_H

struct arena;
struct overrides;

/* Reads a YAML map of rule ids and tags to {level, enabled, note}. Errors are queued. */
struct overrides *overrides_read(struct arena *arena, struct diag_list *diags, const struct source *source);

/* Changes the head of a rule as the file says: what stands under one of its tags, in the order of the file, then what
 * stands under its id. Returns 0 where the rule is disabled, else 1. overrides: NULL where no file was given. */
int override_apply(struct overrides *overrides, struct sigma_rule *rule);

/* Queues an error for each id and tag that no rule had. */
void overrides_check(struct diag_list *diags, const struct overrides *overrides);
#endif
