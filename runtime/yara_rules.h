/*
 * yara_rules.h - the YARA rules of a pack as libyara runs them: compiled by rsnlc, or here from their source.
 */
#ifndef YARA_RULES_H
#define YARA_RULES_H

struct YR_RULES;
struct scan_rules;

/* *rules is the caller's to destroy; NULL where the pack has none. The compiled form is taken if it is of this libyara's
 * version and asks for nothing that this libyara lacks, else sources are compiled, without those that do not. text: what
 * was left out and why, or what is wrong; "". 0 or a negative errno. */
int yara_rules_open(struct YR_RULES **rules, const struct scan_rules *from, char text[256]);
#endif
