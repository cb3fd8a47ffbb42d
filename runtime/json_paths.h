/*
 * json_paths.h - picks the scalars at a few dotted paths out of one JSON object.
 */
#ifndef JSON_PATHS_H
#define JSON_PATHS_H

#include <stddef.h>

struct json_text;

/* Fills texts[i] with the scalar at paths[i] (size 0 where there is none; the first element of a list). How many were
 * found, or -EINVAL: not one JSON object. */
int json_paths_read(const char *line, size_t size, const char *const *paths, int count, struct json_text *texts);
/* As text of at most room - 1 bytes with a NUL; what is no printable character becomes '?'. */
void json_text_copy(char *out, size_t room, const struct json_text *text);
unsigned long long json_text_number(const struct json_text *text);
#endif
