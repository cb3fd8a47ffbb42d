/*
 * etw.h - events of Windows (ETW) as records: an event's bytes in, a record (record.h) out.
 *
 * Pure C over bytes that knows no Windows header, so that it is tested and fuzzed anywhere; what only a running Windows
 * can say is asked through struct etw_system. A session (etw_session.h) hands in events in the order of their times.
 *
 *	for (;;) {
 *		result = etw_decode(decoder, &event, record, sizeof(record));
 *		if (result == ETW_RECORD || result == ETW_AGAIN)
 *			... take the record
 *		if (result != ETW_AGAIN)
 *			break;
 *	}
 *	while (etw_flush(decoder, now, record, sizeof(record)) == ETW_RECORD)
 *		... take the record
 *
 * No allocation per event; all state is bounded, and what is pushed out is counted. One thread at a time.
 */
#ifndef ETW_H
#define ETW_H

#include <stddef.h>
#include <stdint.h>

/* What an EVENT_RECORD says, borrowed for the call. */
struct etw_event {
	uint8_t provider[16]; /* GUID as it lies in memory on Windows: its first three numbers are little-endian */
	uint16_t id;          /* 0 in events of the classic providers, which are told apart by opcode */
	uint8_t version, opcode;
	uint8_t pointer_size; /* 4 or 8, of the process that wrote it: EVENT_HEADER_FLAG_32_BIT_HEADER */
	uint32_t pid, tid;    /* 0xffffffff: none */
	uint64_t time;        /* 100 ns since 1601 UTC: a session with ClientContext 2, or raw times turned into that */
	const uint8_t *data;  /* user data; may be NULL where size is 0 */
	uint32_t size;
};

/* What only the system knows of a running process. */
struct etw_token {
	uint64_t created;         /* 100 ns since 1601 UTC, 0: unknown */
	uint64_t logon_id;        /* AuthenticationId, 0: unknown */
	uint32_t integrity;       /* last number of the mandatory label's SID: 0x3000 is high; 0: unknown */
	uint32_t sid_size;        /* 0: unknown */
	uint8_t sid[68];          /* the user's; SECURITY_MAX_SID_SIZE */
};

struct etw_decoder;

/* Asked by the decoder, on its thread; every member may be NULL, and then nothing is known. Text is UTF-8. Those that
 * write text return its size (never more than room, no terminator), or 0: unknown. */
struct etw_system {
	void *context;
	/* "C:" for the device "\Device\HarddiskVolume3", "C:\Windows" for "\SystemRoot". */
	size_t (*drive)(void *context, const char *device, size_t size, char *text, size_t room);
	/* A path with 8.3 names ("C:\PROGRA~1\x") in full. */
	size_t (*long_path)(void *context, const char *path, size_t size, char *text, size_t room);
	/* "DOMAIN\name" of a SID. */
	size_t (*account)(void *context, const uint8_t *sid, size_t size, char *text, size_t room);
	/* The executable of a running process, as a Win32 path. */
	size_t (*image)(void *context, uint32_t pid, char *text, size_t room);
	/* 0, or a negative errno. */
	int (*token)(void *context, uint32_t pid, struct etw_token *token);
	/* Calls etw_decoder_name() for each key and file that was open before the session: in etw_decoder_new(), and in
	 * etw_decoder_lost(). */
	void (*rundown)(void *context, struct etw_decoder *decoder);
};

enum etw_result {
	ETW_NOTHING, /* read and understood, there is nothing to report (yet); or an event that nobody wants: ignored */
	ETW_RECORD,  /* a record was written */
	ETW_AGAIN,   /* likewise, one that had waited for this event; the same event is still to be decoded: call again */
	ETW_UNKNOWN, /* a wanted event of a version that no layout fits: counted, and by kind in etw_decoder_unknown() */
	ETW_BAD,     /* the bytes do not fit their layout: counted */
};

enum etw_object { ETW_KEY, ETW_FILE };

struct etw_counters {
	uint64_t events, records, ignored, unknown, bad;
	uint64_t cut;               /* texts that a record had no room for */
	uint64_t unnamed;           /* events about a key or file whose name nobody told; not reported */
	uint64_t processes_evicted, names_evicted, accounts_evicted; /* of the bounded tables */
	uint64_t starts_partial;    /* process starts reported without all that was waited for */
	uint64_t scripts_partial;   /* pieces of scripts: a fragment was missing, or they are longer than a record */
};

/* Wanted events that no layout fits. */
struct etw_unknown {
	uint8_t provider[16];
	uint16_t id; /* the opcode, for classic providers */
	uint8_t version;
	uint64_t count;
};

/* system is copied, its context borrowed until etw_decoder_free(). boot_ns: ns since 1970 UTC of the moment from which
 * records count their time. NULL: no memory. Calls system's rundown. */
struct etw_decoder *etw_decoder_new(const struct etw_system *system, uint64_t boot_ns);
void etw_decoder_free(struct etw_decoder *decoder); /* NULL is fine */

/* Writes at most one record of at most room bytes, aligned to 8; room is RECORD_SIZE_MAX at least. */
enum etw_result etw_decode(struct etw_decoder *decoder, const struct etw_event *event, void *record, size_t room);
/* Writes a record that has waited long enough for its other part (process starts 0.5 s, scripts 5 s); ETW_NOTHING when
 * there is none. time as in struct etw_event; UINT64_MAX: all that waits. */
enum etw_result etw_flush(struct etw_decoder *decoder, uint64_t time, void *record, size_t room);

/* The NT name of an open key or file object, UTF-16LE (size in bytes). */
void etw_decoder_name(struct etw_decoder *decoder, enum etw_object type, uint64_t object, const uint8_t *name,
                      size_t size);
/* Events were lost: names may be those of other objects by now, so all are forgotten and system's rundown is called. */
void etw_decoder_lost(struct etw_decoder *decoder);

const struct etw_counters *etw_decoder_counters(struct etw_decoder *decoder);
/* The kinds of unknown events, at most 64 of them, in the order they came; NULL: no more. */
const struct etw_unknown *etw_decoder_unknown(const struct etw_decoder *decoder, size_t index);
#endif
