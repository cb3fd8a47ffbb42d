/* stream.h - the bytes of a file, unpacked on the way where its name ends with .gz or .zst. */
#ifndef STREAM_H
#define STREAM_H

#include <stddef.h>

struct stream;

int stream_open(struct stream **stream, const char *path); /* "-": standard input. 0 or a negative errno */
/* Bytes read, 0 at the end, or a negative errno; -EBADMSG: damaged. */
long stream_read(struct stream *stream, void *buffer, size_t size);
void stream_close(struct stream *stream); /* NULL is fine */
#endif
