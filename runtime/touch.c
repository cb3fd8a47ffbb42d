/* touch.c - for each slot a bitmap of the groups that need it. */
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "packfile.h"
#include "touch.h"

struct touch {
	uint32_t slot_count, words; /* words of a bitmap over groups */
	uint64_t *always, *leaves;  /* groups that say of no slot that they need it; that leaves are enough for */
	uint64_t *slots;            /* a bitmap a slot */
	uint64_t *found;
};

static void
add_group(struct touch *touch, const struct pack_tables *tables, uint32_t number)
{
	const struct pack_group *group = &tables->groups[number];
	const uint64_t bit = 1ull << number % 64;
	uint32_t i;

	if (!(group->flags & PACK_GROUP_NEEDS))
		touch->always[number / 64] |= bit;
	if (group->flags & PACK_GROUP_NEEDS_LEAVES)
		touch->leaves[number / 64] |= bit;
	for (i = 0; i < group->needs.count; ++i)
		touch->slots[(size_t)tables->indices[group->needs.first + i] * touch->words + number / 64] |= bit;
}

struct touch *
touch_new(const struct pack_tables *tables)
{
	const uint32_t words = tables->group_count / 64 + 1;
	struct touch *touch = calloc(1, sizeof *touch);
	uint64_t *bits = calloc(((size_t)tables->slot_count + 3) * words, sizeof *bits);
	uint32_t i;

	if (!touch || !bits) {
		free(touch);
		free(bits);
		return NULL;
	}
	*touch = (struct touch){ tables->slot_count, words, bits, bits + words, bits + 3 * (size_t)words, bits + 2 * (size_t)words };
	for (i = 0; i < tables->group_count; ++i)
		add_group(touch, tables, i);
	return touch;
}

void
touch_free(struct touch *touch)
{
	if (!touch)
		return;
	free(touch->always);
	free(touch);
}

static void
join(const struct touch *touch, const uint64_t *bits)
{
	uint32_t i;

	for (i = 0; i < touch->words; ++i)
		touch->found[i] |= bits[i];
}

const uint64_t *
touch_find(struct touch *touch, const struct event *event)
{
	const uint32_t slot_words = (touch->slot_count + 63) / 64;
	uint32_t i;
	uint64_t left;

	memcpy(touch->found, touch->always, touch->words * sizeof *touch->found);
	if (event->leaf_count)
		join(touch, touch->leaves);
	for (i = 0; i < slot_words; ++i)
		for (left = event->present[i]; left; left &= left - 1)
			if (i * 64 + (uint32_t)__builtin_ctzll(left) < touch->slot_count)
				join(touch, touch->slots + (size_t)(i * 64 + (uint32_t)__builtin_ctzll(left)) * touch->words);
	return touch->found;
}
