/*
 * evtlog.h - new events of one channel of the Windows event log, as the collector needs them.
 *
 * evtlog_windows.c is the real one; tests have one of their own. After a negative errno call and system_error say what
 * Windows refused.
 */
#ifndef EVTLOG_H
#define EVTLOG_H

#include <stddef.h>
#include <stdint.h>

struct evtlog;

enum { EVTLOG_BOOKMARK_MAX = 1024 };

struct evtlog_ops {
	/* Events of a channel (UTF-8) after the bookmark, or with "" those to come. 0; 1: what follows the bookmark is
	 * no longer all there; or a negative errno. */
	int (*open)(struct evtlog *log, const char *channel, const char *bookmark);
	/* 1 and the next event as XML in UTF-16LE, valid until the next call; 0: there is none now; or a negative errno:
	 * none will come. */
	int (*next)(struct evtlog *log, const uint8_t **text, size_t *size);
	/* The place behind the last event, as one line of text ending in NUL. 0 or a negative errno. */
	int (*bookmark)(struct evtlog *log, char *text, size_t size);
	void (*close)(struct evtlog *log); /* frees it */
};

struct evtlog { /* first member of every log */
	const struct evtlog_ops *ops;
	const char *call;
	uint32_t system_error;
};

/* The real one, Windows only. NULL: no memory. */
struct evtlog *evtlog_new(void);
#endif
