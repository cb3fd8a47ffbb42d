/*
 * show.h - sizes and times as messages show them.
 */
#ifndef SHOW_H
#define SHOW_H

#include <stdint.h>

enum { SHOW_SIZE = 32 }; /* room for any of these */

const char *show_bytes(char text[SHOW_SIZE], uint64_t bytes);      /* "1.3 MB" */
const char *show_time(char text[SHOW_SIZE], uint64_t unix_seconds); /* "2026-11-22T18:51:25Z" */
/* The reverse; also a date alone (its first second). 0 or -EINVAL. */
int show_parse_time(const char *text, uint64_t *unix_seconds);
#endif
