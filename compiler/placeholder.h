/*
 * placeholder.h - the values that "%name%" stands for under the modifier expand, from the file of --placeholders.
 *
 * Include diag.h, ir.h, node.h and ast.h first. Everything lives in the arena.
 */
#ifndef PLACEHOLDER_H
#define PLACEHOLDER_H

struct arena;
struct placeholders;

enum { PLACEHOLDER_SPELLINGS_MAX = 1 << 16 }; /* of one value */

/* Reads a YAML map of name: value or list of values; a value may have wildcards, as in a rule. Errors are queued. */
const struct placeholders *placeholders_read(struct arena *arena, struct diag_list *diags, const struct source *source);

/* Replaces the placeholders in an item's values: any of the values they stand for. A value that is one placeholder and
 * nothing else becomes the values as the file has them, with their places; others become patterns, which only text is
 * compared with; an "all" keeps the values of one placeholder alternatives of each other. "\%" is a percent sign.
 * placeholders: NULL where no file was given. is_text: how the item compares. Errors are queued: -EBADMSG. */
int placeholders_expand(struct arena *arena, struct diag_list *diags, const struct placeholders *placeholders,
                        struct sigma_item *item, const struct sigma_modifier *modifier, int is_text, int is_all);
#endif
