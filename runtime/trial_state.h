/*
 * trial_state.h - what trial.c and trial_sequence.c share. Include correlate.h, pipeline.h, field_map.h and matches.h first.
 */
#ifndef TRIAL_STATE_H
#define TRIAL_STATE_H

#include <stddef.h>
#include <stdint.h>

struct detector;
struct json;
struct stage;
struct trial_bad;
struct trial_text;
struct value;

struct trial {
	struct detector *detector;
	struct stage *stage;
	struct field_map fields;
	uint32_t unknown;
	struct value *slots; /* of a look, with its bitmaps */
	uint64_t *present, *bits[2];
	/* of a sequence */
	struct correlate *correlate;
	struct correlate_counters counters;
	struct matches matches;
	uint8_t *wanted;          /* by rule of the pack: the correlation on trial takes its matches */
	uint32_t *matched;        /* rules */
	struct trial_text *group; /* values */
};

/* Reads an event; -EBADMSG with what is wrong in words. */
int trial_read(struct trial *trial, const char *text, size_t size, struct json *json, struct trial_bad *bad);
/* Whether the event just read has a field that some route asks about. */
int trial_names_logsource(const struct trial *trial);
void trial_end_sequence(struct trial *trial);
#endif
