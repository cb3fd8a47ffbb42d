/*
 * channel.h - messages with descriptors between broker and a process it started; one file of code per system behind it.
 *
 * Descriptors are those of os.h. The end that broker made keeps one sent to it open until it has been answered.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stddef.h>

enum { CHANNEL_FD_MAX = 16, CHANNEL_MESSAGE_MAX = 65536 };

struct channel;
struct role_process;

/* Our end, and the descriptor of the other one: the caller's to give to a process and to close. 0 or a negative
 * errno. */
int channel_new(struct channel **end, int *other);
/* The other end, in the process that it was given to, which owns it from now on. NULL: no memory. */
struct channel *channel_adopt(int other);
/* A client of the control socket (listener.h), whose bytes come as they are. NULL: no memory. */
struct channel *channel_adopt_client(int fd);
void channel_close(struct channel *end); /* NULL is fine */
/* Our end: which process the other one was given to. To be called before descriptors cross. */
void channel_bind(struct channel *end, const struct role_process *process);
/* Sends one message; descriptors stay the caller's. Does not wait: -EAGAIN when the other end is too slow. */
int channel_send(struct channel *end, const void *message, size_t size, const int *fds, int fd_count);
/* The same, but waits until there is room. */
int channel_send_all(struct channel *end, const void *message, size_t size);
/* Takes one message; fds has room for *fd_count, which becomes the number received (close-on-exec, the caller's).
 * Bytes, 0 when the other end is closed, -EAGAIN when there is none and wait is 0, -EMSGSIZE when it did not fit. */
long channel_receive(struct channel *end, void *message, size_t size, int *fds, int *fd_count, int wait);
/* What os_wait takes: ready when there is a message, or the other end is closed. -1 of NULL. */
int channel_descriptor(const struct channel *end);
#endif
