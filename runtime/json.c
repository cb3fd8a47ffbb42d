/* json.c - the walker over one JSON text, and the decoding of escapes. */
#include <string.h>

#include "json.h"

#if defined(__SSE2__) && !defined(JSON_SCALAR)
#include <emmintrin.h>
#endif

enum state {
	STATE_VALUE,        /* a value */
	STATE_FIRST_VALUE,  /* a value or ] */
	STATE_FIRST_KEY,    /* a key or } */
	STATE_NEXT,         /* , or the end of the container */
	STATE_DONE,
};

void
json_start(struct json *json, const char *text, size_t size)
{
	json->start = json->at = text;
	json->end = text + size;
	json->error = NULL;
	json->depth = 0;
	json->in_object = json->points = json->ascii = 0;
	json->state = STATE_VALUE;
}

static const char value_expected[] = "value expected";

static enum json_token
refuse(struct json *json, const char *at, const char *error)
{
	json->at = at;
	json->error = at < json->end ? error : error == value_expected ? "value expected, end of input found"
	              : "unexpected end of input";
	json->state = STATE_DONE;
	return JSON_ERROR;
}

static inline const char *
skip_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		++at;
	return at;
}

/* The first quote, backslash or control character at or after at. */
static inline const char *
find_special(const char *at, const char *end)
{
#if defined(__SSE2__) && !defined(JSON_SCALAR)
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x1f);

	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)at);
		__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, space), bytes);
		__m128i other = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash));
		int mask = _mm_movemask_epi8(_mm_or_si128(low, other));

		if (mask)
			return at + __builtin_ctz((unsigned)mask);
	}
#endif
	while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at > 0x1f)
		++at;
	return at;
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* What the character behind a backslash stands for; 0 for u. */
static const char escapes[256] = {
	['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
};

/* at stands behind the opening quote; afterwards behind the closing one. */
static int
read_string(struct json *json, const char *at, struct json_text *text)
{
	const char *end = json->end;
	int i;

	text->data = at;
	text->escaped = 0;
	for (;;) {
		at = find_special(at, end);
		if (at >= end)
			return refuse(json, end, NULL), -1;
		if (*at == '"')
			break;
		if (*at != '\\')
			return refuse(json, at, "control character in a string"), -1;
		text->escaped = 1;
		if (++at < end && escapes[(unsigned char)*at]) {
			++at;
			continue;
		}
		if (at >= end || *at != 'u')
			return refuse(json, at, "unknown escape in a string"), -1;
		json->points = 1;
		for (++at, i = 0; i < 4; ++i, ++at)
			if (at >= end || hex_value(*at) < 0)
				return refuse(json, at, "four hexadecimal digits expected after \\u"), -1;
	}
	text->size = (size_t)(at - text->data);
	json->at = at + 1;
	return 0;
}

static const char *
skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		++at;
	return at;
}

static enum json_token
read_number(struct json *json, const char *at, struct json_text *text)
{
	const char *end = json->end, *digits;

	text->data = at;
	text->escaped = 0;
	at += *at == '-';
	digits = at;
	at = skip_digits(at, end);
	if (at == digits)
		return refuse(json, at, "digit expected");
	if (*digits == '0' && at - digits > 1)
		return refuse(json, digits + 1, "number with a leading zero");
	if (at < end && *at == '.') {
		digits = ++at;
		at = skip_digits(at, end);
		if (at == digits)
			return refuse(json, at, "digit expected after the point");
	}
	if (at < end && (*at | 32) == 'e') {
		++at;
		at += at < end && (*at == '+' || *at == '-');
		digits = at;
		at = skip_digits(at, end);
		if (at == digits)
			return refuse(json, at, "digit expected in the exponent");
	}
	text->size = (size_t)(at - text->data);
	if (text->size == 2 && !memcmp(text->data, "-0", 2)) { /* an integer's canonical decimal */
		++text->data;
		--text->size;
	}
	json->at = at;
	return JSON_NUMBER;
}

static enum json_token
read_word(struct json *json, const char *at, const char *word, enum json_token token)
{
	size_t size = strlen(word);

	if ((size_t)(json->end - at) < size || memcmp(at, word, size))
		return refuse(json, at, value_expected);
	json->at = at + size;
	return token;
}

static enum json_token
enter(struct json *json, const char *at, int object)
{
	uint64_t bit = 1ull << json->depth % 64;

	if (json->depth == JSON_DEPTH_MAX)
		return refuse(json, at, "nested deeper than 256");
	if (object)
		json->objects[json->depth / 64] |= bit;
	else
		json->objects[json->depth / 64] &= ~bit;
	++json->depth;
	json->in_object = (uint8_t)object;
	json->at = at + 1;
	json->state = object ? STATE_FIRST_KEY : STATE_FIRST_VALUE;
	return object ? JSON_OBJECT : JSON_ARRAY;
}

static enum json_token
leave(struct json *json, const char *at)
{
	enum json_token token = json->in_object ? JSON_OBJECT_END : JSON_ARRAY_END;

	--json->depth;
	if (json->depth)
		json->in_object = json->objects[(json->depth - 1) / 64] >> (json->depth - 1) % 64 & 1;
	json->at = at + 1;
	json->state = json->depth ? STATE_NEXT : STATE_DONE;
	return token;
}

static enum json_token
read_value(struct json *json, const char *at, struct json_text *text)
{
	if (at >= json->end)
		return refuse(json, at, value_expected);
	json->state = json->depth ? STATE_NEXT : STATE_DONE;
	switch (*at) {
	case '"':
		return read_string(json, at + 1, text) ? JSON_ERROR : JSON_STRING;
	case '{':
		return enter(json, at, 1);
	case '[':
		return enter(json, at, 0);
	case 't':
		return read_word(json, at, "true", JSON_TRUE);
	case 'f':
		return read_word(json, at, "false", JSON_FALSE);
	case 'n':
		return read_word(json, at, "null", JSON_NULL);
	case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		return read_number(json, at, text);
	}
	return refuse(json, at, value_expected);
}

static enum json_token
read_key(struct json *json, const char *at, struct json_text *text)
{
	if (at >= json->end || *at != '"')
		return refuse(json, at, "key expected");
	if (read_string(json, at + 1, text))
		return JSON_ERROR;
	at = skip_space(json->at, json->end);
	if (at >= json->end || *at != ':')
		return refuse(json, at, "':' expected");
	json->at = at + 1;
	json->state = STATE_VALUE;
	return JSON_KEY;
}

enum json_token
json_next(struct json *json, struct json_text *text)
{
	const char *at = skip_space(json->at, json->end);

	switch (json->state) {
	case STATE_VALUE:
		return read_value(json, at, text);
	case STATE_FIRST_VALUE:
		return at < json->end && *at == ']' ? leave(json, at) : read_value(json, at, text);
	case STATE_FIRST_KEY:
		return at < json->end && *at == '}' ? leave(json, at) : read_key(json, at, text);
	case STATE_NEXT:
		if (at < json->end && *at == (json->in_object ? '}' : ']'))
			return leave(json, at);
		if (at >= json->end || *at != ',')
			return refuse(json, at, json->in_object ? "',' or '}' expected" : "',' or ']' expected");
		at = skip_space(at + 1, json->end);
		return json->in_object ? read_key(json, at, text) : read_value(json, at, text);
	}
	return json->error ? JSON_ERROR : JSON_END;
}

enum json_token
json_rest(struct json *json)
{
	const char *at = skip_space(json->at, json->end);

	return at == json->end ? JSON_END : refuse(json, at, "end of line expected after the value");
}

static unsigned
read_hex(const char *at)
{
	return (unsigned)(hex_value(at[0]) << 12 | hex_value(at[1]) << 8 | hex_value(at[2]) << 4 | hex_value(at[3]));
}

static size_t
write_point(char out[4], unsigned point)
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xc0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xe0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

/* Decodes the escape whose u stands at *at to UTF-8; lone surrogates become three bytes. */
static size_t
read_unicode(char out[4], const char **at, const char *end)
{
	const char *p = *at + 1;
	unsigned point = read_hex(p), low;

	p += 4;
	if (point >> 10 == 0x36 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
		low = read_hex(p + 2);
		if (low >> 10 == 0x37) {
			point = 0x10000 + ((point & 0x3ff) << 10 | (low & 0x3ff));
			p += 6;
		}
	}
	*at = p;
	return write_point(out, point);
}

/* Copies up to the first backslash, at most room bytes; returns how many. */
static inline size_t
copy_plain(char *out, size_t room, const char *at, const char *end)
{
	size_t used = 0, size = (size_t)(end - at);

	size = size < room ? size : room;
#if defined(__SSE2__) && !defined(JSON_SCALAR)
	for (; size - used >= 16; used += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(at + used));
		int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));

		_mm_storeu_si128((__m128i *)(out + used), bytes);
		if (mask)
			return used + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	for (; used < size && at[used] != '\\'; ++used)
		out[used] = at[used];
	return used;
}

size_t
json_unescape(char *out, size_t room, const char *text, size_t size, int *cut)
{
	const char *at = text, *end = text + size;
	size_t used = 0, n;
	char bytes[4], plain;

	for (;;) {
		n = copy_plain(out + used, room - used, at, end);
		used += n;
		at += n;
		*cut = at < end;
		if (at == end || *at != '\\')
			return used;
		++at;
		plain = escapes[(unsigned char)*at];
		if (plain && used < room) {
			out[used++] = plain;
			++at;
			continue;
		}
		n = plain ? 1 : read_unicode(bytes, &at, end);
		if (n > room - used)
			return used;
		memcpy(out + used, bytes, n);
		used += n;
	}
}

void
json_place(const char *start, const char *at, size_t *line, size_t *column)
{
	*line = *column = 1;
	for (; start < at; ++start) {
		if (*start == '\n') {
			++*line;
			*column = 1;
		} else if ((*start & 0xc0) != 0x80) {
			++*column;
		}
	}
}
