/*
 * event_line.h - one event as one line for people (rsnl run --events).
 */
#ifndef EVENT_LINE_H
#define EVENT_LINE_H

#include <stddef.h>

struct decode_arena;
struct record_head;
struct subject;
struct vocabulary_kind;

/* Writes "KIND pid PID USER IMAGE: what happened" without a newline; bytes that are no printable text are escaped.
 * Bytes written, at most size - 1; always ends with a NUL. */
size_t event_line(char *line, size_t size, const struct record_head *record, const struct vocabulary_kind *kind,
                  const struct subject *subject, struct decode_arena *arena);
#endif
