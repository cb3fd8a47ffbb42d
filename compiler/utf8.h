/*
 * utf8.h - well-formed UTF-8: sizes and counts of code points.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the code point at data with left bytes to go, or 0 if it is none (RFC 3629). */
size_t utf8_size(const char *data, size_t left);

/* Code points in data; a byte that is part of none counts as one. */
size_t utf8_count(const char *data, size_t size);

/* The code point at data, whose size utf8_size() gave. */
uint32_t utf8_decode(const char *data, size_t size);
#endif
