/*
 * pipe_windows.h - one end of a named pipe: a read is always under way, so that its event tells of what has come, and a
 * write never waits. Descriptors and errors are those of os.h.
 */
#ifndef PIPE_WINDOWS_H
#define PIPE_WINDOWS_H

#include <stddef.h>

struct pipe_end;

/* Over a handle opened with FILE_FLAG_OVERLAPPED, which is the end's from now on; room: of the largest message, bytes.
 * NULL: no memory, and the handle stays the caller's. */
struct pipe_end *pipe_adopt(void *handle, size_t room);
void pipe_close(struct pipe_end *end); /* NULL is fine */
int pipe_descriptor(const struct pipe_end *end); /* ready when there is something to read, or the pipe is broken */

/* 1 when the last write is done with. wait: not before. 0, or a negative errno: the pipe is broken. */
int pipe_may_write(struct pipe_end *end, int wait);
/* Where to put the next write, room bytes; then send it. 0 or a negative errno. */
void *pipe_buffer(struct pipe_end *end);
int pipe_write(struct pipe_end *end, size_t size);

/* What has come, *bytes of it: more than 0; 0: closed; -EAGAIN: nothing, and wait is 0; -EMSGSIZE: more than room,
 * which is thrown away. It stays until pipe_next, which reads on. */
long pipe_read(struct pipe_end *end, const void **bytes, int wait);
void pipe_next(struct pipe_end *end);
#endif
