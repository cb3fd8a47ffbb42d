/* search_index.c - folds values one behind the other, and finds patterns in that by the first places of their bytes. */
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "fold.h"
#include "pack.h"
#include "search.h"
#include "search_index.h"

enum { INDEXES = 8, WINDOW = 4, MARK_STEP = 256, TEXT_MAX = 16 << 20, BITS_LEAST = 8, BITS_MOST = 20 };

struct part { /* a value */
	struct search_text text;
	uint32_t start; /* in the index's bytes */
	int plain;      /* it is ASCII: offsets are the same in both */
};

struct mark { /* the first code point of a value that is not plain behind some bytes: its places, folded and in the value */
	uint32_t folded, offset;
};

struct search_index {
	const void *from;  /* the value's text, or the values where there are more: which these are */
	uint32_t from_size, count; /* count 0: free */
	struct part *parts; /* and in the same block: */
	uint32_t *firsts;  /* by hash of WINDOW bytes: where such stand first, and one more; 0: nowhere */
	struct mark *marks; /* by MARK_STEP of the bytes */
	char *bytes;       /* each value's end in a byte that no folded text has */
	size_t block_size;
	uint32_t size, shift, next_mark;
};

struct search_indexes {
	struct search_index all[INDEXES];
	uint32_t next; /* to be made: the oldest of the event; each begins with the first, so that large ones share their room */
};

struct search_indexes *
search_indexes_new(void)
{
	return calloc(1, sizeof(struct search_indexes));
}

void
search_indexes_free(struct search_indexes *indexes)
{
	uint32_t i;

	for (i = 0; indexes && i < INDEXES; ++i)
		free(indexes->all[i].parts);
	free(indexes);
}

void
search_indexes_start(struct search_indexes *indexes)
{
	uint32_t i;

	for (i = 0; i < INDEXES; ++i)
		indexes->all[i].count = 0;
	indexes->next = 0;
}

static uint32_t
window_slot(const struct search_index *index, const char *at)
{
	uint32_t bytes;

	memcpy(&bytes, at, sizeof bytes);
	return bytes * 0x9e3779b1 >> index->shift;
}

static int
is_text(const struct value *value)
{
	return value->type == VALUE_STRING || value->type == VALUE_NUMBER || value->type == VALUE_BOOL;
}

/* Bytes of all texts; -1: there is a list, or too much. */
static int64_t
texts_size(const struct value *values, uint32_t count)
{
	int64_t size = 0;
	uint32_t i;

	for (i = 0; i < count; ++i) {
		if (values[i].type == VALUE_LIST)
			return -1;
		size += is_text(&values[i]) ? values[i].size : 0;
	}
	return size > TEXT_MAX ? -1 : size;
}

/* Room for values of so many bytes, and tables that are empty. */
static int
reserve(struct search_index *index, uint32_t count, size_t size)
{
	size_t folded = FOLD_ROOM(size) + count, marks = folded / MARK_STEP + 1, firsts, need;
	uint32_t bits = BITS_LEAST;

	while (bits < BITS_MOST && (size_t)1 << bits < 2 * size)
		++bits;
	firsts = (size_t)1 << bits;
	need = firsts * sizeof *index->firsts + marks * sizeof *index->marks + count * sizeof *index->parts + folded + BLOCK_SIZE;
	if (need > index->block_size) {
		free(index->parts);
		index->parts = malloc(need);
		index->block_size = index->parts ? need : 0;
		if (!index->parts)
			return -1;
	}
	index->firsts = (uint32_t *)(index->parts + count);
	index->marks = (struct mark *)(index->firsts + firsts);
	index->bytes = (char *)(index->marks + marks);
	index->shift = 32 - bits;
	memset(index->firsts, 0, firsts * sizeof *index->firsts);
	return 0;
}

static void
fold_marked(struct search_index *index, struct search_text text)
{
	const uint8_t *from = (const uint8_t *)text.data;
	uint32_t at = 0, point;

	while (at < text.size) {
		if (index->size >= index->next_mark) {
			index->marks[index->size / MARK_STEP] = (struct mark){ index->size, at };
			index->next_mark = (index->size / MARK_STEP + 1) * MARK_STEP;
		}
		if (from[at] < 0x80) {
			index->bytes[index->size++] = (char)fold_point(from[at++]);
			continue;
		}
		at += utf8_read(from + at, text.size - at, &point);
		index->size += utf8_write((uint8_t *)index->bytes + index->size, fold_point(point));
	}
}

static void
add_value(struct search_index *index, const struct value *value, struct part *part)
{
	struct search_text text = { value->data, is_text(value) ? value->size : 0 };

	*part = (struct part){ text, index->size, search_lower(index->bytes + index->size, text) };
	if (part->plain)
		index->size += text.size;
	else
		fold_marked(index, text);
	index->bytes[index->size++] = (char)0xff;
}

static void
fill(struct search_index *index, const struct value *values)
{
	uint32_t i;

	index->size = index->next_mark = 0;
	for (i = 0; i < index->count; ++i)
		add_value(index, &values[i], &index->parts[i]);
	memset(index->bytes + index->size, 0, BLOCK_SIZE);
	for (i = index->size; i--;)
		index->firsts[window_slot(index, index->bytes + i)] = i + 1;
}

const struct search_index *
search_indexes_get(struct search_indexes *indexes, const struct value *values, uint32_t count)
{
	const void *from = count == 1 ? values->data : values;
	uint32_t from_size = count == 1 ? values->size : count, i;
	int64_t size;
	struct search_index *index;

	for (i = 0; i < INDEXES; ++i) {
		index = &indexes->all[i];
		if (index->from == from && index->from_size == from_size && index->count == count)
			return index;
	}
	size = texts_size(values, count);
	index = &indexes->all[indexes->next];
	index->count = 0;
	if (size < 0 || reserve(index, count, (size_t)size))
		return NULL;
	indexes->next = (indexes->next + 1) % INDEXES;
	index->from = from;
	index->from_size = from_size;
	index->count = count;
	fill(index, values);
	return index;
}

/* The pattern is not before this place; index->size: it is nowhere. */
static uint32_t
least_place(const struct search_index *index, struct search_text pattern)
{
	uint32_t least = 0, i, first;

	for (i = 0; i + WINDOW <= pattern.size; ++i) {
		first = index->firsts[window_slot(index, pattern.data + i)];
		if (!first)
			return index->size;
		if (first > least + i + 1)
			least = first - i - 1;
	}
	return least;
}

/* The first place of a folded pattern, not before at; index->size: none. */
static uint32_t
find_from(const struct search_index *index, struct search_text pattern, uint32_t at)
{
	const char *bytes = index->bytes;
	uint32_t last = pattern.size - 1, place;
	struct block block;
	uint64_t places;

	for (; at + last < index->size; at += BLOCK_SIZE) {
		block = block_read(bytes + at);
		places = block_equal(&block, pattern.data[0]);
		block = block_read(bytes + at + last);
		for (places &= block_equal(&block, pattern.data[last]); places; places &= places - 1) {
			place = at + (uint32_t)__builtin_ctzll(places);
			if (place + last < index->size && !memcmp(bytes + place, pattern.data, pattern.size))
				return place;
		}
	}
	return index->size;
}

/* The last value that begins at or before the place. */
static uint32_t
value_at(const struct search_index *index, uint32_t place)
{
	uint32_t low = 0, high = index->count, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (index->parts[middle].start <= place)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Where in a value a place of its folded text is. */
static uint32_t
offset_in(const struct search_index *index, uint32_t value, uint32_t place)
{
	const struct part *part = &index->parts[value];
	struct mark at;
	uint32_t point;
	uint8_t folded[4];

	if (part->plain)
		return place - part->start;
	at = index->marks[place / MARK_STEP];
	if (at.folded < part->start)
		at = (struct mark){ part->start, 0 };
	while (at.folded < place) {
		at.offset += utf8_read((const uint8_t *)part->text.data + at.offset, part->text.size - at.offset, &point);
		at.folded += utf8_write(folded, fold_point(point));
	}
	return at.offset;
}

int
search_index_find(const struct search_index *index, struct search_text pattern, struct search_place *place)
{
	char folded[FOLD_ROOM(SEARCH_INDEX_PATTERN_MAX) + 8];
	struct search_text wanted = { folded, pattern.size };
	uint32_t at;

	if (!search_lower(folded, pattern))
		wanted.size = (uint32_t)fold_text((uint8_t *)folded, (const uint8_t *)pattern.data, pattern.size, 1);
	at = find_from(index, wanted, least_place(index, wanted));
	if (at == index->size)
		return 0;
	place->value = value_at(index, at);
	place->offset = offset_in(index, place->value, at);
	return 1;
}
