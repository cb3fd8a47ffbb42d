/*
 * record_kinds.c - tables over the event kinds.
 */
#include "record_kinds.h"

#include <string.h>

#include "record.h"

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

const struct record_span *
record_kind_file(const struct record_head *record)
{
	switch (record->kind) {
	case RECORD_process_start: return &((const struct record_process_start *)(const void *)record)->image;
	case RECORD_file_write: return &((const struct record_file_write *)(const void *)record)->path;
	case RECORD_image_load: return &((const struct record_image_load *)(const void *)record)->image_loaded;
	case RECORD_driver_load: return &((const struct record_driver_load *)(const void *)record)->image_loaded;
	case RECORD_file_scan: return &((const struct record_file_scan *)(const void *)record)->path;
	}
	return NULL;
}
