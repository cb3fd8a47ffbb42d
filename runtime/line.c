/* line.c - JSON text into a growing buffer. */
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "line.h"
#include "word.h"

#if defined(__x86_64__) && !defined(LINE_SCALAR)
#include <immintrin.h>
#define LINE_WIDE
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

enum { STRIDE = 16, ROOM_BEHIND = 2 * STRIDE + 2 }; /* what is written beyond a text, its quotes with it */

/* Of eight bytes the high bits of those that may not stand in JSON as they are, or are not ASCII: none is false up to the
 * first. */
static inline uint64_t
not_plain(uint64_t bytes)
{
	const uint64_t ones = 0x0101010101010101, quotes = bytes ^ ones * '"', slashes = bytes ^ ones * '\\';
	const uint64_t dels = bytes ^ ones * 0x7f;
	uint64_t found = (bytes - ones * ' ') & ~bytes; /* less than a space */

	found |= ((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) | ((dels - ones) & ~dels) | bytes;
	return found & ones * 0x80;
}

/* Copies the first of the bytes from *from to end, up to STRIDE of them, that are ASCII and no control characters, as JSON
 * writes them. */
static inline void
copy_ascii(char **to, const uint8_t **from, const uint8_t *end)
{
	uint64_t bytes = word_read(*from, (size_t)(end - *from)), other = not_plain(bytes);
	size_t plain = other ? (size_t)__builtin_ctzll(other) / 8 : sizeof(bytes);

	memcpy(*to, &bytes, sizeof(bytes));
	*to += plain;
	*from += plain;
	if (*from < end && (**from == '"' || **from == '\\')) {
		*(*to)++ = '\\';
		*(*to)++ = (char)*(*from)++;
	}
}

/* Writes the text up to end, which stands before what else the same text has. */
static inline __attribute__((always_inline)) char *
write_text(char *to, const uint8_t *at, const uint8_t *end, const uint8_t *behind,
           void (*copy)(char **to, const uint8_t **from, const uint8_t *end))
{
	uint32_t point;
	size_t n;

	while (at < end) {
		copy(&to, &at, end);
		if (at == end || (*at >= ' ' && *at < 0x7f))
			continue;
		n = utf8_read(at, (uint64_t)(behind - at), &point);
		if (n > (size_t)(end - at))
			break;
		to += write_character(to, at, n, point);
		at += n;
	}
	return to;
}

typedef uint8_t stride_bytes __attribute__((vector_size(STRIDE)));
typedef uint64_t stride_words __attribute__((vector_size(STRIDE)));

/* A text shorter than a stride, with zeros behind it. */
static inline stride_bytes
read_short(const uint8_t *at, size_t size)
{
	return (stride_bytes)(stride_words){ word_read(at, size), size > 8 ? word_read(at + 8, size - 8) : 0 };
}

/* Whether JSON has all bytes as they are. */
static inline int
are_plain(stride_bytes bytes)
{
	stride_words other = (stride_words)((bytes - ' ' > '~' - ' ') | (bytes == '"') | (bytes == '\\'));

	return !(other[0] | other[1]);
}

/* Copies the beginning of a text that is plain, by whole strides and what is left: most texts are to their end. Returns how
 * many bytes. */
static inline size_t
copy_plain(char *to, const uint8_t *text, size_t size)
{
	static const char behind[2 * STRIDE] = { [STRIDE ... 2 * STRIDE - 1] = ' ' };
	stride_bytes bytes, padding;
	size_t i, left;

	for (i = 0; i + STRIDE <= size; i += STRIDE) {
		memcpy(&bytes, text + i, sizeof(bytes));
		if (!are_plain(bytes))
			return i;
		memcpy(to + i, &bytes, sizeof(bytes));
	}
	left = size - i;
	memcpy(&padding, behind + STRIDE - left, sizeof(padding));
	bytes = read_short(text + i, left) | padding;
	if (!are_plain(bytes))
		return i;
	memcpy(to + i, &bytes, sizeof(bytes));
	return size;
}

#ifdef LINE_WIDE
#define SSSE3 __attribute__((target("ssse3,popcnt")))

/* Where the bytes of half a stride go, by a bit for each that has a backslash before it: the numbers of those bytes, a
 * byte each, and 8 for a backslash. */
#define PUT(rest, bits, i) ((rest) << ((bits) >> (i) & 1 ? 16 : 8) | ((bits) >> (i) & 1 ? (i) << 8 | 8 : (i)))
#define PLACES(bits) PUT(PUT(PUT(PUT(PUT(PUT(PUT(PUT((unsigned __int128)0, \
	bits, 7), bits, 6), bits, 5), bits, 4), bits, 3), bits, 2), bits, 1), bits, 0)
#define PLACES_4(bits) PLACES(bits), PLACES((bits) + 1), PLACES((bits) + 2), PLACES((bits) + 3)
#define PLACES_16(bits) PLACES_4(bits), PLACES_4((bits) + 4), PLACES_4((bits) + 8), PLACES_4((bits) + 12)
#define PLACES_64(bits) PLACES_16(bits), PLACES_16((bits) + 16), PLACES_16((bits) + 32), PLACES_16((bits) + 48)

static const unsigned __int128 escaped_places[256] = { PLACES_64(0), PLACES_64(64), PLACES_64(128), PLACES_64(192) };

/* Eight bytes with backslashes before them, where bits say so. */
SSSE3 static inline void
put_half(char *to, __m128i bytes_and_backslashes, uint32_t bits)
{
	__m128i places = _mm_load_si128((const __m128i *)&escaped_places[bits]);

	_mm_storeu_si128((__m128i *)to, _mm_shuffle_epi8(bytes_and_backslashes, places));
}

/* As copy_ascii(). */
SSSE3 static inline void
copy_ascii_wide(char **to, const uint8_t **from, const uint8_t *end)
{
	const size_t left = (size_t)(end - *from);
	const __m128i bytes = left < STRIDE ? (__m128i)read_short(*from, left) : _mm_loadu_si128((const __m128i *)*from);
	const __m128i backslash = _mm_set1_epi8('\\');
	__m128i other = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')); /* signed: and all above 0x7f */
	__m128i quoted = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, backslash));
	uint32_t bits = (uint32_t)_mm_movemask_epi8(quoted), others, count;

	other = _mm_or_si128(other, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
	others = (uint32_t)_mm_movemask_epi8(other);
	put_half(*to, _mm_unpacklo_epi64(bytes, backslash), bits & 0xff);
	put_half(*to + 8 + __builtin_popcount(bits & 0xff), _mm_unpackhi_epi64(bytes, backslash), bits >> 8);
	if (!others) {
		*to += STRIDE + __builtin_popcount(bits);
		*from += STRIDE;
		return;
	}
	count = (uint32_t)__builtin_ctz(others);
	*to += count + (uint32_t)__builtin_popcount(bits & ((1u << count) - 1));
	*from += count;
}

SSSE3 static char *
write_text_wide(char *to, const uint8_t *at, const uint8_t *end, const uint8_t *behind)
{
	return write_text(to, at, end, behind, copy_ascii_wide);
}
#endif

static __attribute__((noinline)) char *
write_escaped(char *to, const uint8_t *at, const uint8_t *end, const uint8_t *behind)
{
#ifdef LINE_WIDE
	if (__builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt"))
		return write_text_wide(to, at, end, behind);
#endif
	return write_text(to, at, end, behind, copy_ascii);
}

void
line_string(struct line *line, const char *text, size_t size, size_t max)
{
	const uint8_t *at = (const uint8_t *)text, *behind = at + size, *end = size < max ? behind : at + max;
	char *start = line_room(line, 6 * (size_t)(end - at) + ROOM_BEHIND), *to = start;
	size_t plain;

	if (!start)
		return;
	*to++ = '"';
	plain = copy_plain(to, at, (size_t)(end - at));
	to += plain;
	at += plain;
	if (at < end)
		to = write_escaped(to, at, end, behind);
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

	if (!to)
		return;
	if (number < 100) {
		to[0] = (char)('0' + number / 10);
		to[number >= 10] = (char)('0' + number % 10);
		line->size += 1 + (number >= 10);
		return;
	}
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
