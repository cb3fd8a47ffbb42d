/*
 * emit_layout.h - where the parts of scratch begin, in bytes.
 */
#ifndef EMIT_LAYOUT_H
#define EMIT_LAYOUT_H

#include <stdint.h>

struct plan;

enum { EMIT_SCRATCH_ALIGN = 64 };

struct emit_layout { /* the bitmap `yes` begins at 0 */
	uint32_t unknown, known, candidates, candidate_words, chances, found, places, work, kept, leaf_yes, leaf_found, arena, second, times, size;
};

/* Of the rules of any group: words of work.candidate_words. */
uint32_t emit_candidate_words(const struct plan *plan);
struct emit_layout emit_layout(const struct plan *plan);
#endif
