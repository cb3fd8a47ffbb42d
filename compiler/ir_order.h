/*
 * ir_order.h - numbers predicates by content, so that the same rules make the same pack in whatever order they came.
 */
#ifndef IR_ORDER_H
#define IR_ORDER_H

struct arena;
struct ir_group;

/* Renumbers a group's predicates in the order in which its rules, sorted by now, use them; what no rule uses is gone.
 * Rules and predicates are replaced by copies in the arena. */
void ir_order_predicates(struct arena *arena, struct ir_group *group);
#endif
