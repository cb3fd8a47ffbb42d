/*
 * evtlog_collect.h - the privileged half of live events of the Windows event log: reads channels as far as there is
 * room in the ring, and keeps bookmarks, so that after a restart it goes on where alerts had been written.
 *
 * It looks at no event: Windows renders them, source_evtlog.h reads them. One thread.
 */
#ifndef EVTLOG_COLLECT_H
#define EVTLOG_COLLECT_H

#include <stddef.h>
#include <stdint.h>

struct channel;
struct evtlog;
struct evtlog_collect;

enum { EVTLOG_RETRY_S = 60 };

struct evtlog_collect_config {
	struct evtlog *(*make)(void); /* evtlog_new */
	void *memory; /* evtlog_shared_size(room) bytes, aligned to 64; borrowed */
	size_t room;  /* a power of two, EVTLOG_ROOM_MIN at least */
	const char *bookmarks; /* file that they are kept in, borrowed; NULL: they are not */
	/* For the health log: a channel is refused, or has lost events. NULL: nobody asks. */
	void (*note)(void *data, const char *text);
	void *data;
};

struct evtlog_collect *evtlog_collect_new(const struct evtlog_collect_config *config); /* NULL: no memory */
/* Exactly these channels are wanted from now on (channels.h). Those that are there already go on; a new one begins
 * behind its bookmark, or with what comes. */
void evtlog_collect_channels(struct evtlog_collect *collect, const struct channel *channels, size_t count);
/* Call often, at least once a second: moves events, keeps bookmarks, tries refused channels again each EVTLOG_RETRY_S.
 * now_ns: os_monotonic_ns(). How many events it moved. */
size_t evtlog_collect_turn(struct evtlog_collect *collect, uint64_t now_ns);
void evtlog_collect_free(struct evtlog_collect *collect); /* keeps bookmarks; NULL is fine */
#endif
