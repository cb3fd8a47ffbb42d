/*
 * memory.h - memory that processes share by a descriptor (os.h); one file of code per system behind it.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* A copy of bytes that nobody can change any more. Its descriptor, or a negative errno. */
int memory_seal(const void *bytes, size_t size);
/* Maps sealed memory for reading. 0 or a negative errno. */
int memory_map(int fd, const void **bytes, size_t *size);
void memory_unmap(const void *bytes, size_t size); /* NULL is fine */
/* Whether two have the same bytes; an fd of -1 has none. */
int memory_is_same(int fd, int other);

/* Zeroed memory of a fixed size that whoever has the descriptor can write; *memory is it, mapped. The descriptor, or a
 * negative errno. */
int memory_share(size_t size, void **memory);
/* Maps shared memory of that size, given by another process. NULL: it cannot be. */
void *memory_take(int fd, size_t size);
#endif
