/* ecs_write.c - an ECS document as nested objects: remembered text between the values, then the values. */
#include <stdlib.h>

#include "ecs.h"
#include "ecs_row.h"
#include "ecs_write.h"
#include "line.h"

enum { FRAMES = 32 };

struct frame { /* of a part of documents that have the same fields set */
	const struct ecs_part *part; /* NULL: none yet */
	uint64_t set[ECS_WORDS];
	struct line text;            /* before each value, and behind the last, a byte apart; zeros at its end */
	uint16_t ends[ECS_FIELD_COUNT + 1];
};

struct ecs_frames {
	struct frame frames[FRAMES];
};

struct ecs_frames *
ecs_frames_new(void)
{
	return calloc(1, sizeof(struct ecs_frames));
}

void
ecs_frames_free(struct ecs_frames *frames)
{
	int i;

	for (i = 0; frames && i < FRAMES; ++i)
		line_done(&frames->frames[i].text);
	free(frames);
}

/* Bytes of the objects that both keys lie in, with their last dot. */
static size_t
common_objects(const char *a, const char *b)
{
	size_t i, common = 0;

	for (i = 0; a[i] && a[i] == b[i]; ++i)
		if (a[i] == '.')
			common = i + 1;
	return common;
}

static void
close_objects(struct line *line, const char *key, size_t common)
{
	for (key += common; *key; ++key)
		if (*key == '.')
			line_raw(line, "}", 1);
}

/* Opens the objects of a key; returns what stands behind its last dot. */
static const char *
open_objects(struct line *line, const char *key)
{
	const char *at;

	for (at = key; *at; ++at)
		if (*at == '.') {
			line_object(line, key, (size_t)(at - key));
			key = at + 1;
		}
	return key;
}

/* Bits of a word of fields that lie in the part. */
static uint64_t
part_bits(const struct ecs_part *part, uint32_t word)
{
	uint32_t first = word * 64;
	uint64_t bits = ~UINT64_C(0);

	if (part->first >= first + 64 || part->end <= first)
		return 0;
	if (part->first > first)
		bits <<= part->first - first;
	if (part->end < first + 64)
		bits &= ~(~UINT64_C(0) << (part->end - first));
	return bits;
}

/* A value is one byte here, so that commas come where they are due. */
static void
make_frame(struct frame *frame, const struct ecs_part *part, const uint64_t set[ECS_WORDS])
{
	static const char no_more[LINE_SHORT];
	struct line *text = &frame->text;
	const char *last = part->within, *key;
	uint32_t i, count = 0;
	uint64_t left;
	size_t common;

	line_cut(text, 0);
	for (i = 0; i < ECS_WORDS; ++i)
		for (left = frame->set[i] = set[i]; left; left &= left - 1) {
			key = ecs_rows[i * 64 + (uint32_t)__builtin_ctzll(left)].key;
			common = common_objects(last, key);
			close_objects(text, last, common);
			line_key(text, open_objects(text, key + common));
			frame->ends[count++] = (uint16_t)text->size;
			line_raw(text, "0", 1);
			last = key;
		}
	common = common_objects(last, part->left);
	close_objects(text, last, common);
	open_objects(text, part->left + common);
	frame->ends[count] = (uint16_t)text->size;
	line_raw(text, no_more, LINE_SHORT);
	frame->part = text->failed ? NULL : part;
}

static const struct frame *
find_frame(struct ecs_frames *frames, const struct ecs_part *part, const uint64_t set[ECS_WORDS])
{
	uint64_t hash = part->first, same = 0;
	struct frame *frame;
	uint32_t i;

	for (i = 0; i < ECS_WORDS; ++i)
		hash = (hash ^ set[i]) * 0x9e3779b97f4a7c15;
	frame = &frames->frames[hash >> 32 & (FRAMES - 1)];
	for (i = 0; i < ECS_WORDS; ++i)
		same |= frame->set[i] ^ set[i];
	if (frame->part != part || same)
		make_frame(frame, part, set);
	return frame->part ? frame : NULL;
}

/* Whether the value is written as its json. */
static inline int
is_written(const struct ecs_value *value, size_t text_max)
{
	return value->json && (value->json == value->data || value->json_size <= text_max + 2); /* quotes are not text */
}

static void
write_value(struct line *line, const struct ecs_value *value, size_t text_max)
{
	if (is_written(value, text_max))
		line_raw(line, value->json, value->json_size);
	else
		line_string(line, value->data, value->size, text_max);
}

static void
write_list(struct line *line, const struct ecs_value *value, const struct ecs_doc *doc, size_t text_max)
{
	line_raw(line, "[", 1);
	write_value(line, value, text_max);
	while (value->next) {
		value = &doc->values[value->next - 1];
		line_raw(line, ",", 1);
		write_value(line, value, text_max);
	}
	line_raw(line, "]", 1);
}

void
ecs_write(struct ecs_frames *frames, const struct ecs_doc *doc, const struct ecs_part *part, struct line *line,
          size_t text_max)
{
	uint64_t set[ECS_WORDS], left;
	const struct frame *frame;
	const struct ecs_value *value;
	uint32_t i, field, size, at = 0;
	const uint16_t *end;
	const char *text;

	for (i = 0; i < ECS_WORDS; ++i)
		set[i] = doc->set[i] & part_bits(part, i);
	frame = find_frame(frames, part, set);
	if (!frame) {
		line->failed = 1;
		return;
	}
	end = frame->ends;
	text = frame->text.data;
	if (*text == '"')
		line_comma(line);
	for (i = 0; i < ECS_WORDS; ++i)
		for (left = set[i]; left; left &= left - 1) {
			field = i * 64 + (uint32_t)__builtin_ctzll(left);
			value = &doc->values[doc->first[field]];
			size = *end - at;
			if (ecs_rows[field].array) {
				line_raw_short(line, text + at, size);
				write_list(line, value, doc, text_max);
			} else if (is_written(value, text_max)) {
				line_raw_both(line, text + at, size, value->json, value->json_size);
			} else {
				line_raw_short(line, text + at, size);
				line_string(line, value->data, value->size, text_max);
			}
			at = *end++ + 1u;
		}
	line_raw_short(line, text + at, *end - at);
}
