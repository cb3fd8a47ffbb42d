/*
 * emit_contains.c - the tables of a contains set (packrt.h): parts with filter, buckets and entries; the strings.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "packrt.h"
#include "plan.h"
#include "usual.h"

enum { FILTER_BITS = 32, FILTER_LEAST = 9, FILTER_MOST = 21, BUCKETS_MOST = 17, PAIR_WORDS = 65536 / 64 };

enum { USUAL = 1000 }; /* what a window from a usual text counts */

struct window_count { /* how many strings have a window */
	uint32_t window, count;
};

struct entry { /* of a part, before it is sorted by bucket */
	struct contains_entry out;
	uint64_t hash;
};

struct part {
	struct contains_part out;
	struct entry *entries;
	uint32_t size;         /* of its windows: CONTAINS_WINDOW or CONTAINS_PAIR */
	uint64_t *filter;
	uint32_t filter_words, bucket_bits;
	int wide;              /* its strings have other bytes than ASCII */
};

struct table {
	const struct plan_set *set;
	struct part parts[CONTAINS_PARTS];
	struct window_count *counts;
	uint32_t count_mask;
	uint32_t singles[256];
	int has_singles;
	uint32_t lists, texts; /* sizes */
};

static uint32_t
window_at(const char *text, uint32_t at, uint32_t size)
{
	uint32_t window = 0;

	for (uint32_t i = 0; i < size; i++)
		window |= (uint32_t)(uint8_t)text[at + i] << 8 * i;
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

static uint32_t
part_of(const struct plan_string *string)
{
	uint32_t part = string->size >= CONTAINS_LONG_MIN ? CONTAINS_LONG : CONTAINS_SHORT;

	for (uint32_t i = 0; i < string->size; i++)
		if ((uint8_t)string->data[i] >= 0x80)
			return part + CONTAINS_PARTS / 2;
	return part;
}

/* Windows: how often strings have them --------------------------------------------------------------------------------- */

static struct window_count *
window_find(struct table *table, uint32_t window)
{
	uint32_t i = contains_hash(window) >> 32 & table->count_mask;

	while (table->counts[i].count && table->counts[i].window != window)
		i = (i + 1) & table->count_mask;
	return table->counts + i;
}

static void
window_add(struct table *table, uint32_t window, uint32_t count)
{
	struct window_count *found = window_find(table, window);

	found->window = window;
	found->count += count;
}

static void
windows_count(struct emitter *emitter, struct table *table, uint32_t number)
{
	const struct plan_set *set = table->set;
	uint32_t total, room = 16, size = table->parts[number].size, usual_size;
	const char *usual = usual_text(&usual_size);

	total = usual_size;
	for (uint32_t i = 0; i < set->string_count; i++)
		total += part_of(set->strings + i) == number ? set->strings[i].size : 0;
	while (room < 2 * total)
		room *= 2;
	table->counts = arena_alloc(emitter->arena, room * sizeof(*table->counts));
	table->count_mask = room - 1;
	for (uint32_t at = 0; at + size <= usual_size; at++)
		window_add(table, window_at(usual, at, size), USUAL);
	for (uint32_t i = 0; i < set->string_count; i++) {
		if (part_of(set->strings + i) != number)
			continue;
		for (uint32_t at = 0; at + size <= set->strings[i].size; at++)
			window_add(table, window_at(set->strings[i].data, at, size), 1);
	}
}

/* Entries -------------------------------------------------------------------------------------------------------------- */

/* Up to 4 bytes that follow the window, or where it is the end, that are before it. */
static void
entry_near(struct entry *entry, const struct plan_string *string, uint32_t size)
{
	uint32_t end = entry->out.at + size, after = end < string->size ? string->size - end : 0;
	uint32_t before = entry->out.at < 4 ? entry->out.at : 4;

	entry->out.beside = after ? (int32_t)size : -4;
	after = after < 4 ? after : 4;
	for (uint32_t i = 0; i < (after ? after : before); i++) {
		uint32_t shift = after ? 8 * i : 24 - 8 * i;

		entry->out.near |= (uint32_t)(uint8_t)string->data[after ? end + i : entry->out.at - 1 - i] << shift;
		entry->out.mask |= UINT32_C(0xff) << shift;
	}
}

/* By its rarest window among those at every step-th place. */
static void
entry_add(struct table *table, struct part *part, uint32_t number, uint32_t start, uint32_t step)
{
	const struct plan_string *string = table->set->strings + number;
	struct entry *entry = part->entries + part->out.count++;
	uint32_t best = UINT32_MAX;

	for (uint32_t at = start; at + part->size <= string->size; at += step) {
		uint32_t count = window_find(table, window_at(string->data, at, part->size))->count;

		if (count < best) {
			best = count;
			entry->out.at = at;
		}
	}
	entry->out.window = window_at(string->data, entry->out.at, part->size);
	entry_near(entry, string, part->size);
	entry->out.string = number;
	entry->hash = contains_hash(entry->out.window);
}

static int
entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->out.string != y->out.string)
		return x->out.string < y->out.string ? -1 : 1;
	return (x->out.at > y->out.at) - (x->out.at < y->out.at);
}

static void
part_entries(struct emitter *emitter, struct table *table, uint32_t number)
{
	struct part *part = table->parts + number;
	int is_long = number % 2 == CONTAINS_LONG;
	uint32_t strings = 0;

	for (uint32_t i = 0; i < table->set->string_count; i++)
		strings += part_of(table->set->strings + i) == number;
	part->size = is_long ? CONTAINS_WINDOW : CONTAINS_PAIR;
	part->wide = number >= CONTAINS_PARTS / 2;
	part->out.few = strings <= CONTAINS_FEW;
	part->entries = arena_alloc(emitter->arena, (2 * strings + 1) * sizeof(*part->entries));
	windows_count(emitter, table, number);
	for (uint32_t i = 0; i < table->set->string_count; i++) {
		const struct plan_string *string = table->set->strings + i;

		if (part_of(string) != number)
			continue;
		if (string->size == 1 && !part->out.few)
			table->singles[(uint8_t)string->data[0]] = i + 1;
		else
			entry_add(table, part, i, 0, is_long && !part->out.few ? 2 : 1);
		if (is_long && !part->out.few)
			entry_add(table, part, i, 1, 2);
	}
	qsort(part->entries, part->out.count, sizeof(*part->entries), entry_compare);
}

/* Filters -------------------------------------------------------------------------------------------------------------- */

static void
filter_set(struct part *part, uint32_t bit)
{
	part->filter[bit / 64] |= UINT64_C(1) << bit % 64;
}

static void
filter_long(struct emitter *emitter, struct part *part)
{
	uint32_t bits = log_of((uint64_t)part->out.count * FILTER_BITS, FILTER_LEAST, FILTER_MOST);

	part->filter_words = 1u << (bits - 6);
	part->filter = arena_alloc(emitter->arena, part->filter_words * sizeof(*part->filter));
	part->out.filter_shift = 64 - (bits - 6);
	for (uint32_t i = 0; i < part->out.count; i++) {
		uint64_t hash = part->entries[i].hash;

		filter_set(part, (hash >> part->out.filter_shift) * 64 + contains_bit(hash));
		filter_set(part, (hash >> part->out.filter_shift) * 64 + contains_other_bit(hash));
	}
}

static void
filter_short(struct emitter *emitter, struct part *part)
{
	part->filter_words = PAIR_WORDS;
	part->filter = arena_alloc(emitter->arena, part->filter_words * sizeof(*part->filter));
	for (uint32_t i = 0; i < part->out.count; i++)
		filter_set(part, part->entries[i].out.window);
}

static void
part_make(struct emitter *emitter, struct table *table, uint32_t number)
{
	struct part *part = table->parts + number;

	part_entries(emitter, table, number);
	if (number == CONTAINS_SHORT)
		for (uint32_t byte = 0; byte < 256; byte++)
			table->has_singles |= table->singles[byte] != 0;
	if (part->out.few)
		return;
	if (part->size == CONTAINS_WINDOW)
		filter_long(emitter, part);
	else
		filter_short(emitter, part);
	part->bucket_bits = log_of(part->out.count, 2, BUCKETS_MOST);
	part->out.bucket_shift = 64 - part->bucket_bits;
}

/* Writing -------------------------------------------------------------------------------------------------------------- */

static uint32_t
part_size(const struct part *part)
{
	uint32_t buckets = part->out.few ? 0 : (1u << part->bucket_bits) + 2; /* one more, and to the next 8 bytes */

	return part->filter_words * 8 + buckets * 4 + part->out.count * sizeof(struct contains_entry);
}

/* Offsets of all tables; returns the size of what is before the texts. */
static void
table_place(struct table *table, struct contains *head)
{
	const struct plan_set *set = table->set;
	uint32_t at = (sizeof(*head) + 7) / 8 * 8;

	for (uint32_t i = 0; i < CONTAINS_PARTS; i++) {
		struct part *part = table->parts + i;
		uint32_t buckets = part->filter_words * 8, entries = part_size(part) - part->out.count * sizeof(struct contains_entry);

		part->out.filter = at;
		part->out.buckets = at + buckets;
		part->out.entries = at + entries;
		at += part_size(part);
		head->parts[i] = part->out;
	}
	head->strings = at;
	head->first = at += set->string_count * sizeof(struct contains_string);
	head->list = at += (set->string_count + 1) * sizeof(uint32_t);
	head->singles = at += table->lists * sizeof(uint32_t);
	head->texts = at += table->has_singles ? sizeof(table->singles) : 0;
	if (!table->has_singles)
		head->singles = 0;
}

static void
emit_rows(FILE *out, const uint32_t *numbers, uint32_t count)
{
	fputs("\t{", out);
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, "%s%u,", i % 24 ? "" : "\n\t", numbers[i]);
	fputs("\n\t},\n", out);
}

static void
emit_part(struct emitter *emitter, FILE *out, const struct part *part)
{
	uint32_t buckets = (1u << part->bucket_bits) + 2, *starts = arena_alloc(emitter->arena, buckets * sizeof(*starts));

	if (!part->out.few) {
		fputs("\t{", out);
		for (uint32_t i = 0; i < part->filter_words; i++)
			fprintf(out, "%s0x%llx,", i % 8 ? "" : "\n\t", (unsigned long long)part->filter[i]);
		fputs("\n\t},\n", out);
		for (uint32_t bucket = 0, i = 0; bucket < buckets; bucket++) {
			while (i < part->out.count && part->entries[i].hash >> part->out.bucket_shift < bucket)
				i++;
			starts[bucket] = i;
		}
		emit_rows(out, starts, buckets);
	}
	if (!part->out.count)
		return;
	fputs("\t{", out);
	for (uint32_t i = 0; i < part->out.count; i++) {
		const struct contains_entry *entry = &part->entries[i].out;

		fprintf(out, "%s{%u,%u,%u,%u,%u,%d},", i % 4 ? " " : "\n\t", entry->window, entry->string, entry->at, entry->near,
		        entry->mask, (int)entry->beside);
	}
	fputs("\n\t},\n", out);
}

static void
emit_strings_of(struct emitter *emitter, FILE *out, const struct table *table)
{
	const struct plan_set *set = table->set;
	uint32_t *numbers = arena_alloc(emitter->arena, (2 * set->string_count + table->lists + 1) * sizeof(*numbers));
	uint32_t at = 0, count = 0;

	for (uint32_t i = 0; i < set->string_count; i++) {
		numbers[2 * i] = at;
		numbers[2 * i + 1] = set->strings[i].size;
		at += set->strings[i].size;
	}
	emit_rows(out, numbers, 2 * set->string_count);
	for (uint32_t i = 0; i <= set->string_count; i++) {
		numbers[i] = count;
		count += i < set->string_count ? set->strings[i].predicate_count : 0;
	}
	emit_rows(out, numbers, set->string_count + 1);
	count = 0;
	for (uint32_t i = 0; i < set->string_count; i++)
		for (uint32_t k = 0; k < set->strings[i].predicate_count; k++)
			numbers[count++] = set->strings[i].predicates[k];
	emit_rows(out, numbers, count);
	if (table->has_singles)
		emit_rows(out, table->singles, 256);
	for (uint32_t i = 0; i < set->string_count; i++) {
		fputc('\t', out);
		emit_string(out, set->strings[i].data, set->strings[i].size);
		fputc('\n', out);
	}
}

/* The struct that holds a table: its members in the order of table_place(). */
static void
emit_type(FILE *out, const struct table *table)
{
	fputs("static const struct {\n\tstruct contains head __attribute__((aligned(8)));\n", out);
	for (uint32_t i = 0; i < CONTAINS_PARTS; i++) {
		const struct part *part = table->parts + i;

		if (!part->out.few)
			fprintf(out, "\tuint64_t filter_%u[%u];\n\tuint32_t buckets_%u[%u];\n", i, part->filter_words, i,
			        (1u << part->bucket_bits) + 2);
		if (part->out.count)
			fprintf(out, "\tstruct contains_entry entries_%u[%u] __attribute__((aligned(8)));\n", i, part->out.count);
	}
	fprintf(out, "\tuint32_t strings[%u] __attribute__((aligned(8))), first[%u], list[%u];\n", 2 * table->set->string_count,
	        table->set->string_count + 1, table->lists);
	if (table->has_singles)
		fputs("\tuint32_t singles[256];\n", out);
	fprintf(out, "\tchar texts[%u];\n} ", table->texts + 1);
}

void
emit_contains(struct emitter *emitter, FILE *out, const char *name, const struct plan_set *set)
{
	struct table *table = arena_alloc(emitter->arena, sizeof(*table));
	struct contains head = { .texts = 0 };

	table->set = set;
	for (uint32_t i = 0; i < set->string_count; i++) {
		table->texts += set->strings[i].size;
		table->lists += set->strings[i].predicate_count;
	}
	for (uint32_t i = 0; i < CONTAINS_PARTS; i++)
		part_make(emitter, table, i);
	table_place(table, &head);
	emit_type(out, table);
	fprintf(out, "%s = {\n\t{ {", name);
	for (uint32_t i = 0; i < CONTAINS_PARTS; i++)
		fprintf(out, " { %u, %u, %u, %u, %u, %u, %u },", head.parts[i].count, head.parts[i].few,
		        head.parts[i].filter_shift, head.parts[i].bucket_shift, head.parts[i].filter, head.parts[i].buckets,
		        head.parts[i].entries);
	fprintf(out, " }, %u, %u, %u, %u, %u },\n", head.strings, head.texts, head.first, head.list, head.singles);
	for (uint32_t i = 0; i < CONTAINS_PARTS; i++)
		emit_part(emitter, out, table->parts + i);
	emit_strings_of(emitter, out, table);
	fputs("};\n\n", out);
}
