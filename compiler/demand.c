/*
 * demand.c - the least size of what a regular expression fits, and the longest repetition of a class in it.
 */
#include "demand.h"

#include "regex.h"

enum { RUN_LEAST = 8, SIZE_MOST = 65536 };

static uint32_t
most(uint64_t size)
{
	return size < SIZE_MOST ? size : SIZE_MOST;
}

/* Bytes of the shortest member. */
static uint32_t
class_size(const struct regex *class)
{
	uint32_t first = class->range_count ? class->ranges[0].first : 0;

	if (!class->range_count || class->ranges[class->range_count - 1].last >= REGEX_BYTE)
		return 1;
	return first < 0x80 ? 1 : first < 0x800 ? 2 : first < 0x10000 ? 3 : 4;
}

static uint32_t
size_of(const struct regex *regex)
{
	uint64_t size = 0;

	switch (regex->type) {
	case REGEX_CLASS:
		return class_size(regex);
	case REGEX_CONCAT:
		for (uint32_t i = 0; i < regex->child_count; i++)
			size += size_of(regex->children[i]);
		return most(size);
	case REGEX_ALTERNATE:
		size = SIZE_MOST;
		for (uint32_t i = 0; i < regex->child_count; i++) {
			uint32_t one = size_of(regex->children[i]);

			size = one < size ? one : size;
		}
		return size;
	case REGEX_REPEAT:
		return most((uint64_t)regex->min * size_of(regex->children[0]));
	default:
		return 0;
	}
}

/* All bytes that its members have, and some more: those of characters beyond ASCII are not told apart. */
static void
class_bytes(const struct regex *class, uint64_t bytes[4])
{
	bytes[0] = bytes[1] = bytes[2] = bytes[3] = 0;
	for (uint32_t i = 0; i < class->range_count; i++) {
		for (uint32_t byte = class->ranges[i].first; byte <= class->ranges[i].last && byte < 0x80; byte++)
			bytes[byte / 64] |= UINT64_C(1) << byte % 64;
		if (class->ranges[i].last >= 0x80)
			bytes[2] = bytes[3] = UINT64_MAX;
	}
}

static void
run_find(struct demand *demand, const struct regex *regex)
{
	if (regex->type == REGEX_CONCAT)
		for (uint32_t i = 0; i < regex->child_count; i++)
			run_find(demand, regex->children[i]);
	if (regex->type != REGEX_REPEAT || !regex->min)
		return;
	if (regex->children[0]->type != REGEX_CLASS) {
		run_find(demand, regex->children[0]);
	} else if (regex->min >= RUN_LEAST && regex->min > demand->run) {
		demand->run = regex->min;
		class_bytes(regex->children[0], demand->run_bytes);
	}
}

/* Does it have all characters beyond ASCII, or none? */
static int
is_told_by_bytes(const struct regex *class)
{
	const struct regex_range *last = class->ranges + class->range_count - 1;

	return class->range_count && (last->last < 0x80 || (last->first <= 0x80 && last->last == REGEX_LAST));
}

struct demand
demand_of(const struct regex *regex)
{
	struct demand demand = { .size = size_of(regex) };

	while (regex->type == REGEX_CONCAT && regex->child_count == 1)
		regex = regex->children[0];
	run_find(&demand, regex);
	demand.exact = demand.run && regex->type == REGEX_REPEAT && is_told_by_bytes(regex->children[0]);
	return demand;
}
