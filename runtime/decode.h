/*
 * decode.h - a record seen through names: checked once, then read field by field as values.
 *
 * Values are text (pack.h); those that are not in the record as they are shown lie in an arena, which the caller
 * empties between events. Nothing here allocates but decoder_new().
 */
#ifndef DECODE_H
#define DECODE_H

#include <stddef.h>
#include <stdint.h>

struct bind_name;
struct event;
struct late_fields;
struct process;
struct value;
struct vocabulary_field;
struct vocabulary_kind;

enum { DECODE_ARENA_SIZE = 256 << 10 };

/* Who acted, as enrich found out; pointers are borrowed and may be NULL: unknown. */
struct subject {
	const struct process *process, *parent;
	const struct process *target; /* whom the event is about, where it names another process */
	const char *user, *parent_user, *target_user;
	const struct late_fields *late;
};

struct decode_arena {
	char *data;
	size_t size, used; /* used = 0 empties it */
};

/* Is it a well-formed record: kind, sizes, every span inside it? Its kind, or NULL. Everything else relies on it. */
const struct vocabulary_kind *record_check(const void *data, size_t size);

/* One field of a checked record. 1 with *value filled (VALUE_CUT where the source had more), or 0: the event has not
 * got it. Text that finds no room in the arena is cut. */
int decode_field(const void *record, const struct vocabulary_field *field, const struct subject *subject,
                 struct decode_arena *arena, struct value *value);

/* Reads records of all kinds into the slots that names stand for. */
struct decoder;

/* Names are borrowed for the call. NULL: no memory. */
struct decoder *decoder_new(const struct bind_name *names, uint32_t count);
void decoder_free(struct decoder *decoder); /* NULL is fine */
/* A checked record as an event: those of the given slots that its kind has; with leaves, every text and number of the
 * record too. Valid until the next call; slots and present bits may be changed by the caller. */
struct event *decoder_read(struct decoder *decoder, const void *record, const struct vocabulary_kind *kind,
                           const struct subject *subject, const uint32_t *slots, uint32_t count, int leaves);
struct value *decoder_slots(struct decoder *decoder);
uint64_t *decoder_present(struct decoder *decoder);
/* Room for more values of this event (an alert's), until the next decoder_read(). */
struct decode_arena *decoder_arena(struct decoder *decoder);
#endif
