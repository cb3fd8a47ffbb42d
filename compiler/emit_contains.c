/*
 * emit_contains.c - the table of a contains set (contains.h) as C: words, then the strings, to be read.
 */
#include "arena.h"
#include "contains.h"
#include "emitter.h"
#include "packrt_tables.h"
#include "plan.h"

void
emit_contains(struct emitter *emitter, FILE *out, const char *linkage, const char *name, const struct plan_set *set)
{
	uint32_t size, count;
	const struct contains *table = contains_make(emitter->arena, set, &size);
	const uint64_t *words = (const uint64_t *)table;

	count = table->texts / sizeof(*words);
	fprintf(out, "%sconst struct {\n\tunion {\n\t\tuint64_t words[%u];\n\t\tstruct contains head;\n\t};\n\tchar texts[%u];\n} ",
	        linkage, count, size - table->texts);
	fprintf(out, "%s = {\n\t{ {", name);
	for (uint32_t i = 0; i < count; i++)
		fprintf(out, words[i] < 10 ? "%s%llu," : "%s0x%llx,", i % 8 ? "" : "\n\t", (unsigned long long)words[i]);
	fputs("\n\t} },\n", out);
	for (uint32_t i = 0; i < set->string_count; i++) {
		fputc('\t', out);
		emit_string(out, set->strings[i].data, set->strings[i].size);
		fputc('\n', out);
	}
	fputs(set->string_count ? "};\n\n" : "\t\"\"\n};\n\n", out);
}
