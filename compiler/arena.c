/*
 * arena.c - chunks that only grow, and a hash table of interned texts.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "hashed.h"
#include "ir.h"

enum { CHUNK_SIZE = 1 << 18, ALIGN = 16, EXIT_NO_MEMORY = 3 };

struct chunk {
	struct chunk *next;
	size_t size, used;
	_Alignas(ALIGN) unsigned char bytes[];
};

struct arena {
	struct chunk *chunks; /* the first has the free room */
	struct ir_text *texts; /* open addressing; data NULL: free */
	size_t text_count, text_room;
};

static void *
memory_get(size_t size)
{
	static const char message[] = "rsnlc: out of memory: ENOMEM (Cannot allocate memory)\n";
	void *memory = calloc(1, size);

	if (!memory) {
		if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
			_exit(EXIT_NO_MEMORY);
		_exit(EXIT_NO_MEMORY);
	}
	return memory;
}

struct arena *
arena_new(void)
{
	struct arena *arena = memory_get(sizeof(*arena));

	arena->text_room = 1024;
	arena->texts = memory_get(arena->text_room * sizeof(*arena->texts));
	return arena;
}

void
arena_free(struct arena *arena)
{
	struct chunk *next;

	if (!arena)
		return;
	for (struct chunk *chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena->texts);
	free(arena);
}

/* A large block gets a chunk of its own behind the first, so that the first one's room is not lost. */
static struct chunk *
chunk_add(struct arena *arena, size_t size)
{
	size_t room = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE;
	struct chunk *chunk = memory_get(sizeof(*chunk) + room);

	chunk->size = room;
	if (room == size && arena->chunks) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	} else {
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	return chunk;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunks;
	void *memory;

	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!chunk || chunk->size - chunk->used < size)
		chunk = chunk_add(arena, size);
	memory = chunk->bytes + chunk->used;
	chunk->used += size;
	return memory;
}

void *
arena_grow(struct arena *arena, void *items, size_t count, size_t size)
{
	enum { FIRST = 4 };
	size_t room = count ? 2 * count : FIRST;
	void *larger;

	if (count && (count < FIRST || (count & (count - 1))))
		return items;
	larger = arena_alloc(arena, room * size);
	if (count)
		memcpy(larger, items, count * size);
	return larger;
}

char *
arena_print(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;
	int size;

	va_start(arguments, format);
	size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = arena_alloc(arena, (size < 0 ? 0 : size) + 1);
	va_start(arguments, format);
	vsnprintf(text, size + 1, format, arguments);
	va_end(arguments);
	return text;
}

/* The entry of a text, or the free one where it belongs. */
static struct ir_text *
text_find(struct ir_text *texts, size_t room, const void *data, size_t size)
{
	size_t at = hashed_text(data, size) & (room - 1);

	while (texts[at].data && (texts[at].size != size || memcmp(texts[at].data, data, size)))
		at = (at + 1) & (room - 1);
	return &texts[at];
}

static void
texts_enlarge(struct arena *arena)
{
	size_t room = 2 * arena->text_room;
	struct ir_text *texts = memory_get(room * sizeof(*texts));

	for (size_t i = 0; i < arena->text_room; i++)
		if (arena->texts[i].data)
			*text_find(texts, room, arena->texts[i].data, arena->texts[i].size) = arena->texts[i];
	free(arena->texts);
	arena->texts = texts;
	arena->text_room = room;
}

struct ir_text
arena_text(struct arena *arena, const void *data, size_t size)
{
	struct ir_text *entry;
	char *copy;

	if (2 * arena->text_count >= arena->text_room)
		texts_enlarge(arena);
	if (!data)
		data = "";
	entry = text_find(arena->texts, arena->text_room, data, size);
	if (!entry->data) {
		copy = arena_alloc(arena, size + 1);
		memcpy(copy, data, size);
		*entry = (struct ir_text){copy, size};
		arena->text_count++;
	}
	return *entry;
}

struct ir_text
arena_string(struct arena *arena, const char *string)
{
	return arena_text(arena, string ? string : "", string ? strlen(string) : 0);
}
