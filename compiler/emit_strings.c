/*
 * emit_strings.c - sets of whole values, beginnings and ends as re2c automata.
 *
 * A large set is cut by nibbles of its strings until the parts are small; the cuts become switches in the group's file,
 * the parts automata in shared files, named by what they hold, so that a changed string touches one of them. An
 * automaton reads as much of a string as tells it from the others; what is left of the only one possible is compared.
 */
#include <string.h>

#include "arena.h"
#include "emitter.h"
#include "plan.h"

enum { PART_MAX = 48 }; /* strings of one automaton */

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
};

static int
is_backward(const struct cut *cut)
{
	return cut->set->type == PLAN_BACKWARD;
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
	fputs(string->whole && end == string->size ? "\" end" : "\"", out);
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

/* What a long string's action compares: the bytes after its head, in the order of the text. */
static void
emit_tail(const struct cut *cut, const struct part *part, uint32_t index, uint32_t head, FILE *out)
{
	const struct plan_string *string = cut->set->strings + part->strings[index];
	uint32_t size = string->size - head;
	char *tail = arena_alloc(cut->emitter->arena, size + 1);

	for (uint32_t i = 0; i < size; i++)
		tail[i] = string->data[is_backward(cut) ? string->size - 1 - i : head + i];
	fprintf(out, " { return tail_%s(p, end, ", is_backward(cut) ? "before" : "after");
	emit_string(out, tail, size);
	fprintf(out, ", %u, %s) ? %u : %u; }\n", size, string->whole ? "stop" : "0", index + 1,
	        string_fallback(cut, part, index, head));
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
	uint64_t hash = part_hash(cut, part);
	const char *kind = is_backward(cut) ? "suffixes" : "prefixes";
	FILE *out;

	if (!emitter_first(cut->emitter, hash))
		return hash;
	out = emitter_file(cut->emitter, arena_print(cut->emitter->arena, "%s_%02x.re", kind,
	                   (unsigned)(hash % cut->emitter->string_files)), 1);
	fprintf(out, "\nuint32_t\n%s_%016llx(const uint8_t *p, const uint8_t *end, uint32_t stop)\n{\n\t(void)stop;\n", kind,
	        (unsigned long long)hash);
	fputs("\t/*!re2c\n", out);
	for (uint32_t i = 0; i < part->count; i++) {
		const struct plan_string *string = cut->set->strings + part->strings[i];
		uint32_t head = string_head(cut, part, i);

		fputc('\t', out);
		re_string(out, string, part->depth, head);
		if (head < string->size)
			emit_tail(cut, part, i, head, out);
		else
			fprintf(out, " { return %u; }\n", i + 1);
	}
	fputs("\t* { return 0; }\n\t*/\n}\n", out);
	return hash;
}

static void
indent(FILE *out, uint32_t level)
{
	for (uint32_t i = 0; i < level; i++)
		fputc('\t', out);
}

static void
emit_call(struct cut *cut, const struct part *part, uint32_t level)
{
	const char *kind = is_backward(cut) ? "suffixes" : "prefixes";
	unsigned long long hash = emit_part(cut, part);

	indent(cut->out, level);
	fprintf(cut->out, "extern uint32_t %s_%016llx(const uint8_t *, const uint8_t *, uint32_t);\n\n", kind, hash);
	indent(cut->out, level);
	fprintf(cut->out, "found = %s_%016llx(p %c %u, end, stop);\n", kind, hash, is_backward(cut) ? '-' : '+', part->depth);
	indent(cut->out, level);
	fprintf(cut->out, "return found ? found + %d : best;\n", (int)cut->count - 1);
	for (uint32_t i = 0; i < part->count; i++)
		cut->order[cut->count++] = part->strings[i];
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
		fprintf(cut->out, "best = %u;\n", cut->count);
		cut->order[cut->count++] = part->strings[i];
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
		struct part child = { .depth = part->depth + part->high, .high = !part->high };

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

void
emit_strings(struct emitter *emitter, FILE *out, const char *name, const struct plan_set *set, uint32_t *order)
{
	struct cut cut = { emitter, out, set, order, 0 };
	struct part all = { .count = set->string_count };

	all.strings = arena_alloc(emitter->arena, (set->string_count + 1) * sizeof(*all.strings));
	for (uint32_t i = 0; i < set->string_count; i++)
		all.strings[i] = i;
	fprintf(out, "static uint32_t\n%s(const uint8_t *p, const uint8_t *end, uint32_t stop)\n{\n", name);
	fprintf(out, "\tuint32_t best = UINT32_MAX, found;\n\tuint64_t size = %s;\n\n\t(void)size;\n",
	        is_backward(&cut) ? "p - end" : "end - p");
	emit_cut(&cut, all, 1);
	fputs("}\n\n", out);
}
