/*
 * record_kinds.c - names of the event kinds, from the vocabulary.
 */
#include "record_kinds.h"

#include <string.h>

static const char *const names[64] = {
#define KIND(name, number, category, type, action, dataset) [number] = #name,
#include "event.def"
};

int
record_kind_number(const char *name, size_t size)
{
	for (int i = 0; i < 64; i++) {
		if (names[i] && strlen(names[i]) == size && !strncmp(names[i], name, size))
			return i;
	}
	return -1;
}

const char *
record_kind_name(uint32_t kind)
{
	return kind < 64 ? names[kind] : NULL;
}
