/*
 * record_kinds.h - names of the event kinds, from the vocabulary, and which of them are about a file.
 */
#ifndef RECORD_KINDS_H
#define RECORD_KINDS_H

#include <stddef.h>
#include <stdint.h>

struct record_head;
struct record_span;

int record_kind_number(const char *name, size_t size); /* enum record_kind, or -1 */
const char *record_kind_name(uint32_t kind);           /* NULL: no such kind */
/* The path of the file into which a scan looks for such a record; NULL: it is about none. */
const struct record_span *record_kind_file(const struct record_head *record);
#endif
