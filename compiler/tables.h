/*
 * tables.h - the IR -> the cold tables of a pack.
 */
#ifndef TABLES_H
#define TABLES_H

struct body;
struct emit_needs;
struct ir_pack;
struct yara_result;

/* Requires the pack as emit saw it: groups, predicates and rules keep their numbers. needs, by group of the pack, and
 * yara may be NULL. */
void tables_write(struct body *body, const struct ir_pack *pack, const struct emit_needs *needs,
                  const struct yara_result *yara);

/* tables_group.c: the groups of the pack that the IR's group is, with its predicates and rules. */
void tables_write_group(struct body *body, const struct ir_pack *pack, const struct emit_needs *needs, uint32_t number);
/* What the rules of each want of the fields whose values routes ask for; after all groups. */
void tables_write_wants(struct body *body, const struct ir_pack *pack);

/* One row of PACK_RULES. Rules stand in the order of groups, then correlations, then YARA. */
struct ir_rule;
void tables_write_rule(struct body *body, const struct ir_rule *rule, uint32_t group);

/* Number of the rule or correlation of that id; PACK_NONE if it is not in the pack. */
struct ir_text;
uint32_t tables_rule_number(const struct ir_pack *pack, struct ir_text id);
#endif
