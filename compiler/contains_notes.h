/*
 * contains_notes.h - what a contains set notes of pairs of neighbours (packrt_tables.h): which groups of windows begin or end
 * with them.
 */
#ifndef CONTAINS_NOTES_H
#define CONTAINS_NOTES_H

#include <stdint.h>

struct arena;
struct notes;

enum { NOTES_USUAL_COST = 1000 }; /* of a look at one place of usual texts */

/* For so many windows, or fewer. step: from the first pair of one to the second. has_pairs: some have but one. */
struct notes *notes_new(struct arena *arena, uint32_t step, uint32_t windows, int has_pairs);
void notes_add_pair(struct notes *notes, const char *pair);

/* What it costs to add a window that usual texts have so often: those of their places that pass from then on. */
uint64_t notes_cost(const struct notes *notes, const char *window, uint32_t usual);
void notes_add(struct notes *notes, const char *window, uint32_t usual);

/* By contains_pair(); *bits: log2 of the size. */
const uint8_t *notes_table(const struct notes *notes, uint32_t *bits);
#endif
