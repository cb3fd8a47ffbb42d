/*
 * etw_session.h - one real-time session of Windows' event tracing (ETW), as far as a collector needs it.
 *
 * etw_session_windows.c is the real one; tests have one of their own. Functions return 0 or a negative errno, and then
 * call and system_error say what Windows refused. All are the controller's, on one thread, but process, which has a
 * thread of its own and says only the errno.
 */
#ifndef ETW_SESSION_H
#define ETW_SESSION_H

#include <stddef.h>
#include <stdint.h>

struct etw_event;
struct etw_session;

struct etw_subscription { /* what is wanted of a manifest provider */
	const char *name;
	uint8_t guid[16];   /* as it lies in memory on Windows */
	uint64_t keywords;  /* any of these; 0: all */
	uint8_t level;
	const uint16_t *ids; /* only these events */
	uint16_t id_count;
	uint64_t kinds; /* bits of enum record_kind that these are for */
};

struct etw_losses { /* since the session started, as Windows counts them */
	uint64_t events, buffers;
};

struct etw_session_ops {
	/* A new session. flags: EVENT_TRACE_FLAG_x of the kernel's classic events; 0: it is for manifest providers.
	 * -EEXIST: a session of this name is there. */
	int (*start)(struct etw_session *session, uint32_t flags);
	int (*set_flags)(struct etw_session *session, uint32_t flags);
	int (*enable)(struct etw_session *session, const struct etw_subscription *wanted); /* again: with other ids */
	int (*disable)(struct etw_session *session, const struct etw_subscription *wanted);
	/* The provider tells what there was before it was enabled, as events. */
	int (*capture)(struct etw_session *session, const struct etw_subscription *wanted);
	int (*open)(struct etw_session *session);
	/* Calls take for each event; returns when the session has ended, by whomever: 0, or -ENOENT where it was ended
	 * before. */
	int (*process)(struct etw_session *session, void (*take)(void *data, const struct etw_event *event), void *data);
	int (*flush)(struct etw_session *session); /* what is in Windows' buffers comes now */
	/* -ENOENT: the session is gone. */
	int (*losses)(struct etw_session *session, struct etw_losses *losses);
	/* Ends the session of this name, whoever started it; process returns after the last event. */
	int (*stop)(struct etw_session *session);
	void (*close)(struct etw_session *session); /* after open; process returns, if it has not */
};

struct etw_session { /* first member of every session */
	const struct etw_session_ops *ops;
	const char *name;
	const char *call;      /* that failed last: "OpenTraceW" */
	uint32_t system_error; /* of that call */
};

/* The real one, Windows only. name is borrowed and ASCII. NULL: no memory. */
struct etw_session *etw_session_new(const char *name);
void etw_session_free(struct etw_session *session); /* after close; NULL is fine */
#endif
