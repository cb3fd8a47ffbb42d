/*
 * pattern.c - literals and wildcards, UTF-16, base64 and the dashes of Windows options.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "ir.h"
#include "node.h"
#include "ast.h"
#include "pattern.h"
#include "utf8.h"

struct buffer { /* bytes being gathered, on the heap until they are interned */
	char *data;
	size_t size, room;
};

static void
buffer_add(struct buffer *buffer, const void *data, size_t size)
{
	if (!size)
		return;
	if (buffer->room - buffer->size < size) {
		buffer->room = 2 * buffer->room + size + 64;
		buffer->data = realloc(buffer->data, buffer->room);
		if (!buffer->data)
			abort();
	}
	memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
}

static struct ir_text
buffer_take(struct buffer *buffer, struct arena *arena)
{
	struct ir_text text = arena_text(arena, buffer->data, buffer->size);

	free(buffer->data);
	*buffer = (struct buffer){0};
	return text;
}

static void
piece_add(struct arena *arena, struct sigma_pattern *pattern, enum ir_piece_type type, struct ir_text literal)
{
	if (type == IR_ANY_RUN && pattern->count && pattern->pieces[pattern->count - 1].type == IR_ANY_RUN)
		return;
	pattern->pieces = arena_grow(arena, pattern->pieces, pattern->count, sizeof(*pattern->pieces));
	pattern->pieces[pattern->count++] = (struct ir_piece){type, literal};
}

static void
literal_end(struct arena *arena, struct sigma_pattern *pattern, struct buffer *literal)
{
	if (literal->size)
		piece_add(arena, pattern, IR_LITERAL, arena_text(arena, literal->data, literal->size));
	literal->size = 0;
}

struct sigma_pattern
pattern_parse(struct arena *arena, struct ir_text text)
{
	struct sigma_pattern pattern = {0};
	struct buffer literal = {0};

	for (uint32_t i = 0; i < text.size; i++) {
		char byte = text.data[i];

		if (byte == '\\' && i + 1 < text.size && memchr("*?\\", text.data[i + 1], 3)) {
			buffer_add(&literal, &text.data[++i], 1);
		} else if (byte == '*' || byte == '?') {
			literal_end(arena, &pattern, &literal);
			piece_add(arena, &pattern, byte == '*' ? IR_ANY_RUN : IR_ANY_ONE, (struct ir_text){0});
		} else {
			buffer_add(&literal, &byte, 1);
		}
	}
	literal_end(arena, &pattern, &literal);
	free(literal.data);
	return pattern;
}

struct sigma_pattern
pattern_literal(struct arena *arena, struct ir_text text)
{
	struct sigma_pattern pattern = {0};

	if (text.size)
		piece_add(arena, &pattern, IR_LITERAL, text);
	return pattern;
}

struct ir_text
pattern_text(struct arena *arena, const struct sigma_pattern *pattern)
{
	if (!pattern->count)
		return arena_string(arena, "");
	if (pattern->count == 1 && pattern->pieces[0].type == IR_LITERAL)
		return pattern->pieces[0].literal;
	return (struct ir_text){0};
}

struct ir_text
pattern_source(struct arena *arena, const struct sigma_pattern *pattern)
{
	struct buffer source = {0};

	for (size_t i = 0; i < pattern->count; i++) {
		const struct ir_piece *piece = &pattern->pieces[i];

		if (piece->type != IR_LITERAL)
			buffer_add(&source, piece->type == IR_ANY_RUN ? "*" : "?", 1);
		for (uint32_t j = 0; piece->type == IR_LITERAL && j < piece->literal.size; j++) {
			if (memchr("*?\\", piece->literal.data[j], 3))
				buffer_add(&source, "\\", 1);
			buffer_add(&source, &piece->literal.data[j], 1);
		}
	}
	return buffer_take(&source, arena);
}

struct sigma_pattern
pattern_open(struct arena *arena, const struct sigma_pattern *pattern, int before, int after)
{
	struct sigma_pattern open = {0};

	if (before)
		piece_add(arena, &open, IR_ANY_RUN, (struct ir_text){0});
	for (size_t i = 0; i < pattern->count; i++)
		piece_add(arena, &open, pattern->pieces[i].type, pattern->pieces[i].literal);
	if (after)
		piece_add(arena, &open, IR_ANY_RUN, (struct ir_text){0});
	return open;
}

struct sigma_pattern
pattern_join(struct arena *arena, const struct sigma_pattern *left, const struct sigma_pattern *right)
{
	struct sigma_pattern joined = {0};
	struct buffer literal = {0};

	for (size_t i = 0; i < left->count + right->count; i++) {
		const struct ir_piece *piece = i < left->count ? &left->pieces[i] : &right->pieces[i - left->count];

		if (piece->type == IR_LITERAL) {
			buffer_add(&literal, piece->literal.data, piece->literal.size);
			continue;
		}
		literal_end(arena, &joined, &literal);
		piece_add(arena, &joined, piece->type, piece->literal);
	}
	literal_end(arena, &joined, &literal);
	free(literal.data);
	return joined;
}

static void
utf16_add(struct buffer *buffer, uint32_t unit, int big)
{
	unsigned char bytes[2] = {big ? unit >> 8 : unit & 255, big ? unit & 255 : unit >> 8};

	buffer_add(buffer, bytes, 2);
}

static void
utf16_convert(struct buffer *buffer, struct ir_text text, int big)
{
	size_t size;
	uint32_t point;

	for (uint32_t at = 0; at < text.size; at += size) {
		size = utf8_size(text.data + at, text.size - at);
		point = size ? utf8_decode(text.data + at, size) : (unsigned char)text.data[at];
		size = size ? size : 1;
		if (point > 0xffff)
			utf16_add(buffer, 0xd800 + ((point - 0x10000) >> 10), big);
		utf16_add(buffer, point > 0xffff ? 0xdc00 + ((point - 0x10000) & 0x3ff) : point, big);
	}
}

struct sigma_pattern
pattern_utf16(struct arena *arena, const struct sigma_pattern *pattern, enum pattern_utf16 form)
{
	struct sigma_pattern wide = {0};
	struct buffer bytes = {0};

	if (form == UTF16_BOM)
		buffer_add(&bytes, "\377\376", 2);
	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->pieces[i].type == IR_LITERAL) {
			utf16_convert(&bytes, pattern->pieces[i].literal, form == UTF16_BE);
			continue;
		}
		literal_end(arena, &wide, &bytes);
		piece_add(arena, &wide, pattern->pieces[i].type, (struct ir_text){0});
	}
	literal_end(arena, &wide, &bytes);
	free(bytes.data);
	return wide;
}

struct ir_text
pattern_base64(struct arena *arena, struct ir_text text, int offset)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const size_t leading[] = {0, 2, 3}; /* characters that depend on the bytes before */
	size_t shift = offset < 0 ? 0 : offset, size = shift + text.size, used = (size * 8 + 5) / 6;
	struct buffer out = {0};
	struct ir_text whole;

	for (size_t at = 0; at < used; at++) {
		uint32_t value = 0;

		for (size_t bit = at * 6; bit < at * 6 + 6; bit++) {
			size_t byte = bit / 8;
			unsigned char eight = byte >= shift && byte < size ? text.data[byte - shift] : 0;

			value = value << 1 | (eight >> (7 - bit % 8) & 1);
		}
		buffer_add(&out, &alphabet[value], 1);
	}
	if (offset < 0)
		buffer_add(&out, "===", (3 - size % 3) % 3);
	else
		out.size -= size % 3 && out.size ? 1 : 0; /* the last one shares bits with what follows */
	whole = buffer_take(&out, arena);
	if (whole.size <= leading[shift])
		return arena_string(arena, "");
	return arena_text(arena, whole.data + leading[shift], whole.size - leading[shift]);
}

static const char *const dashes[WINDASH_DASHES] = {"-", "/", "\342\200\223", "\342\200\224", "\342\200\225"};

/* Bytes of the dash-like character at data, 0 if there is none. */
static size_t
dash_size(const char *data, size_t left)
{
	for (size_t i = 0; i < WINDASH_DASHES; i++) {
		size_t size = strlen(dashes[i]);

		if (size <= left && !memcmp(data, dashes[i], size))
			return size;
	}
	return 0;
}

/* Letters, digits and "_"; beyond ASCII all but Latin-1 signs, spaces and general punctuation. */
static int
is_word(const char *data, size_t left)
{
	size_t size = left ? utf8_size(data, left) : 0;
	uint32_t point = size ? utf8_decode(data, size) : 0;

	if (point < 0x80)
		return (point >= '0' && point <= '9') || ((point | 32) >= 'a' && (point | 32) <= 'z') || point == '_';
	return point >= 0xc0 && point != 0xd7 && point != 0xf7 && (point < 0x2000 || point > 0x206f) && point != 0x3000;
}

/* Whether the character before at is a word character; the start of a literal counts as none. */
static int
is_word_before(struct ir_text text, uint32_t at)
{
	uint32_t start = at;

	if (!at)
		return 0;
	while (start-- > 0 && at - start < 4 && ((unsigned char)text.data[start] & 0xc0) == 0x80)
		;
	return is_word(text.data + start, at - start);
}

static size_t
option_dash(struct ir_text text, uint32_t at)
{
	size_t size = dash_size(text.data + at, text.size - at);

	if (!size || is_word_before(text, at) || !is_word(text.data + at + size, text.size - at - size))
		return 0;
	return size;
}

/* One spelling: choice holds a digit of base five for every dash, the first in its lowest place. *count: the dashes. */
static struct sigma_pattern
windash_spell(struct arena *arena, const struct sigma_pattern *pattern, size_t choice, size_t *count)
{
	struct sigma_pattern spelled = {0};
	struct buffer bytes = {0};

	*count = 0;
	for (size_t i = 0; i < pattern->count; i++) {
		struct ir_text literal = pattern->pieces[i].literal;
		size_t size;

		for (uint32_t at = 0; at < literal.size; at += size) {
			size = option_dash(literal, at);
			if (size) {
				const char *dash = dashes[choice % WINDASH_DASHES];

				buffer_add(&bytes, dash, strlen(dash));
				choice /= WINDASH_DASHES;
				++*count;
			} else {
				size = 1;
				buffer_add(&bytes, literal.data + at, 1);
			}
		}
		literal_end(arena, &spelled, &bytes);
		if (pattern->pieces[i].type != IR_LITERAL)
			piece_add(arena, &spelled, pattern->pieces[i].type, (struct ir_text){0});
	}
	free(bytes.data);
	return spelled;
}

static struct ir_text
windash_regex(struct arena *arena, const struct sigma_pattern *pattern)
{
	static const char any_dash[] = "[-/\342\200\223\342\200\224\342\200\225]";
	struct buffer regex = {0};

	for (size_t i = 0; i < pattern->count; i++) {
		struct ir_text literal = pattern->pieces[i].literal;
		size_t size;

		if (pattern->pieces[i].type != IR_LITERAL)
			buffer_add(&regex, ".*", pattern->pieces[i].type == IR_ANY_RUN ? 2 : 1);
		for (uint32_t at = 0; at < literal.size; at += size) {
			size = option_dash(literal, at);
			if (size) {
				buffer_add(&regex, any_dash, sizeof(any_dash) - 1);
				continue;
			}
			size = 1;
			if (strchr("\\^$.|?*+()[]{}", literal.data[at]) && literal.data[at])
				buffer_add(&regex, "\\", 1);
			buffer_add(&regex, literal.data + at, 1);
		}
	}
	return buffer_take(&regex, arena);
}

size_t
pattern_windash(struct arena *arena, const struct sigma_pattern *pattern, struct sigma_pattern **spellings,
                struct ir_text *regex)
{
	size_t dash_count, total = 1, ignored;

	windash_spell(arena, pattern, 0, &dash_count);
	for (size_t i = 0; i < dash_count && total <= WINDASH_LISTED_MAX; i++)
		total *= WINDASH_DASHES;
	if (total > WINDASH_LISTED_MAX) {
		*regex = windash_regex(arena, pattern);
		return 0;
	}
	*spellings = arena_alloc(arena, total * sizeof(**spellings));
	for (size_t i = 0; i < total; i++)
		(*spellings)[i] = windash_spell(arena, pattern, i, &ignored);
	return total;
}
