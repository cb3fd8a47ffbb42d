/*
 * ir_builder.h - an ir_pack while it is built. Used by ir_build.c, which adds, and ir_finish.c, which sorts and numbers.
 *
 * Include ir.h first.
 */
#ifndef IR_BUILDER_H
#define IR_BUILDER_H

#include <stddef.h>

struct table { /* open addressing of numbers; equality is the caller's */
	uint32_t *numbers; /* number + 1, 0: free */
	size_t room;
};

struct group {
	struct ir_group head;
	struct ir_predicate *predicates;
	const struct ir_rule **rules;
	struct table predicate_table;
	uint32_t *kept;
};

struct correlation {
	struct ir_correlation head;
	unsigned depth;
};

struct ir_builder {
	struct arena *arena;
	struct ir_text *fields;
	struct table field_table;
	struct group *groups;
	struct ir_route *routes;
	struct ir_shape *shapes;
	struct ir_vector *vectors;
	struct ir_yara_source *yara;
	struct correlation *correlations;
	uint32_t field_count, group_count, route_count, shape_count, vector_count, yara_count, correlation_count;
};
#endif
