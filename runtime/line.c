/* line.c - JSON text into a growing buffer. */
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "line.h"
#include "word.h"

#if defined(__SSE2__) && !defined(LINE_SCALAR)
#include <emmintrin.h>
#endif

void
line_done(struct line *line)
{
	free(line->data);
	*line = (struct line){ 0 };
}

char *
line_grow(struct line *line, size_t size)
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

/* One character as JSON writes it; to has room for 6 bytes. */
static size_t
write_character(char *to, const uint8_t *text, size_t size, uint32_t point)
{
	static const char hex[] = "0123456789abcdef";
	static const char short_escapes[0x80] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
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

#if defined(__SSE2__) && !defined(LINE_SCALAR)
enum { STRIDE = 16 }; /* bytes that copy_plain() writes */

static inline __m128i
read_stride(const uint8_t *at, size_t size)
{
	if (size >= STRIDE)
		return _mm_loadu_si128((const __m128i *)at);
	return _mm_set_epi64x(size > 8 ? (int64_t)word_read(at + 8, size - 8) : 0, (int64_t)word_read(at, size));
}

/* Copies what may stand in JSON as it is and is ASCII, up to STRIDE bytes; how many. size is not 0. */
static inline size_t
copy_plain(char *to, const uint8_t *at, size_t size)
{
	const __m128i bytes = read_stride(at, size);
	__m128i other = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')); /* signed: and all above 0x7f */

	other = _mm_or_si128(other, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
	other = _mm_or_si128(other, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
	other = _mm_or_si128(other, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
	_mm_storeu_si128((__m128i *)to, bytes);
	return (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(other) | 1u << STRIDE);
}
#else
enum { STRIDE = 8 };

/* The high bits of the bytes that may not, of eight: no bit is false up to the first. */
static inline uint64_t
not_plain(uint64_t bytes)
{
	const uint64_t ones = 0x0101010101010101, quotes = bytes ^ ones * '"', slashes = bytes ^ ones * '\\';
	const uint64_t dels = bytes ^ ones * 0x7f;
	uint64_t found = (bytes - ones * ' ') & ~bytes; /* less than a space */

	found |= ((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) | ((dels - ones) & ~dels) | bytes;
	return found & ones * 0x80;
}

static inline size_t
copy_plain(char *to, const uint8_t *at, size_t size)
{
	uint64_t bytes = word_read(at, size), found = not_plain(bytes);
	size_t i;

	for (i = 0; i < STRIDE; ++i)
		to[i] = (char)(bytes >> 8 * i);
	return found ? (size_t)__builtin_ctzll(found) / 8 : STRIDE;
}
#endif

void
line_string(struct line *line, const char *text, size_t size, size_t max)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + (size < max ? size : max);
	char *start = line_room(line, 6 * (size_t)(end - at) + 2 + STRIDE), *to = start;
	uint32_t point;
	size_t n;

	if (!start)
		return;
	*to++ = '"';
	while (at < end) {
		n = copy_plain(to, at, (size_t)(end - at));
		to += n;
		at += n;
		if (at == end || n == STRIDE)
			continue;
		if (*at == '\\' || *at == '"') {
			to[0] = '\\';
			to[1] = (char)*at++;
			to += 2;
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
	size_t size = 1, i;
	uint64_t limit;

	for (limit = 10; size < 20 && number >= limit; limit *= 10)
		++size;
	for (i = size; i--; number /= 10)
		text[i] = (char)('0' + number % 10);
	return size;
}

void
line_number(struct line *line, uint64_t number)
{
	char *to = line_room(line, 20);

	if (to)
		line->size += line_digits(to, number);
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
	char last = line->size ? line->data[line->size - 1] : '{', *to = line_room(line, size + behind_size + 3);
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
