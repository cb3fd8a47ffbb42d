/*
 * ir.h - what lower makes and fold, plan and emit read: groups of rules over interned predicates.
 *
 * A predicate is one comparison of one field with a set of values, true if any value fits. Modifiers are gone: what
 * they mean has become values (base64, windash, wide), operators and flags. Everything lives in the compilation's
 * arena. Nothing here refers to the AST.
 */
#ifndef IR_H
#define IR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { IR_NONE = 0xffffffff };

struct ir_text { /* bytes, may hold NUL; interned, so equal texts have equal pointers */
	const char *data;
	uint32_t size;
};

/* A piece of a pattern with wildcards: literals between runs of * and ?. */
enum ir_piece_type { IR_LITERAL, IR_ANY_RUN, IR_ANY_ONE };

struct ir_piece {
	enum ir_piece_type type;
	struct ir_text literal; /* IR_LITERAL: unescaped, unfolded */
};

struct ir_value {
	struct ir_text text;           /* what is compared: unescaped, unfolded; regex and wildcard: the source text */
	struct ir_text shown;          /* as the rule writes it, for `why` */
	const struct ir_piece *pieces; /* IR_WILDCARD only: the whole value, anchored at both ends */
	uint32_t piece_count;
};

/* Operators are enum pack_operator of packfile.h (PACK_EQUALS, ...), flags its enum pack_predicate_flag. */
enum ir_regex_flag { IR_REGEX_I = 1, IR_REGEX_M = 2, IR_REGEX_S = 4 };

struct ir_predicate {
	uint32_t field;         /* index in ir_pack.fields; IR_NONE: keywords */
	uint32_t other;         /* field of fieldref, else IR_NONE */
	uint8_t op;             /* enum pack_operator */
	uint8_t flags;          /* enum pack_predicate_flag */
	uint8_t part;           /* enum pack_time_part; compared by EQUALS or LT.. on the number */
	uint8_t regex_flags;    /* enum ir_regex_flag */
	uint32_t value_count;   /* 0 for IS_NULL, EXISTS and FIELD_* */
	int settled;            /* the values are in an order of their own, each once: a feed's, by hash */
	const struct ir_value *values; /* sorted by text unless settled, no duplicates */
};

enum ir_expr_type { IR_FALSE, IR_TRUE, IR_PREDICATE, IR_NOT, IR_AND, IR_OR };

struct ir_expr {
	enum ir_expr_type type;
	uint32_t predicate;     /* IR_PREDICATE: index in its group's predicates */
	uint32_t child_count;   /* IR_NOT 1; IR_AND, IR_OR 2 or more after fold, 0 or more before */
	const struct ir_expr **children;
};

struct ir_use { /* a predicate in the rule's own words */
	struct ir_text part; /* search identifier */
	uint32_t predicate;
	int negated;
};

struct ir_rule {
	struct ir_text id, title, status, version, author, license, description, source, indicator;
	struct ir_text note; /* of an override */
	const struct ir_text *references, *tags;
	uint32_t reference_count, tag_count;
	uint8_t level;  /* enum pack_level */
	uint8_t engine; /* enum pack_engine */
	uint8_t flags;  /* enum pack_rule_flag */
	uint8_t late;   /* reads a field that is known only after the event */
	uint64_t expires; /* UNIX seconds, 0 never */
	const struct ir_expr *expr;
	const struct ir_use *uses;
	uint32_t use_count;
	uint8_t digest[16]; /* of the source document */
};

/* The rules of one logsource. They share predicates, but those that are late are a group of their own in the pack. */
struct ir_group {
	struct ir_text product, category, service; /* size 0: not set */
	const struct ir_rule **rules; /* those that are a predicate alone, which has the same number; others that are not late; the
	                               * late ones; each sorted by id */
	uint32_t rule_count;
	uint32_t late_count;
	const struct ir_predicate *predicates;
	uint32_t predicate_count;
	const uint32_t *kept; /* fields of its events that correlations take; sorted */
	uint32_t kept_count;
	const uint32_t *numbers; /* of predicates, by what ir_build_predicate() gave; IR_NONE: no rule has it */
};

/* A correlation: rule ids are those of rules and correlations of the pack. Meanings are those of struct
 * pack_correlation in packfile.h; references by id, since rules have their numbers only at the end. */
struct ir_reference {
	struct ir_text rule_id;
	uint32_t *fields;       /* one for each name: where the rule's events keep it; IR_NONE where names says */
	const uint32_t *names;  /* one for each name: the referenced correlation's group-by name, IR_NONE: the field */
};

struct ir_correlation {
	struct ir_rule rule;    /* expr NULL, no uses; engine PACK_CORRELATION */
	uint8_t type;           /* enum pack_correlation_type */
	uint8_t compare_count;
	uint8_t compares[2];    /* enum pack_compare */
	double limits[2];
	double percentile;
	uint64_t timespan;      /* seconds */
	const struct ir_text *names; /* group-by names, then fields whose values count */
	uint32_t name_count, group_count;
	const struct ir_reference *references;
	uint32_t reference_count;
};

/* Routes, views and shapes: what logsources.yml says, resolved against the groups and fields of this pack. Meanings
 * and flags are those of struct pack_route, pack_view and pack_shape in packfile.h. */
struct ir_condition {
	uint32_t field;
	uint32_t op; /* enum pack_condition_op */
	const struct ir_text *values;
	uint32_t value_count;
};

struct ir_view {
	uint32_t to;
	uint32_t from; /* IR_NONE: the constant */
	struct ir_text constant;
};

struct ir_route {
	struct ir_text kind;    /* event kind of event.def that such events are; size 0: none */
	struct ir_text product; /* of the events it takes */
	uint32_t flags;         /* enum pack_route_flag */
	const struct ir_condition *conditions;
	const uint32_t *groups;
	const struct ir_view *views;
	uint32_t condition_count, group_count, view_count;
};

struct ir_path {
	struct ir_text path;
	uint32_t field; /* IR_NONE with a final ".*": every member by its name */
	int if_absent;
};

struct ir_shape {
	struct ir_text name;
	const struct ir_text *required, *forbidden, *times;
	const struct ir_path *paths;
	uint32_t required_count, forbidden_count, time_count, path_count;
	int keeps_names;
};

struct ir_vector { /* a test event of a rule */
	struct ir_text rule_id, event, place;
	int expected;
};

struct ir_yara_source {
	struct ir_text name_space, text; /* name_space: a YARA identifier, one a file */
	struct ir_text source;           /* the file, as given to rsnlc */
};

struct ir_pack {
	struct ir_text name;
	const struct ir_text *fields; /* every field that a rule, route, view or shape reads; sorted */
	uint32_t field_count;
	const struct ir_group *groups; /* sorted by product, category, service */
	uint32_t group_count;
	const struct ir_correlation *correlations; /* each after those it refers to */
	uint32_t correlation_count;
	const struct ir_route *routes;
	uint32_t route_count;
	const struct ir_shape *shapes; /* in the order they are tried */
	uint32_t shape_count;
	const struct ir_vector *vectors;
	uint32_t vector_count;
	const struct ir_yara_source *yara; /* namespaces and texts as read */
	uint32_t yara_count;
};

/* Rules of a group that are late, or are not: a group of the pack, if there are any. */
struct ir_phase {
	uint32_t first, count; /* of its rules */
};

static inline struct ir_phase
ir_phase(const struct ir_group *group, int late)
{
	uint32_t early = group->rule_count - group->late_count;

	return late ? (struct ir_phase){ early, group->late_count } : (struct ir_phase){ 0, early };
}

/* Visits the predicates of an expression, each as often as it stands there. */
void ir_expr_visit(const struct ir_expr *expr, void (*visit)(void *context, uint32_t predicate), void *context);

/* Its number among the groups of the pack. */
uint32_t ir_phase_number(const struct ir_pack *pack, uint32_t group, int late);

/* Writes the IR as text, one predicate or rule a line, the same bytes for the same IR: what -d l shows and golden
 * tests compare. */
void ir_print(FILE *out, const struct ir_pack *pack);
#endif
