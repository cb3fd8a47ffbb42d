/* sink_file.h - lines written to a file. */
#ifndef SINK_FILE_H
#define SINK_FILE_H

struct sink;

/* Over a descriptor that is the sink's from now on; reopen() asks for the next one by way of get, which returns it or a
 * negative errno; get NULL: reopen does nothing. 0, or -ENOMEM and the descriptor stays the caller's. */
int sink_file_adopt(struct sink **sink, int fd, int (*get)(void *context), void *context);
#endif
