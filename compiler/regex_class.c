/*
 * regex_class.c - escapes and classes of regular expressions.
 */
#include <stdio.h>
#include <string.h>

#include "class.h"
#include "ir.h"
#include "regex.h"
#include "regex_parser.h"

static int
hex_digit(int byte)
{
	int lower = byte | 0x20;

	return byte >= '0' && byte <= '9' ? byte - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Up to count hex digits; returns how many there were. */
static unsigned
hex_read(struct regex_parser *parser, unsigned count, uint32_t *point)
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
escape_hex(struct regex_parser *parser, size_t start)
{
	uint32_t point;

	if (regex_take(parser, "{")) {
		if (!hex_read(parser, 6, &point) || !regex_take(parser, "}") || point > 0x10ffff)
			regex_fail(parser, start, "\\x{...} wants the number of a code point in hex");
		return point;
	}
	hex_read(parser, 2, &point);
	return point;
}

/* \0 and what follows: octal. */
static uint32_t
escape_octal(struct regex_parser *parser)
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
escape_point(struct regex_parser *parser, uint32_t letter, size_t start)
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
			regex_fail(parser, start, "\\u wants four hex digits");
		return point;
	case 'c':
		if (parser->at < parser->size && parser->pattern[parser->at] < 0x80)
			return (parser->pattern[parser->at++] & ~0x20) ^ 0x40;
		regex_fail(parser, start, "\\c wants a letter");
		return 0;
	}
	snprintf(name, sizeof(name), "backreference \"\\%c\"", (char)letter);
	if ((letter >= '1' && letter <= '9') || letter == 'k' || letter == 'g')
		regex_refuse(parser, start, name);
	else if (letter == 'p' || letter == 'P')
		regex_fail(parser, start, "Unicode property \\%c: not supported, write a class", (char)letter);
	else if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'))
		regex_fail(parser, start, "unknown escape \\%c", (char)letter);
	return letter;
}

/* After a backslash outside a class. */
const struct regex *
regex_parse_escape(struct regex_parser *parser)
{
	size_t start = parser->at - 1;
	struct class class = { 0 };
	uint32_t letter;

	if (parser->at == parser->size) {
		regex_fail(parser, start, "a backslash at the end");
		return regex_node(parser, REGEX_EMPTY);
	}
	letter = regex_point(parser);
	switch (letter) {
	case 'b': return regex_node(parser, REGEX_WORD);
	case 'B': return regex_node(parser, REGEX_NOT_WORD);
	case 'A': return regex_node(parser, REGEX_TEXT_START);
	case 'z': return regex_node(parser, REGEX_TEXT_END);
	case 'Z': return regex_node(parser, REGEX_LAST_LINE);
	case 'E': return regex_node(parser, REGEX_EMPTY);
	case 'Q':
		parser->quoting = 1;
		return regex_node(parser, REGEX_EMPTY);
	}
	if (class_add_escape(parser->arena, &class, letter))
		return regex_node_class(parser, &class);
	return regex_node_literal(parser, escape_point(parser, letter, start));
}

/* One member's code point; *is_set when it was a class escape, which was added already. */
static uint32_t
class_point(struct regex_parser *parser, struct class *sets, int *is_set)
{
	size_t start = parser->at;
	uint32_t point = regex_point(parser);

	*is_set = 0;
	if (point != '\\')
		return point;
	if (parser->at == parser->size)
		return point;
	point = regex_point(parser);
	if (class_add_escape(parser->arena, sets, point)) {
		*is_set = 1;
		return 0;
	}
	return point == 'b' ? '\b' : escape_point(parser, point, start);
}

static int
parse_posix(struct regex_parser *parser, struct class *sets)
{
	const uint8_t *name = parser->pattern + parser->at + 2, *end;
	size_t left = parser->size - parser->at;

	if (!regex_sees(parser, "[:") || !(end = memchr(name, ':', left - 2)) ||
	    (size_t)(end - parser->pattern) + 1 >= parser->size || end[1] != ']')
		return 0;
	if (!class_add_posix(parser->arena, sets, (const char *)name, end - name, parser->flags & IR_REGEX_I))
		regex_fail(parser, parser->at, "unknown class [:%.*s:]", (int)(end - name < 40 ? end - name : 40), name);
	parser->at = end + 2 - parser->pattern;
	return 1;
}

static void
parse_member(struct regex_parser *parser, struct class *points, struct class *sets)
{
	size_t start = parser->at;
	uint32_t first, last;
	int is_set;

	if (parse_posix(parser, sets))
		return;
	first = last = class_point(parser, sets, &is_set);
	if (is_set)
		return;
	if (regex_sees(parser, "-") && parser->size - parser->at > 1 && parser->pattern[parser->at + 1] != ']') {
		parser->at++;
		last = class_point(parser, sets, &is_set);
		if (is_set) {
			class_add(parser->arena, points, '-', '-');
			last = first;
		}
	}
	if (last < first)
		regex_fail(parser, start, "a range in a class goes backwards");
	else
		class_add(parser->arena, points, first, last);
}

/* After '['. Case closes over what is written as points, not over \w and its like. */
const struct regex *
regex_parse_class(struct regex_parser *parser)
{
	struct class points = { 0 }, sets = { 0 };
	size_t start = parser->at - 1;
	int negated = regex_take(parser, "^"), first = 1;

	while (!parser->failed && (first || !regex_sees(parser, "]"))) {
		if (parser->at == parser->size) {
			regex_fail(parser, start, "a class without its ]");
			break;
		}
		parse_member(parser, &points, &sets);
		first = 0;
	}
	regex_take(parser, "]");
	if (parser->flags & IR_REGEX_I)
		class_close(parser->arena, &points);
	class_join(parser->arena, &points, &sets);
	if (negated)
		class_negate(parser->arena, &points);
	return regex_node_class(parser, &points);
}
