/*
 * record_kinds.h - names of the event kinds, from the vocabulary.
 */
#ifndef RECORD_KINDS_H
#define RECORD_KINDS_H

#include <stddef.h>
#include <stdint.h>

int record_kind_number(const char *name, size_t size); /* enum record_kind, or -1 */
const char *record_kind_name(uint32_t kind);           /* NULL: no such kind */
#endif
