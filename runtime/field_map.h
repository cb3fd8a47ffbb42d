/*
 * field_map.h - --fields FILE: where recorded events keep the fields of rules.
 */
#ifndef FIELD_MAP_H
#define FIELD_MAP_H

#include <stddef.h>

struct bind_field;

struct field_map { /* zeroed to start with */
	struct bind_field *rows; /* for bind_new() */
	size_t count;
	char *text; /* that they point into */
};

/* Reads a file of lines "Field: key", the key a dotted path; # begins a comment line. 0; -EINVAL with *line the first
 * that is none of these, from 1; or another negative errno. field_map_done() in either case. */
int field_map_read(struct field_map *map, const char *path, size_t *line);
void field_map_done(struct field_map *map);
#endif
