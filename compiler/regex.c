/*
 * regex.c - parses regular expressions: recursive descent over the pattern's code points.
 */
#include <string.h>

#include "arena.h"
#include "class.h"
#include "ir.h"
#include "regex.h"
#include "regex_parser.h"

static const struct regex *parse_alternation(struct regex_parser *parser);

/* Groups --------------------------------------------------------------------------------------------------------- */

static void
fail_group(struct regex_parser *parser, size_t start)
{
	static const struct { const char *text, *name; } constructs[] = {
		{ "?=", "lookahead \"(?=\"" }, { "?!", "negative lookahead \"(?!\"" }, { "?<=", "lookbehind \"(?<=\"" },
		{ "?<!", "negative lookbehind \"(?<!\"" }, { "?>", "atomic group \"(?>\"" }, { "?(", "conditional \"(?(\"" },
		{ "?|", "branch reset \"(?|\"" }, { "?R", "recursion \"(?R\"" }, { "?&", "subroutine call \"(?&\"" },
		{ "?P=", "backreference \"(?P=\"" }, { "?P>", "subroutine call \"(?P>\"" }, { "?0", "recursion \"(?0\"" },
		{ "*", "verb \"(*\"" },
	};

	for (size_t i = 0; i < sizeof(constructs) / sizeof(*constructs); i++)
		if (regex_sees(parser, constructs[i].text)) {
			regex_refuse(parser, start, constructs[i].name);
			return;
		}
}

/* (?ims-ims) or (?ims-ims:  - returns 1 when a group body follows, with the flags in force. */
static int
parse_flags(struct regex_parser *parser, size_t start)
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
			regex_fail(parser, start, "unknown group or flag (?%c", parser->pattern[parser->at]);
			return 0;
		}
		parser->flags = off ? parser->flags & ~flag : parser->flags | flag;
	}
	regex_fail(parser, start, "a group without its )");
	return 0;
}

static void
skip_past(struct regex_parser *parser, char byte, size_t start)
{
	const uint8_t *end = memchr(parser->pattern + parser->at, byte, parser->size - parser->at);

	if (end)
		parser->at = end + 1 - parser->pattern;
	else
		regex_fail(parser, start, "a group without its %c", byte);
}

/* After '('. Inline flags without a body last until the enclosing group ends. */
static const struct regex *
parse_group(struct regex_parser *parser)
{
	const struct regex *body;
	size_t start = parser->at - 1;
	unsigned flags = parser->flags;

	fail_group(parser, start);
	if (regex_take(parser, "?#")) {
		skip_past(parser, ')', start);
		return regex_node(parser, REGEX_EMPTY);
	}
	if (regex_take(parser, "?P<") || regex_take(parser, "?<"))
		skip_past(parser, '>', start);
	else if (regex_take(parser, "?'"))
		skip_past(parser, '\'', start);
	else if (regex_take(parser, "?") && !parse_flags(parser, start))
		return regex_node(parser, REGEX_EMPTY);
	if (++parser->depth > REGEX_DEPTH_MAX)
		regex_fail(parser, start, "groups are nested deeper than %d", REGEX_DEPTH_MAX);
	body = parser->failed ? regex_node(parser, REGEX_EMPTY) : parse_alternation(parser);
	parser->depth--;
	parser->flags = flags;
	if (!regex_take(parser, ")"))
		regex_fail(parser, start, "a group without its )");
	return body;
}

/* Repeats, sequences, alternatives ------------------------------------------------------------------------------- */

static int
number_read(struct regex_parser *parser, uint32_t *number)
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
parse_bounds(struct regex_parser *parser, uint32_t *min, uint32_t *max)
{
	size_t start = parser->at;

	if (regex_take(parser, "{") && number_read(parser, min)) {
		*max = *min;
		if (regex_take(parser, ",") && !number_read(parser, max))
			*max = REGEX_NO_LIMIT;
		if (regex_take(parser, "}")) {
			if (*min > REGEX_REPEAT_MAX || (*max > REGEX_REPEAT_MAX && *max != REGEX_NO_LIMIT))
				regex_fail(parser, start, "a repeat of more than %d", REGEX_REPEAT_MAX);
			else if (*max < *min)
				regex_fail(parser, start, "a repeat that goes backwards");
			return 1;
		}
	}
	parser->at = start;
	return 0;
}

static int
parse_quantifier(struct regex_parser *parser, uint32_t *min, uint32_t *max)
{
	size_t start = parser->at;

	*min = 0;
	*max = REGEX_NO_LIMIT;
	if (regex_take(parser, "+"))
		*min = 1;
	else if (regex_take(parser, "?"))
		*max = 1;
	else if (!regex_take(parser, "*") && !parse_bounds(parser, min, max))
		return 0;
	if (regex_sees(parser, "+"))
		regex_refuse(parser, start, "possessive quantifier");
	regex_take(parser, "?");
	return 1;
}

static const struct regex *
parse_repeat(struct regex_parser *parser, const struct regex *atom)
{
	struct regex *node;
	uint32_t min, max;

	if (parser->failed || parser->quoting || !parse_quantifier(parser, &min, &max))
		return atom;
	node = regex_node(parser, REGEX_REPEAT);
	node->min = min;
	node->max = max;
	node->children = arena_alloc(parser->arena, sizeof(*node->children));
	node->children[0] = atom;
	node->child_count = 1;
	return node;
}

static const struct regex *
parse_any(struct regex_parser *parser)
{
	struct class class = { 0 };

	class_add(parser->arena, &class, 0, REGEX_LAST);
	if (!(parser->flags & IR_REGEX_S)) {
		class.count = 0;
		class_add(parser->arena, &class, 0, '\n' - 1);
		class_add(parser->arena, &class, '\n' + 1, REGEX_LAST);
	}
	return regex_node_class(parser, &class);
}

static const struct regex *
parse_atom(struct regex_parser *parser)
{
	size_t start = parser->at;
	uint32_t min, max, point;

	if (parser->quoting) {
		if (!regex_take(parser, "\\E"))
			return regex_node_literal(parser, regex_point(parser));
		parser->quoting = 0;
		return regex_node(parser, REGEX_EMPTY);
	}
	if (parse_quantifier(parser, &min, &max)) {
		regex_fail(parser, start, "nothing to repeat before %c", parser->pattern[start]);
		return regex_node(parser, REGEX_EMPTY);
	}
	switch (point = regex_point(parser)) {
	case '(': return parse_group(parser);
	case '[': return regex_parse_class(parser);
	case '.': return parse_any(parser);
	case '\\': return regex_parse_escape(parser);
	case '^': return regex_node(parser, parser->flags & IR_REGEX_M ? REGEX_LINE_START : REGEX_TEXT_START);
	case '$': return regex_node(parser, parser->flags & IR_REGEX_M ? REGEX_LINE_END : REGEX_LAST_LINE);
	default: return regex_node_literal(parser, point);
	}
}

static void
child_add(struct regex_parser *parser, struct regex *node, const struct regex *child)
{
	node->children = arena_grow(parser->arena, node->children, node->child_count, sizeof(*node->children));
	node->children[node->child_count++] = child;
}

static const struct regex *
parse_sequence(struct regex_parser *parser)
{
	struct regex *node = regex_node(parser, REGEX_CONCAT);

	while (!parser->failed && parser->at < parser->size &&
	       (parser->quoting || (!regex_sees(parser, "|") && !regex_sees(parser, ")"))))
		child_add(parser, node, parse_repeat(parser, parse_atom(parser)));
	return node;
}

static const struct regex *
parse_alternation(struct regex_parser *parser)
{
	struct regex *node = regex_node(parser, REGEX_ALTERNATE);

	do
		child_add(parser, node, parse_sequence(parser));
	while (!parser->failed && regex_take(parser, "|"));
	return node->child_count == 1 ? node->children[0] : node;
}

const struct regex *
regex_parse(struct arena *arena, const char *pattern, size_t size, unsigned flags, struct regex_error *error)
{
	struct regex_parser parser = { .arena = arena, .pattern = (const uint8_t *)pattern, .size = size, .flags = flags };
	const struct regex *regex;

	parser.error = error;
	regex = parse_alternation(&parser);
	if (parser.at < size)
		regex_fail(&parser, parser.at, "a ) without its group");
	return parser.failed ? NULL : regex;
}
