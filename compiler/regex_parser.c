/*
 * regex_parser.c - failing, reading and making nodes: the hand tools of the parser of regular expressions.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "class.h"
#include "fold.h"
#include "ir.h"
#include "regex.h"
#include "regex_parser.h"

void
regex_fail(struct regex_parser *parser, size_t offset, const char *format, ...)
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

void
regex_refuse(struct regex_parser *parser, size_t offset, const char *name)
{
	if (!parser->failed)
		parser->error->unsupported = 1;
	regex_fail(parser, offset, "%s cannot become a DFA", name);
}

struct regex *
regex_node(struct regex_parser *parser, enum regex_type type)
{
	struct regex *node = arena_alloc(parser->arena, sizeof(*node));

	node->type = type;
	return node;
}

struct regex *
regex_node_class(struct regex_parser *parser, const struct class *class)
{
	struct regex *node = regex_node(parser, REGEX_CLASS);

	node->ranges = class->ranges;
	node->range_count = class->count;
	return node;
}

int
regex_sees(const struct regex_parser *parser, const char *string)
{
	size_t size = strlen(string);

	return parser->size - parser->at >= size && memcmp(parser->pattern + parser->at, string, size) == 0;
}

int
regex_take(struct regex_parser *parser, const char *string)
{
	if (!regex_sees(parser, string))
		return 0;
	parser->at += strlen(string);
	return 1;
}

uint32_t
regex_point(struct regex_parser *parser)
{
	uint32_t point;

	parser->at += utf8_read(parser->pattern + parser->at, parser->size - parser->at, &point);
	return point;
}

struct regex *
regex_node_literal(struct regex_parser *parser, uint32_t point)
{
	struct class class = { 0 };

	class_add(parser->arena, &class, point, point);
	if (parser->flags & IR_REGEX_I)
		class_close(parser->arena, &class);
	return regex_node_class(parser, &class);
}
