/*
 * enrich.h - who acted: keeps the process table up to date with each record, and finds the subject of an event in it.
 */
#ifndef ENRICH_H
#define ENRICH_H

#include <stdint.h>

struct broker;
struct enrich;
struct process;
struct process_table;
struct record_head;
struct subject;

/* Both are borrowed; broker NULL (recordings): only what records say is known. NULL: no memory. */
struct enrich *enrich_new(struct process_table *table, struct broker *broker);
void enrich_free(struct enrich *enrich); /* NULL is fine */
/* Takes a checked record (decode.h) into the table and fills subject. Texts stay valid until the next call. */
void enrich_record(struct enrich *enrich, const struct record_head *record, struct subject *subject);
/* Fills subject for a record that was taken before (held ones). Texts stay valid until the next call. */
void enrich_subject(struct enrich *enrich, const struct record_head *record, struct subject *subject);
#endif
