/* sink_file.c - the sink that writes to a file, which is opened again on request so that it can be rotated. */
#include <errno.h>
#include <stdlib.h>

#include "os.h"
#include "sink.h"
#include "sink_buffer.h"
#include "sink_file.h"

struct sink_file {
	struct sink_buffer buffer; /* first */
	int (*get)(void *context);
	void *context;
};

static int
file_reopen(struct sink *sink)
{
	struct sink_file *file = (struct sink_file *)sink;
	int fd;

	if (!file->get)
		return 0;
	fd = file->get(file->context);
	if (fd < 0)
		return fd;
	sink_buffer_flush(sink);
	os_close(file->buffer.fd);
	file->buffer.fd = fd;
	return 0;
}

static void
file_close(struct sink *sink)
{
	struct sink_file *file = (struct sink_file *)sink;

	sink_buffer_flush(sink);
	os_close(file->buffer.fd);
	free(file);
}

int
sink_file_adopt(struct sink **sink, int fd, int (*get)(void *context), void *context)
{
	static const struct sink_ops ops = { sink_buffer_write, sink_buffer_flush, file_reopen, file_close };
	struct sink_file *file = calloc(1, sizeof *file);

	if (!file)
		return -ENOMEM;
	file->buffer.sink.ops = &ops;
	file->buffer.sink.name = "file";
	file->buffer.fd = fd;
	file->get = get;
	file->context = context;
	*sink = &file->buffer.sink;
	return 0;
}
