/*
 * literal.c - required literals of wildcards, regular expressions and plain strings.
 */
#include <string.h>

#include "arena.h"
#include "fold.h"
#include "ir.h"
#include "literal.h"
#include "packfile.h"
#include "plan.h"
#include "regex.h"
#include "usual.h"

enum { LITERAL_SIZE_MAX = 64, COPIES_MAX = 8, STEPS_MAX = 1000 };

struct run { /* what follows one another in every text: the spellings being read, and the best of what came before */
	struct arena *arena;
	char (*now)[LITERAL_SIZE_MAX];
	uint32_t sizes[LITERALS_MAX], count;
	uint32_t steps;
	struct literals best;
	double weight;
};

static double
literals_weight(const struct literals *literals)
{
	double weight = 0;

	for (uint32_t i = 0; i < literals->count; i++)
		weight += usual_weight(literals->texts[i], 1);
	return weight;
}

static void
run_offer(struct run *run, struct literals literals)
{
	double weight = literals_weight(&literals);

	if (!literals.count || (run->best.count && (weight > run->weight ||
	    (weight == run->weight && literals.texts[0].size <= run->best.texts[0].size))))
		return;
	run->best = literals;
	run->weight = weight;
}

static void
run_begin(struct run *run)
{
	run->count = 1;
	run->sizes[0] = 0;
}

static void
run_end(struct run *run)
{
	struct literals literals = { arena_alloc(run->arena, run->count * sizeof(*literals.texts)), run->count };

	for (uint32_t i = 0; i < run->count; i++) {
		char *copy = arena_alloc(run->arena, run->sizes[i] + 1);

		memcpy(copy, run->now[i], run->sizes[i]);
		literals.texts[i] = (struct ir_text){ copy, run->sizes[i] };
	}
	if (run->sizes[0])
		run_offer(run, literals);
	run_begin(run);
}

/* The folded code points of a class; 0 if they are more than there may be spellings. */
static uint32_t
class_points(const struct regex *class, uint32_t *points)
{
	uint32_t count = 0, k;

	for (uint32_t i = 0; i < class->range_count; i++) {
		if (class->ranges[i].last - class->ranges[i].first > 2 * LITERALS_MAX)
			return 0;
		for (uint32_t point = class->ranges[i].first; point <= class->ranges[i].last; point++) {
			for (k = 0; k < count && points[k] != fold_point(point); k++)
				continue;
			if (k == LITERALS_MAX)
				return 0;
			points[k] = fold_point(point);
			count += k == count;
		}
	}
	return count;
}

/* Every spelling so far goes on with each of the points. */
static void
run_add(struct run *run, const uint32_t *points, uint32_t count)
{
	uint32_t old = run->count;

	for (uint32_t i = 0; i < old; i++)
		if (run->sizes[i] + 4 > LITERAL_SIZE_MAX) {
			run_end(run);
			old = 1;
		}
	for (uint32_t k = count; k-- > 0;)
		for (uint32_t i = 0; i < old; i++) {
			uint32_t to = k * old + i;

			memmove(run->now[to], run->now[i], run->sizes[i]);
			run->sizes[to] = run->sizes[i] + utf8_write((uint8_t *)run->now[to] + run->sizes[i], fold_point(points[k]));
		}
	run->count = old * count;
}

static void
class_walk(struct run *run, const struct regex *class)
{
	uint32_t points[LITERALS_MAX], count = class_points(class, points);

	if (!count || count * run->count > LITERALS_MAX)
		run_end(run);
	if (count)
		run_add(run, points, count);
}

static void regex_walk(struct run *run, const struct regex *regex);

/* The first copy belongs to what is before; the others follow it. */
static void
repeat_walk(struct run *run, const struct regex *regex)
{
	uint32_t copies = regex->min < COPIES_MAX ? regex->min : COPIES_MAX;

	for (uint32_t i = 0; i < copies && run->steps < STEPS_MAX; i++)
		regex_walk(run, regex->children[0]);
	if (copies != regex->max || run->steps >= STEPS_MAX)
		run_end(run);
}

static struct literals regex_literals(struct arena *arena, const struct regex *regex, uint32_t steps);

/* One of its children's. */
static void
alternate_walk(struct run *run, const struct regex *regex)
{
	struct literals all = { arena_alloc(run->arena, LITERALS_MAX * sizeof(*all.texts)), 0 };

	run_end(run);
	for (uint32_t i = 0; i < regex->child_count; i++) {
		struct literals one = regex_literals(run->arena, regex->children[i], run->steps + 1);

		if (!one.count || all.count + one.count > LITERALS_MAX)
			return;
		memcpy(all.texts + all.count, one.texts, one.count * sizeof(*all.texts));
		all.count += one.count;
	}
	run_offer(run, all);
}

static void
regex_walk(struct run *run, const struct regex *regex)
{
	run->steps++;
	switch (regex->type) {
	case REGEX_CLASS:
		class_walk(run, regex);
		break;
	case REGEX_CONCAT:
		for (uint32_t i = 0; i < regex->child_count; i++)
			regex_walk(run, regex->children[i]);
		break;
	case REGEX_REPEAT:
		repeat_walk(run, regex);
		break;
	case REGEX_ALTERNATE:
		alternate_walk(run, regex);
		break;
	default:
		break;
	}
}

static struct literals
regex_literals(struct arena *arena, const struct regex *regex, uint32_t steps)
{
	struct run run = { .arena = arena, .steps = steps };

	if (steps >= STEPS_MAX)
		return run.best;
	run.now = arena_alloc(arena, LITERALS_MAX * sizeof(*run.now));
	run_begin(&run);
	regex_walk(&run, regex);
	run_end(&run);
	return run.best;
}

static struct literals
single(struct arena *arena, struct ir_text text)
{
	struct literals literals = { arena_alloc(arena, sizeof(*literals.texts)), text.size != 0 };

	literals.texts[0] = text;
	return literals;
}

static struct literals
wildcard_literals(struct arena *arena, const struct ir_value *value)
{
	struct run run = { .arena = arena };

	for (uint32_t i = 0; i < value->piece_count; i++)
		if (value->pieces[i].type == IR_LITERAL)
			run_offer(&run, single(arena, plan_fold(arena, value->pieces[i].literal)));
	return run.best;
}

struct literals
literals_required(struct arena *arena, const struct ir_predicate *predicate, const struct ir_value *value)
{
	struct literals none = { NULL, 0 };
	struct regex_error error;
	const struct regex *regex;

	switch (predicate->op) {
	case PACK_EQUALS: case PACK_STARTSWITH: case PACK_ENDSWITH: case PACK_CONTAINS: case PACK_KEYWORD:
	case PACK_SUBDOMAIN:
		return single(arena, plan_fold(arena, value->text));
	case PACK_WILDCARD:
		return wildcard_literals(arena, value);
	case PACK_REGEX:
		regex = regex_parse(arena, value->text.data, value->text.size, predicate->regex_flags, &error);
		return regex ? regex_literals(arena, regex, 0) : none;
	default:
		return none;
	}
}
