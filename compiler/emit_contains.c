/*
 * emit_contains.c - the tables of a contains set (packrt.h): parts with filter, buckets and entries; the strings.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "packrt_tables.h"
#include "plan.h"
#include "usual.h"

enum { FILTER_BITS = 32, FILTER_LEAST = 9, FILTER_MOST = 21, BUCKETS_MOST = 17, PAIR_WORDS = 65536 / 64 };

enum { USUAL = 1000 }; /* what a window from a usual text counts */

struct window_count { /* how many strings have a window */
	uint64_t window;
	uint32_t count;
};

static const struct window_form {
	uint32_t size, step;
} window_forms[CONTAINS_PLAIN] = {
	[CONTAINS_SINGLE] = { 1, 1 },
	[CONTAINS_SHORT] = { CONTAINS_SHORT_WINDOW, CONTAINS_SHORT_STEP },
	[CONTAINS_MIDDLE] = { CONTAINS_MIDDLE_WINDOW, CONTAINS_MIDDLE_STEP },
	[CONTAINS_LONG] = { CONTAINS_LONG_WINDOW, CONTAINS_LONG_STEP },
};

struct entry { /* of a part, before it is sorted by bucket */
	struct contains_entry out;
	uint64_t hash, beside;
};

struct part {
	struct contains_part out;
	struct entry *entries;
	struct window_form form;
	uint64_t *filter;
	uint32_t filter_words, bucket_bits;
};

struct table {
	const struct plan_set *set;
	struct part parts[CONTAINS_PARTS];
	struct window_count *counts;
	uint32_t count_mask;
	uint32_t lists, texts; /* sizes */
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

static uint32_t
part_of(const struct plan_string *string)
{
	uint32_t part = string->size >= CONTAINS_LONG_MIN ? CONTAINS_LONG :
		string->size >= CONTAINS_MIDDLE_MIN ? CONTAINS_MIDDLE : string->size > 1 ? CONTAINS_SHORT : CONTAINS_SINGLE;

	for (uint32_t i = 0; i < string->size; i++)
		if ((uint8_t)string->data[i] >= 0x80)
			return part + CONTAINS_PLAIN;
	return part;
}

/* Windows: how often strings have them --------------------------------------------------------------------------------- */

static struct window_count *
window_find(struct table *table, uint64_t window)
{
	uint32_t i = contains_hash(window) >> 32 & table->count_mask;

	while (table->counts[i].count && table->counts[i].window != window)
		i = (i + 1) & table->count_mask;
	return table->counts + i;
}

static void
window_add(struct table *table, uint64_t window, uint32_t count)
{
	struct window_count *found = window_find(table, window);

	found->window = window;
	found->count += count;
}

static void
windows_count(struct emitter *emitter, struct table *table, uint32_t number)
{
	const struct plan_set *set = table->set;
	uint32_t total, room = 16, size = table->parts[number].form.size, usual_size;
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

/* Up to 4 bytes that follow what the entry has of the window, or where that is the end, that are before it. */
static void
entry_near(struct entry *entry, const struct plan_string *string, uint32_t size)
{
	uint32_t end, after, before = entry->out.at < 4 ? entry->out.at : 4;

	size = size < sizeof(entry->out.window) ? size : sizeof(entry->out.window);
	end = entry->out.at + size;
	after = end < string->size ? string->size - end : 0;
	entry->out.beside = after ? (int32_t)size : -4;
	after = after < 4 ? after : 4;
	for (uint32_t i = 0; i < (after ? after : before); i++) {
		uint32_t shift = after ? 8 * i : 24 - 8 * i;

		entry->out.near |= (uint32_t)(uint8_t)string->data[after ? end + i : entry->out.at - 1 - i] << shift;
		entry->out.mask |= UINT32_C(0xff) << shift;
	}
}

/* The byte after the window must be the string's, or where that ends, the one before it. */
static void
entry_beside(struct entry *entry, const struct plan_string *string, uint32_t size)
{
	uint32_t after = entry->out.at + size;

	if (after < string->size)
		entry->beside = contains_beside(0, string->data[after]) & ~(uint64_t)UINT32_MAX;
	else if (entry->out.at)
		entry->beside = contains_beside(string->data[entry->out.at - 1], 0) & UINT32_MAX;
	else
		entry->beside = UINT64_MAX;
}

/* By its rarest window among those at every step-th place. */
static void
entry_add(struct table *table, struct part *part, uint32_t number, uint32_t start, uint32_t step)
{
	const struct plan_string *string = table->set->strings + number;
	struct entry *entry = part->entries + part->out.count++;
	uint32_t best = UINT32_MAX, size = part->form.size;
	uint64_t window;

	for (uint32_t at = start; at + size <= string->size; at += step) {
		uint32_t count = window_find(table, window_at(string->data, at, size))->count;

		if (count < best) {
			best = count;
			entry->out.at = at;
		}
	}
	window = window_at(string->data, entry->out.at, size);
	entry->out.window = window;
	entry_near(entry, string, size);
	entry_beside(entry, string, size);
	entry->out.string = number;
	entry->hash = contains_hash(window);
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
	uint32_t strings = 0;

	for (uint32_t i = 0; i < table->set->string_count; i++)
		strings += part_of(table->set->strings + i) == number;
	part->form = window_forms[number % CONTAINS_PLAIN];
	part->out.few = strings <= CONTAINS_FEW || part->form.size == 1;
	part->entries = arena_alloc(emitter->arena, (part->form.step * strings + 1) * sizeof(*part->entries));
	windows_count(emitter, table, number);
	for (uint32_t i = 0; i < table->set->string_count; i++) {
		const struct plan_string *string = table->set->strings + i;

		if (part_of(string) != number)
			continue;
		if (part->out.few)
			entry_add(table, part, i, 0, 1);
		else
			for (uint32_t start = 0; start < part->form.step; start++)
				entry_add(table, part, i, start, part->form.step);
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
filter_windows(struct emitter *emitter, struct part *part)
{
	uint32_t bits = log_of((uint64_t)part->out.count * FILTER_BITS, FILTER_LEAST, FILTER_MOST);

	part->filter_words = 1u << (bits - 6);
	part->filter = arena_alloc(emitter->arena, part->filter_words * sizeof(*part->filter));
	part->out.filter_shift = 64 - (bits - 6);
	for (uint32_t i = 0; i < part->out.count; i++) {
		uint64_t hash = part->entries[i].hash;

		filter_set(part, (hash >> part->out.filter_shift) * 64 + contains_bit(hash));
	}
}

static void
filter_pairs(struct emitter *emitter, struct part *part)
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
	if (part->out.few)
		return;
	if (number % CONTAINS_PLAIN == CONTAINS_SHORT)
		filter_pairs(emitter, part);
	else
		filter_windows(emitter, part);
	part->bucket_bits = log_of(part->out.count, 2, BUCKETS_MOST);
	part->out.bucket_shift = 64 - part->bucket_bits;
}

/* Writing -------------------------------------------------------------------------------------------------------------- */

static uint32_t
part_size(const struct part *part)
{
	uint32_t buckets = part->out.few ? 0 : 1u << part->bucket_bits;

	return part->filter_words * 8 + buckets * sizeof(struct contains_bucket) +
		part->out.count * sizeof(struct contains_entry);
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
	head->texts = at += table->lists * sizeof(uint32_t);
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
emit_buckets(FILE *out, const struct part *part)
{
	fputs("\t{", out);
	for (uint32_t bucket = 0, i = 0; bucket < 1u << part->bucket_bits; bucket++) {
		struct contains_bucket row = { .first = i };

		for (; i < part->out.count && part->entries[i].hash >> part->out.bucket_shift == bucket; i++)
			row.beside |= part->entries[i].beside;
		row.count = i - row.first;
		fprintf(out, "%s{0x%llx,%u,%u},", bucket % 6 ? " " : "\n\t", (unsigned long long)row.beside, row.first, row.count);
	}
	fputs("\n\t},\n", out);
}

static void
emit_filter(FILE *out, const struct part *part)
{
	fputs("\t{", out);
	for (uint32_t i = 0; i < part->filter_words; i++)
		fprintf(out, "%s0x%llx,", i % 8 ? "" : "\n\t", (unsigned long long)part->filter[i]);
	fputs("\n\t},\n", out);
}

static void
emit_part(FILE *out, const struct part *part)
{
	if (!part->out.few) {
		emit_filter(out, part);
		emit_buckets(out, part);
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
			fprintf(out, "\tuint64_t filter_%u[%u];\n\tstruct contains_bucket buckets_%u[%u];\n", i, part->filter_words, i,
			        1u << part->bucket_bits);
		if (part->out.count)
			fprintf(out, "\tstruct contains_entry entries_%u[%u] __attribute__((aligned(8)));\n", i, part->out.count);
	}
	fprintf(out, "\tuint32_t strings[%u] __attribute__((aligned(8))), first[%u], list[%u];\n", 2 * table->set->string_count,
	        table->set->string_count + 1, table->lists);
	fprintf(out, "\tchar texts[%u];\n} ", table->texts + CONTAINS_TEXTS_PAD);
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
	fprintf(out, " }, %u, %u, %u, %u },\n", head.strings, head.texts, head.first, head.list);
	for (uint32_t i = 0; i < CONTAINS_PARTS; i++)
		emit_part(out, table->parts + i);
	emit_strings_of(emitter, out, table);
	fputs("};\n\n", out);
}
