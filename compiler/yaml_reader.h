/*
 * yaml_reader.h - libyaml's events of one file, as they are asked for or read ahead, which any thread may do.
 *
 * Include yaml.h first.
 */
#ifndef YAML_READER_H
#define YAML_READER_H

#include <stddef.h>

struct yaml_reader {
	yaml_parser_t parser;  /* where there is no next event: says what is wrong */
	yaml_event_t *ahead;   /* events read ahead; those before at were given away */
	size_t at, count, room;
	int ended;             /* there are none behind those in ahead */
	int has_parser;
};

/* UTF-8, borrowed until the end. 0 or -ENOMEM. */
int yaml_reader_open(struct yaml_reader *reader, const char *data, size_t size);
void yaml_reader_close(struct yaml_reader *reader); /* also one that is all zero, or closed */
int yaml_reader_is_open(const struct yaml_reader *reader);
/* Reads the events of a file that is not long, and the first ones of another. */
void yaml_reader_ahead(struct yaml_reader *reader);
/* The next event, which is the caller's to delete. 0, or -EBADMSG: the parser says why. */
int yaml_reader_next(struct yaml_reader *reader, yaml_event_t *event);
#endif
