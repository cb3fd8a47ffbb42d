/* sink_stdout.h - lines to standard output or another descriptor, in large writes. */
#ifndef SINK_STDOUT_H
#define SINK_STDOUT_H

struct sink;

/* fd is borrowed. NULL: no memory. */
struct sink *sink_stdout_new(int fd);
#endif
