/* spread.c - counts of durations in slots that grow with them: 32 to each doubling. */
#include "spread.h"

enum { STEP_BITS = 5 };

static uint32_t
slot_of(uint64_t value)
{
	int top;
	uint64_t slot;

	if (value < SPREAD_STEPS)
		return (uint32_t)value;
	top = 63 - __builtin_clzll(value);
	slot = (uint64_t)(top - STEP_BITS + 1) * SPREAD_STEPS + (value >> (top - STEP_BITS)) - SPREAD_STEPS;
	return slot < SPREAD_SLOTS ? (uint32_t)slot : SPREAD_SLOTS - 1;
}

/* The middle of a slot. */
static uint64_t
slot_value(uint32_t slot)
{
	uint32_t shift;

	if (slot < 2 * SPREAD_STEPS)
		return slot;
	shift = slot / SPREAD_STEPS - 1;
	return ((uint64_t)(SPREAD_STEPS + slot % SPREAD_STEPS) << shift) + (1ull << (shift - 1));
}

void
spread_add(struct spread *spread, uint64_t value)
{
	++spread->count;
	spread->sum += value;
	++spread->slots[slot_of(value)];
}

uint64_t
spread_percentile(const struct spread *spread, unsigned percent)
{
	uint64_t wanted = (spread->count * percent + 99) / 100, seen = 0;
	uint32_t i;

	if (!spread->count)
		return 0;
	for (i = 0; i < SPREAD_SLOTS; ++i) {
		seen += spread->slots[i];
		if (seen && seen >= wanted)
			break;
	}
	return slot_value(i < SPREAD_SLOTS ? i : SPREAD_SLOTS - 1);
}

double
spread_mean(const struct spread *spread)
{
	return spread->count ? (double)spread->sum / (double)spread->count : 0;
}
