/* line.c - JSON text into a growing buffer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "line.h"

void
line_done(struct line *line)
{
	free(line->data);
	*line = (struct line){ 0 };
}

static char *
make_room(struct line *line, size_t size)
{
	size_t room = line->room ? line->room : 4096;
	char *data;

	if (line->failed)
		return NULL;
	while (room - line->size < size)
		room *= 2;
	if (room != line->room) {
		data = realloc(line->data, room);
		if (!data) {
			line->failed = 1;
			return NULL;
		}
		line->data = data;
		line->room = room;
	}
	return line->data + line->size;
}

void
line_raw(struct line *line, const char *text, size_t size)
{
	char *to = make_room(line, size);

	if (!to)
		return;
	memcpy(to, text, size);
	line->size += size;
}

void
line_text(struct line *line, const char *text)
{
	line_raw(line, text, strlen(text));
}

/* One character as JSON writes it; to has room for 6 bytes. */
static size_t
write_character(char *to, const uint8_t *text, size_t size, uint32_t point)
{
	static const char from[] = "\"\\\b\f\n\r\t", escape[] = "\"\\bfnrt";
	const char *found;

	if (point >= 0x20 && point < 0x7f && point != '"' && point != '\\') {
		to[0] = (char)point;
		return 1;
	}
	if (point >= FOLD_BYTE || point >> 11 == 0x1b) {
		memcpy(to, "\xef\xbf\xbd", 3);
		return 3;
	}
	found = point && point < 0x80 ? strchr(from, (int)point) : NULL;
	if (found) {
		to[0] = '\\';
		to[1] = escape[found - from];
		return 2;
	}
	if (point < 0x20 || point == 0x7f)
		return (size_t)sprintf(to, "\\u%04x", point);
	memcpy(to, text, size);
	return size;
}

void
line_string(struct line *line, const char *text, size_t size, size_t max)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + (size < max ? size : max);
	char *start = make_room(line, 6 * (size_t)(end - at) + 8), *to = start;
	uint32_t point, n;

	if (!start)
		return;
	*to++ = '"';
	while (at < end) {
		n = utf8_read(at, (uint64_t)((const uint8_t *)text + size - at), &point);
		if (n > (size_t)(end - at))
			break;
		to += write_character(to, at, n, point);
		at += n;
	}
	*to++ = '"';
	line->size += (size_t)(to - start);
}

void
line_number(struct line *line, uint64_t number)
{
	char text[24];

	line_raw(line, text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)number));
}

void
line_comma(struct line *line)
{
	if (line->size && !strchr("{[:", line->data[line->size - 1]))
		line_raw(line, ",", 1);
}

void
line_key(struct line *line, const char *key)
{
	line_comma(line);
	line_raw(line, "\"", 1);
	line_text(line, key);
	line_raw(line, "\":", 2);
}
