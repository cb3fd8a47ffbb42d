/*
 * vocabulary.c - event.def, expanded into one constant table a kind.
 */
#include <string.h>

#include "vocabulary.h"

#include "record.h"

enum { ALWAYS = VOCABULARY_ALWAYS, SOMETIMES = VOCABULARY_SOMETIMES, NEVER = VOCABULARY_NEVER, LATE = VOCABULARY_LATE };

#define ROW(member, storage, name, ecs, on_linux, on_windows) \
	{#member, name, ecs, storage, on_linux, on_windows, offsetof(record, member)},
#define KIND(name, number, category, type, action, dataset) \
	case number: { \
		typedef struct record_##name record; \
		static const struct vocabulary_kind kind = {#name, category, type, action, dataset, number, sizeof(record), {
#define KIND_END(name) {NULL, "", "", 0, 0, 0, 0}}}; return &kind; }
#define TEXT(member, name, ecs, on_linux, on_windows) ROW(member, STORAGE_TEXT, name, ecs, on_linux, on_windows)
#define ARGS(member, name, ecs, on_linux, on_windows) ROW(member, STORAGE_ARGS, name, ecs, on_linux, on_windows)
#define U32(member, name, ecs, on_linux, on_windows) ROW(member, STORAGE_U32, name, ecs, on_linux, on_windows)
#define U64(member, name, ecs, on_linux, on_windows) ROW(member, STORAGE_U64, name, ecs, on_linux, on_windows)
#define ADDRESS(member, name, ecs, on_linux, on_windows) ROW(member, STORAGE_ADDRESS, name, ecs, on_linux, on_windows)
#define PORT(member, name, ecs, on_linux, on_windows) ROW(member, STORAGE_PORT, name, ecs, on_linux, on_windows)
#define DERIVED(member, name, ecs, on_linux, on_windows) {#member, name, ecs, STORAGE_DERIVED, on_linux, on_windows, 0},
#define VIEW(member, name, ecs, on_linux, on_windows) {#member, name, ecs, STORAGE_VIEW, on_linux, on_windows, 0},

const struct vocabulary_kind *
vocabulary_kind(uint32_t number)
{
	switch (number) {
#include "event.def"
	}
	return NULL;
}

const struct vocabulary_field *
vocabulary_field(const struct vocabulary_kind *kind, const char *name, size_t size)
{
	for (const struct vocabulary_field *field = kind->fields; field->member; field++)
		if (size && *field->name == *name && strlen(field->name) == size && memcmp(field->name, name, size) == 0)
			return field;
	return NULL;
}
