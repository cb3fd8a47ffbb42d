/*
 * emit_pattern.c - wildcards and regular expressions: a re2c automaton of few states, or constant tables for dfa_run()
 * and nfa_run().
 */
#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "demand.h"
#include "dfa.h"
#include "emitter.h"
#include "ir.h"
#include "nfa.h"
#include "packrt.h"
#include "plan.h"
#include "regex.h"

enum {
	CODE_STATES_MAX = 16, /* of an automaton as code: over more, gcc takes longer than over all else of a pack */
	STATES_MAX = 160,     /* ... as a table */
};

static const char re_start[] =
	"\n#define YYSKIP() (void)0\n#define YYPEEK() (p != end ? *p++ : stop)\n#define YYBACKUP() (void)0\n"
	"#define YYRESTORE() (void)0\n\n/*!re2c\n\tre2c:flags:input = custom;\n\tre2c:flags:w = 1;\n"
	"\tre2c:yyfill:enable = 0;\n\tre2c:define:YYCTYPE = uint32_t;\n\tend = [\\u0100];\n*/\n";

static void
emit_range(FILE *out, uint32_t first, uint32_t last)
{
	if (first == last)
		fprintf(out, "\\x%02x", first);
	else
		fprintf(out, "\\x%02x-\\x%02x", first, last);
}

/* One state: a small lexer whose actions go on to other states. */
static void
emit_state(FILE *out, const struct dfa *dfa, uint32_t number)
{
	const struct dfa_state *state = dfa->states + number;

	fprintf(out, "state_%u:\n", number);
	if (state->final) {
		fputs("\treturn 1;\n", out);
		return;
	}
	fputs("\t/*!re2c\n", out);
	for (uint32_t target = 0; target < dfa->count; target++) {
		int open = 0;

		for (uint32_t byte = 0, last; byte < 256; byte = last + 1) {
			last = byte;
			if (state->next[dfa->class_of[byte]] != target)
				continue;
			while (last < 255 && state->next[dfa->class_of[last + 1]] == target)
				last++;
			fputs(open++ ? "" : "\t[", out);
			emit_range(out, byte, last);
		}
		if (open)
			fprintf(out, "] { goto state_%u; }\n", target);
	}
	if (state->next[dfa->class_of[NFA_END]] != DFA_DEAD)
		fputs("\tend { return 1; }\n", out);
	fputs("\t* { return 0; }\n\t*/\n", out);
}

static void
emit_head(FILE *out, unsigned long long hash)
{
	fprintf(out, "int\npattern_%016llx(struct text text, uint32_t stop)\n{\n", hash);
}

/* Whether the text is worth a look. */
static void
emit_demand(FILE *out, const struct demand *demand)
{
	const uint64_t *bytes = demand->run_bytes;

	if (!demand->size)
		return;
	if (demand->run)
		fprintf(out, "\tstatic const uint64_t run[4] = { 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 " };\n\n",
		        bytes[0], bytes[1], bytes[2], bytes[3]);
	fprintf(out, "\tif (text.size < %u", demand->size);
	if (demand->run)
		fprintf(out, " || !text_has_run(text, run, %u)", demand->run);
	fputs(")\n\t\treturn 0;\n", out);
}

static void
emit_dfa(FILE *out, const struct dfa *dfa)
{
	fputs("\tconst uint8_t *p = text.data, *end = p + text.size;\n\n\t(void)p, (void)end, (void)stop;\n\tgoto state_0;\n",
	      out);
	for (uint32_t i = 0; i < dfa->count; i++)
		emit_state(out, dfa, i);
	fputs("}\n", out);
}

/* Where a state goes from here: its row, or the answer. */
static uint32_t
row_after(const struct dfa *dfa, uint32_t next, uint32_t columns)
{
	return next == DFA_DEAD ? ROW_LOST : dfa->states[next].final ? ROW_FOUND : next * columns;
}

/* The end has a column of its own, since whatever it leads to is a match. */
static void
emit_dfa_table(FILE *out, unsigned long long hash, const struct dfa *dfa)
{
	const uint32_t columns = dfa->class_count + 1, head = sizeof(struct dfa_table);

	fprintf(out, "static const struct {\n\tstruct dfa_table head;\n\tuint16_t rows[%u];\n\tuint8_t classes[%u];\n",
	        dfa->count * columns, NFA_SYMBOLS);
	fprintf(out, "} dfa_%016llx = {\n\t{ %u, %u },\n\t{", hash, head + 2 * dfa->count * columns, head);
	for (uint32_t i = 0; i < dfa->count; i++) {
		const struct dfa_state *state = dfa->states + i;

		fputs("\n\t", out);
		for (uint32_t class = 0; class < columns; class++)
			fprintf(out, "%u,", state->final ? ROW_FOUND : class < dfa->class_count ?
			        row_after(dfa, state->next[class], columns) :
			        state->next[dfa->class_of[NFA_END]] == DFA_DEAD ? ROW_LOST : ROW_FOUND);
	}
	fputs("\n\t},\n\t{", out);
	for (uint32_t symbol = 0; symbol < NFA_SYMBOLS; symbol++)
		fprintf(out, "%s%u,", symbol % 32 ? "" : "\n\t", symbol == NFA_END ? dfa->class_count : dfa->class_of[symbol]);
	fputs("\n\t},\n};\n\n", out);
}

static uint32_t
nfa_classes(const struct nfa_graph *graph, uint8_t *class_of, uint32_t *sample)
{
	uint32_t count = 0;

	for (uint32_t symbol = 0; symbol < NFA_SYMBOLS; symbol++) {
		uint32_t class, position;

		for (class = 0; class < count; class++) {
			for (position = 0; position < graph->count; position++)
				if (nfa_set_has(&graph->positions[position].set, symbol) !=
				    nfa_set_has(&graph->positions[position].set, sample[class]))
					break;
			if (position == graph->count)
				break;
		}
		class_of[symbol] = class;
		if (class == count)
			sample[count++] = symbol;
	}
	return count;
}

static void
emit_words(FILE *out, const struct nfa_graph *graph, uint32_t words, int (*has)(const struct nfa_graph *, uint32_t, uint32_t),
           uint32_t argument)
{
	fputs("\t", out);
	for (uint32_t i = 0; i < words; i++) {
		uint64_t word = 0;

		for (uint32_t bit = 0; bit < 64 && i * 64 + bit < graph->count; bit++)
			word |= (uint64_t)(has(graph, i * 64 + bit, argument) != 0) << bit;
		fprintf(out, "0x%llx,", (unsigned long long)word);
	}
	fputc('\n', out);
}

static int
takes(const struct nfa_graph *graph, uint32_t position, uint32_t symbol)
{
	return nfa_set_has(&graph->positions[position].set, symbol);
}

static int
is_start(const struct nfa_graph *graph, uint32_t position, uint32_t unused)
{
	(void)graph, (void)unused;
	return position == 0;
}

static int
is_final(const struct nfa_graph *graph, uint32_t position, uint32_t unused)
{
	(void)unused;
	return graph->positions[position].final;
}

static void
emit_follows(FILE *out, const struct nfa_graph *graph)
{
	uint32_t total = 0;

	fputs("\t{", out);
	for (uint32_t i = 0; i <= graph->count; i++) {
		fprintf(out, "%s%u,", i % 24 ? "" : "\n\t", total);
		total += i < graph->count ? graph->positions[i].follow_count : 0;
	}
	fputs("\n\t},\n\t{", out);
	for (uint32_t i = 0; i < graph->count; i++) {
		fputs("\n\t", out);
		for (uint32_t k = 0; k < graph->positions[i].follow_count; k++)
			fprintf(out, "%u,", graph->positions[i].follow[k]);
	}
	fputs("\n\t},\n", out);
}

static void
nfa_step_over(const struct nfa_graph *graph, const uint8_t *from, uint8_t *to, uint32_t symbol)
{
	memset(to, 0, graph->count);
	for (uint32_t i = 0; i < graph->count; i++)
		for (uint32_t k = 0; from[i] && k < graph->positions[i].follow_count; k++)
			to[graph->positions[i].follow[k]] |= nfa_set_has(&graph->positions[graph->positions[i].follow[k]].set, symbol);
}

static int
has_final(const struct nfa_graph *graph, const uint8_t *active)
{
	for (uint32_t i = 0; i < graph->count; i++)
		if (active[i] && graph->positions[i].final)
			return 1;
	return 0;
}

/* The positions while nothing of a match has been seen, where some byte leads to them and leaves them so, and all bytes
 * that do; else none. */
static void
idle_find(struct arena *arena, const struct nfa_graph *graph, uint8_t *idle, uint64_t quiet[4])
{
	uint8_t *start = arena_alloc(arena, graph->count), *next = arena_alloc(arena, graph->count);
	uint32_t byte;

	start[0] = 1;
	for (byte = 0; byte < 0x80; byte++) {
		nfa_step_over(graph, start, idle, byte);
		nfa_step_over(graph, idle, next, byte);
		if (!memcmp(idle, next, graph->count) && !has_final(graph, idle))
			break;
	}
	for (uint32_t other = 0; byte < 0x80 && other < 256; other++) {
		nfa_step_over(graph, idle, next, other);
		if (!memcmp(idle, next, graph->count))
			quiet[other / 64] |= UINT64_C(1) << other % 64;
	}
}

static void
emit_idle(struct arena *arena, FILE *out, const struct nfa_graph *graph, uint32_t words)
{
	uint8_t *idle = arena_alloc(arena, graph->count);
	uint64_t quiet[4] = { 0, 0, 0, 0 };

	idle_find(arena, graph, idle, quiet);
	fputs("\t{ ", out);
	for (uint32_t i = 0; i < words; i++) {
		uint64_t word = 0;

		for (uint32_t bit = 0; bit < 64 && i * 64 + bit < graph->count; bit++)
			word |= (uint64_t)idle[i * 64 + bit] << bit;
		fprintf(out, "0x%" PRIx64 ", ", word);
	}
	fprintf(out, "},\n\t{ 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 " },\n", quiet[0], quiet[1], quiet[2],
	        quiet[3]);
}

static void
emit_nfa_tables(struct arena *arena, FILE *out, unsigned long long hash, const struct nfa_graph *graph)
{
	uint32_t sample[NFA_SYMBOLS], words = (graph->count + 63) / 64, lists = 0, classes, at[8];
	uint8_t class_of[NFA_SYMBOLS];

	classes = nfa_classes(graph, class_of, sample);
	for (uint32_t i = 0; i < graph->count; i++)
		lists += graph->positions[i].follow_count;
	at[0] = (sizeof(struct nfa) + 7) / 8 * 8;
	at[1] = at[0] + classes * words * 8;
	at[2] = at[1] + words * 8;
	at[3] = at[2] + words * 8;
	at[4] = at[3] + words * 8;
	at[5] = at[4] + 4 * 8;
	at[6] = at[5] + (graph->count + 1) * 4;
	at[7] = at[6] + lists * 2;
	fprintf(out, "static const struct {\n\tstruct nfa head;\n\tuint64_t masks[%u] __attribute__((aligned(8)));\n",
	        classes * words);
	fprintf(out, "\tuint64_t start[%u], final[%u], idle[%u], quiet[4];\n", words, words, words);
	fprintf(out, "\tuint32_t follows[%u];\n\tuint16_t list[%u];\n", graph->count + 1, lists);
	fprintf(out, "\tuint8_t classes[%u];\n} nfa_%016llx = {\n", NFA_SYMBOLS, hash);
	fprintf(out, "\t{ %u, %u, %u, %u, %u, %u, %u, %u, %u },\n\t{\n", words, at[7], at[0], at[5], at[6], at[1], at[2],
	        at[3], at[4]);
	for (uint32_t i = 0; i < classes; i++)
		emit_words(out, graph, words, takes, sample[i]);
	fputs("\t},\n\t{\n", out);
	emit_words(out, graph, words, is_start, 0);
	fputs("\t},\n\t{\n", out);
	emit_words(out, graph, words, is_final, 0);
	fputs("\t},\n", out);
	emit_idle(arena, out, graph, words);
	emit_follows(out, graph);
	fputs("\t{", out);
	for (uint32_t i = 0; i < NFA_SYMBOLS; i++)
		fprintf(out, "%s%u,", i % 32 ? "" : "\n\t", class_of[i]);
	fputs("\n\t},\n};\n\n", out);
}

/* Has it only runs between its literals? */
static int
wildcard_is_simple(const struct ir_value *value)
{
	for (uint32_t i = 0; i < value->piece_count; i++)
		if (value->pieces[i].type == IR_ANY_ONE)
			return 0;
	return 1;
}

/* One literal after another, each as early as it can be; the last one at the end. */
static void
emit_simple(struct arena *arena, FILE *out, unsigned long long hash, const struct ir_value *value, int fold)
{
	uint32_t count = value->piece_count;

	emit_head(out, hash);
	fputs("\t(void)stop;\n\treturn 1", out);
	for (uint32_t i = 0; i < count; i++) {
		struct ir_text literal = value->pieces[i].literal;
		int last = i + 1 == count;

		if (value->pieces[i].type != IR_LITERAL || !literal.size)
			continue;
		if (fold)
			literal = plan_fold(arena, literal);
		fputs(" &&\n\t\t", out);
		if (last)
			fputs("stop == STOP_END && ", out);
		fputs(i == 0 ? "text_take_start(&text, " : last ? "text_ends(text, " : "text_take_part(&text, ", out);
		emit_string(out, literal.data, literal.size);
		fprintf(out, ", %u)", literal.size);
	}
	if (count == 0 || (count == 1 && value->pieces[0].type == IR_LITERAL))
		fputs(" &&\n\t\tstop == STOP_END && text.size == 0", out);
	fputs(";\n}\n", out);
}

/* Of a wildcard whose literals do not say it all, or of a regular expression; *demand is what it asks of a text. */
static const struct nfa_graph *
graph_of(struct arena *arena, const struct ir_value *value, int is_regex, unsigned regex_flags, int fold,
         struct demand *demand)
{
	struct regex_error error;
	const struct regex *regex;

	if (!is_regex)
		return nfa_from_wildcard(arena, value, fold);
	regex = regex_parse(arena, value->text.data, value->text.size, regex_flags, &error);
	if (!regex)
		return NULL;
	*demand = demand_of(regex);
	return nfa_from_regex(arena, regex);
}

static void
emit_automaton(struct arena *arena, FILE *out, unsigned long long hash, const struct nfa_graph *graph,
               const struct demand *demand)
{
	const struct dfa *dfa = demand->exact ? NULL : dfa_build(arena, graph, STATES_MAX);
	const int is_code = dfa && (dfa->count <= CODE_STATES_MAX || dfa->class_count > UINT8_MAX);

	if (!dfa && !demand->exact)
		emit_nfa_tables(arena, out, hash, graph);
	if (dfa && !is_code)
		emit_dfa_table(out, hash, dfa);
	emit_head(out, hash);
	emit_demand(out, demand);
	if (demand->exact)
		fputs("\t(void)stop;\n\treturn 1;\n}\n", out);
	else if (is_code)
		emit_dfa(out, dfa);
	else
		fprintf(out, "\treturn %s_run(&%s_%016llx.head, text, stop);\n}\n", dfa ? "dfa" : "nfa", dfa ? "dfa" : "nfa",
		        hash);
}

uint64_t
emit_pattern(struct emitter *emitter, const struct ir_value *value, int is_regex, unsigned regex_flags, int fold,
             int *uses_end)
{
	unsigned kind[] = { is_regex, regex_flags, fold };
	uint64_t hash = emit_hash(emit_hash(EMIT_HASH_START, kind, sizeof(kind)), value->text.data, value->text.size);
	int simple = !is_regex && wildcard_is_simple(value), is_new;
	struct emit_function *function = emitter_function(emitter, hash, &is_new);
	const struct nfa_graph *graph;
	struct arena *arena;
	struct demand demand = { .size = 0 };
	FILE *out;

	*uses_end = function->uses_end;
	if (!is_new)
		return hash;
	arena = arena_new();
	graph = simple ? NULL : graph_of(arena, value, is_regex, regex_flags, fold, &demand);
	*uses_end = simple ? !value->piece_count || value->pieces[value->piece_count - 1].type == IR_LITERAL :
		graph && graph->uses_end;
	function->uses_end = *uses_end;
	out = emitter_file(emitter, arena_print(emitter->arena, "patterns_%02x.re",
	                   (unsigned)(hash % emitter->pattern_files)), re_start);
	fputs("\n/* ", out);
	emit_comment(out, value->text.data, value->text.size);
	fprintf(out, " */\n");
	if (simple)
		emit_simple(arena, out, hash, value, fold);
	else if (graph)
		emit_automaton(arena, out, hash, graph, &demand);
	else
		emitter_fail(emitter, "a pattern is too large: %.*s", (int)(value->text.size < 80 ? value->text.size : 80),
		             value->text.data);
	arena_free(arena);
	return hash;
}
