/*
 * tables_correlation.h - the correlations of the IR -> their tables.
 */
#ifndef TABLES_CORRELATION_H
#define TABLES_CORRELATION_H

struct body;
struct ir_pack;

/* Requires that the rules of all groups are written, and nothing behind them. */
void correlations_write(struct body *body, const struct ir_pack *pack);
#endif
