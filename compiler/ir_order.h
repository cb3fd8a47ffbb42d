/*
 * ir_order.h - numbers predicates by content, so that the same rules make the same pack in whatever order they came.
 */
#ifndef IR_ORDER_H
#define IR_ORDER_H

struct arena;
struct ir_group;

/* Puts those of a group's rules, sorted by now, first that are a predicate alone, and renumbers the predicates: those first,
 * others by field, those before that have a value which more have; what no rule uses is gone. Rules and predicates are
 * replaced by copies in the arena. */
void ir_order_predicates(struct arena *arena, struct ir_group *group);
#endif
