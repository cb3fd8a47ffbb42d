/*
 * alert_rsnl.h - what an alert says in our own words: the object rsnl by its members, but for why and also.
 */
#ifndef ALERT_RSNL_H
#define ALERT_RSNL_H

#include <stddef.h>
#include <stdint.h>

struct alert_event;
struct line;
struct pack_header;
struct pack_rule;
struct pack_tables;

/* Opens the object: v, pack. */
void alert_rsnl_start(struct line *line, const struct pack_header *header);
/* engine, level, expires */
void alert_rsnl_rule(struct line *line, const struct pack_rule *rule);
void alert_rsnl_note(struct line *line, const struct pack_tables *tables, const struct pack_rule *rule);
void alert_rsnl_ancestors(struct line *line, const struct alert_event *event, uint32_t most, const char *boot_id);
/* quality, but for its closing bracket: shortened lines say so at its end. */
void alert_rsnl_quality(struct line *line, const struct pack_tables *tables, const struct alert_event *event);
void alert_rsnl_shortened(struct line *line);
/* The end of quality, then host_path, replay, fields; closes the object and the line. rest: an object. */
void alert_rsnl_tail(struct line *line, const struct alert_event *event, const struct line *rest);
#endif
