/*
 * correlation.h - correlation rules in Sigma's own words, and what check resolves in them.
 *
 * Sigma correlation rules specification 2.1.0. Include diag.h, ir.h, node.h and ast.h first. Everything lives in the
 * compilation's arena.
 */
#ifndef CORRELATION_H
#define CORRELATION_H

enum { CORRELATION_DEPTH_MAX = 32 }; /* of a chain of correlations */

struct sigma_name { /* a field or an alias that a correlation groups by or takes values of */
	struct ir_text text;
	struct place place;
};

struct sigma_alias { /* what a name stands for in the events of one rule */
	struct sigma_name name;
	struct sigma_name rule;  /* id or name, as in rules */
	struct ir_text field;
};

struct sigma_reference { /* a rule whose matches a correlation takes */
	struct sigma_name name;  /* id or name, as written */
	struct sigma_rule *rule; /* set by check, as is what follows */
	struct ir_text *fields;  /* one for each name of the correlation */
	uint32_t *names;         /* likewise: the group-by name of a referenced correlation, IR_NONE: the field */
};

struct sigma_correlation { /* numbers mean what struct pack_correlation of packfile.h says */
	uint8_t type;
	uint8_t compare_count;   /* 0: what type temporal takes where nothing is written */
	uint8_t compares[2];
	double limits[2];
	double percentile;
	uint64_t timespan;
	struct sigma_reference *references;
	size_t reference_count;
	struct sigma_name *names; /* group-by, then the fields whose values count */
	size_t name_count, group_count;
	struct sigma_alias *aliases;
	size_t alias_count;
	struct place condition_place; /* of "condition", or of "correlation" */
	int generate;
	int is_aggregation;      /* the old "| count() by F > N" behind the condition of a rule: refers to its events */
	unsigned depth;          /* set by check: 1 where no reference is a correlation */
	struct sigma_rule **users; /* of check alone, as is what follows: correlations that refer to it */
	size_t user_count, waiting;  /* so many references are not settled */
	size_t walk;             /* to find cycles */
	const struct sigma_reference *waits_for;
};

/* Reads a rule's section "correlation". Errors are queued and mark the rule bad. */
void correlation_parse(struct arena *arena, struct diag_list *diags, struct sigma_rule *rule, const struct node *key,
                       const struct node *section);

/* Reads what stands behind the "|" at offset of a rule's condition; timeframe may be NULL. Likewise. */
void aggregation_parse(struct arena *arena, struct diag_list *diags, struct sigma_rule *rule,
                       const struct node *condition, size_t offset, const struct node *timeframe);

/* The seconds of a timespan such as 5m; 0: an error was queued. */
uint64_t timespan_parse(struct diag_list *diags, const struct node *node);

/* Resolves what correlations refer to: a correlation's references, the fields that its rules' events must keep for it,
 * which rules are silent. Requires rules that are checked and have their filters. Errors are queued and mark the
 * correlation bad. */
void correlations_resolve(struct arena *arena, struct diag_list *diags, struct sigma_rule *const *rules, size_t count);

/* Adds a checked correlation to the builder. */
struct ir_builder;
void correlation_lower(struct arena *arena, struct ir_builder *builder, const struct sigma_rule *rule);

/* The head of a rule as IR: all but its expression, uses and digest. */
struct ir_rule rule_head(struct arena *arena, const struct sigma_rule *rule);

/* The id under which the events of an old aggregation are a rule of their own. */
struct ir_text aggregation_events_id(struct arena *arena, const struct sigma_rule *rule);
/* The other way round; another id is what it is. */
struct ir_text aggregation_id(struct arena *arena, struct ir_text events_id);

/* A correlation as text, for -d p and -d c. */
void correlation_print(FILE *out, const struct sigma_rule *rule);

extern const char *const correlation_types[8]; /* by enum pack_correlation_type */
extern const char *const correlation_compares[6]; /* by enum pack_compare */
#endif
