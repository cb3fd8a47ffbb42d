/* points.c - sets of positions: one byte for each place between two code points, pushed through a pattern. */
#include <string.h>

#include "fold.h"
#include "points.h"
#include "pool.h"
#include "regex.h"

struct set { /* positions; none outside first..last */
	uint8_t *has;
	int first, last;
};

struct match {
	struct pool *pool;
	const struct points *text;
	int end_is_open; /* what asserts something about the end of the text is false */
};

struct points
points_read(struct pool *pool, const void *data, uint32_t size, int fold)
{
	uint32_t *at = pool_take(pool, (size + 1) * sizeof(*at)), point;
	struct points points = { at, 0 };

	for (uint32_t i = 0; i < size;) {
		i += utf8_read((const uint8_t *)data + i, size - i, &point);
		at[points.count++] = fold ? fold_point(point) : point;
	}
	return points;
}

int
points_at(const struct points *text, int at, const struct points *part)
{
	if (at < 0 || at + part->count > text->count)
		return 0;
	return memcmp(text->at + at, part->at, part->count * sizeof(*part->at)) == 0;
}

int
points_has(const struct points *text, const struct points *part)
{
	for (int i = 0; i + part->count <= text->count; i++)
		if (!part->count || (text->at[i] == *part->at && points_at(text, i, part)))
			return 1;
	return 0;
}

static struct set
set_new(const struct match *match)
{
	return (struct set){ pool_take(match->pool, match->text->count + 1), match->text->count + 1, -1 };
}

static void
set_add(struct set *set, int at)
{
	set->has[at] = 1;
	set->first = at < set->first ? at : set->first;
	set->last = at > set->last ? at : set->last;
}

/* Adds the positions of another; returns whether there was a new one. */
static int
set_join(struct set *set, const struct set *other)
{
	int news = 0;

	for (int i = other->first; i <= other->last; i++)
		if (other->has[i] && !set->has[i]) {
			set_add(set, i);
			news = 1;
		}
	return news;
}

int
globs_fit(struct pool *pool, const struct points *text, const struct glob *globs, uint32_t count)
{
	struct match match = { pool, text, 0 };
	struct set now = set_new(&match), next;

	set_add(&now, 0);
	for (uint32_t k = 0; k < count; k++, now = next) {
		next = set_new(&match);
		for (int i = now.first; i <= now.last; i++) {
			if (!now.has[i])
				continue;
			if (globs[k].type == GLOB_TEXT && points_at(text, i, &globs[k].text))
				set_add(&next, i + globs[k].text.count);
			if (globs[k].type == GLOB_ONE && i < text->count)
				set_add(&next, i + 1);
			for (int to = i; globs[k].type == GLOB_RUN && to <= text->count; to++)
				set_add(&next, to);
			if (globs[k].type == GLOB_RUN)
				break;
		}
	}
	return now.has[text->count];
}

static int
is_word(const struct points *text, int at)
{
	uint32_t point = at >= 0 && at < text->count ? text->at[at] : 0;

	return (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') ||
		point == '_';
}

static int
assertion_holds(const struct match *match, int at, enum regex_type type)
{
	const struct points *text = match->text;
	int at_end = at == text->count, last_line = at == text->count - 1 && text->at[at] == '\n';

	if (match->end_is_open && at_end && type != REGEX_TEXT_START && type != REGEX_LINE_START)
		return 0;
	switch (type) {
	case REGEX_TEXT_START: return at == 0;
	case REGEX_TEXT_END: return at_end;
	case REGEX_LAST_LINE: return at_end || (last_line && !match->end_is_open);
	case REGEX_LINE_START: return at == 0 || text->at[at - 1] == '\n';
	case REGEX_LINE_END: return at_end || text->at[at] == '\n';
	case REGEX_WORD: return is_word(text, at - 1) != is_word(text, at);
	default: return is_word(text, at - 1) == is_word(text, at);
	}
}

static int
class_has(const struct regex *class, uint32_t point)
{
	for (uint32_t i = 0; i < class->range_count; i++)
		if (point >= class->ranges[i].first && point <= class->ranges[i].last)
			return 1;
	return 0;
}

static struct set regex_ends(const struct match *match, const struct regex *regex, const struct set *from);

/* Once more: now becomes where regex can end that began there. Nothing else stays taken. */
static void
set_step(const struct match *match, const struct regex *regex, struct set *now)
{
	struct pool_mark mark = pool_mark(match->pool);
	struct set to = regex_ends(match, regex, now);

	if (now->last >= 0)
		memset(now->has + now->first, 0, now->last - now->first + 1);
	*now = (struct set){ now->has, match->text->count + 1, -1 };
	set_join(now, &to);
	pool_give_back(match->pool, mark);
}

static struct set
repeat_ends(const struct match *match, const struct regex *regex, const struct set *from)
{
	struct set now = set_new(match), to = set_new(match);
	const struct regex *child = regex->children[0];

	set_join(&now, from);
	for (uint32_t i = 0; i < regex->min; i++)
		set_step(match, child, &now);
	set_join(&to, &now);
	if (child->type == REGEX_CLASS && regex->max == REGEX_NO_LIMIT) {
		for (int i = to.first; i <= to.last && i < match->text->count; i++)
			if (to.has[i] && class_has(child, match->text->at[i]))
				set_add(&to, i + 1);
		return to;
	}
	for (uint32_t i = regex->min; i < regex->max; i++) {
		set_step(match, child, &now);
		if (!set_join(&to, &now))
			break;
	}
	return to;
}

/* All positions where regex can end that began at one of from. */
static struct set
regex_ends(const struct match *match, const struct regex *regex, const struct set *from)
{
	struct set to = set_new(match), now = *from;

	switch (regex->type) {
	case REGEX_CLASS:
		for (int i = from->first; i <= from->last && i < match->text->count; i++)
			if (from->has[i] && class_has(regex, match->text->at[i]))
				set_add(&to, i + 1);
		return to;
	case REGEX_CONCAT:
		for (uint32_t i = 0; i < regex->child_count && now.last >= 0; i++)
			now = regex_ends(match, regex->children[i], &now);
		set_join(&to, &now);
		return to;
	case REGEX_ALTERNATE:
		for (uint32_t i = 0; i < regex->child_count; i++) {
			now = regex_ends(match, regex->children[i], from);
			set_join(&to, &now);
		}
		return to;
	case REGEX_REPEAT: return repeat_ends(match, regex, from);
	case REGEX_EMPTY:
		set_join(&to, from);
		return to;
	default:
		for (int i = from->first; i <= from->last; i++)
			if (from->has[i] && assertion_holds(match, i, regex->type))
				set_add(&to, i);
		return to;
	}
}

enum regex_answer
regex_fits(struct pool *pool, const struct points *text, const struct regex *regex)
{
	struct match match = { pool, text, 1 };
	struct set from = set_new(&match), to;

	for (int i = 0; i <= text->count; i++)
		set_add(&from, i);
	to = regex_ends(&match, regex, &from);
	if (to.last >= 0)
		return REGEX_YES;
	if (!regex_looks_at_end(regex))
		return REGEX_NO;
	match.end_is_open = 0;
	to = regex_ends(&match, regex, &from);
	return to.last >= 0 ? REGEX_AT_END : REGEX_NO;
}

int
regex_looks_at_end(const struct regex *regex)
{
	switch (regex->type) {
	case REGEX_TEXT_END: case REGEX_LAST_LINE: case REGEX_LINE_END: case REGEX_WORD: case REGEX_NOT_WORD: return 1;
	case REGEX_CONCAT: case REGEX_ALTERNATE: case REGEX_REPEAT:
		for (uint32_t i = 0; i < regex->child_count; i++)
			if (regex_looks_at_end(regex->children[i]))
				return 1;
		return 0;
	default: return 0;
	}
}
