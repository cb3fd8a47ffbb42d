/*
 * ast.h - Sigma rules in Sigma's own words: what parse makes, check resolves and lower reads.
 *
 * Include diag.h, ir.h and node.h first (texts and pattern pieces are shared with the IR). Everything lives in the
 * compilation's arena.
 */
#ifndef AST_H
#define AST_H

/* What an item compares by, once its modifiers are applied. */
enum sigma_comparison {
	SIGMA_EQUALS, SIGMA_CONTAINS, SIGMA_STARTSWITH, SIGMA_ENDSWITH,
	SIGMA_REGEX, SIGMA_CIDR, SIGMA_EXISTS, SIGMA_LT, SIGMA_LTE, SIGMA_GT, SIGMA_GTE,
};

struct sigma_pattern { /* one alternative of a value: literals and wildcards */
	struct ir_piece *pieces;
	size_t count;
};

struct sigma_value { /* one value as written, and what modifiers made of it */
	const struct node *node;
	struct sigma_pattern *patterns; /* any of them; a value without modifiers has one */
	size_t pattern_count;
	struct ir_text regex;           /* size > 0: in place of patterns, more than windash can list */
};

struct sigma_modifier {
	struct ir_text name; /* as written */
	struct place place;
};

struct sigma_item { /* FIELD|MODIFIER...: VALUE or list */
	struct place place;
	struct ir_text field;   /* size 0: keywords */
	struct sigma_modifier *modifiers;
	size_t modifier_count;
	struct sigma_value *values; /* none: an empty list, which means null */
	size_t value_count;
	int is_list;
	/* set by check, from the modifiers */
	enum sigma_comparison comparison;
	int cased, all, negated, fieldref;
	uint8_t regex_flags; /* enum ir_regex_flag */
	uint8_t part;        /* enum pack_time_part */
	int encoded;         /* base64 and the like were applied: patterns are final */
	const struct ir_expr *expr; /* set by lower; predicates are numbers of the builder (ir_group.numbers) */
};

struct sigma_map { /* items joined by AND; a keyword list is one item */
	struct sigma_item *items;
	size_t count;
};

struct sigma_identifier { /* a search identifier: maps joined by OR */
	struct ir_text name;
	struct place place;
	struct sigma_map *maps;
	size_t count;
	int used;     /* some condition refers to it */
};

enum sigma_condition_type { CONDITION_IDENTIFIER, CONDITION_OF, CONDITION_NOT, CONDITION_AND, CONDITION_OR };

enum { CONDITION_ALL = 0xffffffff };

struct sigma_condition {
	enum sigma_condition_type type;
	struct place place;
	struct ir_text pattern;  /* IDENTIFIER: its name; OF: a name or pattern, size 0 for them */
	uint32_t quantity;       /* OF: at least so many, or CONDITION_ALL */
	struct sigma_condition **children; /* NOT 1, AND and OR 2 or more */
	size_t child_count;
	const uint32_t *identifiers; /* set by check: indices in the rule's identifiers */
	size_t identifier_count;
};

struct sigma_correlation; /* correlation.h */

struct sigma_rule {
	const struct document *document;
	struct place place; /* of its title, or its first line */
	struct ir_text id, title, name, status, level, version, author, license, description;
	struct ir_text note; /* of an override */
	struct ir_text product, category, service;
	struct place id_place;
	const struct ir_text *references, *tags;
	const struct place *tag_places;
	uint32_t reference_count, tag_count;
	struct place logsource_place;
	struct sigma_identifier *identifiers;
	size_t identifier_count;
	struct sigma_condition **conditions; /* joined by OR */
	size_t condition_count;
	struct sigma_rule **filters; /* each must be true as well */
	size_t filter_count;
	struct sigma_correlation *correlation; /* NULL: none. With identifiers too: an old aggregation of their events */
	const struct ir_text *kept;  /* fields of its events that correlations take; set by check */
	uint32_t kept_count;
	uint8_t digest[16];
	int is_filter;    /* a filter document: its detection is the section "filter" */
	int is_correlation; /* a correlation document: no logsource, no detection */
	int is_selected;  /* by -i and -x */
	int is_refused;   /* of a kind that is not supported: its detection is not read */
	int is_bad;       /* an error was queued for it */
	int is_duplicate; /* the same text was given before */
	int is_silent;    /* only correlations take its matches; set by check */
	uint8_t reach;    /* enum reach on the platform that rsnlc check is at */
};

/* The first size bytes of a condition's text as a tree, or NULL with the error queued. */
struct sigma_condition *condition_parse(struct arena *arena, struct diag_list *diags, const struct node *node,
                                        size_t size);

/* Resolves what the rule's words refer to: modifiers, placeholders, search identifiers. Errors are queued and mark it
 * bad. placeholders: NULL where no file was given. */
struct placeholders;
void rule_check(struct arena *arena, struct diag_list *diags, const struct placeholders *placeholders,
                struct sigma_rule *rule);

/* Rules with one id: the same text twice is used once, two texts are an error. */
void rules_check_ids(struct diag_list *diags, struct sigma_rule *const *rules, size_t count);

/* Adds a checked rule to the group of its logsource; it is late if it reads a late field. */
struct ir_builder;
struct logsources;
void rule_lower(struct arena *arena, struct ir_builder *builder, const struct logsources *logsources,
                const struct sigma_rule *rule);

/* A rule's tree as text: what -d p and -d c show. */
void rule_print(FILE *out, const struct sigma_rule *rule);

enum { CHOICES_MAX = 256 }; /* of "N of", 1 < N < all */

/* Resolves an item's modifiers: sets its fields, makes its patterns. Errors are queued: -EBADMSG. */
int modifier_apply(struct arena *arena, struct diag_list *diags, const struct placeholders *placeholders,
                   struct sigma_item *item);

/* The head of a rule, correlation or filter, all but its detection, as far as it can be read; errors are queued and mark it
 * bad. NULL: an empty document. */
struct sigma_rule *rule_parse(struct arena *arena, struct diag_list *diags, const struct document *document);

/* The rest of a rule, correlation or filter. */
void rule_parse_detection(struct arena *arena, struct diag_list *diags, struct sigma_rule *rule);

/* The rule's detection: identifiers and conditions. */
void detection_parse(struct arena *arena, struct diag_list *diags, struct sigma_rule *rule, const struct node *key,
                     const struct node *detection);
#endif
