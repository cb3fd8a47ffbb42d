/* sink_buffer.h - whole lines gathered for a descriptor: what the stdout and file sinks share. The includer has included
 * sink.h. */
#ifndef SINK_BUFFER_H
#define SINK_BUFFER_H

#include <stddef.h>
#include <stdint.h>

enum { SINK_BUFFER_SIZE = 64 * 1024 };

struct sink_buffer {
	struct sink sink;
	int fd, torn; /* torn: the last write failed, perhaps within a line */
	size_t used;
	uint64_t lines; /* in the buffer */
	char bytes[SINK_BUFFER_SIZE];
};

int sink_buffer_write(struct sink *sink, const char *line, size_t size);
int sink_buffer_flush(struct sink *sink);
#endif
