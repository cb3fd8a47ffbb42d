/*
 * emit_layout.h - where the parts of scratch begin, in bytes.
 */
#ifndef EMIT_LAYOUT_H
#define EMIT_LAYOUT_H

#include <stdint.h>

struct plan;

enum { EMIT_SCRATCH_ALIGN = 64 };

struct emit_layout { /* the bitmap `yes` begins at 0 */
	uint32_t unknown, known, marks, mark_words, seen, candidates, late_candidates, chances, found, memos, work, kept, leaf_yes,
		leaf_found, arena, second, times, size;
};

struct emit_layout emit_layout(const struct plan *plan);
#endif
