/* sink_file.h - lines written to a file. */
#ifndef SINK_FILE_H
#define SINK_FILE_H

struct sink;

/* Over a descriptor that is the sink's from now on. 0, or -ENOMEM and the descriptor stays the caller's. */
int sink_file_adopt(struct sink **sink, int fd);
/* Goes on with another descriptor, of the same file opened again, after all lines so far have reached the old one. */
void sink_file_replace(struct sink *sink, int fd);
#endif
