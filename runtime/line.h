/*
 * line.h - one line of JSON being written: a buffer that is kept and grows, and what goes into it.
 */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct line {
	char *data;
	size_t size, room;
	int failed; /* no memory: what was written since the last line_cut() is not whole */
};

void line_done(struct line *line);
char *line_grow(struct line *line, size_t size); /* for line_room */

/* Takes back what was written from size on, and that it failed. */
static inline void
line_cut(struct line *line, size_t size)
{
	line->size = size;
	line->failed = 0;
}

/* Where size more bytes have room; the writer adds what it wrote to line->size. NULL: no memory. */
static inline char *
line_room(struct line *line, size_t size)
{
	return line->room - line->size >= size ? line->data + line->size : line_grow(line, size);
}

static inline void
line_raw(struct line *line, const char *text, size_t size)
{
	char *to = line_room(line, size);

	if (!to)
		return;
	memcpy(to, text, size);
	line->size += size;
}

enum { LINE_SHORT = 32 };

/* The same for text that seldom is longer than LINE_SHORT and has so many readable bytes, whatever its size. */
static inline void
line_raw_short(struct line *line, const char *text, size_t size)
{
	char *to = line_room(line, size + LINE_SHORT);

	if (!to)
		return;
	memcpy(to, text, LINE_SHORT);
	if (size > LINE_SHORT)
		memcpy(to + LINE_SHORT, text + LINE_SHORT, size - LINE_SHORT);
	line->size += size;
}

/* Such a text, and another one behind it. */
static inline void
line_raw_both(struct line *line, const char *text, size_t size, const char *next, size_t next_size)
{
	char *to = line_room(line, size + next_size + LINE_SHORT);

	if (!to)
		return;
	memcpy(to, text, LINE_SHORT);
	if (size > LINE_SHORT)
		memcpy(to + LINE_SHORT, text + LINE_SHORT, size - LINE_SHORT);
	memcpy(to + size, next, next_size);
	line->size += size + next_size;
}

/* As it is. */
static inline void
line_text(struct line *line, const char *text)
{
	line_raw(line, text, strlen(text));
}

/* A quoted string. Bytes that are not UTF-8 become U+FFFD; at most max bytes of text are taken, whole characters. */
void line_string(struct line *line, const char *text, size_t size, size_t max);
void line_number(struct line *line, uint64_t number);
size_t line_digits(char text[20], uint64_t number); /* in decimal; returns how many */
/* A comma where the buffer does not end with an opening bracket, then "key": */
void line_key(struct line *line, const char *key);
/* The same, and an opening brace. */
void line_object(struct line *line, const char *key, size_t size);
void line_comma(struct line *line);
#endif
