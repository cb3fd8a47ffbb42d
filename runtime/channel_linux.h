/*
 * channel_linux.h - messages with descriptors between the agent's processes, over a pair of SOCK_SEQPACKET sockets.
 */
#ifndef CHANNEL_LINUX_H
#define CHANNEL_LINUX_H

#include <stddef.h>

enum { CHANNEL_FD_MAX = 16, CHANNEL_MESSAGE_MAX = 65536 };

/* Both ends are close-on-exec. 0 or a negative errno. */
int channel_pair(int ends[2]);
/* Sends one message; descriptors stay the caller's. Does not wait: -EAGAIN when the other end is too slow. */
int channel_send(int end, const void *message, size_t size, const int *fds, int fd_count);
/* Takes one message; fds has room for *fd_count, which becomes the number received (close-on-exec, the caller's).
 * Bytes, 0 when the other end is closed, -EAGAIN when there is none and wait is 0, -EMSGSIZE when it did not fit. */
long channel_receive(int end, void *message, size_t size, int *fds, int *fd_count, int wait);
#endif
