/*
 * lines.h - events as lines of JSON and which rules match each, for who runs the whole programs over them. Include what
 * subject.h asks for and subject.h first.
 */
#ifndef LINES_H
#define LINES_H

#include <stdint.h>
#include <stdio.h>

struct lines {
	FILE *events, *pairs; /* of a pair: number of the line, from 1, a tab, id of the rule */
	uint64_t count;
};

/* Opens FOLDER/events.ndjson and FOLDER/pairs. 0 or -1. */
int lines_open(struct lines *lines, const char *folder);
int lines_close(struct lines *lines); /* 0 or -1 */

/* Writes the event, and every rule of every group that matches it. Events with a cut value are left out. */
void lines_add(struct lines *lines, struct subject *subject, struct pool *pool, const struct tree *tree,
               struct dice *dice);
#endif
