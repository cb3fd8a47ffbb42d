/*
 * explain_sequence.h - a correlation, and what it made of a sequence of events.
 */
#ifndef EXPLAIN_SEQUENCE_H
#define EXPLAIN_SEQUENCE_H

#include <stdint.h>
#include <stdio.h>

struct event_text;
struct sigma_rule;
struct trial;

/* What a correlation counts, of which rules, by what and in which window. */
void explain_print_correlation(FILE *out, const struct sigma_rule *rule);
/* Each event: which of the rules matched, and whether the correlation fired. *fired: how often. 0 or a negative errno;
 * -EBADMSG: said to stderr. number: of the correlation in the pack. */
int explain_print_sequence(FILE *out, struct trial *trial, const struct sigma_rule *rule, uint32_t number,
                           const struct event_text *events, size_t count, uint32_t *fired);
#endif
