/*
 * emit_contains.c - the table of a contains set (contains.h): words, then the strings, to be read.
 */
#include "arena.h"
#include "contains.h"
#include "emitter.h"
#include "packrt_tables.h"
#include "plan.h"

void
emit_contains(FILE *out, const char *name, const struct plan_set *set)
{
	struct arena *arena = arena_new();
	uint32_t size;
	const struct contains *table = contains_make(arena, set, &size);
	uint32_t texts = table->texts, texts_size = 0;

	emit_table(out, name);
	emit_quads(out, (const uint64_t *)table, texts / sizeof(uint64_t));
	for (uint32_t i = 0; i < set->string_count; i++) {
		fputs("\t.ascii ", out);
		emit_string(out, set->strings[i].data, set->strings[i].size);
		fputc('\n', out);
		texts_size += set->strings[i].size;
	}
	fprintf(out, "\t.zero %u\n", size - texts - texts_size);
	arena_free(arena);
}
