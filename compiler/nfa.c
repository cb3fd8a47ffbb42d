/*
 * nfa.c - turns a program into positions: which op takes a symbol, of which kind, and what may follow it.
 */
#include <string.h>

#include "arena.h"
#include "fold.h"
#include "ir.h"
#include "nfa.h"
#include "program.h"
#include "regex.h"

/* Kinds of symbols, as far as assertions tell them apart; as bits, since an assertion allows some of the next. */
enum { KIND_OTHER = 1, KIND_WORD = 2, KIND_NEWLINE = 4, KIND_END = 8, KIND_ALL = 15 };

/* What $ still demands when it was passed before a final newline. */
enum mode { MODE_FREE, MODE_NEWLINE, MODE_END, MODE_COUNT };

struct place { /* where a position stands: an op that took a symbol of a kind */
	uint32_t op;
	uint8_t kind, mode;
};

struct walk {
	struct arena *arena;
	const struct program *program;
	struct nfa_graph *graph;
	struct place *places;  /* by position */
	struct nfa_set kinds[4]; /* symbols, by kind_index() */
	uint32_t *numbers;     /* position + 1 by (op, kind, mode), 0: none yet */
	uint16_t *seen;        /* by (op, mode): bit of every allowed mask it was visited with */
	uint32_t *visited;     /* entries of seen to be cleared */
	uint32_t visited_count;
	uint32_t from;
	int too_large;
};

static int
kind_index(uint8_t kind)
{
	return kind == KIND_OTHER ? 0 : kind == KIND_WORD ? 1 : kind == KIND_NEWLINE ? 2 : 3;
}

static uint8_t
kind_of(const struct program *program, uint32_t symbol)
{
	int lower = symbol | 0x20;

	if (symbol == NFA_END)
		return KIND_END;
	if (program->has_lines && symbol == '\n')
		return KIND_NEWLINE;
	if (program->has_words && ((symbol >= '0' && symbol <= '9') || symbol == '_' || (lower >= 'a' && lower <= 'z')))
		return KIND_WORD;
	return KIND_OTHER;
}

static void
kinds_fill(struct walk *walk)
{
	for (uint32_t i = 0; i < NFA_SYMBOLS; i++)
		walk->kinds[kind_index(kind_of(walk->program, i))].bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* The symbols of a kind that a place takes. OP_MATCH takes any: it only looks whether such a symbol comes. */
static struct nfa_set
place_set(const struct walk *walk, struct place place)
{
	const struct op *op = walk->program->ops + place.op;
	struct nfa_set set = walk->kinds[kind_index(place.kind)];

	if (op->type == OP_MATCH)
		return set;
	for (int i = 0; i < NFA_SYMBOLS / 64; i++)
		set.bits[i] &= op->bytes[i];
	set.bits[NFA_END / 64] = 0;
	return set;
}

static int
set_is_empty(const struct nfa_set *set)
{
	return !(set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3] | set->bits[4]);
}

static void
follow_add(struct walk *walk, uint32_t position)
{
	struct nfa_position *from = walk->graph->positions + walk->from;

	for (uint32_t i = 0; i < from->follow_count; i++)
		if (from->follow[i] == position)
			return;
	from->follow = arena_grow(walk->arena, from->follow, from->follow_count, sizeof(*from->follow));
	from->follow[from->follow_count++] = position;
}

static uint32_t
position_add(struct walk *walk, struct place place, struct nfa_set set, int final)
{
	struct nfa_graph *graph = walk->graph;

	if (graph->count >= NFA_POSITIONS_MAX) {
		walk->too_large = 1;
		return 0;
	}
	graph->positions = arena_grow(walk->arena, graph->positions, graph->count, sizeof(*graph->positions));
	walk->places = arena_grow(walk->arena, walk->places, graph->count, sizeof(*walk->places));
	graph->positions[graph->count] = (struct nfa_position){ .set = set, .final = final };
	walk->places[graph->count] = place;
	return graph->count++;
}

static void
place_follow(struct walk *walk, struct place place, int final)
{
	uint32_t *number = walk->numbers + (place.op * 4 + kind_index(place.kind)) * MODE_COUNT + place.mode;
	struct nfa_set set;

	if (!*number) {
		set = place_set(walk, place);
		if (set_is_empty(&set))
			return;
		*number = position_add(walk, place, set, final) + 1;
	}
	if (!walk->too_large)
		follow_add(walk, *number - 1);
}

/* What of the next symbol an assertion allows, after a symbol of kind before (0: none, the text begins). */
static uint8_t
assertion_allows(uint32_t assertion, uint8_t before)
{
	switch (assertion) {
	case REGEX_TEXT_START: return before ? 0 : KIND_ALL;
	case REGEX_LINE_START: return !before || before == KIND_NEWLINE ? KIND_ALL : 0;
	case REGEX_TEXT_END: return KIND_END;
	case REGEX_LINE_END: return KIND_END | KIND_NEWLINE;
	case REGEX_WORD: return before == KIND_WORD ? KIND_ALL & ~KIND_WORD : KIND_WORD;
	default: return before == KIND_WORD ? KIND_WORD : KIND_ALL & ~KIND_WORD;
	}
}

/* A place that takes a symbol, or the match itself, was reached. */
static void
take(struct walk *walk, uint32_t number, uint8_t allowed, enum mode mode)
{
	const struct op *op = walk->program->ops + number;
	int match = op->type == OP_MATCH;

	if (match && mode == MODE_FREE && allowed == KIND_ALL) {
		walk->graph->positions[walk->from].final = 1;
		return;
	}
	for (uint8_t kind = KIND_OTHER; kind <= KIND_END; kind <<= 1) {
		struct place place = { number, kind, mode };

		if (!(allowed & kind) || (kind == KIND_END && !match))
			continue;
		if (mode == MODE_NEWLINE) {
			if (kind != KIND_NEWLINE)
				continue;
			place.mode = MODE_END;
			place_follow(walk, place, 0);
		} else if (mode == MODE_FREE || (match && kind == KIND_END)) {
			place_follow(walk, place, match);
		}
	}
}

/* Everything that can take the next symbol, from op on, without taking any before. */
static void
closure(struct walk *walk, uint32_t number, uint8_t before, uint8_t allowed, enum mode mode)
{
	const struct op *op = walk->program->ops + number;
	uint32_t key = number * MODE_COUNT + mode;

	if (!allowed || walk->too_large || walk->seen[key] >> allowed & 1)
		return;
	if (!walk->seen[key])
		walk->visited[walk->visited_count++] = key;
	walk->seen[key] |= 1u << allowed;
	if (op->type == OP_SPLIT) {
		closure(walk, op->next, before, allowed, mode);
		closure(walk, op->other, before, allowed, mode);
	} else if (op->type != OP_ASSERT) {
		take(walk, number, allowed, mode);
	} else if (op->assertion != REGEX_LAST_LINE) {
		closure(walk, op->next, before, allowed & assertion_allows(op->assertion, before), mode);
	} else {
		closure(walk, op->next, before, allowed & KIND_END, mode);
		closure(walk, op->next, before, allowed & KIND_NEWLINE, mode == MODE_FREE ? MODE_NEWLINE : mode);
	}
}

/* A match in MODE_NEWLINE took the newline as its own place in MODE_END: what follows is the end alone. */
static void
position_walk(struct walk *walk, uint32_t position)
{
	struct place place = walk->places[position];
	const struct op *op = walk->program->ops + place.op;
	uint32_t next = op->type == OP_MATCH ? place.op : op->next;

	walk->from = position;
	walk->visited_count = 0;
	if (position == 0)
		closure(walk, walk->program->start, 0, KIND_ALL, MODE_FREE);
	else if (!walk->graph->positions[position].final)
		closure(walk, next, place.kind, KIND_ALL, place.mode);
	for (uint32_t i = 0; i < walk->visited_count; i++)
		walk->seen[walk->visited[i]] = 0;
}

/* Drops positions from which no final one can be reached. */
static void
graph_prune(struct arena *arena, struct nfa_graph *graph)
{
	uint32_t *number = arena_alloc(arena, graph->count * sizeof(*number)), count = 1;
	uint8_t *useful = arena_alloc(arena, graph->count);
	int changed = 1;

	for (uint32_t i = 0; i < graph->count; i++)
		useful[i] = i == 0 || graph->positions[i].final;
	while (changed) {
		changed = 0;
		for (uint32_t i = graph->count; i-- > 0;)
			for (uint32_t k = 0; k < graph->positions[i].follow_count && !useful[i]; k++)
				useful[i] = useful[graph->positions[i].follow[k]] ? changed = 1 : 0;
	}
	for (uint32_t i = 1; i < graph->count; i++)
		number[i] = useful[i] ? count++ : 0;
	for (uint32_t i = 0; i < graph->count; i++) {
		struct nfa_position *position = graph->positions + i;
		uint32_t kept = 0;

		for (uint32_t k = 0; k < position->follow_count; k++)
			if (number[position->follow[k]])
				position->follow[kept++] = number[position->follow[k]];
		position->follow_count = kept;
		if (useful[i])
			graph->positions[number[i]] = *position;
		graph->uses_end |= useful[i] && nfa_set_has(&position->set, NFA_END);
	}
	graph->count = count;
}

static const struct nfa_graph *
graph_build(struct arena *arena, const struct regex *regex, int search)
{
	struct program program;
	struct nfa_graph *graph = arena_alloc(arena, sizeof(*graph));
	struct walk walk = { .arena = arena, .program = &program, .graph = graph };

	program_build(&program, arena, regex, search);
	if (program.too_large)
		return NULL;
	walk.numbers = arena_alloc(arena, (size_t)program.count * 4 * MODE_COUNT * sizeof(*walk.numbers));
	walk.seen = arena_alloc(arena, (size_t)program.count * MODE_COUNT * sizeof(*walk.seen));
	walk.visited = arena_alloc(arena, (size_t)program.count * MODE_COUNT * sizeof(*walk.visited));
	kinds_fill(&walk);
	position_add(&walk, (struct place){ 0 }, (struct nfa_set){ { 0 } }, 0);
	for (uint32_t i = 0; i < graph->count && !walk.too_large; i++)
		position_walk(&walk, i);
	if (walk.too_large)
		return NULL;
	graph_prune(arena, graph);
	return graph;
}

const struct nfa_graph *
nfa_from_regex(struct arena *arena, const struct regex *regex)
{
	return graph_build(arena, regex, 1);
}

/* One code point, or all of them when first is beyond the last. */
static const struct regex *
wildcard_class(struct arena *arena, uint32_t first, uint32_t last)
{
	struct regex *node = arena_alloc(arena, sizeof(*node));
	struct regex_range *range = arena_alloc(arena, sizeof(*range));

	*range = (struct regex_range){ first, last };
	node->type = REGEX_CLASS;
	node->ranges = range;
	node->range_count = 1;
	return node;
}

static void
wildcard_add(struct arena *arena, struct regex *whole, const struct regex *node)
{
	whole->children = arena_grow(arena, whole->children, whole->child_count, sizeof(*whole->children));
	whole->children[whole->child_count++] = node;
}

static void
wildcard_add_piece(struct arena *arena, struct regex *whole, const struct ir_piece *piece, int fold)
{
	const uint8_t *text = (const uint8_t *)piece->literal.data;
	struct regex *repeat = arena_alloc(arena, sizeof(*repeat));
	uint32_t point;

	if (piece->type == IR_ANY_ONE) {
		wildcard_add(arena, whole, wildcard_class(arena, 0, REGEX_LAST));
		return;
	}
	if (piece->type == IR_ANY_RUN) {
		*repeat = (struct regex){ .type = REGEX_REPEAT, .max = REGEX_NO_LIMIT, .child_count = 1 };
		repeat->children = arena_alloc(arena, sizeof(*repeat->children));
		repeat->children[0] = wildcard_class(arena, 0, REGEX_LAST);
		wildcard_add(arena, whole, repeat);
		return;
	}
	for (uint32_t i = 0; i < piece->literal.size;) {
		i += utf8_read(text + i, piece->literal.size - i, &point);
		point = fold ? fold_point(point) : point;
		wildcard_add(arena, whole, wildcard_class(arena, point, point));
	}
}

/* A run at the end needs no look at the end. */
const struct nfa_graph *
nfa_from_wildcard(struct arena *arena, const struct ir_value *value, int fold)
{
	static const struct regex end = { .type = REGEX_TEXT_END };
	struct regex whole = { .type = REGEX_CONCAT };
	uint32_t count = value->piece_count;
	int open = count && value->pieces[count - 1].type == IR_ANY_RUN;

	for (uint32_t i = 0; i + open < count; i++)
		wildcard_add_piece(arena, &whole, value->pieces + i, fold);
	if (!open)
		wildcard_add(arena, &whole, &end);
	return graph_build(arena, &whole, 0);
}

int
regex_check(const char *pattern, size_t size, unsigned flags, struct regex_error *error)
{
	struct arena *arena = arena_new();
	const struct regex *regex = regex_parse(arena, pattern, size, flags, error);
	int result = regex && nfa_from_regex(arena, regex) ? 0 : -1;

	if (regex && result != 0) {
		error->offset = 0;
		strcpy(error->text, "the pattern is too large: its repeats multiply to more than 8192 places");
	}
	arena_free(arena);
	return result;
}
