/*
 * emit_text.c - names and strings as C text.
 */
#include <ctype.h>
#include <string.h>

#include "arena.h"
#include "emitter.h"

uint64_t
emit_hash(uint64_t hash, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	hash ^= UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}

uint32_t
emit_file_count(uint32_t count, uint32_t each)
{
	uint32_t files = 1;

	while (files * each < count && files < 4096)
		files *= 2;
	return files;
}

char *
emit_name(struct arena *arena, const char *text, size_t size)
{
	char *name = arena_alloc(arena, size + 1);

	for (size_t i = 0; i < size; i++)
		name[i] = isalnum((unsigned char)text[i]) && (unsigned char)text[i] < 0x80 ? tolower(text[i]) : '_';
	return name;
}

void
emit_string(FILE *out, const char *data, size_t size)
{
	fputc('"', out);
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = data[i];

		if (byte == '"' || byte == '\\')
			fprintf(out, "\\%c", byte);
		else if (byte >= ' ' && byte < 0x7f)
			fputc(byte, out);
		else
			fprintf(out, "\\%03o", byte);
	}
	fputc('"', out);
}

void
emit_comment(FILE *out, const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = data[i];

		if (byte < ' ' || byte == 0x7f || (i && byte == '/' && data[i - 1] == '*') ||
		    (i && byte == '*' && data[i - 1] == '/'))
			fputc('.', out);
		else
			fputc(byte, out);
	}
}
