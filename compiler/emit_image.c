/*
 * emit_image.c - image.c, the file with match() and the routines of packrt; and the slot tables of groups.
 */
#include "arena.h"
#include "emit_layout.h"
#include "emitter.h"
#include "ir.h"
#include "plan.h"

static const char routines[] =
	"\n#include \"packrt_contains.h\"\n#include \"packrt_dfa.h\"\n#include \"packrt_group.h\"\n"
	"#include \"packrt_head.h\"\n#include \"packrt_leaves.h\"\n#include \"packrt_memo.h\"\n"
	"#include \"packrt_nfa.h\"\n#include \"packrt_number.h\"\n#include \"packrt_place.h\"\n"
	"#include \"packrt_scan.h\"\n#include \"packrt_set.h\"\n#include \"packrt_text.h\"\n"
	"\n/* The compiler may call these for copies and comparisons of its own. */\n"
	"void *\nmemcpy(void *to, const void *from, __SIZE_TYPE__ size)\n{\n"
	"\tfor (__SIZE_TYPE__ i = 0; i < size; i++)\n\t\t((uint8_t *)to)[i] = ((const uint8_t *)from)[i];\n\treturn to;\n}\n"
	"\nvoid *\nmemset(void *to, int byte, __SIZE_TYPE__ size)\n{\n"
	"\tfor (__SIZE_TYPE__ i = 0; i < size; i++)\n\t\t((uint8_t *)to)[i] = byte;\n\treturn to;\n}\n"
	"\nint\nmemcmp(const void *a, const void *b, __SIZE_TYPE__ size)\n{\n"
	"\tfor (__SIZE_TYPE__ i = 0; i < size; i++)\n\t\tif (((const uint8_t *)a)[i] != ((const uint8_t *)b)[i])\n"
	"\t\t\treturn ((const uint8_t *)a)[i] - ((const uint8_t *)b)[i];\n\treturn 0;\n}\n";

static void
emit_slot_tables(struct emitter *emitter)
{
	FILE *out = emitter_tables(emitter, "tables.s");

	for (uint32_t i = 0; i < emitter->plan->group_count; i++) {
		const struct plan_group *plan = emitter->plan->groups + i;
		uint32_t room = 2 * plan->group->predicate_count + 2;
		uint32_t *fields = arena_alloc(emitter->arena, room * sizeof(*fields)), count = emit_slots(plan, fields, room);

		emit_numbers(out, arena_print(emitter->arena, "slots_%s", emitter->names[i]), fields, count);
	}
}

/* What stays the same in work from call to call. */
static void
emit_place(struct emitter *emitter, FILE *out)
{
	struct emit_layout layout = emit_layout(emitter->plan);

	fputs("\nstatic void\nplace(struct work *work, uint8_t *scratch)\n{\n\twork->yes = (uint64_t *)scratch;\n", out);
	fprintf(out, "\twork->unknown = (uint64_t *)(scratch + %u);\n\twork->known = (uint64_t *)(scratch + %u);\n",
	        layout.unknown, layout.known);
	fprintf(out, "\twork->marks = (uint64_t *)(scratch + %u);\n\twork->mark_words = (uint64_t *)(scratch + %u);\n",
	        layout.marks, layout.mark_words);
	fprintf(out, "\twork->seen = (uint16_t *)(scratch + %u);\n\twork->seen_count = %u;\n", layout.seen,
	        (layout.candidates - layout.seen) / (uint32_t)sizeof(uint16_t));
	fprintf(out, "\twork->candidates[0] = (uint32_t *)(scratch + %u);\n\twork->candidates[1] = (uint32_t *)(scratch + %u);\n",
	        layout.candidates, layout.late_candidates);
	fprintf(out, "\twork->memos = (struct memo **)(scratch + %u);\n", layout.memos);
	fprintf(out, "\twork->chances = (struct candidate *)(scratch + %u);\n", layout.chances);
	fprintf(out, "\twork->found = (uint32_t *)(scratch + %u);\n\twork->kept = (struct work_kept *)(scratch + %u);\n",
	        layout.found, layout.kept);
	fprintf(out, "\twork->leaf_yes = (uint64_t *)(scratch + %u);\n\twork->leaf_found = (uint32_t *)(scratch + %u);\n",
	        layout.leaf_yes, layout.leaf_found);
	fprintf(out, "\twork->arena = scratch + %u;\n\twork->second = scratch + %u;\n}\n", layout.arena, layout.second);
}

static void
emit_match(struct emitter *emitter, FILE *out)
{
	struct emit_layout layout = emit_layout(emitter->plan);
	uint32_t number = 0;

	for (uint32_t i = 0; i < emitter->plan->group_count; i++)
		fprintf(out, "uint32_t match_%s(struct work *work, uint32_t late, struct hit *hits);\n", emitter->names[i]);
	emit_place(emitter, out);
	fprintf(out, "\n__attribute__((visibility(\"default\"))) pack_match_fn match;\n\n"
	        "uint32_t PACK_CALL\nmatch(const struct event *event, uint32_t group, const void *data, void *scratch, "
	        "struct hit *hits)\n{\n\tuint8_t *bytes = scratch;\n\tstruct work *work = (struct work *)(bytes + %u);\n"
	        "\tuint32_t count = 0;\n\n", layout.work);
	fputs("\tif (!work->kept)\n\t\tplace(work, scratch);\n"
	      "\twork->event = event;\n\twork->data = data;\n\twork->found_count = 0;\n", out);
	fputs("\tif (!(event->flags & EVENT_SAME) || !work->kept->event)\n\t\twork_event(work);\n", out);
	fprintf(out, "\twork->times = event->flags & EVENT_TIMED ? (void *)(bytes + %u) : 0;\n", layout.times);
	fputs("\tif (work->times)\n\t\twork->times->count = 0;\n", out);
	fputs("\tswitch (group) {\n", out);
	for (uint32_t i = 0; i < emitter->plan->group_count; i++)
		for (int late = 0; late < 2; late++)
			if (ir_phase(emitter->plan->groups[i].group, late).count)
				fprintf(out, "\tcase %u:\n\t\tcount = match_%s(work, %d, hits);\n\t\tbreak;\n", number++, emitter->names[i],
				        late);
	fputs("\tdefault:\n\t\tbreak;\n\t}\n\treturn count;\n}\n", out);
}

void
emit_image(struct emitter *emitter)
{
	FILE *out = emitter_file(emitter, "image.c", NULL);

	emit_slot_tables(emitter);
	fputs(routines, out);
	fputs("\n", out);
	emit_match(emitter, out);
}
