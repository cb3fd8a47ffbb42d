/*
 * field_names.h - field names that are probably slips: another rule or the logsource's live events write them otherwise.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef FIELD_NAMES_H
#define FIELD_NAMES_H

struct logsources;

/* Warns of names that differ only in case from a more usual one (field-case), and of names that only one rule has and that
 * are nearly one that is known (unknown-field). */
void field_names_lint(struct diag_list *diags, const struct logsources *logsources, struct sigma_rule *const *rules,
                size_t count);
#endif
