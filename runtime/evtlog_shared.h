/*
 * evtlog_shared.h - the memory between who reads channels of the event log (evtlog_collect.h) and who makes JSON of
 * their events (source_evtlog.h). They may be two processes.
 */
#ifndef EVTLOG_SHARED_H
#define EVTLOG_SHARED_H

#include <stddef.h>
#include <stdint.h>

/* The log keeps what does not fit the ring, so nothing is lost for want of room: events = events taken + in the
 * ring. */
struct evtlog_shared { /* the ring follows, aligned to 64; its entries are XML in UTF-16LE */
	uint64_t room;      /* bytes of the ring, a power of two */
	/* the collector's */
	uint64_t events;    /* put into the ring */
	uint64_t too_large; /* events that no ring of this size holds; left out */
	uint64_t gaps;      /* times that events were gone from a log before they were read */
	uint32_t channels, refused; /* wanted; of these, not to be had now */
	/* the source's */
	uint64_t taken;     /* out of the ring */
	uint64_t bad;       /* of these, no XML that we understand */
	uint64_t in_hand;   /* 1 + position of the event that is being worked on; 0: none */
	uint64_t skipped;   /* events left out because the reader died on them */
} __attribute__((aligned(64)));

enum { EVTLOG_ROOM_MIN = 1 << 20 };

size_t evtlog_shared_size(size_t room); /* bytes for it and a ring of room */
#endif
