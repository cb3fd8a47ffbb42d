/*
 * alert_why.h - what alerts say of why a rule matched: rsnl.why, and the sentence of event.reason.
 */
#ifndef ALERT_WHY_H
#define ALERT_WHY_H

struct alert_event;
struct alert_names;
struct line;
struct match;
struct pack_tables;

struct alert_whys;

/* detail: "full", "fields" or "none". Borrows tables and names. NULL: no memory. */
struct alert_whys *alert_whys_new(const char *detail, const struct pack_tables *tables, struct alert_names *names);
void alert_whys_free(struct alert_whys *whys); /* NULL is fine */
int alert_whys_full(const struct alert_whys *whys); /* only then there is a reason */
/* The member why; nothing where it is not wanted. */
void alert_whys_write(struct alert_whys *whys, struct line *line, const struct alert_event *event,
                      const struct match *match);
/* The sentence as it is, without escapes. */
void alert_whys_reason(const struct alert_whys *whys, struct line *line, const struct match *match);
#endif
