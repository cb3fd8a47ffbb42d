/*
 * regex.c - parses regular expressions: recursive descent over the pattern's code points.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "class.h"
#include "fold.h"
#include "ir.h"
#include "regex.h"

struct parser {
	struct arena *arena;
	const uint8_t *pattern;
	size_t size, at;
	unsigned flags; /* enum ir_regex_flag, as inline flags change them */
	unsigned depth;
	int quoting;    /* between \Q and \E */
	int failed;
	struct regex_error *error;
};

static const struct regex *parse_alternation(struct parser *parser);

static void __attribute__((format(printf, 3, 4)))
parse_fail(struct parser *parser, size_t offset, const char *format, ...)
{
	va_list list;

	if (parser->failed)
		return;
	parser->failed = 1;
	parser->error->offset = offset;
	va_start(list, format);
	vsnprintf(parser->error->text, sizeof(parser->error->text), format, list);
	va_end(list);
}

/* A construct that is known and cannot be had. */
static void
construct_fail(struct parser *parser, size_t offset, const char *name)
{
	if (!parser->failed)
		parser->error->unsupported = 1;
	parse_fail(parser, offset, "%s cannot become a DFA", name);
}

static struct regex *
node_new(struct parser *parser, enum regex_type type)
{
	struct regex *node = arena_alloc(parser->arena, sizeof(*node));

	node->type = type;
	return node;
}

static struct regex *
node_class(struct parser *parser, const struct class *class)
{
	struct regex *node = node_new(parser, REGEX_CLASS);

	node->ranges = class->ranges;
	node->range_count = class->count;
	return node;
}

static int
looking_at(const struct parser *parser, const char *string)
{
	size_t size = strlen(string);

	return parser->size - parser->at >= size && memcmp(parser->pattern + parser->at, string, size) == 0;
}

static int
take(struct parser *parser, const char *string)
{
	if (!looking_at(parser, string))
		return 0;
	parser->at += strlen(string);
	return 1;
}

static uint32_t
point_next(struct parser *parser)
{
	uint32_t point;

	parser->at += utf8_read(parser->pattern + parser->at, parser->size - parser->at, &point);
	return point;
}

static struct regex *
node_literal(struct parser *parser, uint32_t point)
{
	struct class class = { 0 };

	class_add(parser->arena, &class, point, point);
	if (parser->flags & IR_REGEX_I)
		class_close(parser->arena, &class);
	return node_class(parser, &class);
}

/* Escapes ------------------------------------------------------------------------------------------------------------ */

static int
hex_digit(int byte)
{
	int lower = byte | 0x20;

	return byte >= '0' && byte <= '9' ? byte - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Up to count hex digits; returns how many there were. */
static unsigned
hex_read(struct parser *parser, unsigned count, uint32_t *point)
{
	unsigned digits = 0;

	*point = 0;
	while (digits < count && parser->at < parser->size && hex_digit(parser->pattern[parser->at]) >= 0) {
		*point = *point << 4 | hex_digit(parser->pattern[parser->at++]);
		digits++;
	}
	return digits;
}

static uint32_t
escape_hex(struct parser *parser, size_t start)
{
	uint32_t point;

	if (take(parser, "{")) {
		if (!hex_read(parser, 6, &point) || !take(parser, "}") || point > 0x10ffff)
			parse_fail(parser, start, "\\x{...} wants the number of a code point in hex");
		return point;
	}
	hex_read(parser, 2, &point);
	return point;
}

/* \0 and what follows: octal. */
static uint32_t
escape_octal(struct parser *parser)
{
	uint32_t point = 0;

	for (int i = 0; i < 2 && parser->at < parser->size; i++) {
		uint8_t byte = parser->pattern[parser->at];

		if (byte < '0' || byte > '7')
			break;
		point = point * 8 + byte - '0';
		parser->at++;
	}
	return point;
}

/* The code point of an escape that stands for one; what follows the backslash and its letter is still to be read. */
static uint32_t
escape_point(struct parser *parser, uint32_t letter, size_t start)
{
	char name[32];
	uint32_t point;

	switch (letter) {
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case 'f': return '\f';
	case 'a': return '\a';
	case 'e': return 0x1b;
	case '0': return escape_octal(parser);
	case 'x': return escape_hex(parser, start);
	case 'u':
		if (hex_read(parser, 4, &point) != 4)
			parse_fail(parser, start, "\\u wants four hex digits");
		return point;
	case 'c':
		if (parser->at < parser->size && parser->pattern[parser->at] < 0x80)
			return (parser->pattern[parser->at++] & ~0x20) ^ 0x40;
		parse_fail(parser, start, "\\c wants a letter");
		return 0;
	}
	snprintf(name, sizeof(name), "backreference \"\\%c\"", (char)letter);
	if ((letter >= '1' && letter <= '9') || letter == 'k' || letter == 'g')
		construct_fail(parser, start, name);
	else if (letter == 'p' || letter == 'P')
		parse_fail(parser, start, "Unicode property \\%c: not supported, write a class", (char)letter);
	else if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'))
		parse_fail(parser, start, "unknown escape \\%c", (char)letter);
	return letter;
}

/* After a backslash outside a class. */
static const struct regex *
parse_escape(struct parser *parser)
{
	size_t start = parser->at - 1;
	struct class class = { 0 };
	uint32_t letter;

	if (parser->at == parser->size) {
		parse_fail(parser, start, "a backslash at the end");
		return node_new(parser, REGEX_EMPTY);
	}
	letter = point_next(parser);
	switch (letter) {
	case 'b': return node_new(parser, REGEX_WORD);
	case 'B': return node_new(parser, REGEX_NOT_WORD);
	case 'A': return node_new(parser, REGEX_TEXT_START);
	case 'z': return node_new(parser, REGEX_TEXT_END);
	case 'Z': return node_new(parser, REGEX_LAST_LINE);
	case 'E': return node_new(parser, REGEX_EMPTY);
	case 'Q':
		parser->quoting = 1;
		return node_new(parser, REGEX_EMPTY);
	}
	if (class_add_escape(parser->arena, &class, letter))
		return node_class(parser, &class);
	return node_literal(parser, escape_point(parser, letter, start));
}

/* Classes ------------------------------------------------------------------------------------------------------------ */

/* One member's code point; *is_set when it was a class escape, which was added already. */
static uint32_t
class_point(struct parser *parser, struct class *sets, int *is_set)
{
	size_t start = parser->at;
	uint32_t point = point_next(parser);

	*is_set = 0;
	if (point != '\\')
		return point;
	if (parser->at == parser->size)
		return point;
	point = point_next(parser);
	if (class_add_escape(parser->arena, sets, point)) {
		*is_set = 1;
		return 0;
	}
	return point == 'b' ? '\b' : escape_point(parser, point, start);
}

static int
parse_posix(struct parser *parser, struct class *sets)
{
	const uint8_t *name = parser->pattern + parser->at + 2, *end;
	size_t left = parser->size - parser->at;

	if (!looking_at(parser, "[:") || !(end = memchr(name, ':', left - 2)) ||
	    (size_t)(end - parser->pattern) + 1 >= parser->size || end[1] != ']')
		return 0;
	if (!class_add_posix(parser->arena, sets, (const char *)name, end - name, parser->flags & IR_REGEX_I))
		parse_fail(parser, parser->at, "unknown class [:%.*s:]", (int)(end - name < 40 ? end - name : 40), name);
	parser->at = end + 2 - parser->pattern;
	return 1;
}

static void
parse_member(struct parser *parser, struct class *points, struct class *sets)
{
	size_t start = parser->at;
	uint32_t first, last;
	int is_set;

	if (parse_posix(parser, sets))
		return;
	first = last = class_point(parser, sets, &is_set);
	if (is_set)
		return;
	if (looking_at(parser, "-") && parser->size - parser->at > 1 && parser->pattern[parser->at + 1] != ']') {
		parser->at++;
		last = class_point(parser, sets, &is_set);
		if (is_set) {
			class_add(parser->arena, points, '-', '-');
			last = first;
		}
	}
	if (last < first)
		parse_fail(parser, start, "a range in a class goes backwards");
	else
		class_add(parser->arena, points, first, last);
}

/* After '['. Case closes over what is written as points, not over \w and its like. */
static const struct regex *
parse_class(struct parser *parser)
{
	struct class points = { 0 }, sets = { 0 };
	size_t start = parser->at - 1;
	int negated = take(parser, "^"), first = 1;

	while (!parser->failed && (first || !looking_at(parser, "]"))) {
		if (parser->at == parser->size) {
			parse_fail(parser, start, "a class without its ]");
			break;
		}
		parse_member(parser, &points, &sets);
		first = 0;
	}
	take(parser, "]");
	if (parser->flags & IR_REGEX_I)
		class_close(parser->arena, &points);
	class_join(parser->arena, &points, &sets);
	if (negated)
		class_negate(parser->arena, &points);
	return node_class(parser, &points);
}

/* Groups ------------------------------------------------------------------------------------------------------------- */

static void
fail_group(struct parser *parser, size_t start)
{
	static const struct { const char *text, *name; } constructs[] = {
		{ "?=", "lookahead \"(?=\"" }, { "?!", "negative lookahead \"(?!\"" }, { "?<=", "lookbehind \"(?<=\"" },
		{ "?<!", "negative lookbehind \"(?<!\"" }, { "?>", "atomic group \"(?>\"" }, { "?(", "conditional \"(?(\"" },
		{ "?|", "branch reset \"(?|\"" }, { "?R", "recursion \"(?R\"" }, { "?&", "subroutine call \"(?&\"" },
		{ "?P=", "backreference \"(?P=\"" }, { "?P>", "subroutine call \"(?P>\"" }, { "?0", "recursion \"(?0\"" },
		{ "*", "verb \"(*\"" },
	};

	for (size_t i = 0; i < sizeof(constructs) / sizeof(*constructs); i++)
		if (looking_at(parser, constructs[i].text)) {
			construct_fail(parser, start, constructs[i].name);
			return;
		}
}

/* (?ims-ims) or (?ims-ims:  - returns 1 when a group body follows, with the flags in force. */
static int
parse_flags(struct parser *parser, size_t start)
{
	unsigned flag, off = 0;

	for (; parser->at < parser->size; parser->at++) {
		switch (parser->pattern[parser->at]) {
		case 'i': flag = IR_REGEX_I; break;
		case 'm': flag = IR_REGEX_M; break;
		case 's': flag = IR_REGEX_S; break;
		case 'U': flag = 0; break;
		case '-': off = 1; continue;
		case ':': parser->at++; return 1;
		case ')': parser->at++; return 0;
		default:
			parse_fail(parser, start, "unknown group or flag (?%c", parser->pattern[parser->at]);
			return 0;
		}
		parser->flags = off ? parser->flags & ~flag : parser->flags | flag;
	}
	parse_fail(parser, start, "a group without its )");
	return 0;
}

static void
skip_past(struct parser *parser, char byte, size_t start)
{
	const uint8_t *end = memchr(parser->pattern + parser->at, byte, parser->size - parser->at);

	if (end)
		parser->at = end + 1 - parser->pattern;
	else
		parse_fail(parser, start, "a group without its %c", byte);
}

/* After '('. Inline flags without a body last until the enclosing group ends. */
static const struct regex *
parse_group(struct parser *parser)
{
	const struct regex *body;
	size_t start = parser->at - 1;
	unsigned flags = parser->flags;

	fail_group(parser, start);
	if (take(parser, "?#")) {
		skip_past(parser, ')', start);
		return node_new(parser, REGEX_EMPTY);
	}
	if (take(parser, "?P<") || take(parser, "?<"))
		skip_past(parser, '>', start);
	else if (take(parser, "?'"))
		skip_past(parser, '\'', start);
	else if (take(parser, "?") && !parse_flags(parser, start))
		return node_new(parser, REGEX_EMPTY);
	if (++parser->depth > REGEX_DEPTH_MAX)
		parse_fail(parser, start, "groups are nested deeper than %d", REGEX_DEPTH_MAX);
	body = parser->failed ? node_new(parser, REGEX_EMPTY) : parse_alternation(parser);
	parser->depth--;
	parser->flags = flags;
	if (!take(parser, ")"))
		parse_fail(parser, start, "a group without its )");
	return body;
}

/* Repeats, sequences, alternatives ----------------------------------------------------------------------------------- */

static int
number_read(struct parser *parser, uint32_t *number)
{
	size_t start = parser->at;

	*number = 0;
	for (; parser->at < parser->size && parser->pattern[parser->at] >= '0' && parser->pattern[parser->at] <= '9';
	     parser->at++)
		if (*number <= REGEX_REPEAT_MAX)
			*number = *number * 10 + parser->pattern[parser->at] - '0';
	return parser->at > start;
}

/* {n}, {n,} or {n,m}; anything else leaves the brace a literal. */
static int
parse_bounds(struct parser *parser, uint32_t *min, uint32_t *max)
{
	size_t start = parser->at;

	if (take(parser, "{") && number_read(parser, min)) {
		*max = *min;
		if (take(parser, ",") && !number_read(parser, max))
			*max = REGEX_NO_LIMIT;
		if (take(parser, "}")) {
			if (*min > REGEX_REPEAT_MAX || (*max > REGEX_REPEAT_MAX && *max != REGEX_NO_LIMIT))
				parse_fail(parser, start, "a repeat of more than %d", REGEX_REPEAT_MAX);
			else if (*max < *min)
				parse_fail(parser, start, "a repeat that goes backwards");
			return 1;
		}
	}
	parser->at = start;
	return 0;
}

static int
parse_quantifier(struct parser *parser, uint32_t *min, uint32_t *max)
{
	size_t start = parser->at;

	*min = 0;
	*max = REGEX_NO_LIMIT;
	if (take(parser, "+"))
		*min = 1;
	else if (take(parser, "?"))
		*max = 1;
	else if (!take(parser, "*") && !parse_bounds(parser, min, max))
		return 0;
	if (looking_at(parser, "+"))
		construct_fail(parser, start, "possessive quantifier");
	take(parser, "?");
	return 1;
}

static const struct regex *
parse_repeat(struct parser *parser, const struct regex *atom)
{
	struct regex *node;
	uint32_t min, max;

	if (parser->failed || parser->quoting || !parse_quantifier(parser, &min, &max))
		return atom;
	node = node_new(parser, REGEX_REPEAT);
	node->min = min;
	node->max = max;
	node->children = arena_alloc(parser->arena, sizeof(*node->children));
	node->children[0] = atom;
	node->child_count = 1;
	return node;
}

static const struct regex *
parse_any(struct parser *parser)
{
	struct class class = { 0 };

	class_add(parser->arena, &class, 0, REGEX_LAST);
	if (!(parser->flags & IR_REGEX_S)) {
		class.count = 0;
		class_add(parser->arena, &class, 0, '\n' - 1);
		class_add(parser->arena, &class, '\n' + 1, REGEX_LAST);
	}
	return node_class(parser, &class);
}

static const struct regex *
parse_atom(struct parser *parser)
{
	size_t start = parser->at;
	uint32_t min, max, point;

	if (parser->quoting) {
		if (!take(parser, "\\E"))
			return node_literal(parser, point_next(parser));
		parser->quoting = 0;
		return node_new(parser, REGEX_EMPTY);
	}
	if (parse_quantifier(parser, &min, &max)) {
		parse_fail(parser, start, "nothing to repeat before %c", parser->pattern[start]);
		return node_new(parser, REGEX_EMPTY);
	}
	switch (point = point_next(parser)) {
	case '(': return parse_group(parser);
	case '[': return parse_class(parser);
	case '.': return parse_any(parser);
	case '\\': return parse_escape(parser);
	case '^': return node_new(parser, parser->flags & IR_REGEX_M ? REGEX_LINE_START : REGEX_TEXT_START);
	case '$': return node_new(parser, parser->flags & IR_REGEX_M ? REGEX_LINE_END : REGEX_LAST_LINE);
	default: return node_literal(parser, point);
	}
}

static void
child_add(struct parser *parser, struct regex *node, const struct regex *child)
{
	node->children = arena_grow(parser->arena, node->children, node->child_count, sizeof(*node->children));
	node->children[node->child_count++] = child;
}

static const struct regex *
parse_sequence(struct parser *parser)
{
	struct regex *node = node_new(parser, REGEX_CONCAT);

	while (!parser->failed && parser->at < parser->size &&
	       (parser->quoting || (!looking_at(parser, "|") && !looking_at(parser, ")"))))
		child_add(parser, node, parse_repeat(parser, parse_atom(parser)));
	return node;
}

static const struct regex *
parse_alternation(struct parser *parser)
{
	struct regex *node = node_new(parser, REGEX_ALTERNATE);

	do
		child_add(parser, node, parse_sequence(parser));
	while (!parser->failed && take(parser, "|"));
	return node->child_count == 1 ? node->children[0] : node;
}

const struct regex *
regex_parse(struct arena *arena, const char *pattern, size_t size, unsigned flags, struct regex_error *error)
{
	struct parser parser = { .arena = arena, .pattern = (const uint8_t *)pattern, .size = size, .flags = flags };
	const struct regex *regex;

	parser.error = error;
	regex = parse_alternation(&parser);
	if (parser.at < size)
		parse_fail(&parser, parser.at, "a ) without its group");
	return parser.failed ? NULL : regex;
}
