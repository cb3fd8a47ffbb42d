/*
 * plan.h - how a group of rules is matched: which set or test answers which predicate, and what makes a rule a
 * candidate. Rules that are late are asked apart from the others, but hang on the same sets and predicates.
 *
 * A *set* holds folded strings of one slot, of many predicates, and is decided by one pass over the slot's values. A
 * predicate's values that fit no set are *rest*: tested one by one, only when a candidate rule asks. A *gate* is a
 * predicate of the planner's own: strings one of which must be there if the predicate is to be true, and which are in
 * a set; or a long run of characters, which is looked for with the sets of its slot. A rule's *witness* is a list of
 * predicates (or gates) of sets, or of tables in DATA, one of which is true whenever the rule is.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdint.h>
#include <stdio.h>

struct arena;
struct ir_group;
struct ir_pack;
struct nfa_graph;
struct dfa;

enum {
	PLAN_NONE = 0xffffffff,
	PLAN_LEAVES = 0xffffffff, /* slot of keywords */
	PLAN_ASKS = 2,
	PLAN_LONG = 5,            /* shorter strings are in contains sets only if a rule's witness needs them */
};

enum plan_set_type {
	PLAN_FORWARD,  /* whole values and beginnings, read forwards */
	PLAN_BACKWARD, /* ends, read backwards: the texts are reversed */
	PLAN_CONTAINS,
};

struct plan_string {
	const char *data; /* folded */
	uint32_t size;
	int whole;        /* PLAN_FORWARD: the value ends here */
	uint32_t *predicates; /* that it makes true; ascending */
	uint32_t predicate_count;
};

struct plan_set {
	uint32_t slot;
	enum plan_set_type type;
	struct plan_string *strings; /* sorted by text */
	uint32_t string_count;
	uint32_t *anchored;          /* predicates that are unknown where a value was cut */
	uint32_t anchored_count;
	uint32_t bit;                /* among the group's predicates: the set was run */
	int eager;                   /* some rule's witness hangs on it */
};

struct plan_run { /* characters of ASCII in a row, folded */
	uint32_t slot;  /* which has an eager set */
	uint32_t least; /* how many */
	uint64_t bytes[4];
};

struct plan_predicate {
	uint32_t sets[3];   /* by enum plan_set_type: index of the set with some of its strings, or PLAN_NONE */
	uint32_t *rest;     /* indices of values that are tested one by one */
	uint32_t rest_count;
	int lazy;           /* has a rest, or is no matter of sets at all, nor of a table that is some rule's witness */
	uint32_t gate;      /* its gate's number, or PLAN_NONE */
	uint32_t data;      /* number of its table in DATA, or PLAN_NONE */
	const struct plan_run *run; /* of a gate without strings, else NULL */
	double places;      /* at how many of a value its contained strings are, by guess from their bytes alone */
	double weight;      /* how often its strings will be found, by guess: long ones are rare */
};

struct plan_ask { /* the rule matches only if ... */
	uint32_t predicate; /* an eager one */
	int yes;            /* ... is true; 0: is not */
};

struct plan_rule {
	uint32_t *witness; /* NULL: always a candidate */
	uint32_t witness_count;
	struct plan_ask asks[PLAN_ASKS]; /* where one is true: what is asked before the rule is a candidate */
	uint32_t ask_count;
	int certain;       /* it is no more than that: where one is true, the rule matches */
};

struct plan_needs { /* an event without any of these slots matches no rule */
	int known;       /* otherwise it may match one */
	uint32_t *slots; /* PLAN_LEAVES among them */
	uint32_t count;
};

struct plan_group {
	const struct ir_group *group;
	uint32_t first_rule;             /* number of its first rule in the pack */
	struct plan_set *sets;           /* by slot and type */
	uint32_t set_count;
	struct plan_predicate *predicates; /* the group's, then gates */
	uint32_t predicate_count;        /* with gates */
	uint32_t bit_count;              /* with gates, sets and ... */
	uint32_t never;                  /* ... one that is never set */
	struct plan_rule *rules;
	uint32_t lone_count;             /* so many of the first are as true as the predicate of the same number */
	struct plan_needs needs[2];      /* of the rules that are not late, and of those that are */
	uint32_t *slots;                 /* fields that it reads, ascending: what emit_slot() numbers */
	uint32_t slot_count;
};

struct plan {
	struct plan_group *groups;
	uint32_t group_count;
	struct plan_set leaves;     /* what groups look for in all values, together; a string's one predicate is its number */
	uint32_t bit_max, rule_max, witness_max; /* of any group; witnesses of all its rules together */
	uint32_t data_count;        /* tables in DATA */
};

/* Requires a folded pack. */
const struct plan *plan_pack(struct arena *arena, const struct ir_pack *pack);

/* Is the predicate (or gate) decided for every event, by sets or its table alone? */
int plan_is_eager(const struct plan_group *group, uint32_t predicate);
/* Does a rule match if a predicate of its own number is true, which is known of every event? */
int plan_rule_is_known(const struct plan_group *group, uint32_t rule);
/* Is that set of a group part of plan.leaves? */
int plan_is_leaves(const struct plan_set *set);
/* The number of a string of it there. */
uint32_t plan_leaf(const struct plan *plan, const struct plan_string *string);

/* Text without case, as the image sees values (fold.h). */
struct ir_text plan_fold(struct arena *arena, struct ir_text text);
#endif
