/*
 * audit_view.h - fields of live events that only views of logsources.yml ask for (the VIEW rows of event.def).
 */
#ifndef AUDIT_VIEW_H
#define AUDIT_VIEW_H

struct decode_arena;
struct record_process_start;
struct value;

/* The VIEW row of that member, of a checked record. 1 with *value filled, or 0: the event has not got it. */
int audit_view_field(const char *member, const struct record_process_start *start, struct decode_arena *arena,
                     struct value *value);
#endif
