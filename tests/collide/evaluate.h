/*
 * evaluate.h - the slow, obvious meaning of the IR: texts as arrays of code points, patterns as sets of positions.
 *
 * Include ir.h, pack.h and pool.h first.
 */
#ifndef EVALUATE_H
#define EVALUATE_H

#include <stdint.h>

/* What an event says of a predicate or rule. EITHER: a pattern that looks at the end of a cut value, where the
 * automaton may say no or leave it open. */
enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_UNKNOWN, VERDICT_EITHER };

struct evaluator;
struct pool;
struct regex;

/* A group as lower left it; its values are made ready once. field_count is that of the pack. */
struct evaluator *evaluator_new(const struct ir_group *group, uint32_t field_count);
void evaluator_free(struct evaluator *evaluator);

/* Every predicate of the group over the event; the pool's memory lives until the event is done with. */
void evaluator_run(struct evaluator *evaluator, struct pool *pool, const struct event *event, enum verdict *verdicts);

/* One predicate over a text: is it an answer to it? For makers of events. */
int evaluator_fits(struct evaluator *evaluator, struct pool *pool, uint32_t predicate, const char *text, uint32_t size);

/* The tree of a value of a PACK_REGEX. */
const struct regex *evaluator_regex(const struct evaluator *evaluator, uint32_t predicate, uint32_t value);

/* Three-valued, so that an unknown decides nothing in either polarity. either is what VERDICT_EITHER stands for. */
enum verdict expr_verdict(const struct ir_expr *expr, const enum verdict *predicates, enum verdict either);
#endif
