/* sink_buffer.c - gathers whole lines and writes them to a descriptor. */
#include <string.h>

#include "os.h"
#include "sink.h"
#include "sink_buffer.h"

/* What failed may have left a part of a line there: what comes next begins on a line of its own. */
static int
write_whole(struct sink_buffer *b, const char *data, size_t size)
{
	int error = b->torn ? os_write(b->fd, "\n", 1) : 0;

	error = error ? error : os_write(b->fd, data, size);
	b->torn = error != 0;
	return error;
}

int
sink_buffer_flush(struct sink *sink)
{
	struct sink_buffer *b = (struct sink_buffer *)sink;
	int error = b->used ? write_whole(b, b->bytes, b->used) : 0;

	if (error)
		sink->counters.dropped += b->lines;
	else
		sink->counters.delivered += b->lines;
	sink->counters.queued = 0;
	b->used = 0;
	b->lines = 0;
	return error;
}

static int
write_long(struct sink_buffer *b, const char *line, size_t size)
{
	int error = write_whole(b, line, size);

	error = error ? error : write_whole(b, "\n", 1);
	if (error)
		++b->sink.counters.dropped;
	else
		++b->sink.counters.delivered;
	return error;
}

int
sink_buffer_write(struct sink *sink, const char *line, size_t size)
{
	struct sink_buffer *b = (struct sink_buffer *)sink;
	int error;

	++sink->counters.lines;
	if (size + 1 > sizeof b->bytes - b->used) {
		error = sink_buffer_flush(sink);
		if (size + 1 > sizeof b->bytes)
			return error ? error : write_long(b, line, size);
	}
	memcpy(b->bytes + b->used, line, size);
	b->bytes[b->used + size] = '\n';
	b->used += size + 1;
	++b->lines;
	sink->counters.queued = b->lines;
	return 0;
}
