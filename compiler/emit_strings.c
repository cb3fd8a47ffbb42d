/*
 * emit_strings.c - sets of whole values, beginnings and ends as re2c automata.
 *
 * A large set is cut by nibbles of its strings until the parts are small; the cuts become switches in the group's file,
 * the parts automata in shared files, named by what they hold and in a file chosen by where they were cut, so that a
 * changed string touches one file. An automaton reads as much of a string as tells it from the others; a table says
 * what is left to compare, and what is found if that differs. The byte before and behind a folded text is 0, which no
 * string of a set has: an automaton needs no look at the text's end.
 */
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "plan.h"

enum { PART_MAX = 96 }; /* strings of one automaton */

#define RE_BLOCK \
	"/*!re2c\n\tre2c:flags:input = custom;\n\tre2c:yyfill:enable = 0;\n\tre2c:define:YYCTYPE = uint8_t;\n*/\n"

static const char re_forward[] =
	"\n#define YYSKIP() ++p\n#define YYPEEK() p[0]\n#define YYBACKUP() (void)0\n#define YYRESTORE() (void)0\n\n" RE_BLOCK;
static const char re_backward[] =
	"\n#define YYSKIP() --p\n#define YYPEEK() p[-1]\n#define YYBACKUP() (void)0\n#define YYRESTORE() (void)0\n\n" RE_BLOCK;

struct cut {
	struct emitter *emitter;
	FILE *out;
	const struct plan_set *set;
	uint32_t *order; /* strings by the number they got */
	uint32_t count;  /* numbers given */
};

struct part { /* some strings of the set; all agree on their first depth bytes */
	uint32_t *strings;
	uint32_t count, depth;
	int high;        /* they agree on the low nibble of the next byte too */
	uint64_t cuts;   /* hash of the set's place and of the nibbles that led here */
};

static int
is_backward(const struct cut *cut)
{
	return cut->set->type == PLAN_BACKWARD;
}

static const char *
kind_of(const struct cut *cut)
{
	return is_backward(cut) ? "suffixes" : "prefixes";
}

static void
re_string(FILE *out, const struct plan_string *string, uint32_t depth, uint32_t end)
{
	fputc('"', out);
	for (uint32_t i = depth; i < end; i++) {
		unsigned char byte = string->data[i];

		if (byte == '"' || byte == '\\')
			fprintf(out, "\\%c", byte);
		else if (byte >= ' ' && byte < 0x7f)
			fputc(byte, out);
		else
			fprintf(out, "\\x%02x", byte);
	}
	fputc('"', out);
}

static uint32_t
strings_common(const struct plan_string *a, const struct plan_string *b)
{
	uint32_t i = 0;

	while (i < a->size && i < b->size && a->data[i] == b->data[i])
		i++;
	return i;
}

/* How many bytes of a part's string tell it from the others: the automaton reads those, a comparison the rest. */
static uint32_t
string_head(const struct cut *cut, const struct part *part, uint32_t index)
{
	const struct plan_string *strings = cut->set->strings, *string = strings + part->strings[index];
	uint32_t head = part->depth, common;

	for (int side = -1; side <= 1; side += 2) {
		if ((side < 0 && index == 0) || (side > 0 && index + 1 == part->count))
			continue;
		common = strings_common(string, strings + part->strings[(int)index + side]);
		head = common > head ? common : head;
	}
	return head + 3 < string->size ? head + 1 : string->size;
}

/* The longest other string of the part that is a beginning of this one's head, as its number from 1; 0: none. */
static uint32_t
string_fallback(const struct cut *cut, const struct part *part, uint32_t index, uint32_t head)
{
	const struct plan_string *string = cut->set->strings + part->strings[index];
	uint32_t best = 0, size = 0;

	for (uint32_t i = 0; i < part->count; i++) {
		const struct plan_string *other = cut->set->strings + part->strings[i];

		if (i == index || other->whole || other->size > head || other->size < size)
			continue;
		if (strings_common(string, other) == other->size) {
			best = i + 1;
			size = other->size;
		}
	}
	return best;
}

/* A string whose automaton is not all: bytes are left, or the text must end. */
static int
string_has_tail(const struct cut *cut, const struct part *part, uint32_t index)
{
	const struct plan_string *string = cut->set->strings + part->strings[index];

	return string->whole || string_head(cut, part, index) < string->size;
}

/* The same text once as a beginning and once as a whole value: the automaton knows the whole value, which falls back. */
static int
string_is_twice(const struct cut *cut, const struct part *part, uint32_t index)
{
	const struct plan_string *strings = cut->set->strings, *string = strings + part->strings[index], *next;

	if (index + 1 == part->count)
		return 0;
	next = strings + part->strings[index + 1];
	return next->size == string->size && strings_common(string, next) == string->size;
}

/* The bytes after a string's head, in the order of the text. */
static void
emit_tail_text(const struct cut *cut, const struct plan_string *string, uint32_t head, FILE *out)
{
	uint32_t size = string->size - head;
	char *tail = arena_alloc(cut->emitter->arena, size + 1);

	for (uint32_t i = 0; i < size; i++)
		tail[i] = string->data[is_backward(cut) ? string->size - 1 - i : head + i];
	fputc('\t', out);
	emit_string(out, tail, size);
	fputc('\n', out);
}

/* Returns whether a string of the part has a tail. */
static int
emit_tails(const struct cut *cut, const struct part *part, unsigned long long hash, FILE *out)
{
	uint32_t offset = 0, head, i;

	for (i = 0; i < part->count && !string_has_tail(cut, part, i); i++)
		;
	if (i == part->count)
		return 0;
	fprintf(out, "\nstatic const struct tail tails_%016llx[] = {\n", hash);
	for (i = 0; i < part->count; i++) {
		const struct plan_string *string = cut->set->strings + part->strings[i];

		head = string_head(cut, part, i);
		fprintf(out, "\t{%u,%u,%u,%u,%u},\n", offset, string->size - head, head - part->depth,
		        string_fallback(cut, part, i, head), string->whole);
		offset += string->size - head;
	}
	fprintf(out, "};\n\nstatic const char texts_%016llx[] =\n", hash);
	for (i = 0; i < part->count; i++)
		emit_tail_text(cut, cut->set->strings + part->strings[i], string_head(cut, part, i), out);
	fputs("\t;\n", out);
	return 1;
}

static uint64_t
part_hash(const struct cut *cut, const struct part *part)
{
	uint64_t hash = emit_hash(EMIT_HASH_START, &cut->set->type, sizeof(cut->set->type));

	for (uint32_t i = 0; i < part->count; i++) {
		const struct plan_string *string = cut->set->strings + part->strings[i];

		hash = emit_hash(hash, string->data + part->depth, string->size - part->depth);
		hash = emit_hash(hash, &string->whole, sizeof(string->whole));
	}
	return hash;
}

/* The automaton of a part; returns the hash in its name. */
static uint64_t
emit_part(struct cut *cut, const struct part *part)
{
	unsigned long long hash = part_hash(cut, part);
	const char *kind = kind_of(cut);
	int has_tails;
	FILE *out;

	if (!emitter_first(cut->emitter, hash))
		return hash;
	out = emitter_file(cut->emitter, arena_print(cut->emitter->arena, "%s_%02x.re", kind,
	                   (unsigned)(part->cuts % cut->emitter->string_files)), is_backward(cut) ? re_backward : re_forward);
	has_tails = emit_tails(cut, part, hash, out);
	fprintf(out, "\nuint32_t\n%s_%016llx(const uint8_t *p, const uint8_t *end, uint32_t stop)\n{\n", kind, hash);
	fputs(has_tails ? "\tconst uint8_t *start = p;\n\tuint32_t found;\n\n" : "\t(void)end, (void)stop;\n", out);
	fputs("\t/*!re2c\n", out);
	for (uint32_t i = 0; i < part->count; i++) {
		if (string_is_twice(cut, part, i))
			continue;
		fputc('\t', out);
		re_string(out, cut->set->strings + part->strings[i], part->depth, string_head(cut, part, i));
		fprintf(out, string_has_tail(cut, part, i) ? " { found = %u; goto tail; }\n" : " { return %u; }\n", i + 1);
	}
	fputs("\t* { return 0; }\n\t*/\n", out);
	if (has_tails)
		fprintf(out, "tail:\n\treturn tail_%s(tails_%016llx, texts_%016llx, found, start, end, stop);\n",
		        is_backward(cut) ? "before" : "after", hash, hash);
	fputs("}\n", out);
	return hash;
}

static void
indent(FILE *out, uint32_t level)
{
	for (uint32_t i = 0; i < level; i++)
		fputc('\t', out);
}

/* The automaton of a part, declared in the set's file; returns its name. */
static const char *
emit_declared(struct cut *cut, const struct part *part)
{
	const char *name = arena_print(cut->emitter->arena, "%s_%016llx", kind_of(cut),
	                               (unsigned long long)emit_part(cut, part));

	fprintf(cut->out, "find_fn %s;\n", name);
	for (uint32_t i = 0; i < part->count; i++)
		cut->order[cut->count++] = part->strings[i];
	return name;
}

static void
emit_call(struct cut *cut, const struct part *part, uint32_t level)
{
	uint32_t first = cut->count;
	const char *name;

	indent(cut->out, level);
	name = emit_declared(cut, part);
	fputc('\n', cut->out);
	indent(cut->out, level);
	fprintf(cut->out, "found = %s(p %c %u, end, stop);\n", name, is_backward(cut) ? '-' : '+', part->depth);
	indent(cut->out, level);
	fprintf(cut->out, "return found ? found + %u : best;\n", first);
}

static uint8_t
byte_of(const struct cut *cut, uint32_t string, uint32_t depth)
{
	return cut->set->strings[string].data[depth];
}

/* How far all strings agree beyond the part's depth. */
static uint32_t
part_common(const struct cut *cut, const struct part *part)
{
	uint32_t depth = part->depth;

	for (;; depth++)
		for (uint32_t i = 0; i < part->count; i++)
			if (cut->set->strings[part->strings[i]].size == depth ||
			    byte_of(cut, part->strings[i], depth) != byte_of(cut, part->strings[0], depth))
				return depth;
}

/* Strings that end here: found, whatever follows or if nothing does. */
static void
emit_ended(struct cut *cut, struct part *part, uint32_t level)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < part->count; i++) {
		const struct plan_string *string = cut->set->strings + part->strings[i];

		if (string->size > part->depth) {
			part->strings[kept++] = part->strings[i];
			continue;
		}
		indent(cut->out, level);
		if (string->whole)
			fprintf(cut->out, "if (size == %u && stop == STOP_END)\n\t", part->depth), indent(cut->out, level);
		cut->order[cut->count++] = part->strings[i];
		fprintf(cut->out, "best = %u;\n", cut->count);
	}
	part->count = kept;
}

static void emit_cut(struct cut *cut, struct part part, uint32_t level);

static void
emit_nibbles(struct cut *cut, const struct part *part, uint32_t level)
{
	const char *sign = is_backward(cut) ? "-1 - " : "";

	indent(cut->out, level);
	fprintf(cut->out, "switch (p[%s%u] %s) {\n", sign, part->depth, part->high ? ">> 4" : "& 15");
	for (uint32_t nibble = 0; nibble < 16; nibble++) {
		struct part child = { .depth = part->depth + part->high, .high = !part->high,
			.cuts = emit_hash(part->cuts, &nibble, sizeof(nibble)) };

		child.strings = arena_alloc(cut->emitter->arena, (part->count + 1) * sizeof(*child.strings));
		for (uint32_t i = 0; i < part->count; i++) {
			uint8_t byte = byte_of(cut, part->strings[i], part->depth);

			if ((part->high ? byte >> 4 : byte & 15) == (int)nibble)
				child.strings[child.count++] = part->strings[i];
		}
		if (!child.count)
			continue;
		indent(cut->out, level);
		fprintf(cut->out, "case %u: {\n", nibble);
		if (child.count <= PART_MAX) {
			child.depth = part->depth;
			emit_call(cut, &child, level + 1);
		} else {
			emit_cut(cut, child, level + 1);
		}
		indent(cut->out, level);
		fputs("}\n", cut->out);
	}
	indent(cut->out, level);
	fputs("}\n", cut->out);
}

static void
emit_cut(struct cut *cut, struct part part, uint32_t level)
{
	uint32_t depth = part.high ? part.depth : part_common(cut, &part);

	if (part.count <= PART_MAX) {
		emit_call(cut, &part, level);
		return;
	}
	if (depth > part.depth) {
		const struct plan_string *first = cut->set->strings + part.strings[0];

		for (uint32_t i = part.depth; i < depth; i++) {
			indent(cut->out, level);
			fprintf(cut->out, "if (size <= %u || p[%s%u] != %u)\n", i, is_backward(cut) ? "-1 - " : "", i,
			        (uint8_t)first->data[i]);
			indent(cut->out, level + 1);
			fputs("return best;\n", cut->out);
		}
		part.depth = depth;
	}
	if (!part.high)
		emit_ended(cut, &part, level);
	indent(cut->out, level);
	fprintf(cut->out, "if (size <= %u)\n", part.depth);
	indent(cut->out, level + 1);
	fputs("return best;\n", cut->out);
	emit_nibbles(cut, &part, level);
	indent(cut->out, level);
	fputs("return best;\n", cut->out);
}

const char *
emit_strings(struct emitter *emitter, FILE *out, const char *name, uint64_t place, const struct plan_set *set,
             uint32_t *order)
{
	struct cut cut = { emitter, out, set, order, 0 };
	struct part all = { .count = set->string_count, .cuts = place };

	all.strings = arena_alloc(emitter->arena, (set->string_count + 1) * sizeof(*all.strings));
	for (uint32_t i = 0; i < set->string_count; i++)
		all.strings[i] = i;
	if (all.count <= PART_MAX)
		return emit_declared(&cut, &all);
	fprintf(out, "static uint32_t\n%s(const uint8_t *p, const uint8_t *end, uint32_t stop)\n{\n", name);
	fprintf(out, "\tuint32_t best = 0, found;\n\tuint64_t size = %s;\n\n", is_backward(&cut) ? "p - end" : "end - p");
	emit_cut(&cut, all, 1);
	fputs("}\n\n", out);
	return name;
}
