/* sink_file.c - the sink that writes to a file, which is given anew when it was rotated. */
#include <errno.h>
#include <stdlib.h>

#include "os.h"
#include "sink.h"
#include "sink_buffer.h"
#include "sink_file.h"

static void
file_close(struct sink *sink)
{
	struct sink_buffer *buffer = (struct sink_buffer *)sink;

	sink_buffer_flush(sink);
	os_close(buffer->fd);
	free(buffer);
}

int
sink_file_adopt(struct sink **sink, int fd)
{
	static const struct sink_ops ops = { sink_buffer_write, sink_buffer_flush, file_close };
	struct sink_buffer *buffer = calloc(1, sizeof *buffer);

	if (!buffer)
		return -ENOMEM;
	buffer->sink.ops = &ops;
	buffer->sink.name = "file";
	buffer->fd = fd;
	*sink = &buffer->sink;
	return 0;
}

void
sink_file_replace(struct sink *sink, int fd)
{
	struct sink_buffer *buffer = (struct sink_buffer *)sink;

	sink_buffer_flush(sink);
	os_close(buffer->fd);
	buffer->fd = fd;
}
