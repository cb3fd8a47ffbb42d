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

struct run { /* the literal being read, and the longest so far */
	struct arena *arena;
	uint8_t *now;
	uint32_t size;
	struct ir_text best;
};

static void
run_end(struct run *run)
{
	if (run->size > run->best.size)
		run->best = (struct ir_text){ (char *)run->now, run->size };
	run->now = NULL;
	run->size = 0;
}

static void
run_add(struct run *run, uint32_t point)
{
	uint8_t bytes[4];
	uint32_t count = utf8_write(bytes, fold_point(point));

	for (uint32_t i = 0; i < count; i++) {
		run->now = arena_grow(run->arena, run->now, run->size, 1);
		run->now[run->size++] = bytes[i];
	}
}

/* The folded code point that all members of a class share, or -1. */
static int64_t
class_folded(const struct regex *class)
{
	int64_t folded = -1;

	for (uint32_t i = 0; i < class->range_count; i++) {
		if (class->ranges[i].last - class->ranges[i].first > 2)
			return -1;
		for (uint32_t point = class->ranges[i].first; point <= class->ranges[i].last; point++) {
			if (folded >= 0 && folded != fold_point(point))
				return -1;
			folded = fold_point(point);
		}
	}
	return folded;
}

static void
regex_walk(struct run *run, const struct regex *regex)
{
	int64_t point;

	switch (regex->type) {
	case REGEX_CLASS:
		point = class_folded(regex);
		if (point >= 0)
			run_add(run, point);
		else
			run_end(run);
		break;
	case REGEX_CONCAT:
		for (uint32_t i = 0; i < regex->child_count; i++)
			regex_walk(run, regex->children[i]);
		break;
	case REGEX_REPEAT:
		run_end(run);
		if (regex->min) {
			regex_walk(run, regex->children[0]);
			run_end(run);
		}
		break;
	case REGEX_ALTERNATE:
		run_end(run);
		break;
	default:
		break;
	}
}

static struct ir_text
regex_literal(struct arena *arena, const struct ir_predicate *predicate, const struct ir_value *value)
{
	struct run run = { .arena = arena };
	struct regex_error error;
	const struct regex *regex = regex_parse(arena, value->text.data, value->text.size, predicate->regex_flags, &error);

	if (regex)
		regex_walk(&run, regex);
	run_end(&run);
	return run.best;
}

static struct ir_text
wildcard_literal(struct arena *arena, const struct ir_value *value)
{
	struct ir_text best = { NULL, 0 };

	for (uint32_t i = 0; i < value->piece_count; i++) {
		struct ir_text folded = { NULL, 0 };

		if (value->pieces[i].type == IR_LITERAL)
			folded = plan_fold(arena, value->pieces[i].literal);
		if (folded.size > best.size)
			best = folded;
	}
	return best;
}

struct ir_text
literal_required(struct arena *arena, const struct ir_predicate *predicate, const struct ir_value *value)
{
	switch (predicate->op) {
	case PACK_EQUALS: case PACK_STARTSWITH: case PACK_ENDSWITH: case PACK_CONTAINS: case PACK_KEYWORD:
	case PACK_SUBDOMAIN:
		return plan_fold(arena, value->text);
	case PACK_WILDCARD:
		return wildcard_literal(arena, value);
	case PACK_REGEX:
		return regex_literal(arena, predicate, value);
	default:
		return (struct ir_text){ NULL, 0 };
	}
}
