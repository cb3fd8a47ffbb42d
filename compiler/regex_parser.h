/*
 * regex_parser.h - what the parts of the parser of regular expressions share; regex.h is what others use.
 */
#ifndef REGEX_PARSER_H
#define REGEX_PARSER_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct class;
struct regex;
struct regex_error;

struct regex_parser {
	struct arena *arena;
	const uint8_t *pattern;
	size_t size, at;
	unsigned flags; /* enum ir_regex_flag, as inline flags change them */
	unsigned depth;
	int quoting;    /* between \Q and \E */
	int failed;
	struct regex_error *error;
};

/* The first failure stays. */
void regex_fail(struct regex_parser *parser, size_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A construct that is known and cannot be had. */
void regex_refuse(struct regex_parser *parser, size_t offset, const char *name);

struct regex *regex_node(struct regex_parser *parser, enum regex_type type);
struct regex *regex_node_class(struct regex_parser *parser, const struct class *class);
struct regex *regex_node_literal(struct regex_parser *parser, uint32_t point); /* in any case under i */

int regex_sees(const struct regex_parser *parser, const char *string); /* is it next in the pattern? */
int regex_take(struct regex_parser *parser, const char *string);       /* then it is read, too */
uint32_t regex_point(struct regex_parser *parser);                     /* reads one code point */

/* regex_class.c: what follows a backslash outside a class; what follows '['. */
const struct regex *regex_parse_escape(struct regex_parser *parser);
const struct regex *regex_parse_class(struct regex_parser *parser);
#endif
