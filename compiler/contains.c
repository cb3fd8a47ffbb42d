/*
 * contains.c - the tables of a contains set (packrt_tables.h): filters, buckets and entries of both halves; the strings.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "contains.h"
#include "contains_notes.h"
#include "ir.h"
#include "packrt_tables.h"
#include "plan.h"
#include "usual.h"

enum { FILTER_BITS = 32, FILTER_LEAST = 9, FILTER_MOST = 21, BUCKETS_MOST = 18 };
enum { STEP_LEAST = 2, STEP_MOST = 8, STEP_ENTRIES = 4096 }; /* a set of so many entries has no wider steps */
enum { NOTED_MOST = 4096 }; /* windows of four bytes: notes would say little of so many */

struct window_count { /* of the longer strings of a half */
	uint64_t window;
	uint32_t count; /* of strings that have it, and NOTES_USUAL_COST for each place of usual texts */
};

struct entry { /* before it is sorted by bucket */
	struct contains_entry out;
	uint64_t hash;
};

struct part { /* strings that are found by windows of one size */
	struct contains_part out;
	uint32_t size;  /* of windows */
	uint32_t *list; /* their numbers */
	uint32_t count;
	struct entry *entries;
	uint32_t entry_count;
	uint32_t place; /* where they are written */
};

struct half {
	struct part few, pairs, longer;
	uint32_t letters;     /* the first of few */
	uint32_t step;        /* from one place of a text to the next */
	struct notes *notes;  /* NULL: a filter */
	const uint8_t *notes_bytes;
	uint32_t notes_bits;  /* log2 of their number */
	uint64_t *filter;
	uint32_t filter_words, filter_shift;
};

struct table {
	const struct plan_set *set;
	struct half halves[2];
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
	for (uint32_t at = 0; at + part->size <= size; at++) {
		struct window_count *found = window_find(table, window_at(text, at, part->size));

		found->window = window_at(text, at, part->size);
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
	return window_find(table, window_at(window, 0, half->longer.size))->count;
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
	uint32_t size = half->longer.size;
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

	entry->hash = window_at(string->data, at, part->size) * part->out.factor;
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

static uint32_t
size_shortest(const struct table *table, const struct part *part)
{
	uint32_t shortest = UINT32_MAX;

	for (uint32_t i = 0; i < part->count; i++) {
		const struct plan_string *string = table->set->strings + part->list[i];

		shortest = string->size < shortest ? string->size : shortest;
	}
	return shortest;
}

/* The widest steps in which a window of each string is met, wherever that is. */
static uint32_t
step_widest(const struct table *table, const struct part *part)
{
	uint32_t shortest = size_shortest(table, part), step = STEP_LEAST;

	while (step < STEP_MOST && 2 * step + CONTAINS_FOUR - 1 <= shortest && 2 * step * part->count <= STEP_ENTRIES)
		step *= 2;
	return step;
}

/* Of the longer strings. Four digits of a hash are soon in another hash, too: where steps are wide eight are looked at, if each
 * string has so many at every place in a step. */
static uint32_t
window_size(const struct table *table, const struct half *half)
{
	if (half->step == 1)
		return CONTAINS_THREE;
	if (half->step == STEP_LEAST || half->step + CONTAINS_EIGHT - 1 > size_shortest(table, &half->longer))
		return CONTAINS_FOUR;
	return CONTAINS_EIGHT;
}

static void
part_begin(struct arena *arena, struct part *part, uint32_t size, uint32_t step)
{
	part->size = size;
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

	half->filter_words = 1u << bits >> 6;
	half->filter_shift = 64 - (bits - 6);
	half->filter = arena_alloc(arena, 1u << bits >> 3);
}

static void
filter_add(struct half *half, const char *window)
{
	uint64_t hash = window_at(window, 0, half->longer.size) * half->longer.out.factor;

	half->filter[contains_word(hash, half->filter_shift)] |= contains_bits(hash, half->filter_shift);
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

	part_begin(arena, part, window_size(table, half), half->step);
	windows_count(arena, table, part);
	qsort_r(part->list, part->count, sizeof(*part->list), size_compare, table->set->strings);
	for (uint32_t i = 0; i < part->count; i++)
		for (uint32_t start = 0; start < half->step; start++)
			window_add(table, half, part->list[i], start);
	part_end(part);
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

static void
half_make(struct arena *arena, struct table *table, struct half *half, int ascii)
{
	uint32_t windows;

	half_sort(arena, table, half, ascii);
	windows = half->pairs.count + half->longer.count * half->step;
	if (!windows)
		return;
	if (half->step < STEP_LEAST || (half->step == STEP_LEAST && windows <= NOTED_MOST))
		half->notes = notes_new(arena, half->step, windows, half->pairs.count != 0);
	else
		filter_make(arena, half, windows);
	if (half->pairs.count)
		pairs_make(arena, table, half);
	if (half->longer.count)
		longer_make(arena, table, half);
	if (half->notes)
		half->notes_bytes = notes_table(half->notes, &half->notes_bits);
}

/* Writing -------------------------------------------------------------------------------------------------------------- */

/* Room for size bytes behind what is there. */
static uint32_t
place(uint32_t *at, uint64_t size)
{
	uint32_t start = (*at + 7) / 8 * 8;

	*at = start + size;
	return start;
}

static void
part_place(struct part *part, uint32_t *at)
{
	struct contains_part *out = &part->out;

	if (!part->count)
		return;
	out->buckets = place(at, ((UINT64_C(1) << (64 - out->buckets_shift)) + 1) * sizeof(uint32_t));
	part->place = place(at, part->entry_count * sizeof(struct contains_entry));
}

static struct contains_half
half_place(struct half *half, uint32_t *at)
{
	struct contains_half out = { .few = half->few.count, .letters = half->letters, .step = half->step };

	out.few_list = place(at, half->few.count * sizeof(uint32_t));
	if (half->notes) {
		out.notes = place(at, 1u << half->notes_bits);
		out.notes_shift = 16 - half->notes_bits;
	}
	if (half->filter) {
		out.filter = place(at, half->filter_words * sizeof(uint64_t));
		out.filter_shift = half->filter_shift;
	}
	part_place(&half->pairs, at);
	part_place(&half->longer, at);
	out.pairs = half->pairs.out;
	out.longer = half->longer.out;
	return out;
}

static void
part_write(const struct part *part, uint8_t *bytes)
{
	struct contains_entry *entries = (struct contains_entry *)(bytes + part->place);
	uint32_t *buckets = (uint32_t *)(bytes + part->out.buckets), shift = part->out.buckets_shift;

	if (!part->count)
		return;
	for (uint32_t i = 0; i < part->entry_count; i++) {
		entries[i] = part->entries[i].out;
		buckets[(part->entries[i].hash >> shift) + 1] += sizeof(*entries);
	}
	buckets[0] = part->place;
	for (uint32_t i = 0; i < 1u << (64 - shift); i++)
		buckets[i + 1] += buckets[i];
}

static void
half_write(const struct half *half, const struct contains_half *out, uint8_t *bytes)
{
	if (half->few.count)
		memcpy(bytes + out->few_list, half->few.list, half->few.count * sizeof(uint32_t));
	if (half->notes)
		memcpy(bytes + out->notes, half->notes_bytes, 1u << half->notes_bits);
	if (half->filter)
		memcpy(bytes + out->filter, half->filter, half->filter_words * sizeof(uint64_t));
	part_write(&half->pairs, bytes);
	part_write(&half->longer, bytes);
}

static void
strings_write(const struct plan_set *set, const struct contains *head, uint8_t *bytes)
{
	struct contains_string *strings = (struct contains_string *)(bytes + head->strings);
	uint32_t *predicates = (uint32_t *)(bytes + head->predicates), text = 0, first = 0;

	for (uint32_t i = 0; i < set->string_count; i++) {
		const struct plan_string *string = set->strings + i;

		strings[i] = (struct contains_string){ text, string->size, first, string->predicate_count };
		memcpy(predicates + first, string->predicates, string->predicate_count * sizeof(*predicates));
		memcpy(bytes + head->texts + text, string->data, string->size);
		first += string->predicate_count;
		text += string->size;
	}
}

/* Returns the size of all. */
static uint32_t
head_make(struct table *table, struct contains *head)
{
	const struct plan_set *set = table->set;
	uint32_t size = 0, predicates = 0, texts = 0;

	for (uint32_t i = 0; i < set->string_count; i++) {
		texts += set->strings[i].size;
		predicates += set->strings[i].predicate_count;
	}
	place(&size, sizeof(*head));
	for (int i = 0; i < 2; i++)
		head->halves[i] = half_place(table->halves + i, &size);
	head->strings = place(&size, set->string_count * sizeof(struct contains_string));
	head->predicates = place(&size, predicates * sizeof(uint32_t));
	head->texts = place(&size, texts + CONTAINS_TEXTS_PAD);
	return (size + 7) / 8 * 8;
}

const struct contains *
contains_make(struct arena *arena, const struct plan_set *set, uint32_t *size)
{
	struct table *table = arena_alloc(arena, sizeof(*table));
	struct contains head = { .strings = 0 };
	uint8_t *bytes;

	table->set = set;
	half_make(arena, table, table->halves, 1);
	half_make(arena, table, table->halves + 1, 0);
	*size = head_make(table, &head);
	bytes = arena_alloc(arena, *size);
	memcpy(bytes, &head, sizeof(head));
	for (int i = 0; i < 2; i++)
		half_write(table->halves + i, head.halves + i, bytes);
	strings_write(set, &head, bytes);
	return (const struct contains *)bytes;
}
