/*
 * rules.h - random Sigma rules as text: every modifier, values that overlap, conditions of every form. Include pool.h
 * first.
 */
#ifndef RULES_H
#define RULES_H

#include <stdint.h>
#include <stdio.h>

/* Writes count rules of a few logsources. long_sets: some have more values than become code. */
void rules_write(FILE *out, struct dice *dice, uint32_t count, int long_sets);

/* Indicators, more than become code: domains as a feed in CSV. */
void rules_write_domains(FILE *out, struct dice *dice);

/* A random expression of the common subset, for |re. */
void rules_write_regex(FILE *out, struct dice *dice, int depth);
#endif
