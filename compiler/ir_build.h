/*
 * ir_build.h - building an ir_pack piece by piece: lower, feeds and logsources add, finish sorts and numbers.
 *
 * Include ir.h first. Field and group numbers that the builder gives are valid in everything added to it; finish
 * renumbers them (fields sorted by name, groups by product, category, service; rules
 * by late and id). Predicates and
 * values are interned per group. Everything lives in the arena.
 */
#ifndef IR_BUILD_H
#define IR_BUILD_H

struct arena;
struct ir_builder;

struct ir_builder *ir_builder_new(struct arena *arena);

uint32_t ir_build_field(struct ir_builder *builder, struct ir_text name);

/* Finds or makes. Texts of size 0: not set. */
uint32_t ir_build_group(struct ir_builder *builder, struct ir_text product, struct ir_text category,
                        struct ir_text service);

/* The group if some rule made it, else IR_NONE (routes lead only to groups that have rules). */
uint32_t ir_find_group(const struct ir_builder *builder, struct ir_text product, struct ir_text category,
                       struct ir_text service);

/* As memcmp, and a shorter text before a longer one. */
int ir_text_compare(struct ir_text one, struct ir_text two);

/* The predicate's number in its group. predicate->values may be in any order with duplicates and is not kept, unless it
 * is long and sorted; the texts must be of the builder's arena (arena_text): other ones are equal to none. */
uint32_t ir_build_predicate(struct ir_builder *builder, uint32_t group, const struct ir_predicate *predicate);

/* Expressions over predicate numbers of one group. */
const struct ir_expr *ir_build_literal(struct ir_builder *builder, uint32_t predicate);
const struct ir_expr *ir_build_not(struct ir_builder *builder, const struct ir_expr *child);
const struct ir_expr *ir_build_join(struct ir_builder *builder, enum ir_expr_type type /* IR_AND, IR_OR */,
                                    const struct ir_expr *const *children, uint32_t count);

/* Copies; what they point to must live in the arena. Field and group numbers are the builder's. */
void ir_build_rule(struct ir_builder *builder, uint32_t group, const struct ir_rule *rule);
void ir_build_kept(struct ir_builder *builder, uint32_t group, uint32_t field); /* correlations take the field */
/* depth: 1, or more than that of every correlation it refers to. */
void ir_build_correlation(struct ir_builder *builder, const struct ir_correlation *correlation, unsigned depth);
void ir_build_route(struct ir_builder *builder, const struct ir_route *route);
void ir_build_shape(struct ir_builder *builder, const struct ir_shape *shape);
void ir_build_vector(struct ir_builder *builder, const struct ir_vector *vector);
void ir_build_yara(struct ir_builder *builder, const struct ir_yara_source *yara);

/* The pack, with everything sorted and renumbered. The builder is used up. */
struct ir_pack *ir_build_finish(struct ir_builder *builder, struct ir_text name);
#endif
