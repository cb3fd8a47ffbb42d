/*
 * replay_routing.h - the values of rsnl replay's --routing and --fields.
 */
#ifndef REPLAY_ROUTING_H
#define REPLAY_ROUTING_H

#include <stddef.h>

struct field_map;

struct replay_routing {
	int routing; /* enum routing of pipeline.h */
	const char *product, *category, *service;
	char *text;  /* that they point into */
};

/* "auto", "all", "P/C[/S]", "keys:product=K,...". 0, or -EINVAL after a message. */
int replay_routing_parse(struct replay_routing *routing, const char *value);
void replay_routing_done(struct replay_routing *routing);
/* field_map_read() with its messages. 0, or a negative errno. */
int replay_fields_read(struct field_map *fields, const char *path);
#endif
