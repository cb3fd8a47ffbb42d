/*
 * live.h - this system's live events: what broker opens and what detect reads; one file of code per system behind it.
 */
#ifndef LIVE_H
#define LIVE_H

#include <stddef.h>
#include <stdint.h>

struct broker;
struct collect_counter;
struct live;
struct live_reader;
struct pack_tables;
struct ring_progress;
struct source;

enum { LIVE_FD_MAX = 2, LIVE_TURN_MS = 100, LIVE_LOGS_MAX = 4096 };

enum live_note { LIVE_NOTE_GOOD, LIVE_NOTE_TROUBLE, LIVE_NOTE_TAMPER }; /* the last: others did it */

struct live_config {
	size_t ring_size; /* bytes */
	uint64_t kinds;   /* bit 1 << enum record_kind: wanted; 0: what the pack needs, told later by live_set_wanted */
	uint64_t boot_ns; /* struct host: from which records count their time */
	const char *state; /* folder for what is to be known after a restart; borrowed */
	/* Something happened to the source; hooks may be others now. From live_open, live_set_wanted and live_turn. */
	void (*note)(void *data, enum live_note note, const char *text);
	void *data;
};

struct live_hook { /* one place in the system where events come from, or that was refused */
	const char *area;  /* "process", "file", "network", "dns" */
	const char *place; /* "tp_btf/sched_process_exec" */
	uint64_t kinds;    /* what cannot be seen without it */
	int error;         /* positive errno of the refusal; 0: works */
};

struct live_feed { /* what a reader needs */
	int fds[LIVE_FD_MAX]; /* -1: none; the owner's */
	uint64_t ring_size, boot_ns;
	uint32_t counters; /* elements of the counters */
};

extern const char live_name[]; /* of the source: "ebpf", "etw" */
extern const int live_has_json; /* some of its events are JSON; else all are records */

/* Broker's half. A part that the system refuses leaves its hooks with an error and the rest working. 0, or a negative
 * errno: no events, but live_hook still tells why. *live is to be closed in both cases; NULL: no memory, or nothing
 * there. */
int live_open(struct live **live, const struct live_config *config);
void live_close(struct live *live); /* NULL is fine */
/* What the pack needs: kinds of records, and the logs that live_logs() named. 0 or a negative errno. */
int live_set_wanted(struct live *live, uint64_t kinds, const char *logs);
void live_turn(struct live *live); /* every LIVE_TURN_MS: sees to it that the source lives */
/* Leaves out what a process does; and no longer, when it has ended. */
void live_exclude(struct live *live, uint32_t pid);
void live_include(struct live *live, uint32_t pid);
int live_hook(const struct live *live, size_t index, struct live_hook *hook); /* 1; 0 after the last */
void live_feed(const struct live *live, struct live_feed *feed); /* NULL: none */

/* Detect's half. 0 or a negative errno; descriptors and broker are borrowed, progress is shared with whoever comes after
 * a crash. */
int live_reader_open(struct live_reader **reader, const struct live_feed *feed, struct ring_progress *progress,
                     struct broker *broker);
struct source *live_reader_source(const struct live_reader *reader);
int live_reader_descriptor(const struct live_reader *reader); /* what os_wait takes */
/* Bits of the kinds that it can tell of; NULL reader: none. */
uint64_t live_reader_kinds(const struct live_reader *reader);
/* The system's logs that a pack's rules need beside records, a line each, as text of at most LIVE_LOGS_MAX bytes
 * with its NUL. Its size without that. */
size_t live_logs(const struct live_reader *reader, const struct pack_tables *tables, char *text);
/* What the system counted of a kind (collect.h); 0: what is of no known kind. NULL reader: zeroes. */
void live_reader_count(const struct live_reader *reader, uint32_t kind, struct collect_counter *sum);
#endif
