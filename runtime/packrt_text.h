/*
 * packrt_text.h - texts of values: in which form they are read, comparing and finding them. Part of the image (packrt.h).
 */
#ifndef PACKRT_TEXT_H
#define PACKRT_TEXT_H

#include "fold.h"
#include "packrt.h"
#include "packrt_fold.h"

static inline int
block_is_ascii(const uint8_t *block)
{
	words2 words = *(const words2_raw *)block;

	return !((words[0] | words[1]) & bytes_high);
}

static inline int
text_is_ascii(struct text text)
{
	uint64_t i;

	for (i = 0; i + 16 <= text.size; i += 16)
		if (!block_is_ascii(text.data + i))
			return 0;
	if (i)
		return block_is_ascii(text.data + text.size - 16);
	for (i = 0; i < text.size; i++)
		if (text.data[i] >= 0x80)
			return 0;
	return 1;
}

/* Is every byte of text part of well-formed UTF-8? */
static inline int
text_is_clean(struct text text)
{
	uint32_t point;

	if (text_is_ascii(text))
		return 1;
	for (uint64_t i = 0; i < text.size;) {
		i += utf8_read(text.data + i, text.size - i, &point);
		if (point >= FOLD_BYTE)
			return 0;
	}
	return 1;
}

static inline struct text
value_raw(const struct value *value)
{
	return (struct text){ value->data, value->size > VALUE_TEXT_MAX ? VALUE_TEXT_MAX : value->size, 0 };
}

static inline void
text_pad(uint8_t *end)
{
	for (uint32_t i = 0; i < WORK_TEXT_PAD; i += 16)
		*(bytes16 *)(end + i) = (bytes16){ 0 };
}

/* Folds a value, in the bytes at out: WORK_TEXT_ROOM of them. */
PACKRT_INLINE struct text
value_fold(uint8_t *out, const struct value *value)
{
	struct text text = value_raw(value);

	text.size = fold_fast(out, text.data, text.size, &text.plain);
	text.data = out;
	text_pad(out + text.size);
	return text;
}

/* Cleans it, unless it can stay where it is. */
static inline struct text
value_clean(uint8_t *out, const struct value *value)
{
	struct text text = value_raw(value);

	if (text_is_clean(text))
		return text;
	text.size = fold_text(out, text.data, text.size, 0);
	text.data = out;
	text_pad(out + text.size);
	return text;
}

/* Where the text of a value is cached: values that stand side by side have places of their own. */
static inline struct work_text *
value_cached(const struct work *work, const struct value *value, enum form form)
{
	return &work->kept->texts[form == FORM_FOLDED][(uintptr_t)value / _Alignof(struct value) % WORK_TEXTS];
}

static inline int
is_of(const struct work_text *cached, const struct work *work, const struct value *value)
{
	return cached->value == value && cached->turn == work->kept->turn;
}

/* Where the next text is to be put. */
static inline uint8_t *
arena_begin(struct work *work, const struct value *value)
{
	uint64_t left = WORK_ARENA - work->kept->arena_used;

	if (left < FOLD_ROOM((uint64_t)value->size) + 2 * WORK_TEXT_PAD && left < WORK_TEXT_ROOM)
		work_turn(work);
	work->arena[work->kept->arena_used - 1] = 0;
	return work->arena + work->kept->arena_used;
}

/* What is known of a text from now on, be it in the arena or not. */
static inline struct text
text_cache(struct work *work, struct work_text *cached, const struct value *value, struct text text)
{
	if (text.data != value->data)
		work->kept->arena_used += (text.size + 2 * WORK_TEXT_PAD - 1) / WORK_TEXT_PAD * WORK_TEXT_PAD;
	*cached = (struct work_text){ value, text, work->kept->turn };
	return text;
}

static __attribute__((noinline)) struct text
text_fold(struct work *work, struct work_text *cached, const struct value *value)
{
	return text_cache(work, cached, value, value_fold(arena_begin(work, value), value));
}

static __attribute__((noinline)) struct text
text_clean(struct work *work, struct work_text *cached, const struct value *value)
{
	return text_cache(work, cached, value, value_clean(arena_begin(work, value), value));
}

static inline struct text
value_folded(struct work *work, const struct value *value)
{
	struct work_text *cached = value_cached(work, value, FORM_FOLDED);

	return is_of(cached, work, value) ? cached->text : text_fold(work, cached, value);
}

struct text
value_text(struct work *work, const struct value *value, enum form form)
{
	struct work_text *cached;

	if (form == FORM_FOLDED)
		return value_folded(work, value);
	cached = value_cached(work, value, FORM_FOLDED);
	if (form == FORM_RAW || (is_of(cached, work, value) && cached->text.plain))
		return value_raw(value);
	cached = value_cached(work, value, FORM_CLEAN);
	return is_of(cached, work, value) ? cached->text : text_clean(work, cached, value);
}

int
texts_next(struct work *work, struct texts *texts)
{
	const struct value *value;

	if (!texts->each.at)
		texts->each = each_of(work, texts->slot);
	value = each_next(&texts->each);
	if (!value)
		return 0;
	texts->text = value_text(work, value, texts->form);
	texts->stop = value_is_cut(value) ? STOP_CUT : STOP_END;
	return 1;
}

static inline int
bytes_equal(const uint8_t *a, const uint8_t *b, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

int
text_equals(struct text text, const char *other, uint64_t size)
{
	return text.size == size && bytes_equal(text.data, (const uint8_t *)other, size);
}

int
text_starts(struct text text, const char *prefix, uint64_t size)
{
	return text.size >= size && bytes_equal(text.data, (const uint8_t *)prefix, size);
}

int
text_ends(struct text text, const char *suffix, uint64_t size)
{
	return text.size >= size && bytes_equal(text.data + text.size - size, (const uint8_t *)suffix, size);
}

/* Where the largest suffix of part begins, by byte order or its reverse, and its period (Crochemore and Perrin's
 * two-way string matching). Positions count from -1, hence the wrap. */
static inline uint64_t
suffix_largest(const uint8_t *part, uint64_t size, int reverse, uint64_t *period)
{
	uint64_t start = UINT64_MAX, at = 0, k = 1, p = 1;

	while (at + k < size) {
		uint8_t a = part[at + k], b = part[start + k];

		if (a == b) {
			if (k == p) {
				at += p;
				k = 1;
			} else {
				k++;
			}
		} else if ((a < b) != reverse) {
			at += k;
			k = 1;
			p = at - start;
		} else {
			start = at++;
			k = p = 1;
		}
	}
	*period = p;
	return start;
}

/* Where part ends that begins at one of the 16 places from at on, of which first and last byte fit; *tried counts what was
 * compared. 0: it does not. */
static inline uint64_t
find_in_block(struct text text, const uint8_t *part, uint64_t size, uint64_t at, uint64_t *tried)
{
	bytes16 same = (bytes16)(*(const bytes16 *)(text.data + at) == part[0]) &
		(bytes16)(*(const bytes16 *)(text.data + at + size - 1) == part[size - 1]);
	words2 words = (words2)same;

	if (!(words[0] | words[1]))
		return 0;
	for (uint32_t k = 0; k < 2; k++)
		for (uint64_t left = words[k] & UINT64_C(0x0101010101010101); left; left &= left - 1) {
			uint64_t place = at + 8 * k + (uint64_t)__builtin_ctzll(left) / 8;

			if (bytes_equal(text.data + place, part, size))
				return place + size;
			*tried += size;
		}
	return 0;
}

/* Where the first part in text ends. 0: it is not before *at, where the search is to go on: because too few places are
 * there, or too many fit. size > 0. */
static inline uint64_t
find_vector(struct text text, const uint8_t *part, uint64_t size, uint64_t *at)
{
	uint64_t i = 0, tried = 0, found;

	if (text.size < 15 + size)
		return 0;
	for (; i + 15 + size <= text.size && tried <= i / 4 + 16; i += 16) {
		found = find_in_block(text, part, size, i, &tried);
		if (found)
			return found;
	}
	*at = i;
	if (i + 15 + size <= text.size || i + size > text.size)
		return 0;
	*at = text.size;
	return find_in_block(text, part, size, text.size - size - 15, &tried);
}

/* Where the first part in text ends; 0: it is not there. size > 0. */
static inline uint64_t
find_linear(struct text text, const uint8_t *part, uint64_t size)
{
	uint64_t period, other_period, cut, other_cut, memory = 0, keep, i;

	cut = suffix_largest(part, size, 0, &period);
	other_cut = suffix_largest(part, size, 1, &other_period);
	if (other_cut + 1 > cut + 1) {
		cut = other_cut;
		period = other_period;
	}
	keep = cut + 1 + period <= size && bytes_equal(part, part + period, cut + 1) ? size - period : 0;
	if (!keep)
		period = (cut > size - cut - 1 ? cut : size - cut - 1) + 1;
	for (uint64_t at = 0; at + size <= text.size;) {
		for (i = cut + 1 > memory ? cut + 1 : memory; i < size && part[i] == text.data[at + i]; i++)
			continue;
		if (i < size) {
			at += i - cut;
			memory = 0;
			continue;
		}
		for (i = cut + 1; i > memory && part[i - 1] == text.data[at + i - 1]; i--)
			continue;
		if (i <= memory)
			return at + size;
		at += period;
		memory = keep;
	}
	return 0;
}

static uint64_t
text_find(struct text text, const char *string, uint64_t size)
{
	const uint8_t *part = (const uint8_t *)string;
	uint64_t at = 0, found;

	if (size > text.size)
		return 0;
	found = find_vector(text, part, size, &at);
	if (found)
		return found;
	if (text.size - at < 16 + size && size <= 64) {
		for (; at + size <= text.size; at++)
			if (bytes_equal(text.data + at, part, size))
				return at + size;
		return 0;
	}
	text.data += at;
	text.size -= at;
	found = text.size < size ? 0 : find_linear(text, part, size);
	return found ? at + found : 0;
}

int
text_contains(struct text text, const char *string, uint64_t size)
{
	return size == 0 || text_find(text, string, size) != 0;
}

/* Is one of the parts there? */
static inline int
has_part_at(struct text text, uint64_t place, const struct short_part *part, uint32_t count)
{
	const uint64_t word = *(const word_raw *)(text.data + place);

	for (const struct short_part *end = part + count; part < end; part++)
		if (!((word ^ part->bytes) & part->mask) && place + 8 - __builtin_clzll(part->mask) / 8 <= text.size)
			return 1;
	return 0;
}

int
text_contains_any(struct text text, const struct short_part *parts, uint32_t count)
{
	const uint8_t first = parts->bytes;

	for (uint64_t at = 0; at < text.size; at += 16) {
		words2 same = (words2)(bytes16)(*(const bytes16 *)(text.data + at) == first);

		for (uint32_t k = 0; k < 2; k++)
			for (uint64_t left = same[k] & UINT64_C(0x0101010101010101); left; left &= left - 1)
				if (has_part_at(text, at + 8 * k + (uint64_t)__builtin_ctzll(left) / 8, parts, count))
					return 1;
	}
	return 0;
}

/* Whatever begins before a byte that is not of the set ends there, too: so bytes are read backwards from where a run would
 * end. None is read twice but in a run that is long enough by bytes. */
int
text_has_run(struct text text, const uint64_t bytes[4], uint64_t least)
{
	uint64_t start = 0, known = 0, at, count;

	while (start + least <= text.size) { /* those from start to known are of the set */
		for (at = start + least; at > known && bit_test(bytes, text.data[at - 1]); at--)
			continue;
		if (at > known) {
			known = start + least;
			start = at;
			continue;
		}
		for (count = 0, at = start; at < text.size && bit_test(bytes, text.data[at]); at++) {
			count += (text.data[at] & 0xc0) != 0x80;
			if (count == least)
				return 1;
		}
		start = known = at + 1;
	}
	return 0;
}

int
text_take_start(struct text *text, const char *prefix, uint64_t size)
{
	if (!text_starts(*text, prefix, size))
		return 0;
	text->data += size;
	text->size -= size;
	return 1;
}

int
text_take_part(struct text *text, const char *part, uint64_t size)
{
	uint64_t end = text_find(*text, part, size);

	text->data += end;
	text->size -= end;
	return end != 0;
}

static inline int
texts_compare(struct text text, struct text other, uint32_t op)
{
	const char *string = (const char *)other.data;

	switch (op) {
	case PACK_FIELD_EQUALS: return text_equals(text, string, other.size);
	case PACK_FIELD_STARTSWITH: return text_starts(text, string, other.size);
	case PACK_FIELD_ENDSWITH: return text_ends(text, string, other.size);
	default: return text_contains(text, string, other.size);
	}
}

/* Does the size alone tell that part, which has ASCII only, does not compare with text? No form changes the size of ASCII. */
static inline int
is_other_size(const struct value *text, const struct value *part, uint32_t op)
{
	return (part->size > text->size || (op == PACK_FIELD_EQUALS && part->size < text->size)) && text_is_ascii(value_raw(text));
}

/* Do the last bytes alone tell that texts do not end alike? A byte of ASCII is one byte in any form. */
static inline int
ends_differ(const struct value *a, const struct value *b)
{
	bytes16 x, y;
	words2 both, differ;

	if (a->size < sizeof(x) || b->size < sizeof(y))
		return 0;
	x = *(const bytes16 *)((const uint8_t *)a->data + a->size - sizeof(x));
	y = *(const bytes16 *)((const uint8_t *)b->data + b->size - sizeof(y));
	both = (words2)(x | y);
	differ = (words2)(fold_bytes(x) ^ fold_bytes(y));
	return !((both[0] | both[1]) & bytes_high) && (differ[0] | differ[1]);
}

enum answer
fields_compare(struct work *work, int32_t slot, int32_t other, uint32_t op, enum form form)
{
	const int anchored = op == PACK_FIELD_EQUALS || op == PACK_FIELD_ENDSWITH;
	enum answer answer = ANSWER_NO;
	struct each seconds = each_of(work, other);
	const struct value *a, *b;

	while ((b = each_next(&seconds))) {
		struct each firsts = each_of(work, slot);
		struct text part = { 0 }; /* made once, however many firsts there are */

		while ((a = each_next(&firsts))) {
			if (value_is_cut(b) || (anchored && value_is_cut(a))) {
				answer = ANSWER_UNKNOWN;
				continue;
			}
			if (anchored && ends_differ(a, b))
				continue;
			if (!part.data)
				part = form == FORM_FOLDED ? value_fold(work->second, b) : value_clean(work->second, b);
			if (part.plain && is_other_size(a, b, op))
				continue;
			if (texts_compare(value_text(work, a, form), part, op))
				return ANSWER_YES;
		}
	}
	return answer;
}

int
field_is_null(const struct work *work, int32_t slot)
{
	const struct value *value = work->event->slots + slot, *items;

	if (!bit_test(work->event->present, slot) || value->type == VALUE_NULL)
		return 1;
	if (value->type != VALUE_LIST)
		return 0;
	items = value->data;
	for (uint32_t i = 0; i < value->size; i++)
		if (items[i].type == VALUE_NULL)
			return 1;
	return value->size == 0;
}
#endif
