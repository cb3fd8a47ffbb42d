/*
 * plain.h - what SIGMA.md says, read straight from a rule's YAML: a second opinion that knows no AST and no IR.
 *
 * Shares with the compiler the YAML tree and the table of foldings, nothing else. Include diag.h, ir.h, node.h, pack.h,
 * pool.h and tree.h first.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include <stdint.h>

struct plain_rule;
struct plain_event;

/* Reads the rule of a document over these fields; everything lives in the pool. */
struct plain_rule *plain_read(struct pool *pool, const struct node *document, const struct bytes *fields,
                              uint32_t field_count);

/* An event over the same fields, all of whose values are whole; lives in the pool with what is found out about it. */
struct plain_event *plain_event(struct pool *pool, const struct event *event, uint32_t field_count);

int plain_matches(const struct plain_rule *rule, struct plain_event *event);
#endif
