/*
 * subject.h - rules under test: compiled once, and all that may be asked about them.
 *
 * Include what compile.h asks for, compile.h, emit.h, image.h, pack.h, pool.h and tree.h first.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdint.h>

#include "cases.h"

struct bind;
struct bound;
struct evaluator;
struct layouts;
struct plain_rule;

struct subject_group {
	const struct ir_group *ir; /* as lower left it */
	uint32_t first;            /* number of its first rule */
	struct case_groups groups; /* that it is in the pack */
	struct evaluator *evaluator;
	struct plain_rule **plain; /* by rule; NULL: none, or one with expand */
};

struct subject {
	struct compile_request request;
	struct compilation compilation;
	struct emit_result emitted;
	struct image image;
	struct subject_group *groups;
	uint32_t group_count, phase_count, rule_count, field_count; /* phase_count: groups in the pack */
	struct bytes *fields;
	struct pool *pool;   /* as long as the subject */
	pack_match_fn *match; /* NULL: the image is of another target */
	void *scratch;
	struct hit *hits;
	struct bind *bind;
	struct layouts *layouts;
	struct bound *bounds[2]; /* walks every line; reads lines by their layouts */
	char *folder;
	void *mapped;
	uint64_t built_ns; /* what the tools took */
};

struct subject_request {
	const char *const *paths;
	size_t path_count;
	const char *placeholders; /* file for expand; NULL: none */
	const char *cache;        /* folder of objects to use; NULL: none */
	uint32_t target;          /* enum pack_target */
};

/* Compiles what is asked for. 0, or -1 having said why on stderr. */
int subject_open(struct subject *subject, const struct subject_request *request);
void subject_close(struct subject *subject);

/* The rule's document as written. */
struct bytes subject_source(const struct subject *subject, const struct ir_rule *rule);
#endif
