/*
 * embed.h - files that travel inside rsnlc (embed.def): the headers of generated C, the folding table, the linker
 * script, the logsources.
 */
#ifndef EMBED_H
#define EMBED_H

#include <stddef.h>

/* The bytes of the file of that path ("runtime/pack.h", as embed.def writes it) and their number; a NUL follows them.
 * NULL if rsnlc does not carry it. */
const char *embed_find(const char *path, size_t *size);

/* Path of the file of that number, from 0; NULL after the last. */
const char *embed_path(size_t index);
#endif
