/*
 * json.h - walks one JSON text (RFC 8259) token by token, checking it as it goes. Nothing is copied or allocated.
 *
 * Time is linear in the text. Strings may hold bytes that are not UTF-8 and lone surrogate escapes; everything else
 * that the RFC forbids is an error with its place.
 */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 256 };

enum json_token {
	JSON_ERROR, /* json.error and json.at say what and where */
	JSON_END,   /* one whole value was read; json.at stands behind it */
	JSON_OBJECT, JSON_OBJECT_END, JSON_ARRAY, JSON_ARRAY_END,
	JSON_KEY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL,
};

struct json {
	const char *start, *at, *end;
	const char *error; /* static text */
	uint32_t depth;
	uint8_t state;     /* what may come next; json.c's own */
	uint8_t in_object; /* the innermost container is an object */
	uint8_t points;    /* a string had a \u escape */
	uint8_t ascii;     /* the text is known to have no other bytes */
	uint64_t objects[JSON_DEPTH_MAX / 64]; /* a bit a level: it is an object */
};

/* The bytes of a key, string (between the quotes) or number, as written. */
struct json_text {
	const char *data;
	size_t size;
	int escaped; /* has backslashes: json_unescape() it */
};

void json_start(struct json *json, const char *text, size_t size);
/* Next token; text is filled for KEY, STRING and NUMBER. JSON_END comes after one value; what follows it is not
 * looked at (json_rest). */
enum json_token json_next(struct json *json, struct json_text *text);
/* Whether only white space follows. Else sets error and returns JSON_ERROR. */
enum json_token json_rest(struct json *json);
/* Decodes at most room bytes of a checked string's escapes into out and returns how many bytes it wrote; *cut is set
 * when there was more. Never splits a character that was escaped. Output is never longer than the input. */
size_t json_unescape(char *out, size_t room, const char *text, size_t size, int *cut);
/* Line and column (from 1, in code points) of at. */
void json_place(const char *start, const char *at, size_t *line, size_t *column);
#endif
