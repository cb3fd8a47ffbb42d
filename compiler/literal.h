/*
 * literal.h - the text that must be in a value for a pattern to fit.
 */
#ifndef LITERAL_H
#define LITERAL_H

struct arena;
struct ir_predicate;
struct ir_text;
struct ir_value;

/* The longest folded string that is part of every folded text which one value of the predicate fits; size 0 if there is
 * none. */
struct ir_text literal_required(struct arena *arena, const struct ir_predicate *predicate,
                                const struct ir_value *value);
#endif
