/* line.c - JSON text into a growing buffer. */
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "line.h"

#if defined(__SSE2__) && !defined(LINE_SCALAR)
#include <emmintrin.h>
#endif

void
line_done(struct line *line)
{
	free(line->data);
	*line = (struct line){ 0 };
}

static char *
grow(struct line *line, size_t size)
{
	size_t room = line->room ? line->room : 4096;
	char *data;

	if (line->failed)
		return NULL;
	while (room - line->size < size)
		room *= 2;
	data = realloc(line->data, room);
	if (!data) {
		line->failed = 1;
		return NULL;
	}
	line->data = data;
	line->room = room;
	return line->data + line->size;
}

static inline char *
make_room(struct line *line, size_t size)
{
	return line->room - line->size >= size && !line->failed ? line->data + line->size : grow(line, size);
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
	static const char hex[] = "0123456789abcdef";
	static const char short_escapes[0x80] = {
		['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};

	if (point >= FOLD_BYTE || point >> 11 == 0x1b) {
		memcpy(to, "\xef\xbf\xbd", 3);
		return 3;
	}
	if (point < 0x80 && short_escapes[point]) {
		to[0] = '\\';
		to[1] = short_escapes[point];
		return 2;
	}
	if (point < 0x20 || point == 0x7f) {
		memcpy(to, "\\u00", 4);
		to[4] = hex[point >> 4];
		to[5] = hex[point & 15];
		return 6;
	}
	memcpy(to, text, size);
	return size;
}

/* Whether eight bytes are all ASCII that may stand in JSON as it is. */
static inline int
is_plain(uint64_t bytes)
{
	const uint64_t ones = 0x0101010101010101, quotes = bytes ^ ones * '"', slashes = bytes ^ ones * '\\';
	const uint64_t dels = bytes ^ ones * 0x7f;
	uint64_t found = (bytes - ones * ' ') & ~bytes; /* less than a space */

	found |= ((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) | ((dels - ones) & ~dels) | bytes;
	return !(found & ones * 0x80);
}

/* Copies from 4 to 15 bytes as two words that may overlap; 0: some are not plain. */
static inline int
copy_words(char *to, const uint8_t *at, size_t size)
{
	uint64_t first = 0, last = 0;

	if (size < 8) {
		memcpy(&first, at, 4);
		memcpy((char *)&first + 4, at + size - 4, 4);
		if (!is_plain(first))
			return 0;
		memcpy(to, at, 4);
		memcpy(to + size - 4, (char *)&first + 4, 4);
		return 1;
	}
	memcpy(&first, at, 8);
	memcpy(&last, at + size - 8, 8);
	if (!is_plain(first) || !is_plain(last))
		return 0;
	memcpy(to, &first, 8);
	memcpy(to + size - 8, &last, 8);
	return 1;
}

/* Copies bytes up to the first that may not stand in JSON as it is, or is not ASCII; to has room for size bytes. Returns
 * how many. */
static inline size_t
copy_plain(char *to, const uint8_t *at, size_t size)
{
	size_t used = 0;

#if defined(__SSE2__) && !defined(LINE_SCALAR)
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), del = _mm_set1_epi8(0x7f);

	for (; size - used >= 16; used += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(at + used));
		__m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')); /* signed: and all above 0x7f */
		__m128i other = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash));
		int mask = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, del)), other));

		_mm_storeu_si128((__m128i *)(to + used), bytes);
		if (mask)
			return used + (size_t)__builtin_ctz((unsigned)mask);
	}
#else
	for (; size - used >= 16 && copy_words(to + used, at + used, 15); used += 15)
		;
#endif
	if (size - used >= 4 && size - used < 16 && copy_words(to + used, at + used, size - used))
		return size;
	for (; used < size && at[used] >= ' ' && at[used] < 0x7f && at[used] != '"' && at[used] != '\\'; ++used)
		to[used] = (char)at[used];
	return used;
}

void
line_string(struct line *line, const char *text, size_t size, size_t max)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + (size < max ? size : max);
	char *start = make_room(line, 6 * (size_t)(end - at) + 8), *to = start;
	uint32_t point;
	size_t n;

	if (!start)
		return;
	*to++ = '"';
	for (;;) {
		n = copy_plain(to, at, (size_t)(end - at));
		to += n;
		at += n;
		if (at == end)
			break;
		if (*at == '\\') {
			memcpy(to, "\\\\", 2);
			to += 2;
			++at;
			continue;
		}
		n = utf8_read(at, (uint64_t)((const uint8_t *)text + size - at), &point);
		if (n > (size_t)(end - at))
			break;
		to += write_character(to, at, n, point);
		at += n;
	}
	*to++ = '"';
	line->size += (size_t)(to - start);
}

size_t
line_digits(char text[20], uint64_t number)
{
	char digits[20];
	size_t i = sizeof digits, size;

	do
		digits[--i] = (char)('0' + number % 10);
	while (number /= 10);
	size = sizeof digits - i;
	memcpy(text, digits + i, size);
	return size;
}

void
line_number(struct line *line, uint64_t number)
{
	char text[20];

	line_raw(line, text, line_digits(text, number));
}

void
line_comma(struct line *line)
{
	char last = line->size ? line->data[line->size - 1] : '{';

	if (last != '{' && last != '[' && last != ':')
		line_raw(line, ",", 1);
}

/* A comma where one is due, then "name" and what stands behind it. */
static void
write_name(struct line *line, const char *name, size_t size, const char *behind, size_t behind_size)
{
	char last = line->size ? line->data[line->size - 1] : '{', *to = make_room(line, size + behind_size + 3);
	size_t comma = last != '{' && last != '[' && last != ':';

	if (!to)
		return;
	*to = ',';
	to[comma] = '"';
	memcpy(to + comma + 1, name, size);
	memcpy(to + comma + 1 + size, behind, behind_size);
	line->size += comma + 1 + size + behind_size;
}

void
line_key(struct line *line, const char *key)
{
	write_name(line, key, strlen(key), "\":", 2);
}

void
line_object(struct line *line, const char *key, size_t size)
{
	write_name(line, key, size, "\":{", 3);
}
