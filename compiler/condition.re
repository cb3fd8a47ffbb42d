/*
 * condition.re - the lexer of conditions. Keywords in upper case are keywords too; the parser warns.
 */
#include "condition.h"

struct token
condition_token(const char *at, const char *end)
{
	const char *start;

	for (;;) {
		start = at;
		if (at >= end)
			return (struct token){TOKEN_END, end, 0};
		/*!re2c
			re2c:define:YYCTYPE = "unsigned char";
			re2c:define:YYCURSOR = at;
			re2c:define:YYPEEK = "(unsigned char)*at";
			re2c:api = custom;
			re2c:api:style = free-form;
			re2c:define:YYSKIP = "at++;";
			re2c:yyfill:enable = 0;

			word = [^\x00\t\n\r ()|,];

			[\t\n\r ]+ { continue; }
			'and'  { return (struct token){TOKEN_AND, start, at - start}; }
			'or'   { return (struct token){TOKEN_OR, start, at - start}; }
			'not'  { return (struct token){TOKEN_NOT, start, at - start}; }
			'of'   { return (struct token){TOKEN_OF, start, at - start}; }
			'any'  { return (struct token){TOKEN_ANY, start, at - start}; }
			'all'  { return (struct token){TOKEN_ALL, start, at - start}; }
			'them' { return (struct token){TOKEN_THEM, start, at - start}; }
			[0-9]+ { return (struct token){TOKEN_NUMBER, start, at - start}; }
			word+  { return (struct token){TOKEN_NAME, start, at - start}; }
			"("    { return (struct token){TOKEN_OPEN, start, at - start}; }
			")"    { return (struct token){TOKEN_CLOSE, start, at - start}; }
			*      { return (struct token){TOKEN_BAD, start, at - start}; }
		*/
	}
}
