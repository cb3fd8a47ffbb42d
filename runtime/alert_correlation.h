/*
 * alert_correlation.h - what an alert says of a correlation: which group, what was measured, which events count.
 */
#ifndef ALERT_CORRELATION_H
#define ALERT_CORRELATION_H

struct correlate_result;
struct line;
struct pack_tables;

/* The members correlation and cause of the object rsnl. */
void alert_correlation_rsnl(struct line *line, const struct pack_tables *tables, const struct correlate_result *result);
/* "12 matches of \"Failed login\" by User \"bob\" within 10 m" */
void alert_correlation_reason(struct line *line, const struct pack_tables *tables, const struct correlate_result *result);
#endif
