/*
 * yaml_reader.c - libyaml's parser with a row of events in front of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <yaml.h>

#include "yaml_reader.h"

enum { AHEAD_FIRST = 256, AHEAD_MOST = 8192 };

static void
parser_delete(struct yaml_reader *reader)
{
	if (reader->has_parser)
		yaml_parser_delete(&reader->parser);
	reader->has_parser = 0;
}

int
yaml_reader_open(struct yaml_reader *reader, const char *data, size_t size)
{
	*reader = (struct yaml_reader){0};
	if (!yaml_parser_initialize(&reader->parser))
		return -ENOMEM;
	reader->has_parser = 1;
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader->parser, (const unsigned char *)data, size);
	return 0;
}

void
yaml_reader_close(struct yaml_reader *reader)
{
	for (; reader->at < reader->count; reader->at++)
		yaml_event_delete(&reader->ahead[reader->at]);
	free(reader->ahead);
	parser_delete(reader);
	*reader = (struct yaml_reader){0};
}

int
yaml_reader_is_open(const struct yaml_reader *reader)
{
	return reader->has_parser || reader->ended;
}

/* Room for one more. */
static int
ahead_grow(struct yaml_reader *reader)
{
	size_t room = reader->room ? 2 * reader->room : AHEAD_FIRST;
	yaml_event_t *larger;

	if (reader->count < reader->room)
		return 0;
	larger = reader->count < AHEAD_MOST ? realloc(reader->ahead, room * sizeof(*larger)) : NULL;
	if (!larger)
		return -ENOMEM;
	reader->ahead = larger;
	reader->room = room;
	return 0;
}

/* A parser has large buffers: one that is done with goes. */
void
yaml_reader_ahead(struct yaml_reader *reader)
{
	while (!reader->ended && !ahead_grow(reader)) {
		yaml_event_t *event = &reader->ahead[reader->count];

		reader->ended = !yaml_parser_parse(&reader->parser, event);
		if (reader->ended)
			return;
		reader->count++;
		reader->ended = event->type == YAML_STREAM_END_EVENT;
		if (reader->ended)
			parser_delete(reader);
	}
}

int
yaml_reader_next(struct yaml_reader *reader, yaml_event_t *event)
{
	if (reader->at < reader->count) {
		*event = reader->ahead[reader->at++];
		return 0;
	}
	return reader->ended || !yaml_parser_parse(&reader->parser, event) ? -EBADMSG : 0;
}
