/*
 * tables.h - the IR -> the cold tables of a pack.
 */
#ifndef TABLES_H
#define TABLES_H

struct body;
struct ir_pack;
struct yara_result;

/* Requires the pack as emit saw it: groups, predicates and rules keep their numbers. yara may be NULL. */
void tables_write(struct body *body, const struct ir_pack *pack, const struct yara_result *yara);
#endif
