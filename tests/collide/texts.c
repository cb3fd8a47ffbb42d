/* texts.c - values turned into texts, by throwing what they leave open; and texts turned into near misses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "ir.h"
#include "packfile.h"
#include "pool.h"
#include "regex.h"
#include "texts.h"

enum { PART_MAX = 600 };

void
text_add(struct text *text, const void *data, uint32_t size)
{
	size = size > PART_MAX ? PART_MAX : size;
	if (text->size + size > TEXT_ROOM)
		return;
	memcpy(text->data + text->size, data, size);
	text->size += size;
}

void
text_add_string(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void
text_add_junk(struct dice *dice, struct text *text)
{
	static const char *const junk[] = { "", "a", " ", "\\", "é", "\xff", "\xe2\x84\xaa", "ſ", "x", ".", "-", "\n", "0",
		"\xc3", "ẞ", "\xed\xa0\x80", "C:\\", ".exe", "http", "zzzz", "/", "–", "\xf0\x9f\x98\x80", "\xf0\x9f", "*", "?",
		"_", "İ", "\xef\xbb\xbf", "\x7f", "\x01", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL };

	text_add_string(text, dice_pick(dice, junk));
	if (dice_roll(dice, 40) == 0)
		text_add(text, "\0", 1);
}

/* Points of the class, some inside its ranges, some at their ends. */
static void
text_add_class(struct dice *dice, struct text *text, const struct regex *class)
{
	const struct regex_range *range = class->ranges + dice_roll(dice, class->range_count);
	uint32_t width, point;
	uint8_t bytes[4];

	if (!class->range_count)
		return;
	width = range->last - range->first + 1;
	point = range->first + dice_roll(dice, width < 60 ? width : 60);
	point = dice_roll(dice, 4) ? point : range->last;
	if (point == 0xffffffff || point >= FOLD_BYTE) {
		bytes[0] = 0x80 + (point - FOLD_BYTE);
		text_add(text, bytes, 1);
	} else {
		text_add(text, bytes, utf8_write(bytes, point));
	}
}

static void
text_add_regex(struct dice *dice, struct text *text, const struct regex *regex)
{
	uint32_t count;

	switch (regex->type) {
	case REGEX_CLASS: text_add_class(dice, text, regex); break;
	case REGEX_ALTERNATE:
		text_add_regex(dice, text, regex->children[dice_roll(dice, regex->child_count)]);
		break;
	case REGEX_REPEAT:
		count = regex->min + (dice_roll(dice, 3) ? 0 : dice_roll(dice, 4));
		for (uint32_t i = 0; i < count && i <= regex->max; i++)
			text_add_regex(dice, text, regex->children[0]);
		break;
	case REGEX_CONCAT:
		for (uint32_t i = 0; i < regex->child_count; i++)
			text_add_regex(dice, text, regex->children[i]);
		break;
	case REGEX_WORD: text_add(text, " ", dice_roll(dice, 3) == 0); break;
	case REGEX_LINE_START: case REGEX_LINE_END: case REGEX_LAST_LINE:
		text_add(text, "\n", dice_roll(dice, 6) == 0);
		break;
	default: break;
	}
}

static void
text_add_address(struct dice *dice, struct text *text, const char *net)
{
	char address[64];
	uint32_t size = strcspn(net, "/");

	snprintf(address, sizeof(address), "%.*s", (int)size, net);
	if (size > 2 && address[size - 1] == '0' && address[size - 2] == '.')
		snprintf(address + size - 1, 8, "%u", dice_roll(dice, 257));
	else if (size > 2 && address[size - 1] == ':')
		snprintf(address + size, 8, "%x", dice_roll(dice, 65536));
	if (dice_roll(dice, 8) == 0 && !strchr(address, ':'))
		text_add_string(text, "::ffff:");
	text_add_string(text, address);
}

static void
text_add_number(struct dice *dice, struct text *text, const char *value, uint8_t op)
{
	static const char *const forms[] = { "%.0Lf", "%.3Lf", "%.1Lf", "%.6Le", "%.0Lf.0", "0%.0Lf", "+%.0Lf", NULL };
	static const int steps[] = { 0, 0, 1, -1, 100, -100 };
	int step = op == PACK_LT ? -1 : op == PACK_GT ? 1 : 0;
	char number[96];
	const char *form = dice_roll(dice, 3) ? forms[0] : dice_pick(dice, forms);

	step = dice_roll(dice, 2) ? step : steps[dice_roll(dice, 6)];
	if (step == 0 && form == forms[0]) {
		text_add_string(text, value);
		return;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(number, sizeof(number), form, strtold(value, NULL) + step);
#pragma GCC diagnostic pop
	text_add_string(text, number);
}

void
text_add_value(struct dice *dice, struct text *text, const struct ir_predicate *predicate, const struct ir_value *value,
               const struct regex *regex)
{
	switch (predicate->op) {
	case PACK_REGEX: text_add_regex(dice, text, regex); return;
	case PACK_CIDR: text_add_address(dice, text, value->text.data); return;
	case PACK_LT: case PACK_LTE: case PACK_GT: case PACK_GTE:
		text_add_number(dice, text, value->text.data, predicate->op);
		return;
	case PACK_WILDCARD: break;
	case PACK_SUBDOMAIN:
		if (dice_roll(dice, 2))
			text_add_string(text, "sub.");
		text_add(text, value->text.data, value->text.size);
		return;
	default: text_add(text, value->text.data, value->text.size); return;
	}
	for (uint32_t i = 0; i < value->piece_count; i++) {
		if (value->pieces[i].type == IR_LITERAL)
			text_add(text, value->pieces[i].literal.data, value->pieces[i].literal.size);
		else if (value->pieces[i].type == IR_ANY_ONE)
			text_add_string(text, dice_roll(dice, 2) ? "y" : "\xf0\x9f\x98\x80");
		else if (dice_roll(dice, 2))
			text_add_junk(dice, text);
	}
}

/* Letters of one folding stand side by side; an empty one ends a family. */
static const char *const families[] = { "k", "K", "\xe2\x84\xaa", "", "s", "S", "ſ", "", "ß", "ẞ", "", "å", "Å",
	"\xe2\x84\xab", "", "σ", "ς", "Σ", "", "é", "É", "", "µ", "μ", "Μ", "", "ǆ", "ǅ", "Ǆ", "", "ω", "Ω", "\xe2\x84\xa6",
	"", "ⱥ", "Ⱥ", "", "ι", "Ι", "\xcd\x85", "", "я", "Я", "", "𐐨", "𐐀", "", "θ", "ϑ", "ϴ", "Θ", "", "o", "O", "", "d",
	"D", "", "ꭰ", "Ꭰ", "" };

enum { FAMILY_COUNT = sizeof(families) / sizeof(*families) };

/* The family's member that stands at data; its index or -1. */
static int
family_find(const char *data, uint32_t left)
{
	for (int i = 0; i < FAMILY_COUNT; i++) {
		uint32_t size = strlen(families[i]);

		if (size && size <= left && !memcmp(families[i], data, size))
			return i;
	}
	return -1;
}

static const char *
family_other(struct dice *dice, int index)
{
	int first = index, last = index;

	while (first > 0 && *families[first - 1])
		first--;
	while (*families[last + 1])
		last++;
	return families[first + dice_roll(dice, last - first + 1)];
}

void
text_fold(struct dice *dice, struct text *text)
{
	uint32_t size, often = 1 + dice_roll(dice, 4);
	struct text folded = { .size = 0 };

	for (uint32_t at = 0; at < text->size; at += size) {
		int family = dice_roll(dice, often) == 0 ? family_find(text->data + at, text->size - at) : -1;
		char byte = text->data[at];

		size = family < 0 ? 1 : strlen(families[family]);
		if (family >= 0 && dice_roll(dice, 3) == 0) {
			text_add_string(&folded, family_other(dice, family));
			continue;
		}
		if (size == 1 && (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z' && dice_roll(dice, often) == 0)
			byte ^= 0x20;
		text_add(&folded, size == 1 ? &byte : text->data + at, size);
	}
	memcpy(text->data, folded.data, folded.size);
	text->size = folded.size;
}

void
text_change(struct dice *dice, struct text *text)
{
	uint32_t at = dice_roll(dice, text->size), tail = text->size - at;

	if (!text->size) {
		text_add_junk(dice, text);
		return;
	}
	switch (dice_roll(dice, 7)) {
	case 0: memmove(text->data + at, text->data + at + 1, --text->size - at); break;
	case 1: text->data[at] = dice_roll(dice, 256); break;
	case 2: text->data[at] ^= 0x20; break;
	case 3:
		if (text->size < TEXT_ROOM) {
			memmove(text->data + at + 1, text->data + at, tail);
			text->data[at] = "ax .\\-\xff"[dice_roll(dice, 7)];
			text->size++;
		}
		break;
	case 4: text->size--; break;
	case 5: memmove(text->data, text->data + 1, --text->size); break;
	default: text_add_junk(dice, text); break;
	}
}

void
text_set_time(struct dice *dice, struct text *text)
{
	static const char *const ends[] = { "Z", "Z", "Z", "", ".1234567Z", "+02:00", "-11:30", ".5+14:00", NULL };
	static const char *const dates[] = { "2020-12-31", "2021-01-03", "2021-01-04", "2024-12-30", "2024-02-29", NULL };
	char time[64];

	snprintf(time, sizeof(time), "%04u-%02u-%02uT%02u:%02u:%02u%s", 1965 + dice_roll(dice, 80), 1 + dice_roll(dice, 12),
	         1 + dice_roll(dice, 28), dice_roll(dice, 24), dice_roll(dice, 60), dice_roll(dice, 60),
	         dice_pick(dice, ends));
	if (dice_roll(dice, 3) == 0)
		memcpy(time, dice_pick(dice, dates), 10);
	text->size = 0;
	text_add_string(text, time);
}
