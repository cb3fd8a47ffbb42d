/*
 * replay_evtx.h - the records of a Windows event log file as texts of JSON, one at a time.
 */
#ifndef REPLAY_EVTX_H
#define REPLAY_EVTX_H

#include <stddef.h>
#include <stdint.h>

struct replay_evtx;

enum evtx_got {
	EVTX_TEXT,  /* a record */
	EVTX_MORE,  /* more of the file's bytes are needed */
	EVTX_BAD,   /* something was stepped over */
	EVTX_END,   /* the file has no more records */
};

struct evtx_bytes {
	const char *data;
	size_t size;
	int ended; /* the file has no more */
};

struct evtx_text { /* valid until the next call */
	const char *data; /* EVTX_TEXT: JSON; EVTX_BAD: what is wrong */
	size_t size;
	uint64_t number;  /* of the record in the file, from 1 */
};

struct replay_evtx *replay_evtx_new(void);        /* NULL: no memory */
void replay_evtx_free(struct replay_evtx *evtx);  /* NULL is fine */
void replay_evtx_begin(struct replay_evtx *evtx); /* another file */
/* The next record of what there is of the file from *at on. Moves *at on by what is done with; the rest has to stay where
 * it is but after EVTX_MORE. */
enum evtx_got replay_evtx_next(struct replay_evtx *evtx, const struct evtx_bytes *bytes, size_t *at,
                               struct evtx_text *text);
#endif
