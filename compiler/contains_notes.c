/*
 * contains_notes.c - chooses the groups of windows, so that few places of usual texts are taken for one.
 *
 * A place passes where a group has both its pairs. So windows with the same pairs are best in one group, and those whose pairs
 * would give many usual places what they lack in another.
 */
#include <string.h>

#include "arena.h"
#include "contains_notes.h"
#include "ir.h"
#include "packrt_tables.h"
#include "usual.h"

struct group {
	uint32_t *no_first, *no_second; /* by note: at how many usual places a pair so noted is all that is missing */
};

struct notes {
	uint8_t *bytes;
	uint32_t bits; /* log2 of their number */
	uint32_t step;
	uint32_t first_group; /* of windows with two pairs */
	struct group groups[CONTAINS_GROUPS];
	uint16_t *usual; /* the notes of usual texts, place by place ... */
	uint32_t *earlier; /* ... and the place + 1 of the same note before each, or 0 */
	uint32_t usual_count;
	uint32_t *last, *counts; /* by note: the last such place + 1, or 0; how many there are */
};

enum { NOTES = 64, NOTES_LEAST = 6, NOTES_MOST = 13 }; /* for each window; log2 of all */
enum { PAIR_COST = 100, NEW_COST = 20 }; /* a usual place that has one pair of two; a pair that is new in a group */

static uint32_t
note_of(const struct notes *notes, const char *pair)
{
	return contains_pair((uint8_t)pair[0] | (uint32_t)(uint8_t)pair[1] << 8) >> (16 - notes->bits);
}

static void
usual_read(struct notes *notes, struct ir_text text)
{
	for (uint32_t i = 0; i + 1 < text.size; i++) {
		uint32_t note = note_of(notes, text.data + i), place = notes->usual_count++;

		notes->usual[place] = note;
		notes->earlier[place] = notes->last[note];
		notes->last[note] = place + 1;
		notes->counts[note]++;
	}
}

struct notes *
notes_new(struct arena *arena, uint32_t step, uint32_t windows, int has_pairs)
{
	struct notes *notes = arena_alloc(arena, sizeof(*notes));
	uint32_t size, places = 0;

	*notes = (struct notes){ .bits = NOTES_LEAST, .step = step, .first_group = has_pairs };
	while (notes->bits < NOTES_MOST && UINT64_C(1) << notes->bits < (uint64_t)windows * NOTES)
		notes->bits++;
	size = 1u << notes->bits;
	notes->bytes = arena_alloc(arena, size);
	if (has_pairs)
		memset(notes->bytes, 1 << CONTAINS_GROUPS, size);
	for (uint32_t i = 0; i < CONTAINS_GROUPS; i++) {
		notes->groups[i].no_first = arena_alloc(arena, size * sizeof(uint32_t));
		notes->groups[i].no_second = arena_alloc(arena, size * sizeof(uint32_t));
	}
	for (enum usual i = 0; i < USUAL_COUNT; i++)
		places += usual_text(i).size;
	notes->usual = arena_alloc(arena, places * sizeof(*notes->usual));
	notes->earlier = arena_alloc(arena, places * sizeof(*notes->earlier));
	notes->last = arena_alloc(arena, size * sizeof(*notes->last));
	notes->counts = arena_alloc(arena, size * sizeof(*notes->counts));
	for (enum usual i = 0; i < USUAL_COUNT; i++)
		usual_read(notes, usual_text(i));
	return notes;
}

void
notes_add_pair(struct notes *notes, const char *pair)
{
	notes->bytes[note_of(notes, pair)] |= 1;
}

static int
has(const struct notes *notes, uint32_t note, uint32_t bit)
{
	return notes->bytes[note] >> bit & 1;
}

static uint64_t
note_cost(const struct notes *notes, uint32_t note, const uint32_t *missing)
{
	return (uint64_t)missing[note] * NOTES_USUAL_COST + (uint64_t)notes->counts[note] * PAIR_COST + NEW_COST;
}

static uint64_t
group_cost(const struct notes *notes, uint32_t group, uint32_t first, uint32_t second, uint32_t usual)
{
	int has_first = has(notes, first, group), has_second = has(notes, second, CONTAINS_GROUPS + group);
	uint64_t cost = has_first || has_second ? 0 : (uint64_t)usual * NOTES_USUAL_COST;

	if (!has_first)
		cost += note_cost(notes, first, notes->groups[group].no_first);
	if (!has_second)
		cost += note_cost(notes, second, notes->groups[group].no_second);
	return cost;
}

/* The group to which a window is best added. */
static uint32_t
group_best(const struct notes *notes, uint32_t first, uint32_t second, uint32_t usual, uint64_t *least)
{
	uint32_t best = notes->first_group;

	*least = UINT64_MAX;
	for (uint32_t i = notes->first_group; i < CONTAINS_GROUPS; i++) {
		uint64_t cost = group_cost(notes, i, first, second, usual);

		if (cost < *least) {
			*least = cost;
			best = i;
		}
	}
	return best;
}

uint64_t
notes_cost(const struct notes *notes, const char *window, uint32_t usual)
{
	uint64_t cost;

	group_best(notes, note_of(notes, window), note_of(notes, window + notes->step), usual, &cost);
	return cost;
}

static void
first_add(struct notes *notes, uint32_t group, uint32_t first)
{
	notes->bytes[first] |= 1u << group;
	for (uint32_t i = notes->last[first]; i; i = notes->earlier[i - 1])
		if (i - 1 + notes->step < notes->usual_count)
			notes->groups[group].no_second[notes->usual[i - 1 + notes->step]]++;
}

static void
second_add(struct notes *notes, uint32_t group, uint32_t second)
{
	notes->bytes[second] |= 1u << (CONTAINS_GROUPS + group);
	for (uint32_t i = notes->last[second]; i; i = notes->earlier[i - 1])
		if (i > notes->step)
			notes->groups[group].no_first[notes->usual[i - 1 - notes->step]]++;
}

void
notes_add(struct notes *notes, const char *window, uint32_t usual)
{
	uint32_t first = note_of(notes, window), second = note_of(notes, window + notes->step);
	uint64_t cost;
	uint32_t group = group_best(notes, first, second, usual, &cost);

	if (!has(notes, first, group))
		first_add(notes, group, first);
	if (!has(notes, second, CONTAINS_GROUPS + group))
		second_add(notes, group, second);
}

const uint8_t *
notes_table(const struct notes *notes, uint32_t *bits)
{
	*bits = notes->bits;
	return notes->bytes;
}
