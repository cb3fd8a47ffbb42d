/* sink_stdout.c - the sink that writes to standard output. */
#include <stdlib.h>

#include "sink.h"
#include "sink_buffer.h"
#include "sink_stdout.h"

static void
stdout_close(struct sink *sink)
{
	sink_buffer_flush(sink);
	free(sink);
}

struct sink *
sink_stdout_new(int fd)
{
	static const struct sink_ops ops = { sink_buffer_write, sink_buffer_flush, stdout_close };
	struct sink_buffer *b = calloc(1, sizeof *b);

	if (!b)
		return NULL;
	b->sink.ops = &ops;
	b->sink.name = "stdout";
	b->fd = fd;
	return &b->sink;
}
