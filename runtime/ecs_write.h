/*
 * ecs_write.h - writes an ECS document, whole or in parts. What stands between the values depends only on which fields
 * are set, so it is remembered.
 */
#ifndef ECS_WRITE_H
#define ECS_WRITE_H

#include <stddef.h>
#include <stdint.h>

struct ecs_doc;
struct line;

/* The fields from first to before end, as members of the objects that the line stands in; it is left in those of left.
 * Objects are named as in a key: "event."; "": none. A constant: parts are told apart by their address. */
struct ecs_part {
	uint16_t first, end; /* enum ecs_field */
	const char *within, *left;
};

struct ecs_frames; /* what is remembered */

struct ecs_frames *ecs_frames_new(void); /* NULL: no memory */
void ecs_frames_free(struct ecs_frames *frames); /* NULL is fine */
/* A text takes at most text_max bytes. No memory: the line says so. */
void ecs_write(struct ecs_frames *frames, const struct ecs_doc *doc, const struct ecs_part *part, struct line *line,
               size_t text_max);
#endif
