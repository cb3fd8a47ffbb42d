/*
 * contains.c - the tables of a contains set (packrt_tables.h): filters, buckets and entries of both halves; the strings.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "contains.h"
#include "ir.h"
#include "packrt_tables.h"
#include "plan.h"
#include "usual.h"

enum { PAIR_BYTES = 64, PAIR_LEAST = 6, PAIR_MOST = 13 }; /* bytes of a filter for each window; log2 of all */
enum { FOUR_BITS = 32, FOUR_LEAST = 9, FOUR_MOST = 21, BUCKETS_MOST = 18 };
enum { STEP_LEAST = 2, STEP_MOST = 8, STEP_ENTRIES = 4096 }; /* a set of so many entries has no wider steps */

enum { USUAL_WEIGHT = 1000 }; /* what a window of a usual text counts */

struct window_count { /* how many strings have a window */
	uint64_t window;
	uint32_t count;
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
	uint8_t *filter; /* NULL: they are looked for one by one */
	uint32_t filter_size;
	struct entry *entries;
	uint32_t entry_count;
};

struct half {
	struct part few, pairs, fours;
	uint32_t letters; /* the first of few */
};

struct table {
	const struct plan_set *set;
	struct half halves[2];
	struct window_count *counts; /* of the part at hand */
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
	uint32_t i = contains_hash(window, 8) >> 32 & table->count_mask;

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
		windows_add(table, usual_text(i).data, usual_text(i).size, part, USUAL_WEIGHT);
	for (uint32_t i = 0; i < part->count; i++)
		windows_add(table, strings[part->list[i]].data, strings[part->list[i]].size, part, 1);
}

/* Where a string has its rarest window, from start on in steps, as far as an entry can tell. */
static uint32_t
window_rarest(const struct table *table, const struct plan_string *string, const struct part *part, uint32_t start)
{
	uint32_t best = UINT32_MAX, rarest = start;

	for (uint32_t at = start; at + part->size <= string->size && at <= UINT16_MAX; at += part->out.step) {
		uint32_t count = window_find(table, window_at(string->data, at, part->size))->count;

		if (count < best) {
			best = count;
			rarest = at;
		}
	}
	return rarest;
}

/* Entries -------------------------------------------------------------------------------------------------------------- */

static void
entry_add(const struct table *table, struct part *part, uint32_t number, uint32_t at, uint64_t hash)
{
	const struct plan_string *string = table->set->strings + number;
	struct entry *entry = part->entries + part->entry_count++;
	uint32_t room = sizeof(entry->out.bytes), size = string->size < room ? string->size : room;
	uint32_t first = at < string->size - size ? at : string->size - size;

	entry->hash = hash;
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

/* The window of a string that begins there, or some bytes later; with its entry. */
static uint64_t
window_add(const struct table *table, struct part *part, uint32_t number, uint32_t start)
{
	const struct plan_string *string = table->set->strings + number;
	uint32_t at = window_rarest(table, string, part, start);
	uint64_t window = window_at(string->data, at, part->size);

	entry_add(table, part, number, at, contains_hash(window, part->size));
	return window;
}

static void
part_begin(struct arena *arena, struct table *table, struct part *part, uint32_t filter_size)
{
	part->filter_size = filter_size;
	part->filter = arena_alloc(arena, filter_size);
	part->entries = arena_alloc(arena, part->count * part->out.step * sizeof(*part->entries));
	windows_count(arena, table, part);
}

static void
part_end(struct part *part)
{
	qsort(part->entries, part->entry_count, sizeof(*part->entries), entry_compare);
	part->out.buckets_shift = 64 - log_of(part->entry_count, 2, BUCKETS_MOST);
}

static void
pairs_make(struct arena *arena, struct table *table, struct part *part)
{
	uint32_t bits = log_of((uint64_t)part->count * PAIR_BYTES, PAIR_LEAST, PAIR_MOST);

	part->out.filter_shift = 16 - bits;
	part->out.step = 1;
	part_begin(arena, table, part, 1u << bits);
	for (uint32_t i = 0; i < part->count; i++)
		part->filter[contains_pair(window_add(table, part, part->list[i], 0)) >> part->out.filter_shift] = 1;
	part_end(part);
}

/* The widest steps in which a window of each string is met, wherever that is. */
static uint32_t
step_widest(const struct table *table, const struct part *part)
{
	uint32_t shortest = UINT32_MAX, step = STEP_LEAST;

	for (uint32_t i = 0; i < part->count; i++) {
		const struct plan_string *string = table->set->strings + part->list[i];

		shortest = string->size < shortest ? string->size : shortest;
	}
	while (step < STEP_MOST && 2 * step + part->size - 1 <= shortest && 2 * step * part->count <= STEP_ENTRIES)
		step *= 2;
	return step;
}

static void
fours_make(struct arena *arena, struct table *table, struct part *part)
{
	uint32_t step = step_widest(table, part);
	uint32_t bits = log_of((uint64_t)part->count * step * FOUR_BITS, FOUR_LEAST, FOUR_MOST);

	part->out.filter_mask = (1u << bits >> 6) - 1;
	part->out.step = step;
	part_begin(arena, table, part, 1u << bits >> 3);
	for (uint32_t i = 0; i < part->count; i++)
		for (uint32_t start = 0; start < step; start++) {
			uint32_t hash = contains_four(window_add(table, part, part->list[i], start));

			((uint64_t *)part->filter)[contains_word(hash, part->out.filter_mask)] |= UINT64_C(1) << contains_bit(hash);
		}
	part_end(part);
}

/* Halves --------------------------------------------------------------------------------------------------------------- */

static void
part_add(struct arena *arena, struct part *part, uint32_t string)
{
	part->list = arena_grow(arena, part->list, part->count, sizeof(*part->list));
	part->list[part->count++] = string;
}

/* A few strings are looked for one by one. */
static int
is_many(struct arena *arena, struct half *half, const struct part *part)
{
	if (part->count > CONTAINS_FEW)
		return 1;
	for (uint32_t i = 0; i < part->count; i++)
		part_add(arena, &half->few, part->list[i]);
	return 0;
}

static void
half_make(struct arena *arena, struct table *table, struct half *half, int ascii)
{
	half->pairs.size = CONTAINS_PAIR;
	half->fours.size = CONTAINS_FOUR;
	for (uint32_t i = 0; i < table->set->string_count; i++) {
		const struct plan_string *string = table->set->strings + i;

		if (is_ascii(string) == ascii)
			part_add(arena, string->size >= CONTAINS_LONG ? &half->fours : string->size > 1 ? &half->pairs : &half->few, i);
	}
	half->letters = half->few.count;
	if (is_many(arena, half, &half->pairs))
		pairs_make(arena, table, &half->pairs);
	if (is_many(arena, half, &half->fours))
		fours_make(arena, table, &half->fours);
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

	if (!part->filter)
		return;
	out->filter = place(at, part->filter_size);
	out->buckets = place(at, ((UINT64_C(1) << (64 - out->buckets_shift)) + 1) * sizeof(uint32_t));
	out->entries = place(at, part->entry_count * sizeof(struct contains_entry));
}

static struct contains_half
half_place(struct half *half, uint32_t *at)
{
	uint32_t few_list = place(at, half->few.count * sizeof(uint32_t));

	part_place(&half->pairs, at);
	part_place(&half->fours, at);
	return (struct contains_half){ half->few.count, few_list, half->letters, half->pairs.out, half->fours.out };
}

static void
entries_write(const struct part *part, uint32_t *buckets, struct contains_entry *entries)
{
	for (uint32_t i = 0; i < part->entry_count; i++) {
		entries[i] = part->entries[i].out;
		buckets[(part->entries[i].hash >> part->out.buckets_shift) + 1]++;
	}
	for (uint32_t i = 0; i < 1u << (64 - part->out.buckets_shift); i++)
		buckets[i + 1] += buckets[i];
}

static void
part_write(const struct part *part, uint8_t *bytes)
{
	const struct contains_part *out = &part->out;

	if (!part->filter)
		return;
	memcpy(bytes + out->filter, part->filter, part->filter_size);
	entries_write(part, (uint32_t *)(bytes + out->buckets), (struct contains_entry *)(bytes + out->entries));
}

static void
half_write(const struct half *half, uint32_t few_list, uint8_t *bytes)
{
	if (half->few.count)
		memcpy(bytes + few_list, half->few.list, half->few.count * sizeof(uint32_t));
	part_write(&half->pairs, bytes);
	part_write(&half->fours, bytes);
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
		half_write(table->halves + i, head.halves[i].few_list, bytes);
	strings_write(set, &head, bytes);
	return (const struct contains *)bytes;
}
