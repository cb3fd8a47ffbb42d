/*
 * verdict.h - one event decided by everybody: the image, the IR, the YAML, and the runtime from JSON on. Include what
 * subject.h asks for and subject.h first.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdint.h>

enum difference { AGREED, RULE_DIFFERS, PREDICATE_DIFFERS, PLAIN_DIFFERS, BINDING_DIFFERS, JSON_REFUSED,
	JSON_RULE_DIFFERS };

struct trial { /* how an event is tried */
	uint32_t group;
	struct tree *tree;
	int plain;            /* ask the YAML, too */
	int json;             /* and through JSON */
	uint64_t seed;        /* of how the JSON is written */
};

struct finding {
	enum difference difference;
	uint32_t index;       /* of the rule or predicate in its group, of the slot */
	int expected, found;
};

struct tally {
	uint64_t events, decisions, hits, predicates, plain, json, open;
};

const char *difference_name(enum difference difference);

/* Returns 1 where two differ. tally may be NULL; hit gets the rules that match, room for all of the group; cases gets
 * the event for the image of another target. Any may be NULL. */
int verdict_compare(struct subject *subject, struct pool *pool, const struct trial *trial, struct finding *finding,
                    struct tally *tally, uint8_t *hit, FILE *cases);
#endif
