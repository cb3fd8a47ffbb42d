/*
 * alert_rule.h - what an alert says that only its rule decides: written once and kept, up to a bounded size. Include
 * alert_id.h and snippets.h first.
 */
#ifndef ALERT_RULE_H
#define ALERT_RULE_H

#include <stddef.h>
#include <stdint.h>

struct alert_event;
struct alert_names;
struct ecs_doc;
struct ecs_frames;
struct match;
struct pack_header;
struct pack_rule;
struct pack_tables;

/* JSON, each with the comma before it: members of event; its end and the objects rule and threat, and tags; members of
 * rsnl that stand before why, and after it. */
enum rule_text { RULE_EVENT, RULE_ECS, RULE_RSNL, RULE_NOTE, RULE_TEXTS };

struct alert_rule {
	const char *texts;         /* one after the other */
	uint32_t ends[RULE_TEXTS]; /* where they end there */
	uint32_t left_out;         /* values that found no room */
	uint8_t id[ALERT_ID_BYTES]; /* alert_id_rule() */
};

struct alert_rules;

/* All borrowed; doc is to work in. rule_text: description, author and license too. NULL: no memory. */
struct alert_rules *alert_rules_new(const struct pack_header *header, const struct pack_tables *tables, int rule_text,
                                    struct alert_names *names, const struct alert_ids *ids,
                                    struct ecs_frames *frames, struct ecs_doc *doc);
void alert_rules_free(struct alert_rules *rules); /* NULL is fine */
/* The texts of a match's rule, valid until the next call; values of at most text_max bytes. An indicator's are those of
 * the value that matched. 0 or -ENOMEM. */
int alert_rules_find(struct alert_rules *rules, const struct match *match, const struct alert_event *event,
                     size_t text_max, struct alert_rule *found);
/* The id of the match's rule, quoted, with a comma before it; valid until the next call. data is NULL: no memory. */
struct snippet alert_rules_id(struct alert_rules *rules, const struct match *match);
/* Sets the rule's fields. */
void alert_rules_set(const struct alert_rules *rules, const struct pack_rule *rule);
#endif
