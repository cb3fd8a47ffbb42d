/* plain_value.c - an item's modifiers, left to right, over the ways its values may be spelled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "pack.h"
#include "pool.h"
#include "tree.h"
#include "points.h"
#include "plain_parts.h"

static const uint32_t dashes[] = { '-', '/', 0x2013, 0x2014, 0x2015 };

static int
is_dash(uint32_t point)
{
	for (int i = 0; i < 5; i++)
		if (dashes[i] == point)
			return 1;
	return 0;
}

static struct spelling
spelling_new(struct pool *pool, uint32_t room)
{
	return (struct spelling){ pool_take(pool, (room + 1) * sizeof(uint32_t)), 0, 0 };
}

static void
spelling_add(struct spelling *spelling, uint32_t point)
{
	if (point == PLAIN_RUN && spelling->count && spelling->at[spelling->count - 1] == PLAIN_RUN)
		return;
	spelling->at[spelling->count++] = point;
}

/* Wildcards and escapes of a text. */
static struct spelling
spelling_parse(struct pool *pool, const char *text, uint32_t size)
{
	struct points points = points_read(pool, text, size, 0);
	struct spelling spelling = spelling_new(pool, size);

	for (int i = 0; i < points.count; i++) {
		uint32_t next = i + 1 < points.count ? points.at[i + 1] : 0;

		if (points.at[i] == '\\' && (next == '*' || next == '?' || next == '\\'))
			spelling_add(&spelling, points.at[++i]);
		else
			spelling_add(&spelling, points.at[i] == '*' ? PLAIN_RUN : points.at[i] == '?' ? PLAIN_ONE : points.at[i]);
	}
	return spelling;
}

static struct spelling
spelling_literal(struct pool *pool, const char *text)
{
	struct points points = points_read(pool, text, strlen(text), 0);
	struct spelling spelling = spelling_new(pool, points.count);

	for (int i = 0; i < points.count; i++)
		spelling_add(&spelling, points.at[i]);
	return spelling;
}

/* Modifiers of spellings ----------------------------------------------------------------------------------------- */

/* Letters, digits and "_"; beyond ASCII all but Latin-1 signs, spaces and general punctuation. */
static int
is_word(uint32_t point)
{
	if (point < 0x80)
		return (point >= '0' && point <= '9') || ((point | 32) >= 'a' && (point | 32) <= 'z') || point == '_';
	return point >= 0xc0 && point < PLAIN_RUN && point != 0xd7 && point != 0xf7 && (point < 0x2000 || point > 0x206f) &&
		point != 0x3000;
}

static void
windash(struct plain_value *value)
{
	struct spelling *spelling = value->spellings;
	int after_word = 0;

	for (uint32_t i = 0; i < spelling->count; i++) {
		uint32_t point = spelling->at[i];

		if (is_dash(point) && !after_word && i + 1 < spelling->count && is_word(spelling->at[i + 1]))
			spelling->at[i] = PLAIN_DASH;
		after_word = is_word(point);
	}
}

/* One spelling for each of the five dashes at each place of one. */
static void
dashes_spell(struct pool *pool, struct plain_value *value)
{
	for (uint32_t i = 0; i < value->count; i++) {
		struct spelling one = value->spellings[i], *more;
		uint32_t at = 0;

		while (at < one.count && one.at[at] != PLAIN_DASH)
			at++;
		if (at == one.count)
			continue;
		more = pool_take(pool, (value->count + 4) * sizeof(*more));
		memcpy(more, value->spellings, value->count * sizeof(*more));
		for (int dash = 0; dash < 5; dash++) {
			struct spelling *copy = more + (dash ? value->count + dash - 1 : i);

			*copy = spelling_new(pool, one.count);
			memcpy(copy->at, one.at, one.count * sizeof(*one.at));
			copy->count = one.count;
			copy->at[at] = dashes[dash];
		}
		value->spellings = more;
		value->count += 4;
		i--;
	}
}

static void
unit_add(struct spelling *spelling, uint32_t unit, int big)
{
	spelling_add(spelling, big ? unit >> 8 : unit & 0xff);
	spelling_add(spelling, big ? unit & 0xff : unit >> 8);
}

static struct spelling
spelling_wide(struct pool *pool, const struct spelling *from, int big, int mark)
{
	struct spelling wide = spelling_new(pool, 4 * from->count + 2);

	if (mark)
		unit_add(&wide, 0xfeff, 0);
	for (uint32_t i = 0; i < from->count; i++) {
		uint32_t point = from->at[i];

		if (point >= PLAIN_RUN) {
			spelling_add(&wide, point);
		} else if (point > 0xffff) {
			unit_add(&wide, 0xd7c0 + (point >> 10), big);
			unit_add(&wide, 0xdc00 + (point & 0x3ff), big);
		} else {
			unit_add(&wide, point, big);
		}
	}
	wide.is_bytes = 1;
	return wide;
}

/* The UTF-8 bytes of a spelling without wildcards, or the bytes that it already is. */
static struct spelling
spelling_bytes(struct pool *pool, const struct spelling *from)
{
	struct spelling bytes = spelling_new(pool, 4 * from->count);
	uint8_t utf8[4];

	if (from->is_bytes)
		return *from;
	for (uint32_t i = 0; i < from->count; i++)
		for (uint32_t k = 0, size = utf8_write(utf8, from->at[i]); k < size; k++)
			spelling_add(&bytes, utf8[k]);
	return bytes;
}

/* shift unknown bytes stand before, any may stand after; whole: none does. */
static struct spelling
spelling_base64(struct pool *pool, const struct spelling *bytes, uint32_t shift, int whole)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct spelling coded = spelling_new(pool, 2 * bytes->count + 8);
	uint32_t bits = 8 * (bytes->count + shift), from = 8 * shift;

	for (uint32_t at = 0; at < bits; at += 6) {
		uint32_t digit = 0;

		if (!whole && (at < from || at + 6 > bits))
			continue;
		for (uint32_t bit = at; bit < at + 6; bit++)
			digit = digit * 2 + (bit >= from && bit < bits ? bytes->at[bit / 8 - shift] >> (7 - bit % 8) & 1 : 0);
		spelling_add(&coded, digits[digit]);
	}
	while (whole && coded.count % 4)
		spelling_add(&coded, '=');
	return coded;
}

static void
base64_apply(struct pool *pool, struct plain_value *value, int offsets)
{
	struct spelling *coded = pool_take(pool, 3 * value->count * sizeof(*coded));
	uint32_t count = 0;

	for (uint32_t i = 0; i < value->count; i++) {
		struct spelling bytes = spelling_bytes(pool, value->spellings + i);

		for (uint32_t shift = 0; shift < (offsets ? 3 : 1); shift++) {
			coded[count] = spelling_base64(pool, &bytes, shift, !offsets);
			count += coded[count].count > 0 || !offsets;
		}
	}
	value->spellings = coded;
	value->count = count;
}

/* Bytes become code points again, run by run. */
static struct spelling
spelling_points(struct pool *pool, const struct spelling *from)
{
	struct spelling to = spelling_new(pool, from->count);
	uint8_t *bytes = pool_take(pool, from->count + 1);

	if (!from->is_bytes)
		return *from;
	for (uint32_t i = 0, count; i < from->count; i += count) {
		struct points points;

		for (count = 0; i + count < from->count && from->at[i + count] < PLAIN_RUN; count++)
			bytes[count] = from->at[i + count];
		points = points_read(pool, bytes, count, 0);
		for (int k = 0; k < points.count; k++)
			spelling_add(&to, points.at[k]);
		if (!count) {
			spelling_add(&to, from->at[i]);
			count = 1;
		}
	}
	return to;
}

/* Items ---------------------------------------------------------------------------------------------------------- */

static const char *
integer_text(struct pool *pool, const char *text)
{
	char *canonical = pool_take(pool, strlen(text) + 32);
	int negative = *text == '-';

	if (!strncmp(text, "0x", 2) || !strncmp(text, "0o", 2)) {
		sprintf(canonical, "%llu", strtoull(text + 2, NULL, text[1] == 'x' ? 16 : 8));
		return canonical;
	}
	text += strspn(text, "+-");
	text += strspn(text, "0");
	sprintf(canonical, "%s%s", negative && *text ? "-" : "", *text ? text : "0");
	return canonical;
}

static struct plain_value
value_read(struct pool *pool, const struct node *node, int is_text)
{
	struct plain_value value = { .text = node->text.data, .count = 1, .slot = PLAIN_NOWHERE };

	value.spellings = pool_take(pool, sizeof(*value.spellings));
	if (is_text || node->type == NODE_STRING)
		*value.spellings = spelling_parse(pool, node->text.data, node->text.size);
	else if (node->type == NODE_NULL)
		value.compare = PLAIN_NULL;
	else if (node->type == NODE_BOOL)
		*value.spellings = spelling_literal(pool, (node->text.data[0] | 32) == 't' ? "true" : "false");
	else
		*value.spellings = spelling_literal(pool, node->type == NODE_INTEGER ? integer_text(pool, node->text.data)
		                                                                    : node->text.data);
	return value;
}

static void
spellings_wide(struct pool *pool, struct plain_value *value, int big, int mark)
{
	dashes_spell(pool, value);
	for (uint32_t k = 0; k < value->count; k++)
		value->spellings[k] = spelling_wide(pool, value->spellings + k, big, mark);
}

/* A modifier that changes spellings; 1 if it is one. */
static int
spellings_apply(struct pool *pool, struct plain_item *item, const char *name)
{
	int big = !strcmp(name, "utf16be"), mark = !strcmp(name, "utf16"), offsets = !strcmp(name, "base64offset");
	int is_wide = big || mark || !strcmp(name, "wide") || !strcmp(name, "utf16le");

	if (!is_wide && !offsets && strcmp(name, "base64") && strcmp(name, "windash"))
		return 0;
	for (uint32_t i = 0; i < item->count; i++) {
		if (is_wide) {
			spellings_wide(pool, item->values + i, big, mark);
		} else if (!strcmp(name, "windash")) {
			windash(item->values + i);
		} else {
			dashes_spell(pool, item->values + i);
			base64_apply(pool, item->values + i, offsets);
		}
	}
	item->open_start |= offsets;
	item->open_end |= offsets;
	return 1;
}

static void
compare_set(struct plain_item *item, enum plain_compare compare)
{
	for (uint32_t i = 0; i < item->count; i++)
		item->values[i].compare = compare;
}

static void
modifier_apply(struct pool *pool, struct plain_item *item, const char *name)
{
	static const char *const compares[] = { "re", "cidr", "lt", "lte", "gt", "gte", "", "exists", "fieldref" };
	static const char *const parts[] = { "minute", "hour", "day", "week", "month", "year" };

	item->all |= !strcmp(name, "all");
	item->negated |= !strcmp(name, "neq");
	item->cased |= !strcmp(name, "cased");
	item->open_start |= !strcmp(name, "contains") || !strcmp(name, "endswith");
	item->open_end |= !strcmp(name, "contains") || !strcmp(name, "startswith");
	item->regex_i |= !strcmp(name, "i") || !strcmp(name, "ignorecase");
	item->regex_m |= !strcmp(name, "m") || !strcmp(name, "multiline");
	item->regex_s |= !strcmp(name, "s") || !strcmp(name, "dotall");
	for (int i = 0; i < 9; i++)
		if (!strcmp(name, compares[i]))
			compare_set(item, PLAIN_REGEX + i);
	for (int i = 0; i < 6; i++)
		if (!strcmp(name, parts[i])) {
			item->part = parts[i];
			compare_set(item, PLAIN_SAME);
		}
	spellings_apply(pool, item, name);
}

/* Does some modifier make every value a text? */
static int
names_text(const char *modifiers)
{
	static const char *const names[] = { "contains", "startswith", "endswith", "windash", "base64", "wide", "utf16" };

	for (int i = 0; i < 7; i++)
		if (strstr(modifiers, names[i]))
			return 1;
	return 0;
}

static void
spellings_end(struct pool *pool, struct plain_item *item, struct plain_value *value)
{
	for (uint32_t i = 0; i < value->count; i++) {
		struct spelling points = spelling_points(pool, value->spellings + i), whole;

		whole = spelling_new(pool, points.count + 2);
		if (item->open_start)
			spelling_add(&whole, PLAIN_RUN);
		for (uint32_t k = 0; k < points.count; k++)
			spelling_add(&whole, item->cased || points.at[k] >= PLAIN_RUN ? points.at[k] : fold_point(points.at[k]));
		if (item->open_end)
			spelling_add(&whole, PLAIN_RUN);
		value->spellings[i] = whole;
	}
}

struct plain_item
plain_item(struct pool *pool, struct bytes key, const struct node *values)
{
	char *names = pool_copy(pool, key.data, key.size + 1), *name, *rest;
	struct plain_item item = { .count = values->type == NODE_LIST ? values->count : 1, .slot = PLAIN_NOWHERE };
	int is_text;

	names[key.size] = 0;
	rest = names + strcspn(names, "|");
	item.field = (struct bytes){ names, rest - names };
	is_text = names_text(rest);
	item.values = pool_take(pool, item.count * sizeof(*item.values));
	for (uint32_t i = 0; i < item.count; i++)
		item.values[i] = value_read(pool, values->type == NODE_LIST ? values->items[i] : values, is_text);
	item.open_start = item.open_end = item.field.size == 0;
	if (*rest)
		for (rest++; (name = strsep(&rest, "|"));)
			modifier_apply(pool, &item, name);
	for (uint32_t i = 0; i < item.count; i++)
		if (item.values[i].compare == PLAIN_TEXT)
			spellings_end(pool, &item, item.values + i);
	return item;
}
