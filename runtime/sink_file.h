/* sink_file.h - lines appended to a file. */
#ifndef SINK_FILE_H
#define SINK_FILE_H

struct sink;

/* Opens path for appending, creates it with mode. 0 or a negative errno. */
int sink_file_open(struct sink **sink, const char *path, int mode);
/* Over a descriptor that broker opened; reopen() asks again by way of get, which returns a descriptor or a negative
 * errno; get NULL: reopen does nothing. */
int sink_file_adopt(struct sink **sink, int fd, int (*get)(void *context), void *context);
#endif
