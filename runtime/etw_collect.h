/*
 * etw_collect.h - the privileged half of live events on Windows: owns the sessions, copies their events into rings,
 * sees to it that they live.
 *
 * It looks at no event's data. The other half is source_etw.h; between them is the memory of etw_shared.h. Functions
 * are for one thread, and notes come from it; only copying has threads, one a session.
 */
#ifndef ETW_COLLECT_H
#define ETW_COLLECT_H

#include <stddef.h>
#include <stdint.h>

struct etw_collect;
struct etw_session;

enum etw_note { /* for the health log; what is lost is in the counters */
	ETW_NOTE_UP,      /* a session's first event has come */
	ETW_NOTE_SILENT,  /* a session was started, and no event has come for ETW_SILENT_S */
	ETW_NOTE_REFUSED, /* Windows did not allow a provider, or to start a session again */
	ETW_NOTE_ENDED,   /* others ended a session: agent.tamper */
};

enum { ETW_TURN_MS = 100, ETW_SILENT_S = 10, ETW_PAUSE_S = 1, ETW_PAUSE_MAX_S = 60 };

struct etw_place { /* where events come from */
	const char *name; /* "Microsoft-Windows-Kernel-File" */
	uint64_t kinds;   /* bits of enum record_kind, of those wanted, that need it; 0: it is off */
	int error;        /* positive errno of the refusal; EIO: its session does not run; ENODATA: that has brought no
	                   * event for ETW_SILENT_S; 0: none */
};

struct etw_collect_config {
	struct etw_session *sessions[2]; /* by enum etw_session_number; borrowed */
	void *memory; /* etw_shared_size(room) bytes, aligned to 64; borrowed */
	size_t room;  /* of each ring, a power of two */
	uint64_t kinds; /* bits of enum record_kind; process_start and process_exit are always collected */
	void (*note)(void *data, enum etw_note note, const char *text); /* NULL: nobody asks */
	void *data;
};

/* NULL: no memory. */
struct etw_collect *etw_collect_new(const struct etw_collect_config *config);
/* Starts the sessions; one of their names that a crash has left behind is ended first. 0, or a negative errno with the
 * reason in why; then none runs. 0 does not say that events come: see enum etw_state. */
int etw_collect_start(struct etw_collect *collect, char *why, size_t size);
/* Other kinds are wanted; widen before a swap of packs and narrow after it. */
void etw_collect_kinds(struct etw_collect *collect, uint64_t kinds);
/* Leaves out what a process does, but for processes that it starts; at most COLLECT_OWN_MAX (collect.h). */
void etw_collect_exclude(struct etw_collect *collect, uint32_t pid);
void etw_collect_include(struct etw_collect *collect, uint32_t pid); /* no longer: it has ended */
int etw_collect_place(const struct etw_collect *collect, size_t index, struct etw_place *place); /* 1; 0 after the last */
/* Call every ETW_TURN_MS. Counts what Windows lost; starts again what others ended, after ETW_PAUSE_S, and each time
 * after twice as long, unless it lived for ETW_PAUSE_MAX_S. now_ns: os_monotonic_ns(). */
void etw_collect_turn(struct etw_collect *collect, uint64_t now_ns);
/* Ends the sessions; events that came before are in the rings on return. */
void etw_collect_stop(struct etw_collect *collect);
void etw_collect_free(struct etw_collect *collect); /* stops; NULL is fine */
#endif
