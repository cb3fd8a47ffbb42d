/*
 * replay_routing.h - the values of rsnl replay's --routing and --fields.
 */
#ifndef REPLAY_ROUTING_H
#define REPLAY_ROUTING_H

#include <stddef.h>

struct bind_field;

struct replay_routing {
	int routing; /* enum routing of pipeline.h */
	const char *product, *category, *service;
	char *text;  /* that they point into */
};

struct replay_fields {
	struct bind_field *rows;
	size_t count;
	char *text;
};

/* "auto", "all", "P/C[/S]", "keys:product=K,...". 0, or -EINVAL after a message. */
int replay_routing_parse(struct replay_routing *routing, const char *value);
void replay_routing_done(struct replay_routing *routing);
/* A file of lines "Field: key", the key a dotted path. 0, or a negative errno after a message. */
int replay_fields_read(struct replay_fields *fields, const char *path);
void replay_fields_done(struct replay_fields *fields);
#endif
