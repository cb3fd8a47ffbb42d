/*
 * alert_why.h - what alerts say of why a rule matched: rsnl.why, and the sentence of event.reason.
 */
#ifndef ALERT_WHY_H
#define ALERT_WHY_H

#include <stddef.h>

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
/* What is written next is about the match. 0 or -ENOMEM. */
int alert_whys_start(struct alert_whys *whys, const struct alert_event *event, const struct match *match);
/* The member reason of event, of at most text_max bytes, with the comma before it. */
void alert_whys_reason(struct alert_whys *whys, struct line *line, const struct match *match, size_t text_max);
/* The member why of rsnl; nothing where it is not wanted. */
void alert_whys_write(const struct alert_whys *whys, struct line *line, const struct match *match);
#endif
