/* contains_parts.c - sorts the strings of a contains set into parts, and chooses the windows by which they are found. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "packrt_tables.h"
#include "contains_parts.h"
#include "contains_notes.h"
#include "ir.h"
#include "plan.h"
#include "usual.h"

enum { FILTER_BITS = 32, FILTER_LEAST = 9, FILTER_MOST = 21, BUCKETS_MOST = 18 };
enum { STEP_LEAST = 2, STEP_MOST = 8, STEP_ENTRIES = 4096 }; /* a set of so many entries has no wider steps */
enum { /* what has an anchor */
	ANCHOR_STEP = 4,   /* would be looked through in such steps, or wider ones */
	ANCHOR_RARE = 16,  /* one of so many bytes of its strings may be it, no more */
	ANCHOR_ALIKE = 4,  /* so many windows behind it may be the same */
};
enum { NOTED_MOST = 4096 }; /* windows of four bytes: notes would say little of so many */

struct window_count { /* of the longer strings of a half */
	uint64_t window;
	uint32_t count; /* of strings that have it, and NOTES_USUAL_COST for each place of usual texts */
};

struct table { /* a set, and what is counted of it */
	const struct plan_set *set;
	struct window_count *counts; /* of the half at hand */
	uint32_t count_mask;
};

static uint64_t
window_at(const char *text, uint32_t at, uint32_t size)
{
	uint64_t window = 0;

	for (uint32_t i = 0; i < size; i++)
		window |= (uint64_t)(uint8_t)text[at + i] << 8 * i;
	return window;
}

static uint32_t
log_of(uint64_t count, uint32_t least, uint32_t most)
{
	uint32_t bits = least;

	while (bits < most && UINT64_C(1) << bits < count)
		bits++;
	return bits;
}

static int
is_ascii(const struct plan_string *string)
{
	for (uint32_t i = 0; i < string->size; i++)
		if ((uint8_t)string->data[i] >= 0x80)
			return 0;
	return 1;
}

/* Windows: how often strings have them --------------------------------------------------------------------------------- */

static struct window_count *
window_find(const struct table *table, uint64_t window)
{
	uint32_t i = window * contains_factor(8) >> 32 & table->count_mask;

	while (table->counts[i].count && table->counts[i].window != window)
		i = (i + 1) & table->count_mask;
	return table->counts + i;
}

static void
windows_add(struct table *table, const char *text, uint32_t size, const struct part *part, uint32_t count)
{
	for (uint32_t at = 0; at + part->out.size <= size; at++) {
		struct window_count *found = window_find(table, window_at(text, at, part->out.size));

		found->window = window_at(text, at, part->out.size);
		found->count += count;
	}
}

static void
windows_count(struct arena *arena, struct table *table, const struct part *part)
{
	const struct plan_string *strings = table->set->strings;
	uint32_t total = 0, room = 16;

	for (enum usual i = 0; i < USUAL_COUNT; i++)
		total += usual_text(i).size;
	for (uint32_t i = 0; i < part->count; i++)
		total += strings[part->list[i]].size;
	while (room < 2 * total)
		room *= 2;
	table->counts = arena_alloc(arena, room * sizeof(*table->counts));
	table->count_mask = room - 1;
	for (enum usual i = 0; i < USUAL_COUNT; i++)
		windows_add(table, usual_text(i).data, usual_text(i).size, part, NOTES_USUAL_COST);
	for (uint32_t i = 0; i < part->count; i++)
		windows_add(table, strings[part->list[i]].data, strings[part->list[i]].size, part, 1);
}

static uint32_t
window_count(const struct table *table, const struct half *half, const char *window)
{
	return window_find(table, window_at(window, 0, half->longer.out.size))->count;
}

/* What it costs that a string has a window: so often will the string be compared in vain, and so many more places pass. */
static uint64_t
window_cost(const struct table *table, const struct half *half, const char *window)
{
	uint32_t count = window_count(table, half, window);

	return count + (half->notes ? notes_cost(half->notes, window, count / NOTES_USUAL_COST) : 0);
}

/* Where a string has the window that costs least, from start on in steps, as far as an entry can tell. */
static uint32_t
window_best(const struct table *table, const struct half *half, const struct plan_string *string, uint32_t start)
{
	uint32_t size = half->longer.out.size;
	uint64_t least = UINT64_MAX;
	uint32_t best = start;

	for (uint32_t at = start; at + size <= string->size && at <= UINT16_MAX; at += half->step) {
		uint64_t cost = window_cost(table, half, string->data + at);

		if (cost < least) {
			least = cost;
			best = at;
		}
	}
	return best;
}

/* Entries -------------------------------------------------------------------------------------------------------------- */

static void
entry_add(const struct table *table, struct part *part, uint32_t number, uint32_t at)
{
	const struct plan_string *string = table->set->strings + number;
	struct entry *entry = part->entries + part->entry_count++;
	uint32_t room = sizeof(entry->out.bytes), size = string->size < room ? string->size : room;
	uint32_t first = at < string->size - size ? at : string->size - size;

	entry->next = at + part->out.size < string->size ? contains_next(string->data[at + part->out.size]) : UINT32_MAX;
	entry->hash = window_at(string->data, at, part->out.size) * part->out.factor;
	entry->out.at = at;
	entry->out.from = (int)first - (int)at;
	entry->out.shift = 8 * (room - size);
	for (uint32_t i = 0; i < size; i++)
		entry->out.bytes |= (uint64_t)(uint8_t)string->data[first + i] << (entry->out.shift + 8 * i);
	/* One with a 0 could be found over the end of a text. */
	entry->out.found = size == string->size && string->predicate_count == 1 && !memchr(string->data, 0, size) ?
		string->predicates[0] : number | CONTAINS_STRING;
}

static int
entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->out.found != y->out.found)
		return x->out.found < y->out.found ? -1 : 1;
	return (x->out.at > y->out.at) - (x->out.at < y->out.at);
}

/* Parts ---------------------------------------------------------------------------------------------------------------- */

/* The widest steps in which a window of each string is met, wherever that is. */
static uint32_t
step_widest(const struct table *table, const struct part *part)
{
	uint32_t shortest = UINT32_MAX, step = STEP_LEAST;

	for (uint32_t i = 0; i < part->count; i++) {
		const struct plan_string *string = table->set->strings + part->list[i];

		shortest = string->size < shortest ? string->size : shortest;
	}
	while (step < STEP_MOST && 2 * step + CONTAINS_FOUR - 1 <= shortest && 2 * step * part->count <= STEP_ENTRIES)
		step *= 2;
	return step;
}

static void
part_begin(struct arena *arena, struct part *part, uint32_t size, uint32_t step)
{
	part->out.size = size;
	part->out.factor = contains_factor(size);
	part->entries = arena_alloc(arena, part->count * step * sizeof(*part->entries));
}

static void
part_end(struct part *part)
{
	qsort(part->entries, part->entry_count, sizeof(*part->entries), entry_compare);
	part->out.buckets_shift = 64 - log_of(part->entry_count, 2, BUCKETS_MOST);
}

static void
pairs_make(struct arena *arena, const struct table *table, struct half *half)
{
	struct part *part = &half->pairs;

	part_begin(arena, part, CONTAINS_PAIR, 1);
	for (uint32_t i = 0; i < part->count; i++) {
		notes_add_pair(half->notes, table->set->strings[part->list[i]].data);
		entry_add(table, part, part->list[i], 0);
	}
	part_end(part);
}

static void
filter_make(struct arena *arena, struct half *half, uint32_t windows)
{
	uint32_t bits = log_of((uint64_t)windows * FILTER_BITS, FILTER_LEAST, FILTER_MOST);

	half->filter_bits = bits - 6;
	half->filter = arena_alloc(arena, 1u << bits >> 3);
}

static void
filter_add(struct half *half, const char *window)
{
	const uint32_t shift = 64 - half->filter_bits;
	uint64_t hash = window_at(window, 0, half->longer.out.size) * half->longer.out.factor;

	half->filter[contains_word(hash, shift)] |= contains_bits(hash, shift);
}

/* The window of a string that begins there, or some bytes later; with its entry. */
static void
window_add(const struct table *table, struct half *half, uint32_t number, uint32_t start)
{
	const struct plan_string *string = table->set->strings + number;
	uint32_t at = window_best(table, half, string, start);
	const char *window = string->data + at;

	if (half->notes)
		notes_add(half->notes, window, window_count(table, half, window) / NOTES_USUAL_COST);
	else
		filter_add(half, window);
	entry_add(table, &half->longer, number, at);
}

/* The short ones first, which have no choice. */
static int
size_compare(const void *a, const void *b, void *strings)
{
	const struct plan_string *all = strings;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return all[x].size != all[y].size ? (all[x].size > all[y].size) - (all[x].size < all[y].size) : (x > y) - (x < y);
}

static void
longer_make(struct arena *arena, struct table *table, struct half *half)
{
	struct part *part = &half->longer;

	part_begin(arena, part, half->step == 1 ? CONTAINS_THREE : CONTAINS_FOUR, half->step);
	windows_count(arena, table, part);
	qsort_r(part->list, part->count, sizeof(*part->list), size_compare, table->set->strings);
	for (uint32_t i = 0; i < part->count; i++)
		for (uint32_t start = 0; start < half->step; start++)
			window_add(table, half, part->list[i], start);
	part_end(part);
}

/* Anchors -------------------------------------------------------------------------------------------------------------- */

/* Where a string has the byte with a window behind it; 0: nowhere. */
static uint32_t
anchor_window(const struct plan_string *string, uint8_t anchor)
{
	const char *found = string->size > CONTAINS_EIGHT ? memchr(string->data, anchor, string->size - CONTAINS_EIGHT) : NULL;

	return found && found - string->data < UINT16_MAX ? found - string->data + 1 : 0;
}

/* Such a byte is rare in no text. */
static int
is_word(int byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

/* The byte that comes least often of those that each string has an anchor of; 0: none comes so seldom. */
static uint8_t
anchor_find(const struct table *table, const struct part *part)
{
	uint32_t least = 0, anchored[256] = { 0 }, all[256] = { 0 };
	uint8_t best = 0;

	for (uint32_t i = 0; i < part->count; i++) {
		const struct plan_string *string = table->set->strings + part->list[i];

		least += string->size / ANCHOR_RARE;
		for (uint32_t at = 0; at < string->size; at++)
			all[(uint8_t)string->data[at]]++;
		for (int byte = 1; byte < 256; byte++)
			anchored[byte] += anchor_window(string, byte) != 0;
	}
	for (int byte = 1; byte < 256; byte++)
		if (anchored[byte] == part->count && all[byte] <= least && !is_word(byte)) {
			least = all[byte];
			best = byte;
		}
	return best;
}

static int
has_alike(const struct part *part)
{
	for (uint32_t i = ANCHOR_ALIKE; i < part->entry_count; i++)
		if (part->entries[i].hash == part->entries[i - ANCHOR_ALIKE].hash)
			return 1;
	return 0;
}

/* 0: that would not be better. */
static int
anchored_make(struct arena *arena, const struct table *table, struct half *half)
{
	struct part *part = &half->longer;

	half->anchor = half->step >= ANCHOR_STEP ? anchor_find(table, part) : 0;
	if (!half->anchor)
		return 0;
	part_begin(arena, part, CONTAINS_EIGHT, 1);
	for (uint32_t i = 0; i < part->count; i++)
		entry_add(table, part, part->list[i], anchor_window(table->set->strings + part->list[i], half->anchor));
	part_end(part);
	if (!has_alike(part))
		return 1;
	*part = (struct part){ .list = part->list, .count = part->count };
	half->anchor = 0;
	return 0;
}

/* Halves --------------------------------------------------------------------------------------------------------------- */

static void
part_add(struct arena *arena, struct part *part, uint32_t string)
{
	part->list = arena_grow(arena, part->list, part->count, sizeof(*part->list));
	part->list[part->count++] = string;
}

static void
part_move(struct arena *arena, struct part *from, struct part *to)
{
	for (uint32_t i = 0; i < from->count; i++)
		part_add(arena, to, from->list[i]);
	from->count = 0;
}

/* Sorts the strings of a half into its parts: a few are looked for one by one. */
static void
half_sort(struct arena *arena, const struct table *table, struct half *half, int ascii)
{
	struct part threes = { .count = 0 }; /* and fours: too short for wider steps */
	int is_close;

	for (uint32_t i = 0; i < table->set->string_count; i++) {
		uint32_t size = table->set->strings[i].size;

		if (is_ascii(table->set->strings + i) == ascii)
			part_add(arena, size == 1 ? &half->few : size == CONTAINS_PAIR ? &half->pairs :
			         size < CONTAINS_LONG ? &threes : &half->longer, i);
	}
	half->letters = half->few.count;
	is_close = half->pairs.count + threes.count > CONTAINS_FEW;
	if (!is_close) {
		part_move(arena, &half->pairs, &half->few);
		part_move(arena, &threes, &half->few);
		if (half->longer.count <= CONTAINS_FEW)
			part_move(arena, &half->longer, &half->few);
	}
	part_move(arena, &threes, &half->longer);
	half->step = is_close ? 1 : step_widest(table, &half->longer);
}

void
half_make(struct arena *arena, const struct plan_set *set, struct half *half, int ascii)
{
	struct table table = { .set = set };
	uint32_t windows;

	half_sort(arena, &table, half, ascii);
	windows = half->pairs.count + half->longer.count * half->step;
	if (!windows)
		return;
	if (anchored_make(arena, &table, half))
		return;
	if (half->step < STEP_LEAST || (half->step == STEP_LEAST && windows <= NOTED_MOST))
		half->notes = notes_new(arena, half->step, windows, half->pairs.count != 0);
	else
		filter_make(arena, half, windows);
	if (half->pairs.count)
		pairs_make(arena, &table, half);
	if (half->longer.count)
		longer_make(arena, &table, half);
	if (half->notes)
		half->notes_bytes = notes_table(half->notes, &half->notes_bits);
}
