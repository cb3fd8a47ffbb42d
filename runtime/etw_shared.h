/*
 * etw_shared.h - the memory between who collects Windows' events (etw_collect.h) and who reads them (source_etw.h):
 * what they count, and a ring for each session. They may be two processes.
 *
 * The includer has included byte_ring.h and record.h.
 */
#ifndef ETW_SHARED_H
#define ETW_SHARED_H

#include <stddef.h>
#include <stdint.h>

struct etw_event;

enum etw_session_number {
	ETW_SYSTEM,   /* the kernel's classic events: processes with their command lines, threads, images */
	ETW_MANIFEST, /* events of manifest providers */
	ETW_SESSION_COUNT,
};

enum etw_state {
	ETW_OFF,     /* not started, or refused */
	ETW_WAITING, /* started; nothing shows yet that events come */
	ETW_UP,      /* an event has come */
	ETW_DOWN,    /* ended by others; it is started again */
};

/* Events, not records: some tell only a name, and some records are made of two. */
struct etw_kind_counters { /* lost = of seen; shed = of lost */
	uint64_t seen; /* that were wanted */
	uint64_t lost; /* no room in the ring, shed ones included */
	uint64_t shed; /* left out on purpose to keep room for process events */
};

struct etw_session_counters { /* the collector's */
	struct etw_kind_counters kinds[RECORD_KIND_MAX];
	uint64_t events;       /* that came, wanted or not */
	uint64_t events_lost, buffers_lost; /* by Windows, before they came */
	uint64_t starts;       /* of the session, the first included */
	uint64_t taken_over;   /* sessions of its name that were there and were ended */
	uint64_t ended;        /* by others */
	uint32_t state;        /* enum etw_state */
	uint32_t system_error; /* of Windows, why it is off or down; 0: none */
};

struct etw_reader_counters { /* the source's; over all kinds taken = nothing + records - late + bad */
	uint64_t taken[RECORD_KIND_MAX];   /* events out of the rings, by the kind that counts them */
	uint64_t records[RECORD_KIND_MAX]; /* made, by their own kind */
	uint64_t bad[RECORD_KIND_MAX];     /* events that no record could be made of: unknown version, bytes that do not fit */
	uint64_t nothing; /* events that tell a name or a state, or wait for another */
	uint64_t late;    /* records of events that had waited for another */
};

struct etw_shared {
	uint64_t room; /* bytes of each ring */
	struct etw_session_counters sessions[ETW_SESSION_COUNT];
	struct etw_reader_counters reader;
};

struct etw_stored { /* an entry of a ring: this, then the user data */
	uint64_t arrived; /* os_monotonic_ns() */
	uint64_t time;
	uint8_t provider[16];
	uint32_t pid, tid, size;
	uint16_t id;
	uint8_t version, opcode, pointer_size;
	uint8_t kind; /* that counts it */
	uint8_t reserved[6];
};

/* Bytes for two rings of room (a power of two) each; to be aligned to 64. */
size_t etw_shared_size(size_t room);
void *etw_shared_ring(struct etw_shared *shared, uint32_t session);

size_t etw_stored_size(const struct etw_event *event);
/* Writes so many bytes. */
void etw_store(void *entry, const struct etw_event *event, uint64_t arrived, uint32_t kind);
/* The event borrows the entry. 0, or -EBADMSG: it is not whole. */
int etw_stored_read(const void *entry, size_t size, struct etw_event *event, const struct etw_stored **stored);
#endif
