/* sink_pretty.h - alerts as one line each for people (rsnl run --pretty). */
#ifndef SINK_PRETTY_H
#define SINK_PRETTY_H

struct sink;

/* fd is borrowed. NULL: no memory. */
struct sink *sink_pretty_new(int fd);
#endif
