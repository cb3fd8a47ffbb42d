/* field_map.c - reads --fields FILE. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "field_map.h"
#include "os.h"

enum { FIELD_MAP_SIZE_MAX = 1 << 20 };

/* Without white space and quotes around it. */
static char *
trim(char *text)
{
	size_t size;

	while (*text == ' ' || *text == '\t')
		++text;
	size = strlen(text);
	while (size && strchr(" \t\r", text[size - 1]))
		text[--size] = 0;
	if (size > 1 && (*text == '"' || *text == '\'') && text[size - 1] == *text) {
		text[size - 1] = 0;
		++text;
	}
	return text;
}

static int
parse_line(struct field_map *map, char *line)
{
	struct bind_field *rows;
	char *colon;

	line = trim(line);
	if (!*line || *line == '#')
		return 0;
	colon = strchr(line, ':');
	if (!colon)
		return -EINVAL;
	*colon = 0;
	rows = realloc(map->rows, (map->count + 1) * sizeof *rows);
	if (!rows)
		return -ENOMEM;
	map->rows = rows;
	rows[map->count++] = (struct bind_field){ trim(line), trim(colon + 1) };
	return *rows[map->count - 1].name && *rows[map->count - 1].path ? 0 : -EINVAL;
}

int
field_map_read(struct field_map *map, const char *path, size_t *line)
{
	char *at, *next;
	size_t size;
	void *text;
	int error;

	field_map_done(map);
	*line = 0;
	error = os_read_file(path, FIELD_MAP_SIZE_MAX, &text, &size);
	if (error)
		return error;
	map->text = text;
	for (at = text; at && !error; at = next) {
		next = strchr(at, '\n');
		if (next)
			*next++ = 0;
		++*line;
		error = parse_line(map, at);
	}
	return error;
}

void
field_map_done(struct field_map *map)
{
	free(map->rows);
	free(map->text);
	*map = (struct field_map){ 0 };
}
