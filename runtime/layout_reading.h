/*
 * layout_reading.h - one line and the values taken from it, each where it stands. Include json_index.h, layout.h and
 * pack.h first.
 */
#ifndef LAYOUT_READING_H
#define LAYOUT_READING_H

#include <stddef.h>
#include <stdint.h>

enum { ITEM_MAX = 1024, RAW = 1 /* value.reserved: to be settled */ };

struct reading {
	const char *line;
	struct value values[LAYOUT_MEMBERS + 1]; /* by member; the last: LAYOUT_AN_OBJECT */
	struct value items[ITEM_MAX];            /* of lists */
	uint32_t item_count;
	struct json_index index;
};

static inline uint64_t
differ(const char *a, const char *b, size_t place)
{
	uint64_t x, y;

	memcpy(&x, a + place, 8);
	memcpy(&y, b + place, 8);
	return x ^ y;
}

static inline int
same_short(const char *a, const char *b, size_t size)
{
	size_t i;

	for (i = 0; i < size; ++i)
		if (a[i] != b[i])
			return 0;
	return 1;
}

/* Whether both have the same bytes; most texts here have 8 to 32. */
static inline int
same_text(const char *a, const char *b, size_t size)
{
	const size_t second = size > 16 ? 8 : 0, third = size > 16 ? size - 16 : 0;
	size_t i;

	if (size < 8)
		return same_short(a, b, size);
	if (differ(a, b, 0) | differ(a, b, second) | differ(a, b, third) | differ(a, b, size - 8))
		return 0;
	for (i = 16; i + 16 < size; i += 8)
		if (differ(a, b, i))
			return 0;
	return 1;
}

/* Numbers of all forms, true, false and null: as json.c reads them. */
const char *take_other(struct value *value, const char *at, const char *end);

/* A whole number without a sign and with nothing behind it but a comma or a bracket; else NULL. */
static inline const char *
take_digits(struct value *value, const char *at)
{
	const char *from = at;

	while (*at >= '0' && *at <= '9')
		++at;
	if (at == from || (*from == '0' && at - from > 1) || (*at != ',' && *at != '}'))
		return NULL;
	*value = (struct value){ from, (uint32_t)(at - from), VALUE_NUMBER, 0, 0 };
	return at;
}

/* A string from behind its first quote on; returns its end, or a place behind the line, also where it is so long that it
 * would have to be cut. */
static inline const char *
take_string(const struct reading *r, struct value *value, const char *at)
{
	size_t from = (size_t)(at - r->line), to = json_index_quote(&r->index, from);

	if (to - from > VALUE_TEXT_MAX)
		to = r->index.size;
	value->data = at;
	value->size = (uint32_t)(to - from);
	value->type = VALUE_STRING;
	value->flags = 0;
	value->reserved = RAW;
	return r->line + to + 1;
}

/* A scalar that is no string; returns its end, or NULL, as above. */
static inline const char *
take_bare(const struct reading *r, struct value *value, const char *at)
{
	const char *behind = take_digits(value, at);

	behind = behind ? behind : take_other(value, at, r->line + r->index.size);
	return value->size > VALUE_TEXT_MAX ? NULL : behind;
}

/* A list of scalars, from behind its bracket on; returns its end, or NULL. */
const char *take_list(struct reading *r, struct value *value, const char *at);
#endif
