/*
 * emit_contains.c - the table of a contains set: a filter over one 4-byte window of each string, buckets, the strings.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "packrt.h"
#include "plan.h"

struct window_count { /* how many strings have a window */
	uint32_t window, count;
};

struct entry { /* of the table, before it is sorted by bucket */
	struct contains_entry out;
	uint32_t hash, string;
};

struct table {
	const struct plan_set *set;
	struct window_count *counts;
	uint32_t count_mask;
	struct entry *entries;
	uint32_t filter_bits, bucket_bits; /* log2 */
};

static uint32_t
window_at(const struct plan_string *string, uint32_t at)
{
	const uint8_t *bytes = (const uint8_t *)string->data + at;

	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static struct window_count *
window_find(struct table *table, uint32_t window)
{
	uint32_t i = window * CONTAINS_FACTOR >> 7 & table->count_mask;

	while (table->counts[i].count && table->counts[i].window != window)
		i = (i + 1) & table->count_mask;
	return table->counts + i;
}

static void
windows_count(struct emitter *emitter, struct table *table)
{
	uint32_t total = 0, room = 16;

	for (uint32_t i = 0; i < table->set->string_count; i++)
		total += table->set->strings[i].size;
	while (room < 2 * total)
		room *= 2;
	table->counts = arena_alloc(emitter->arena, room * sizeof(*table->counts));
	table->count_mask = room - 1;
	for (uint32_t i = 0; i < table->set->string_count; i++) {
		const struct plan_string *string = table->set->strings + i;

		for (uint32_t at = 0; at + CONTAINS_WINDOW <= string->size; at++) {
			struct window_count *count = window_find(table, window_at(string, at));

			count->window = window_at(string, at);
			count->count++;
		}
	}
}

static int
entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->string > y->string) - (x->string < y->string);
}

/* Each string by its rarest window; the middle of the string is as good as any other place. */
static void
entries_make(struct emitter *emitter, struct table *table)
{
	uint32_t offset = 0;

	table->entries = arena_alloc(emitter->arena, (table->set->string_count + 1) * sizeof(*table->entries));
	for (uint32_t i = 0; i < table->set->string_count; i++) {
		const struct plan_string *string = table->set->strings + i;
		struct entry *entry = table->entries + i;
		uint32_t best = UINT32_MAX;

		for (uint32_t at = 0; at + CONTAINS_WINDOW <= string->size; at++) {
			uint32_t count = window_find(table, window_at(string, at))->count;

			if (count < best) {
				best = count;
				entry->out.at = at;
			}
		}
		entry->out.window = window_at(string, entry->out.at);
		entry->out.size = string->size;
		entry->out.text = offset;
		entry->hash = entry->out.window * CONTAINS_FACTOR;
		entry->string = i;
		offset += string->size;
	}
	qsort(table->entries, table->set->string_count, sizeof(*table->entries), entry_compare);
}

static uint32_t
log_of(uint32_t count, uint32_t least, uint32_t most)
{
	uint32_t bits = least;

	while (bits < most && 1u << bits < count)
		bits++;
	return bits;
}

static void
emit_filter(struct emitter *emitter, FILE *out, const struct table *table)
{
	uint32_t words = 1u << (table->filter_bits - 6);
	uint64_t *filter = arena_alloc(emitter->arena, words * sizeof(*filter));

	for (uint32_t i = 0; i < table->set->string_count; i++) {
		uint32_t bit = table->entries[i].hash >> (32 - table->filter_bits);

		filter[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	fputs("\t{", out);
	for (uint32_t i = 0; i < words; i++)
		fprintf(out, "%s0x%llx,", i % 8 ? "" : "\n\t", (unsigned long long)filter[i]);
	fputs("\n\t},\n\t{", out);
	for (uint32_t bucket = 0, i = 0; bucket <= 1u << table->bucket_bits; bucket++) {
		while (i < table->set->string_count && table->entries[i].hash >> (32 - table->bucket_bits) < bucket)
			i++;
		fprintf(out, "%s%u,", bucket % 24 ? "" : "\n\t", i);
	}
	fputs("\n\t},\n", out);
}

static void
emit_entries(FILE *out, const struct table *table)
{
	const struct plan_set *set = table->set;
	uint32_t total = 0;

	fputs("\t{\n", out);
	for (uint32_t i = 0; i < set->string_count; i++) {
		const struct entry *entry = table->entries + i;

		fprintf(out, "\t{0x%x,%u,%u,%u},\n", entry->out.window, entry->out.text, entry->out.size, entry->out.at);
	}
	fputs("\t},\n\t{", out);
	for (uint32_t i = 0; i <= set->string_count; i++) {
		fprintf(out, "%s%u,", i % 24 ? "" : "\n\t", total);
		if (i < set->string_count)
			total += set->strings[table->entries[i].string].predicate_count;
	}
	fputs("\n\t},\n\t{", out);
	for (uint32_t i = 0; i < set->string_count; i++)
		for (uint32_t k = 0; k < set->strings[table->entries[i].string].predicate_count; k++)
			fprintf(out, "%s%u,", i % 24 || k ? "" : "\n\t", set->strings[table->entries[i].string].predicates[k]);
	fputs("\n\t},\n", out);
	for (uint32_t i = 0; i < set->string_count; i++) {
		fputc('\t', out);
		emit_string(out, set->strings[i].data, set->strings[i].size);
		fputc('\n', out);
	}
}

void
emit_contains(struct emitter *emitter, FILE *out, const char *name, const struct plan_set *set)
{
	struct table table = { .set = set };
	uint32_t count = set->string_count, texts = 0, lists = 0, at[6];

	table.filter_bits = log_of(count * 16, 8, 17);
	table.bucket_bits = log_of(count, 2, 16);
	windows_count(emitter, &table);
	entries_make(emitter, &table);
	for (uint32_t i = 0; i < count; i++) {
		texts += set->strings[i].size;
		lists += set->strings[i].predicate_count;
	}
	at[0] = sizeof(struct contains);
	at[1] = at[0] + (1u << table.filter_bits) / 8;
	at[2] = at[1] + ((1u << table.bucket_bits) + 1) * sizeof(uint32_t);
	at[3] = at[2] + count * sizeof(struct contains_entry);
	at[4] = at[3] + (count + 1) * sizeof(uint32_t);
	at[5] = at[4] + lists * sizeof(uint32_t);
	fprintf(out, "static const struct {\n\tstruct contains head;\n\tuint64_t filter[%u];\n\tuint32_t buckets[%u];\n",
	        (1u << table.filter_bits) / 64, (1u << table.bucket_bits) + 1);
	fprintf(out, "\tstruct contains_entry entries[%u];\n\tuint32_t first[%u], list[%u];\n\tchar texts[%u];\n} %s = {\n",
	        count, count + 1, lists, texts + 1, name);
	fprintf(out, "\t{ %u, %u, %u, %u, %u, %u, %u, %u },\n", 32 - table.filter_bits, 32 - table.bucket_bits, at[0], at[1],
	        at[2], at[5], at[3], at[4]);
	emit_filter(emitter, out, &table);
	emit_entries(out, &table);
	fputs("};\n\n", out);
}
