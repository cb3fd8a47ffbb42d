/*
 * planner.h - what plan.c, plan_set.c and plan_rule.c share while they plan a group. Include ir.h and plan.h first.
 */
#ifndef PLANNER_H
#define PLANNER_H

#include <stdint.h>

struct arena;
struct ir_predicate;
struct ir_pack;
struct pairs;
struct plan;
struct ir_phase;
struct plan_group;
struct plan_needs;
struct plan_run;

struct planner {
	struct arena *arena;
	const struct ir_pack *pack;
	struct plan *plan;
	struct plan_group *group;
	struct pairs *pairs; /* by set */
};

/* What a lazy predicate without a gate would weigh as a witness after predicate_promote(); negative: it cannot be one. */
double predicate_promised(struct planner *planner, uint32_t number);
/* Is a run its gate after predicate_promote(), which is found with the sets of its slot? */
int predicate_has_run(struct planner *planner, uint32_t number);
/* Takes its short strings into a set, itself or by a gate, or else its run; or looks every event up in its table. Returns the
 * number of what is its witness then. */
uint32_t predicate_promote(struct planner *planner, uint32_t number);

/* plan_set.c: folded text that makes a predicate (or gate) true goes into the set of the slot and type ... */
void set_add(struct planner *planner, uint32_t predicate, uint32_t slot, enum plan_set_type type, struct ir_text text,
             int whole);
/* ... and when all of the group have theirs, its sets get their strings ... */
void sets_finish(struct planner *planner);
/* ... and when all groups have theirs, the pack gets the set for all values. */
void leaves_plan(struct arena *arena, struct plan *plan);

/* plan_run.c: the run that every text has which the predicate fits, folded; NULL: no long one. */
const struct plan_run *run_find(struct arena *arena, const struct ir_predicate *predicate);

/* plan_rule.c: finds the rule's witness in sets and tables; when all have theirs, that of a rule without one among runs, and
 * what else is asked. */
void rule_plan(struct planner *planner, uint32_t number);
void rule_plan_run(struct planner *planner, uint32_t number);
void rule_plan_asks(struct plan_group *group, uint32_t number);

/* plan_needs.c: without which slots none of these rules matches. Requires all rules of the group planned. */
struct plan_needs needs_plan(struct arena *arena, const struct plan_group *group, struct ir_phase phase);
#endif
