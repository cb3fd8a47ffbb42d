/*
 * decode_text.c - numbers, argument lists, paths and addresses as text in an arena.
 */
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "decode.h"
#include "decode_text.h"
#include "pack.h"

/* Room for size bytes, or for what is left. */
static char *
arena_take(struct decode_arena *arena, size_t *size)
{
	char *data = arena->data + arena->used;

	if (*size > arena->size - arena->used)
		*size = arena->size - arena->used;
	arena->used += *size;
	return data;
}

static void
value_set(struct value *value, const char *data, size_t size, enum value_type type, int cut)
{
	*value = (struct value){data, size, type, cut ? VALUE_CUT : 0, 0};
}

void
text_borrow(struct value *value, const char *data, size_t size, int cut)
{
	value_set(value, data, size, VALUE_STRING, cut);
}

static void
text_short(struct decode_arena *arena, struct value *value, const char *text, enum value_type type)
{
	size_t wanted = strlen(text), size = wanted;
	char *data = arena_take(arena, &size);

	memcpy(data, text, size);
	value_set(value, data, size, type, size < wanted);
}

void
text_number(struct decode_arena *arena, struct value *value, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	text_short(arena, value, text, VALUE_NUMBER);
}

void
text_hex(struct decode_arena *arena, struct value *value, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)number);
	text_short(arena, value, text, VALUE_STRING);
}

void
text_arguments(struct decode_arena *arena, struct value *value, const char *data, size_t size, int cut)
{
	size_t room;
	char *text;

	if (size && !data[size - 1])
		size--;
	room = size;
	text = arena_take(arena, &room);
	for (size_t i = 0; i < room; i++)
		text[i] = data[i] ? data[i] : ' ';
	value_set(value, text, room, VALUE_STRING, cut || room < size);
}

/* Has it a component that is empty, "." or ".."? */
static int
path_is_plain(const char *data, size_t size)
{
	for (size_t i = 0; i + 1 < size; i++)
		if (data[i] == '/' && (data[i + 1] == '/' || (data[i + 1] == '.' && (i + 2 == size || data[i + 2] == '/' ||
		    (data[i + 2] == '.' && (i + 3 == size || data[i + 3] == '/'))))))
			return 0;
	return 1;
}

void
text_path(struct decode_arena *arena, struct value *value, const char *data, size_t size, int cut)
{
	size_t room = size, used = 0, start, length;
	char *text;

	if (size == 0 || data[0] != '/' || path_is_plain(data, size) || size > arena->size - arena->used) {
		text_borrow(value, data, size, cut);
		return;
	}
	text = arena_take(arena, &room);
	for (start = 0; start < size; start += length + 1) {
		const char *end = memchr(data + start, '/', size - start);

		length = end ? (size_t)(end - data) - start : size - start;
		if (length == 0 || (length == 1 && data[start] == '.'))
			continue;
		if (length == 2 && data[start] == '.' && data[start + 1] == '.') {
			while (used > 0 && text[--used] != '/')
				;
			continue;
		}
		text[used++] = '/';
		memcpy(text + used, data + start, length);
		used += length;
	}
	if (used == 0)
		text[used++] = '/';
	value_set(value, text, used, VALUE_STRING, cut);
}

void
text_address(struct decode_arena *arena, struct value *value, const uint8_t bytes[16])
{
	char text[ADDRESS_SIZE];

	address_write(text, bytes);
	text_short(arena, value, text, VALUE_STRING);
}
