/*
 * body.c - the sections of a pack being written.
 */
#include "packfile.h"
#include "ir.h"

#include "body.h"

#include <string.h>

#include "arena.h"

enum { SECTION_ALIGN = 8, SECTION_MAX = 64 };

struct section {
	enum pack_section_type type;
	char *bytes;
	size_t size, room;
	const void *image; /* of PACK_IMAGE: what is written at the next page behind bytes, which are its head */
};

struct body {
	struct arena *arena;
	struct section sections[SECTION_MAX]; /* in ascending order */
	uint32_t section_count;
	struct pack_text *interned; /* open addressing; offset 0: free */
	uint32_t interned_count, interned_room; /* room is a power of two */
};

static struct section *
section_insert(struct body *body, enum pack_section_type type)
{
	uint32_t at = body->section_count++;

	for (; at > 0 && body->sections[at - 1].type > type; at--)
		body->sections[at] = body->sections[at - 1];
	body->sections[at] = (struct section){.type = type};
	return &body->sections[at];
}

static struct section *
section_find(const struct body *body, enum pack_section_type type)
{
	for (uint32_t i = 0; i < body->section_count; i++)
		if (body->sections[i].type == type)
			return (struct section *)&body->sections[i];
	return NULL;
}

static void
section_append(struct body *body, struct section *section, const void *data, size_t size)
{
	if (size > section->room - section->size) {
		size_t room = (section->size + size) * 2 + 64;
		char *bytes = arena_alloc(body->arena, room);

		if (section->size > 0)
			memcpy(bytes, section->bytes, section->size);
		section->bytes = bytes;
		section->room = room;
	}
	if (size > 0)
		memcpy(section->bytes + section->size, data, size);
	section->size += size;
}

struct body *
body_new(struct arena *arena)
{
	struct body *body = arena_alloc(arena, sizeof(*body));

	body->arena = arena;
	body->interned_room = 1024;
	body->interned = arena_alloc(arena, body->interned_room * sizeof(*body->interned));
	body_add(body, PACK_STRINGS, "", 1); /* the empty text */
	return body;
}

struct arena *
body_arena(const struct body *body)
{
	return body->arena;
}

size_t
body_add(struct body *body, enum pack_section_type type, const void *data, size_t size)
{
	struct section *section = section_find(body, type);
	size_t before;

	if (!section)
		section = section_insert(body, type);
	before = section->size;
	section_append(body, section, data, size);
	return before;
}

uint32_t
body_rows(const struct body *body, enum pack_section_type type, size_t row_size)
{
	const struct section *section = section_find(body, type);

	return section ? section->size / row_size : 0;
}

static uint32_t
text_hash(const char *data, uint32_t size)
{
	uint32_t hash = 2166136261u;

	for (uint32_t i = 0; i < size; i++)
		hash = (hash ^ (uint8_t)data[i]) * 16777619u;
	return hash ^ hash >> 15;
}

/* The place of a text in the table of interned ones: its own, or the free one where it belongs. */
static struct pack_text *
interned_find(const struct body *body, const char *strings, const char *data, uint32_t size)
{
	uint32_t at = text_hash(data, size) & (body->interned_room - 1);

	for (;; at = (at + 1) & (body->interned_room - 1)) {
		struct pack_text *text = &body->interned[at];

		if (text->offset == 0 || (text->size == size && !memcmp(strings + text->offset, data, size)))
			return text;
	}
}

static void
interned_grow(struct body *body, const char *strings)
{
	struct pack_text *old = body->interned;
	uint32_t old_room = body->interned_room;

	body->interned_room *= 2;
	body->interned = arena_alloc(body->arena, body->interned_room * sizeof(*body->interned));
	for (uint32_t i = 0; i < old_room; i++)
		if (old[i].offset != 0)
			*interned_find(body, strings, strings + old[i].offset, old[i].size) = old[i];
}

struct pack_text
body_text(struct body *body, struct ir_text text)
{
	struct section *strings = section_find(body, PACK_STRINGS);
	struct pack_text *interned;

	if (text.size == 0)
		return (struct pack_text){0};
	interned = interned_find(body, strings->bytes, text.data, text.size);
	if (interned->offset != 0)
		return *interned;
	*interned = (struct pack_text){strings->size, text.size};
	section_append(body, strings, text.data, text.size);
	section_append(body, strings, "", 1);
	if (++body->interned_count * 2 > body->interned_room) {
		struct pack_text copy = *interned;

		interned_grow(body, strings->bytes);
		return copy;
	}
	return *interned;
}

struct pack_list
body_texts(struct body *body, const struct ir_text *texts, uint32_t count)
{
	struct pack_list list = {body_rows(body, PACK_TEXTS, sizeof(struct pack_text)), count};

	for (uint32_t i = 0; i < count; i++) {
		struct pack_text text = body_text(body, texts[i]);

		body_add(body, PACK_TEXTS, &text, sizeof(text));
	}
	return list;
}

void
body_add_image(struct body *body, const struct pack_image *head, const void *bytes)
{
	struct section *section = section_insert(body, PACK_IMAGE);

	section_append(body, section, head, sizeof(*head));
	section->image = bytes;
}

static size_t
padded(size_t size, size_t align)
{
	return (size + align - 1) / align * align;
}

/* Where the bytes of an image lie in a section that begins at this place of the body, from its content's start. */
static size_t
image_offset(size_t place)
{
	const size_t content = place + sizeof(struct pack_section);

	return padded(content + sizeof(struct pack_image), PACK_IMAGE_ALIGN) - content;
}

static size_t
content_size(const struct section *section, size_t place)
{
	return section->image ? image_offset(place) + ((const struct pack_image *)section->bytes)->size : section->size;
}

static void
section_write(const struct section *section, char *body, size_t place)
{
	const struct pack_section head = {.type = section->type, .size = content_size(section, place)};
	char *content = body + place + sizeof(head);
	struct pack_image *image = (void *)content;

	memcpy(body + place, &head, sizeof(head));
	memcpy(content, section->bytes, section->size);
	if (section->image) {
		image->offset = image_offset(place);
		memcpy(content + image->offset, section->image, image->size);
	}
}

void *
body_finish(struct body *body, size_t *size)
{
	size_t places[SECTION_MAX];
	char *bytes;

	*size = 0;
	for (uint32_t i = 0; i < body->section_count; i++) {
		places[i] = *size;
		*size += sizeof(struct pack_section) + padded(content_size(&body->sections[i], places[i]), SECTION_ALIGN);
	}
	bytes = arena_alloc(body->arena, *size);
	for (uint32_t i = 0; i < body->section_count; i++)
		section_write(&body->sections[i], bytes, places[i]);
	return bytes;
}
