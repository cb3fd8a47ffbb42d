/* stream.c - plain, gzip and zstd files as one stream of bytes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#if __has_include(<zlib.h>)
#include <zlib.h>
#define HAVE_ZLIB 1
#endif

#include "stream.h"
#include "os.h"

enum { CHUNK = 128 * 1024, WINDOW_LOG_MAX = 27 };

struct stream {
	int fd;
	int whole;      /* nothing is half-read: a good place to end */
	ZSTD_DStream *zstd;
	ZSTD_inBuffer from;
#ifdef HAVE_ZLIB
	z_stream gzip;
	int is_gzip;
#endif
	unsigned char chunk[CHUNK];
};

static int
ends_with(const char *path, const char *suffix)
{
	size_t a = strlen(path), b = strlen(suffix);

	return a > b && !strcmp(path + a - b, suffix);
}

int
stream_open(struct stream **stream, const char *path)
{
	struct stream *in = calloc(1, sizeof *in);

	if (!in)
		return -ENOMEM;
	in->whole = 1;
	in->fd = os_open_read(path);
	if (in->fd < 0) {
		int error = in->fd;

		free(in);
		return error;
	}
	*stream = in;
	if (ends_with(path, ".zst")) {
		in->zstd = ZSTD_createDStream();
		if (!in->zstd)
			return -ENOMEM;
		ZSTD_DCtx_setParameter(in->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	}
#ifdef HAVE_ZLIB
	if (ends_with(path, ".gz")) {
		in->is_gzip = 1;
		if (inflateInit2(&in->gzip, 15 + 16) != Z_OK)
			return -ENOMEM;
	}
#else
	if (ends_with(path, ".gz"))
		return -ENOTSUP;
#endif
	return 0;
}

static long
refill(struct stream *in)
{
	long n = os_read(in->fd, in->chunk, sizeof in->chunk);

	in->from = (ZSTD_inBuffer){ in->chunk, n > 0 ? (size_t)n : 0, 0 };
	return n;
}

static long
read_zstd(struct stream *in, void *buffer, size_t size)
{
	ZSTD_outBuffer to = { buffer, size, 0 };
	size_t left;
	long n;

	while (!to.pos) {
		if (in->from.pos == in->from.size) {
			n = refill(in);
			if (n < 0)
				return n;
			if (!n)
				return in->whole ? 0 : -EBADMSG;
		}
		left = ZSTD_decompressStream(in->zstd, &to, &in->from);
		if (ZSTD_isError(left))
			return -EBADMSG;
		in->whole = !left;
	}
	return (long)to.pos;
}

#ifdef HAVE_ZLIB
static long
read_gzip(struct stream *in, void *buffer, size_t size)
{
	z_stream *z = &in->gzip;
	int result;
	long n;

	z->next_out = buffer;
	z->avail_out = (unsigned)size;
	while (z->avail_out == size) {
		if (in->from.pos == in->from.size) {
			n = refill(in);
			if (n < 0)
				return n;
			if (!n)
				return in->whole ? 0 : -EBADMSG;
		}
		z->next_in = in->chunk + in->from.pos;
		z->avail_in = (unsigned)(in->from.size - in->from.pos);
		result = inflate(z, Z_NO_FLUSH);
		in->from.pos = in->from.size - z->avail_in;
		if (result != Z_OK && result != Z_STREAM_END)
			return -EBADMSG;
		in->whole = result == Z_STREAM_END;
		if (in->whole)
			inflateReset(z);
	}
	return (long)(size - z->avail_out);
}
#endif

long
stream_read(struct stream *in, void *buffer, size_t size)
{
	if (in->zstd)
		return read_zstd(in, buffer, size);
#ifdef HAVE_ZLIB
	if (in->is_gzip)
		return read_gzip(in, buffer, size);
#endif
	return os_read(in->fd, buffer, size);
}

void
stream_close(struct stream *in)
{
	if (!in)
		return;
	ZSTD_freeDStream(in->zstd);
#ifdef HAVE_ZLIB
	if (in->is_gzip)
		inflateEnd(&in->gzip);
#endif
	os_close(in->fd);
	free(in);
}
