/*
 * derived.h - fields that are in no record: made from its head, from who acted, or from another field.
 */
#ifndef DERIVED_H
#define DERIVED_H

struct decode_arena;
struct record_head;
struct subject;
struct value;

/* 1 with *value filled, or 0: unknown for this event. */
typedef int derive_fn(const struct record_head *record, const struct subject *subject, struct decode_arena *arena,
                      struct value *value);

/* What makes the DERIVED row of that name (event.def); NULL: no live source makes it. */
derive_fn *derive_find(const char *member);
/* The same of rows that are LATE (derived_late.c). */
derive_fn *derive_late_find(const char *member);
#endif
