/*
 * alert_indicator.h - what alerts call a match of an indicator: the value that matched, not the feed's rule.
 */
#ifndef ALERT_INDICATOR_H
#define ALERT_INDICATOR_H

#include <stdint.h>

struct alert_event;
struct alert_names;
struct ecs_doc;
struct line;
struct match;
struct pack_tables;

enum { INDICATOR_ID_SIZE = 320 };

/* Writes the id that alerts give the match: "ioc:TYPE:VALUE" for an indicator whose value is known (cut to fit), else
 * the rule's own. Returns text. */
const char *alert_rule_id(const struct pack_tables *tables, const struct match *match, char text[INDICATOR_ID_SIZE]);
/* Sets rule.id, rule.name and threat.* of an indicator; nothing for other rules. scratch is overwritten and must stay
 * until the document is written. */
void alert_set_indicator(struct ecs_doc *doc, const struct pack_tables *tables, const struct match *match,
                         const struct alert_event *event, struct alert_names *names, struct line *scratch);
#endif
