/*
 * value.h - whether the values of an item fit how they are compared, and their patterns.
 *
 * Include diag.h, ir.h, node.h and ast.h first.
 */
#ifndef VALUE_H
#define VALUE_H

struct arena;

/* Makes a value's pattern from its text as written, if it has none yet. -EBADMSG with the error queued: not text. */
int value_read(struct arena *arena, struct diag_list *diags, struct sigma_value *value);

/* Checks every value against the item's comparison, reads what is not read yet, and puts numbers into canonical form.
 * compared: the modifier that chose the comparison, or NULL. Errors are queued: -EBADMSG. */
int values_check(struct arena *arena, struct diag_list *diags, struct sigma_item *item,
                 const struct sigma_modifier *compared);
#endif
