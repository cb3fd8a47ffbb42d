/* touch.c - for each slot a bitmap of the groups that need it; the keywords of all groups in one filter. */
#include <stdlib.h>
#include <string.h>

#include "leaf_filter.h"
#include "pack.h"
#include "packfile.h"
#include "touch.h"

struct touch {
	const struct pack_tables *tables;
	uint32_t slot_count, words; /* words of a bitmap over groups */
	uint64_t *always, *leaves;  /* groups that say of no slot that they need it; that leaves are enough for */
	uint64_t *slots;            /* a bitmap a slot */
	uint64_t *found;
	uint64_t *keywords, *shown; /* groups that have any; of those, all that may be in the line at hand */
	uint64_t *untold;           /* groups that do not tell what a line with a keyword of theirs shows ... */
	uint64_t *some;             /* ... or not of all keywords */
	struct leaf_filter *filter; /* lists by group */
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
	if (group->flags & PACK_GROUP_LEAVES)
		touch->keywords[number / 64] |= bit;
	for (i = 0; i < group->needs.count; ++i)
		touch->slots[(size_t)tables->indices[group->needs.first + i] * touch->words + number / 64] |= bit;
}

static struct leaf_filter *
make_filter(struct touch *touch, const struct pack_tables *tables)
{
	struct pack_list *lists = calloc((size_t)tables->group_count + 1, sizeof *lists);
	struct leaf_filter *filter = NULL;
	uint32_t i, group;

	memcpy(touch->untold, touch->keywords, touch->words * sizeof *touch->untold);
	for (i = 0; lists && i < tables->literals_count; ++i) {
		group = tables->literals[i].group;
		lists[group] = tables->literals[i].texts;
		touch->untold[group / 64] &= ~(1ull << group % 64);
		touch->some[group / 64] |= (uint64_t)(tables->literals[i].flags & PACK_LITERALS_SOME) << group % 64;
	}
	if (lists)
		filter = leaf_filter_new(tables, lists, tables->group_count);
	free(lists);
	return filter;
}

struct touch *
touch_new(const struct pack_tables *tables)
{
	const uint32_t words = tables->group_count / 64 + 1;
	struct touch *touch = calloc(1, sizeof *touch);
	uint64_t *bits = calloc(((size_t)tables->slot_count + 7) * words, sizeof *bits);
	uint32_t i;

	if (!touch || !bits) {
		free(touch);
		free(bits);
		return NULL;
	}
	*touch = (struct touch){ tables, tables->slot_count, words, .always = bits, .leaves = bits + words, .found = bits + 2 * words,
		.keywords = bits + 3 * words, .shown = bits + 4 * words, .untold = bits + 5 * words,
		.some = bits + 6 * words, .slots = bits + 7 * (size_t)words };
	for (i = 0; i < tables->group_count; ++i)
		add_group(touch, tables, i);
	touch->filter = make_filter(touch, tables);
	if (touch->filter)
		return touch;
	touch_free(touch);
	return NULL;
}

void
touch_free(struct touch *touch)
{
	if (!touch)
		return;
	free(touch->filter);
	free(touch->always);
	free(touch);
}

int
touch_has(const struct touch *touch, const struct event *event, uint32_t group)
{
	const struct pack_group *row = &touch->tables->groups[group];
	const uint32_t *slot = touch->tables->indices + row->needs.first, *end = slot + row->needs.count;

	if (!(row->flags & PACK_GROUP_NEEDS) || (row->flags & PACK_GROUP_NEEDS_LEAVES && event->leaf_count))
		return 1;
	for (; slot < end; ++slot)
		if (event->present[*slot / 64] >> *slot % 64 & 1)
			return 1;
	return 0;
}

static void
join(uint64_t *to, const uint64_t *bits, uint32_t words)
{
	uint32_t i;

	for (i = 0; i < words; ++i)
		to[i] |= bits[i];
}

/* The groups that need one of the event's fields. */
static void
join_fields(struct touch *touch, const struct event *event)
{
	const uint32_t slot_words = (touch->slot_count + 63) / 64;
	uint32_t i, slot;
	uint64_t left;

	for (i = 0; i < slot_words; ++i)
		for (left = event->present[i]; left; left &= left - 1) {
			slot = i * 64 + (uint32_t)__builtin_ctzll(left);
			if (slot < touch->slot_count)
				join(touch->found, touch->slots + (size_t)slot * touch->words, touch->words);
		}
}

const uint64_t *
touch_keywords(struct touch *touch, const struct event *event, const char *line, size_t size)
{
	uint64_t any = 0;
	uint32_t i;

	memcpy(touch->found, touch->always, touch->words * sizeof *touch->found);
	join_fields(touch, event);
	for (i = 0; i < touch->words; ++i)
		touch->shown[i] = touch->untold[i] | (touch->found[i] & touch->some[i]);
	leaf_filter_lists(touch->filter, line, size, touch->shown);
	for (i = 0; i < touch->words; ++i)
		any |= touch->shown[i] &= touch->keywords[i];
	return any ? touch->shown : NULL;
}

const uint64_t *
touch_find(struct touch *touch, const struct event *event, const uint64_t *keywords)
{
	uint32_t i;

	memcpy(touch->found, touch->always, touch->words * sizeof *touch->found);
	for (i = 0; event->leaf_count && i < touch->words; ++i)
		touch->found[i] |= keywords ? touch->leaves[i] & keywords[i] : touch->leaves[i];
	join_fields(touch, event);
	return touch->found;
}
