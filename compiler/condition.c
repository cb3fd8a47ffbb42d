/*
 * condition.c - conditions as trees, by recursive descent: or < and < not < N of < parentheses.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "condition.h"
#include "utf8.h"

enum { CONDITION_DEPTH_MAX = 128, QUANTITY_MAX = 1000 };

struct parser {
	struct arena *arena;
	struct diag_list *diags;
	const struct node *node;
	const char *end;
	struct token token;  /* the one to look at next */
	int depth;
	struct place place;  /* of the byte at offset; only moves on */
	size_t offset;
	int is_exact;        /* the text stands on one line as written */
};

static struct sigma_condition *or_parse(struct parser *parser);

static struct place
token_place(struct parser *parser)
{
	const char *text = parser->node->text.data;
	size_t offset = parser->token.start - text;

	if (!parser->is_exact)
		return parser->node->place;
	parser->place.column += utf8_count(text + parser->offset, offset - parser->offset);
	parser->place.width = utf8_count(parser->token.start, parser->token.size);
	parser->offset = offset;
	return parser->place;
}

/* Is the token the parenthesis of an aggregation that stands where searches do? */
static int
is_aggregation(const struct parser *parser)
{
	static const char *const names[] = {"count", "min", "max", "avg", "sum"};
	const char *text = parser->node->text.data;
	size_t before = parser->token.start - text, size;

	for (size_t i = 0; parser->token.start[0] == '(' && i < sizeof(names) / sizeof(*names); i++) {
		size = strlen(names[i]);
		if (before >= size && !memcmp(parser->token.start - size, names[i], size))
			return 1;
	}
	return 0;
}

static struct sigma_condition *
syntax_error(struct parser *parser, const char *expected)
{
	const struct token *token = &parser->token;

	if (token->type != TOKEN_END && is_aggregation(parser))
		diag_add(parser->diags, token_place(parser), DIAG_condition_syntax,
		         "an aggregation stands at the end, after what it counts: \"SEARCH | count(FIELD) by FIELD > NUMBER\"");
	else if (token->type == TOKEN_END)
		diag_add(parser->diags, token_place(parser), DIAG_condition_syntax, "%s expected, the condition ends here",
		         expected);
	else
		diag_add(parser->diags, token_place(parser), DIAG_condition_syntax, "%s expected, \"%.*s\" found", expected,
		         (int)(token->size > 64 ? 64 : token->size), token->start);
	return NULL;
}

static void
token_next(struct parser *parser)
{
	const struct token *token = &parser->token;

	parser->token = condition_token(token->start + token->size, parser->end);
	if (token->type >= TOKEN_AND && token->type <= TOKEN_THEM && token->start[0] < 'a')
		diag_add(parser->diags, token_place(parser), DIAG_uppercase_keyword, "write \"%.*s\" in lower case",
		         (int)token->size, token->start);
}

static struct sigma_condition *
condition_new(struct parser *parser, enum sigma_condition_type type)
{
	struct sigma_condition *condition = arena_alloc(parser->arena, sizeof(*condition));

	condition->type = type;
	condition->place = token_place(parser);
	return condition;
}

static void
child_add(struct parser *parser, struct sigma_condition *parent, struct sigma_condition *child)
{
	parent->children = arena_grow(parser->arena, parent->children, parent->child_count, sizeof(*parent->children));
	parent->children[parent->child_count++] = child;
}

/* "them", or a name or pattern, is the current token. */
static struct sigma_condition *
of_parse(struct parser *parser, struct sigma_condition *condition, uint32_t quantity)
{
	condition->type = CONDITION_OF;
	condition->quantity = quantity;
	if (parser->token.type == TOKEN_NAME)
		condition->pattern = arena_text(parser->arena, parser->token.start, parser->token.size);
	else if (parser->token.type != TOKEN_THEM)
		return syntax_error(parser, "\"them\" or a pattern such as selection_*");
	condition->place = token_place(parser);
	token_next(parser);
	return condition;
}

static uint32_t
quantity_of(const struct token *token)
{
	unsigned long number;

	if (token->type == TOKEN_ALL)
		return CONDITION_ALL;
	if (token->type == TOKEN_ANY)
		return 1;
	number = strtoul(token->start, NULL, 10);
	return number > QUANTITY_MAX ? QUANTITY_MAX + 1 : number;
}

/* N of, any of, all of; or the same word as the name of a search identifier. */
static struct sigma_condition *
quantified_parse(struct parser *parser)
{
	struct sigma_condition *condition = condition_new(parser, CONDITION_IDENTIFIER);
	struct token first = parser->token;
	struct place place = condition->place;
	uint32_t quantity = quantity_of(&first);

	token_next(parser);
	if (parser->token.type != TOKEN_OF) {
		condition->pattern = arena_text(parser->arena, first.start, first.size);
		return condition;
	}
	if (!quantity || quantity == QUANTITY_MAX + 1) {
		diag_add(parser->diags, place, DIAG_condition_syntax, "the number before \"of\" is 1 to %d", QUANTITY_MAX);
		return NULL;
	}
	token_next(parser);
	return of_parse(parser, condition, quantity);
}

static struct sigma_condition *
operand_parse(struct parser *parser)
{
	struct sigma_condition *condition;

	switch (parser->token.type) {
	case TOKEN_OPEN:
		token_next(parser);
		condition = or_parse(parser);
		if (!condition)
			return NULL;
		if (parser->token.type != TOKEN_CLOSE)
			return syntax_error(parser, "\")\", \"and\" or \"or\"");
		token_next(parser);
		return condition;
	case TOKEN_NUMBER:
	case TOKEN_ANY:
	case TOKEN_ALL:
		return quantified_parse(parser);
	case TOKEN_NAME:
		condition = condition_new(parser, CONDITION_IDENTIFIER);
		condition->pattern = arena_text(parser->arena, parser->token.start, parser->token.size);
		token_next(parser);
		return condition;
	default:
		return syntax_error(parser, "a search identifier");
	}
}

static struct sigma_condition *
not_parse(struct parser *parser)
{
	struct sigma_condition *condition, *child;

	if (parser->depth == CONDITION_DEPTH_MAX) {
		diag_add(parser->diags, token_place(parser), DIAG_depth_limit,
		         "the condition is nested more than %d levels deep", CONDITION_DEPTH_MAX);
		return NULL;
	}
	parser->depth++;
	if (parser->token.type == TOKEN_NOT) {
		condition = condition_new(parser, CONDITION_NOT);
		token_next(parser);
		child = not_parse(parser);
		if (child)
			child_add(parser, condition, child);
		condition = child ? condition : NULL;
	} else {
		condition = operand_parse(parser);
	}
	parser->depth--;
	return condition;
}

/* One level of "A and B and C" or of "A or B or C". */
static struct sigma_condition *
chain_parse(struct parser *parser, enum token_type joint, enum sigma_condition_type type,
            struct sigma_condition *(*operand)(struct parser *parser))
{
	struct sigma_condition *chain = condition_new(parser, type), *child = operand(parser);

	if (!child || parser->token.type != joint)
		return child;
	child_add(parser, chain, child);
	while (parser->token.type == joint) {
		token_next(parser);
		child = operand(parser);
		if (!child)
			return NULL;
		child_add(parser, chain, child);
	}
	return chain;
}

static struct sigma_condition *
and_parse(struct parser *parser)
{
	return chain_parse(parser, TOKEN_AND, CONDITION_AND, not_parse);
}

static struct sigma_condition *
or_parse(struct parser *parser)
{
	return chain_parse(parser, TOKEN_OR, CONDITION_OR, and_parse);
}

struct sigma_condition *
condition_parse(struct arena *arena, struct diag_list *diags, const struct node *node, size_t size)
{
	const char *text = node->text.data;
	struct parser parser = {.arena = arena, .diags = diags, .node = node, .end = text + size};
	struct sigma_condition *condition;

	parser.token = (struct token){TOKEN_END, text, 0};
	parser.is_exact = node_is_exact(node);
	parser.place = node_place(node, 0, 0);
	token_next(&parser);
	condition = or_parse(&parser);
	if (condition && parser.token.type != TOKEN_END)
		return syntax_error(&parser, "\"and\", \"or\" or the end");
	return condition;
}
