/* plain_regex.c - regular expressions matched while they are read: each part takes a set of positions to another. */
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "pack.h"
#include "pool.h"
#include "tree.h"
#include "points.h"
#include "plain_parts.h"

struct run {
	struct pool *pool;
	struct points pattern, text;
	int at;      /* in the pattern */
	int i, m, s; /* flags here */
};

typedef uint8_t *set; /* text.count + 1 bytes */

static set
set_new(const struct run *run)
{
	return pool_take(run->pool, run->text.count + 1);
}

static int
set_join(const struct run *run, set to, const uint8_t *from)
{
	int news = 0;

	for (int k = 0; k <= run->text.count; k++) {
		news |= from[k] && !to[k];
		to[k] |= from[k];
	}
	return news;
}

static uint32_t
peek(const struct run *run, int ahead)
{
	return run->at + ahead < run->pattern.count ? run->pattern.at[run->at + ahead] : PLAIN_END;
}

static int
take(struct run *run, const char *string)
{
	for (int k = 0; string[k]; k++)
		if (peek(run, k) != (uint8_t)string[k])
			return 0;
	run->at += strlen(string);
	return 1;
}

static int
is_word(uint32_t point)
{
	return (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') ||
		point == '_';
}

static int
is_digit(uint32_t point)
{
	return point >= '0' && point <= '9';
}

static int
is_space(uint32_t point)
{
	return point == ' ' || (point >= '\t' && point <= '\r');
}

/* 1 and *is the answer if letter names a class. */
static int
named_class(uint32_t letter, uint32_t point, int *is)
{
	switch (letter) {
	case 'd': *is = is_digit(point); return 1;
	case 'D': *is = !is_digit(point); return 1;
	case 'w': *is = is_word(point); return 1;
	case 'W': *is = !is_word(point); return 1;
	case 's': *is = is_space(point); return 1;
	case 'S': *is = !is_space(point); return 1;
	default: return 0;
	}
}

static uint32_t
hex_take(struct run *run, int most)
{
	uint32_t number = 0, point;

	for (; most > 0 && (point = peek(run, 0)) < 0x80 && strchr("0123456789abcdefABCDEF", point) && point;
	     most--, run->at++)
		number = number * 16 + (point <= '9' ? point - '0' : (point | 32) - 'a' + 10);
	return number;
}

/* The point that an escape means; the backslash was read. */
static uint32_t
escape_take(struct run *run)
{
	uint32_t letter = peek(run, 0), point;

	run->at++;
	switch (letter) {
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case 'f': return '\f';
	case 'a': return '\a';
	case 'e': return 0x1b;
	case '0': return 0;
	case 'u': return hex_take(run, 4);
	case 'x':
		if (!take(run, "{"))
			return hex_take(run, 2);
		point = hex_take(run, 6);
		take(run, "}");
		return point;
	default: return letter;
	}
}

/* Is a point in first..last, in any case if the flag says so? */
static int
in_range(const struct run *run, uint32_t point, uint32_t first, uint32_t last)
{
	if (point >= first && point <= last)
		return 1;
	for (uint32_t other = first; run->i && other <= last; other++)
		if (fold_point(other) == fold_point(point))
			return 1;
	return 0;
}

/* Is the point in the class whose [ was read? Always reads the whole class. */
static int
class_has(struct run *run, uint32_t point)
{
	static const struct {
		const char *name;
		char letters[8];
	} posix[] = { { "[:alpha:]", "azAZ" }, { "[:digit:]", "09" }, { "[:alnum:]", "azAZ09" }, { "[:lower:]", "az" },
		{ "[:upper:]", "AZ" }, { "[:xdigit:]", "afAF09" }, { "[:space:]", "\t\r  " } };
	int negated = take(run, "^"), has = 0, first = 1, is;
	uint32_t from, to;

	for (; peek(run, 0) != PLAIN_END && (first || peek(run, 0) != ']'); first = 0) {
		size_t name = 0;

		while (name < sizeof(posix) / sizeof(*posix) && !take(run, posix[name].name))
			name++;
		if (name < sizeof(posix) / sizeof(*posix)) {
			for (const char *pair = posix[name].letters; *pair; pair += 2)
				has |= in_range(run, point, pair[0], pair[1]);
			continue;
		}
		from = peek(run, 0);
		run->at++;
		if (from == '\\' && named_class(peek(run, 0), point, &is)) {
			has |= is;
			run->at++;
			continue;
		}
		from = from != '\\' ? from : peek(run, 0) == 'b' && ++run->at ? '\b' : escape_take(run);
		to = from;
		if (peek(run, 0) == '-' && peek(run, 1) != ']' && peek(run, 1) != PLAIN_END &&
		    !(peek(run, 1) == '\\' && named_class(peek(run, 2), 0, &is))) {
			run->at++;
			to = peek(run, 0);
			run->at++;
			to = to == '\\' ? escape_take(run) : to;
		}
		has |= in_range(run, point, from, to);
	}
	take(run, "]");
	return has != negated;
}

static set alternation(struct run *run, const uint8_t *from);

static set
assertion(struct run *run, const uint8_t *from, uint32_t letter)
{
	const struct points *text = &run->text;
	set to = set_new(run);

	for (int k = 0; k <= text->count; k++) {
		int before = k > 0 && is_word(text->at[k - 1]), after = k < text->count && is_word(text->at[k]);
		int end = k == text->count, line = !end && text->at[k] == '\n';

		switch (letter) {
		case '^': to[k] = k == 0 || (run->m && text->at[k - 1] == '\n'); break;
		case '$': to[k] = end || (line && (run->m || k == text->count - 1)); break;
		case 'A': to[k] = k == 0; break;
		case 'z': to[k] = end; break;
		case 'Z': to[k] = end || (line && k == text->count - 1); break;
		case 'b': to[k] = before != after; break;
		default: to[k] = before == after; break;
		}
		to[k] &= from[k];
	}
	return to;
}

/* (?i) (?i: (?: (?P<name> (?<name>: 1 if only flags changed. */
static int
group_head(struct run *run)
{
	int on = 1;

	if (!take(run, "?"))
		return 0;
	if (take(run, "P<") || take(run, "<")) {
		while (peek(run, 0) != PLAIN_END && !take(run, ">"))
			run->at++;
		return 0;
	}
	for (;; run->at++) {
		switch (peek(run, 0)) {
		case 'i': run->i = on; break;
		case 'm': run->m = on; break;
		case 's': run->s = on; break;
		case '-': on = 0; break;
		case ')': run->at++; return 1;
		default: run->at++; return 0;
		}
	}
}

/* One point after another, by what the pattern has here. */
static set
one_point(struct run *run, const uint8_t *from)
{
	set to = set_new(run);
	int start = run->at, end = start, is;
	uint32_t letter = peek(run, 0), wanted;

	for (int k = 0; k <= run->text.count; k++) {
		uint32_t point = k < run->text.count ? run->text.at[k] : PLAIN_END;

		if (k < run->text.count && !from[k])
			continue;
		run->at = start + 1;
		if (letter == '[') {
			is = class_has(run, point);
		} else if (letter == '.') {
			is = run->s || point != '\n';
		} else if (letter == '\\' && named_class(peek(run, 0), point, &is)) {
			run->at++;
		} else {
			wanted = letter == '\\' ? escape_take(run) : letter;
			is = in_range(run, point, wanted, wanted);
		}
		end = run->at;
		if (k < run->text.count && is)
			to[k + 1] = 1;
	}
	run->at = end;
	return to;
}

static set
atom(struct run *run, const uint8_t *from)
{
	struct run outer = *run;
	set to;

	if (take(run, "(")) {
		if (group_head(run)) {
			to = set_new(run);
			set_join(run, to, from);
			return to;
		}
		to = alternation(run, from);
		run->i = outer.i, run->m = outer.m, run->s = outer.s;
		take(run, ")");
		return to;
	}
	if (take(run, "^"))
		return assertion(run, from, '^');
	if (take(run, "$"))
		return assertion(run, from, '$');
	if (peek(run, 0) == '\\' && peek(run, 1) < 0x80 && strchr("AzZbB", peek(run, 1))) {
		run->at += 2;
		return assertion(run, from, peek(run, -1));
	}
	return one_point(run, from);
}

/* {n}, {n,}, {n,m}: 1 if there is one. */
static int
bounds_take(struct run *run, int *min, int *max)
{
	int start = run->at;

	*min = *max = 0;
	if (!take(run, "{") || !is_digit(peek(run, 0)))
		goto none;
	while (is_digit(peek(run, 0)))
		*min = *min * 10 + run->pattern.at[run->at++] - '0';
	*max = *min;
	if (take(run, ",")) {
		*max = is_digit(peek(run, 0)) ? 0 : -1;
		while (is_digit(peek(run, 0)))
			*max = *max * 10 + run->pattern.at[run->at++] - '0';
	}
	if (take(run, "}"))
		return 1;
none:
	run->at = start;
	return 0;
}

/* An atom and how often; it is read again each time. */
static set
repeated(struct run *run, const uint8_t *from)
{
	struct run start = *run;
	set now = atom(run, from), to = set_new(run);
	int min = 1, max = 1, end;

	if (take(run, "*"))
		min = 0, max = -1;
	else if (take(run, "+"))
		max = -1;
	else if (take(run, "?"))
		min = 0;
	else if (!bounds_take(run, &min, &max))
		return now;
	take(run, "?");
	end = run->at;
	if (min == 0)
		set_join(run, to, from);
	for (int times = 1; max < 0 || times <= max; times++) {
		if (times >= min && !set_join(run, to, now) && times > min)
			break;
		*run = start;
		now = atom(run, now);
	}
	run->at = end;
	return to;
}

static set
sequence(struct run *run, const uint8_t *from)
{
	set now = set_new(run);

	set_join(run, now, from);
	while (peek(run, 0) != PLAIN_END && peek(run, 0) != '|' && peek(run, 0) != ')')
		now = repeated(run, now);
	return now;
}

static set
alternation(struct run *run, const uint8_t *from)
{
	set to = sequence(run, from);

	while (take(run, "|"))
		set_join(run, to, sequence(run, from));
	return to;
}

int
plain_regex(struct pool *pool, const char *pattern, struct points text, int i, int m, int s)
{
	struct run run = { .pool = pool, .text = text, .i = i, .m = m, .s = s };
	set from = set_new(&run);

	run.pattern = points_read(pool, pattern, strlen(pattern), 0);
	memset(from, 1, text.count + 1);
	return memchr(alternation(&run, from), 1, text.count + 1) != NULL;
}
