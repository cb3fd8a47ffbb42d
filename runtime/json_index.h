/*
 * json_index.h - where the quotes and escapes of one line of JSON are: one pass over it, 64 bytes at a time.
 *
 * With it a string's end is found by counting bits, and its escapes need no second look. Only lines without control
 * characters get one; json.c's walker reads the others, and says what is wrong with them.
 */
#ifndef JSON_INDEX_H
#define JSON_INDEX_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { JSON_INDEX_MAX = 512 << 10 /* bytes of a line */, JSON_INDEX_SLACK = 16 };

struct json_index { /* a bit a byte, the first the lowest: all systems here are little-endian */
	uint64_t quotes[JSON_INDEX_MAX / 64 + 2];  /* that begin or end a string; every bit behind the line is set */
	uint64_t escapes[JSON_INDEX_MAX / 64 + 2]; /* backslashes that begin one */
	uint32_t quote_count; /* in the line */
	size_t size; /* of the line */
	int points;  /* there is a \u escape */
	int ascii;   /* there are no other bytes */
	int canonical; /* every string is as line_string() writes it */
};

/* 0; -1: longer than JSON_INDEX_MAX, a control character, an escape that JSON does not have, or nothing behind a
 * backslash. */
int json_index_make(struct json_index *index, const char *text, size_t size);
/* The same by what all processors of the kind have, and by what not all have; json_index_make() chooses. */
int json_index_make_base(struct json_index *index, const char *text, size_t size);
int json_index_make_avx2(struct json_index *index, const char *text, size_t size);

enum { JSON_INDEX_WINDOW = 57 }; /* bits that json_index_bits() has at least */

/* The bits of the bytes from at on, which is in the line or just behind it. */
static inline uint64_t
json_index_bits(const uint64_t *bits, size_t at)
{
	uint64_t window;

	memcpy(&window, (const char *)bits + at / 8, sizeof window);
	return window >> at % 8;
}

/* The first quote at or after at; the line's size or more: there is none. */
static inline size_t
json_index_quote(const struct json_index *index, size_t at)
{
	uint64_t bits = json_index_bits(index->quotes, at);
	size_t word;

	if (bits)
		return at + (size_t)__builtin_ctzll(bits);
	at += JSON_INDEX_WINDOW;
	word = at / 64;
	for (bits = index->quotes[word] >> at % 64 << at % 64; !bits; bits = index->quotes[++word])
		;
	return word * 64 + (size_t)__builtin_ctzll(bits);
}

/* Whether an escape begins among the size bytes at at. */
static inline int
json_index_escaped(const struct json_index *index, size_t at, size_t size)
{
	for (; size >= JSON_INDEX_WINDOW; at += JSON_INDEX_WINDOW, size -= JSON_INDEX_WINDOW)
		if (json_index_bits(index->escapes, at) << (64 - JSON_INDEX_WINDOW))
			return 1;
	return (json_index_bits(index->escapes, at) & ((1ull << size) - 1)) != 0;
}

/* Decodes the escapes of the size bytes at at of the line, which end where a string does or before an escape. Returns how
 * many bytes out got; it has room for size and JSON_INDEX_SLACK more, which are overwritten. */
size_t json_index_unescape(const struct json_index *index, char *out, const char *line, size_t at, size_t size);
#endif
