/*
 * pack_diff.h - what two packs have in common and what not: rules by id, indicators by the hash of their value.
 *
 * Include packfile.h, diag.h, ir.h and unseal.h first.
 */
#ifndef PACK_DIFF_H
#define PACK_DIFF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct hashed;

struct pack_side { /* one of the packs */
	struct unsealed pack;     /* after unseal_body() */
	const uint32_t *rules;    /* all but indicators, sorted by id */
	size_t rule_count;
	const struct hashed *indicators; /* of type and folded value; sorted, each once */
	size_t indicator_count;
};

struct pack_changes {
	size_t added, removed, changed;       /* rules */
	size_t indicators_added, indicators_removed;
};

/* Fill the lists of an unsealed pack. */
void pack_side_rules(struct pack_side *side, struct arena *arena);
void pack_side_indicators(struct pack_side *side, struct arena *arena);
/* Write a line a rule: "+ ID LEVEL TITLE", "- ID LEVEL TITLE", "~ ID WHAT; WHAT", and count. */
void pack_diff_rules(FILE *out, const struct pack_side *old, const struct pack_side *new, struct pack_changes *changes);
void pack_diff_indicators(const struct pack_side *old, const struct pack_side *new, struct pack_changes *changes);
#endif
