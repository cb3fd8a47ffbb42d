/* replay_evtx.c - goes through a Windows event log file chunk by chunk and shows each record as JSON. */
#include <stdlib.h>
#include <string.h>

#include "binxml.h"
#include "evtx.h"
#include "line.h"
#include "replay_evtx.h"

struct replay_evtx {
	struct evtx_chunk chunk; /* bytes NULL: between chunks */
	int in_file;             /* the file's header is behind us */
	uint64_t number;
	struct line text;
	struct binxml xml;
};

struct replay_evtx *
replay_evtx_new(void)
{
	return calloc(1, sizeof(struct replay_evtx));
}

void
replay_evtx_free(struct replay_evtx *evtx)
{
	if (evtx)
		line_done(&evtx->text);
	free(evtx);
}

void
replay_evtx_begin(struct replay_evtx *evtx)
{
	evtx->chunk.bytes = NULL;
	evtx->in_file = 0;
	evtx->number = 0;
}

static enum evtx_got
bad(struct evtx_text *text, uint64_t number, const char *error)
{
	*text = (struct evtx_text){ error, strlen(error), number };
	return EVTX_BAD;
}

/* The next record of the open chunk; EVTX_END: it has no more. */
static enum evtx_got
next_record(struct replay_evtx *evtx, struct evtx_text *text)
{
	struct evtx_record record;
	int got = evtx_record_next(&evtx->chunk, &record);

	if (!got)
		return EVTX_END;
	++evtx->number;
	if (got < 0)
		return bad(text, evtx->number, "a record is damaged; the rest of its chunk is left out");
	if (binxml_read(&evtx->xml, evtx->chunk.bytes, EVTX_CHUNK_SIZE, record.at, record.end))
		return bad(text, evtx->number, evtx->xml.error);
	line_cut(&evtx->text, 0);
	binxml_write(&evtx->xml, &evtx->text);
	if (evtx->text.failed)
		return bad(text, evtx->number, "no memory for the record");
	*text = (struct evtx_text){ evtx->text.data, evtx->text.size, evtx->number };
	return EVTX_TEXT;
}

/* The file's header, or the next chunk; EVTX_TEXT: there is one, and its records can be asked for. */
static enum evtx_got
next_chunk(struct replay_evtx *evtx, const struct evtx_bytes *bytes, size_t *at, struct evtx_text *text)
{
	const size_t wanted = evtx->in_file ? EVTX_CHUNK_SIZE : EVTX_HEADER_SIZE, left = bytes->size - *at;
	struct evtx_chunk chunk;
	int got = 0;

	if (left < wanted && !bytes->ended)
		return EVTX_MORE;
	if (!left)
		return EVTX_END;
	if (left < wanted) {
		*at += left;
		return bad(text, evtx->number + 1, "the file ends within a chunk, which is left out");
	}
	if (evtx->in_file)
		got = evtx_chunk_open(&chunk, bytes->data + *at);
	evtx->in_file = 1;
	if (got > 0)
		evtx->chunk = chunk;
	else
		*at += wanted;
	return got < 0 ? bad(text, evtx->number + 1, "a chunk is damaged and left out") : EVTX_TEXT;
}

enum evtx_got
replay_evtx_next(struct replay_evtx *evtx, const struct evtx_bytes *bytes, size_t *at, struct evtx_text *text)
{
	enum evtx_got got;

	for (;;) {
		if (evtx->chunk.bytes) {
			got = next_record(evtx, text);
			if (got != EVTX_END)
				return got;
			evtx->chunk.bytes = NULL;
			*at += EVTX_CHUNK_SIZE;
		}
		got = next_chunk(evtx, bytes, at, text);
		if (got != EVTX_TEXT)
			return got;
	}
}
